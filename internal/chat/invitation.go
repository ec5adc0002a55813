package chat

// ChatInvitation is what an invited agent is told of, in the Conversation of his own
// facts: whether he may see the Thread before he accepts is for its Access. It
// names no visitor.
type ChatInvitation struct {
	Conversation ConversationID `json:"conversation"`
	// Invite names it in that Conversation.
	Invite    int64    `json:"invite"`
	By        AgentID  `json:"by"`
	ByName    string   `json:"by_name"`
	GroupName string   `json:"group_name"` // of the Thread
	Role      ChatRole `json:"role,omitempty"`
	Note      string   `json:"note,omitempty"`
	At        int64    `json:"at"`
	Deadline  int64    `json:"deadline"`
}

// ChatInvitationEnded is the body of invitation.ended: it rings no more, for whatever
// reason.
type ChatInvitationEnded struct {
	Conversation ConversationID `json:"conversation"`
	Invite       int64          `json:"invite"`
}
