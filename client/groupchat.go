package client

import "context"

// Invitation is open while a colleague, or the first who is free of a group, is
// asked into a conversation.
type Invitation struct {
	Seq int64 `json:"seq"`
	// Agent is who is asked now; "" while nobody is.
	Agent    string `json:"agent,omitempty"`
	Group    string `json:"group,omitempty"`
	Role     string `json:"role,omitempty"`
	By       string `json:"by"`
	Deadline int64  `json:"deadline,omitempty"` // microseconds
}

// AskingIn is whom an agent asks into a conversation: Agent, or the first who is
// free of Group. A missing Key is made.
type AskingIn struct {
	Key   string `json:"key"`
	Agent string `json:"agent,omitempty"`
	Group string `json:"group,omitempty"`
	Role  string `json:"role,omitempty"` // expert or scribe
	Note  string `json:"note,omitempty"`
}

// InvitationAnswer names an invitation by its seq. Reason is for who declines. A
// missing Key is made.
type InvitationAnswer struct {
	Key    string `json:"key"`
	Invite int64  `json:"invite"`
	Reason string `json:"reason,omitempty"`
}

// AskIn asks a colleague into a conversation, who accepts or declines.
func (a *Agent) AskIn(ctx context.Context, id string, in AskingIn) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/ask-in"), in)
}

// AcceptInvitation makes the agent a member.
func (a *Agent) AcceptInvitation(ctx context.Context, id string, in InvitationAnswer) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/accept-invitation"), in)
}

// DeclineInvitation refuses an invitation.
func (a *Agent) DeclineInvitation(ctx context.Context, id string, in InvitationAnswer) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/decline-invitation"), in)
}

// WithdrawInvitation takes an invitation back.
func (a *Agent) WithdrawInvitation(ctx context.Context, id string, in InvitationAnswer) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/withdraw-invitation"), in)
}

// HandLead passes the lead to a member; who had it stays. A missing key is made.
func (a *Agent) HandLead(ctx context.Context, id, to, key string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/hand-lead"), map[string]any{"key": keyOr(key), "to": to})
}
