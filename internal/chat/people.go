package chat

import "time"

// Role is what an Agent may do in the workspace as a whole.
type Role string

// The roles, from most to fewest rights.
const (
	Owner      Role = "owner"      // everything; only an owner changes an owner, and the last one stays
	Admin      Role = "admin"      // settings, sites, team
	Supervisor Role = "supervisor" // sees every group, takes over
	Member     Role = "agent"      // answers visitors
)

// Valid reports whether the role is one of the known ones.
func (r Role) Valid() bool {
	switch r {
	case Owner, Admin, Supervisor, Member:
		return true
	}
	return false
}

// Manages reports whether the role may change sites, settings and the team.
func (r Role) Manages() bool { return r == Owner || r == Admin }

// Status is an Agent's own word about new chats. It is not presence, which
// tells whether a device is connected.
type Status string

// The statuses.
const (
	Accepting Status = "accepting"
	Finishing Status = "finishing" // no new chats, still here
	Away      Status = "away"
	Offline   Status = "offline"
)

// Valid reports whether the status is one of the known ones.
func (s Status) Valid() bool {
	switch s {
	case Accepting, Finishing, Away, Offline:
		return true
	}
	return false
}

// Agent is a person of the team.
type Agent struct {
	ID    AgentID `json:"id"`
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Role  Role    `json:"role"`
	// Status and what belongs to it: a reason in the agent's words, and until
	// when (microseconds; 0 = open end).
	Status Status `json:"status"`
	Reason string `json:"reason,omitempty"`
	Until  int64  `json:"until,omitempty"`
	// Limit is how many chats the agent takes at once.
	Limit    int       `json:"limit"`
	Groups   []GroupID `json:"groups"`
	Disabled bool      `json:"disabled,omitempty"`
	// Rights counts changes of what this agent may see. A cursor sealed under
	// another count answers reset.
	Rights int64 `json:"rights,omitempty"`
}

// Viewer returns the agent as a reader.
func (a Agent) Viewer() Viewer {
	return Viewer{Kind: ByAgent, Agent: a.ID, Role: a.Role, Groups: a.Groups, Rights: a.Rights}
}

// Group is agents who share a queue: a department.
type Group struct {
	ID     GroupID `json:"id"`
	Name   string  `json:"name"`
	Policy Policy  `json:"policy"`
}

// Visitor is a person outside. A typed e-mail address is never identity.
type Visitor struct {
	ID   VisitorID `json:"id"`
	Site SiteID    `json:"site"`
	Name string    `json:"name"`
	// Email is what the visitor typed: unverified.
	Email    string `json:"email,omitempty"`
	Language string `json:"language,omitempty"`
	Country  string `json:"country,omitempty"`
	Device   string `json:"device,omitempty"`
	Page     string `json:"page,omitempty"`
	Title    string `json:"title,omitempty"`
	Visits   int    `json:"visits,omitempty"`
	// Data is what the page told about the visitor, unsigned.
	Data map[string]string `json:"data,omitempty"`
	// Since and Seen are microseconds: first message, last sign of life.
	Since        int64          `json:"since"`
	Seen         int64          `json:"seen"`
	Conversation ConversationID `json:"conversation"`
}

// Viewer returns the visitor as a reader.
func (v Visitor) Viewer() Viewer {
	return Viewer{Kind: ByVisitor, Visitor: v.ID, Conversation: v.Conversation}
}

// Viewer is somebody who reads: what the one access function needs to know
// about a person. The zero Viewer sees nothing.
type Viewer struct {
	Kind    ActorKind
	Agent   AgentID
	Visitor VisitorID
	Role    Role
	Groups  []GroupID
	// Conversation is the only one that a visitor reads.
	Conversation ConversationID
	// Rights is the generation that a cursor is sealed with.
	Rights int64
}

// Micros returns t as microseconds since 1970, the unit of every stored time.
func Micros(t time.Time) int64 { return t.UnixMicro() }
