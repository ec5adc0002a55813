package chat

// Ids are made by the server, sort by the time they were made, and carry a
// prefix that names their noun: an underscore and 26 characters of base32
// (a UUIDv7).
type (
	// SiteID names a Site; prefix "s".
	SiteID string
	// VisitorID names a Visitor; prefix "v".
	VisitorID string
	// AgentID names an Agent; prefix "a".
	AgentID string
	// GroupID names a Group; prefix "g".
	GroupID string
	// ConversationID names a Conversation; prefix "c", or the name of a
	// reserved Conversation (see [TeamConversation], [AgentConversation]).
	ConversationID string
	// ThreadID names a Thread; prefix "t".
	ThreadID string
	// EventID names an Event; prefix "e".
	EventID string
	// FileID names a File; prefix "f".
	FileID string
	// SessionID names a sign-in of an Agent; prefix "n". It is not secret.
	SessionID string
	// InviteID names an invitation; prefix "i". It is not secret.
	InviteID string
	// MomentID names a Moment; prefix "m".
	MomentID string
	// FeedbackID names a Feedback; prefix "b".
	FeedbackID string
	// ExampleID names an Example; prefix "x".
	ExampleID string
	// ShadowID names a Shadow; prefix "h".
	ShadowID string
	// SavedReplyID names a SavedReply; prefix "y".
	SavedReplyID string
)

// TeamConversation is the reserved Conversation of facts that belong to the
// whole team: agents, sites, settings, statuses.
const TeamConversation ConversationID = "team"

const agentConversationPrefix = "agent:"

// AgentConversation returns the reserved Conversation of facts that belong to
// one agent alone: read marks, drafts, ended sessions.
func AgentConversation(a AgentID) ConversationID {
	return ConversationID(agentConversationPrefix + string(a))
}

// AgentOf returns the agent of a reserved agent Conversation, and false for
// every other Conversation.
func (c ConversationID) AgentOf() (AgentID, bool) {
	if len(c) > len(agentConversationPrefix) && c[:len(agentConversationPrefix)] == agentConversationPrefix {
		return AgentID(c[len(agentConversationPrefix):]), true
	}
	return "", false
}

// Reserved reports whether the Conversation holds facts instead of talk.
func (c ConversationID) Reserved() bool {
	_, own := c.AgentOf()
	return own || c == TeamConversation
}
