package chat

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Role is what an Agent may do in the workspace as a whole.
type Role string

// The roles, from most to fewest rights.
const (
	Owner      Role = "owner"      // everything; only an owner changes an owner, and the last one stays
	Admin      Role = "admin"      // settings, sites, team
	Supervisor Role = "supervisor" // sees every group, takes over
	Member     Role = "agent"      // answers visitors
	Colleague  Role = "colleague"  // of another department: talks, and a chat that he is let into; in no group, given nothing
)

// Valid reports whether the role is one of the known ones.
func (r Role) Valid() bool {
	switch r {
	case Owner, Admin, Supervisor, Member, Colleague:
		return true
	}
	return false
}

// OnShift reports whether an agent is there for the others now, as far as his status
// tells: he takes chats, or finishes those that he has. Who answers no visitors has no
// status: nothing tells that he is not, and his quiet hours hold all the same.
func OnShift(a Agent) bool {
	return a.Status == Accepting || a.Status == Finishing || !a.Role.Answers()
}

// Answers reports whether the role takes part in answering visitors: who does not
// is in no Group, in no round of the router and on no board.
func (r Role) Answers() bool {
	switch r {
	case Owner, Admin, Supervisor, Member:
		return true
	case Colleague:
		return false
	}
	return false
}

// Oversees reports whether the role sees every group and may do in any chat what
// its lead may. Where a Group is at hand, [Viewer.Oversees] is asked.
func (r Role) Oversees() bool { return r == Owner || r == Admin || r == Supervisor }

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

// StatusCause is why a status changed by itself.
type StatusCause string

// The causes.
const (
	CauseMissed  StatusCause = "missed"   // two chats in a row were missed
	CauseNoInput StatusCause = "no_input" // no key and no click for long
	CauseLease   StatusCause = "lease"    // the program that set it fell silent
	CauseUntil   StatusCause = "until"    // the time that was named has come
)

// Class is when a member's turn comes inside a Group.
type Class string

// The classes. The empty one is ClassNormal.
const (
	ClassFirst      Class = "first"
	ClassNormal     Class = "normal"
	ClassLast       Class = "last"
	ClassSupervisor Class = "supervisor" // oversees the Group, never given a chat automatically
)

// Valid reports whether the class is one of the known ones.
func (c Class) Valid() bool {
	switch c {
	case "", ClassFirst, ClassNormal, ClassLast, ClassSupervisor:
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
	// Cause is set where the status changed by itself, and why.
	Cause StatusCause `json:"cause,omitempty"`
	// Lease is until when a status that a program has set holds unless it is set
	// again; 0 = a person set it.
	Lease int64 `json:"lease,omitempty"`
	// Limit is how many chats the agent takes at once; 0 = the workspace's limit.
	Limit  int       `json:"limit"`
	Groups []GroupID `json:"groups"`
	// Classes are his places in those Groups where they are not the normal one.
	Classes map[GroupID]Class `json:"classes,omitempty"`
	Skills  []string          `json:"skills,omitempty"`
	// Topics are what he is asked about, in his own words; suggestions go by them.
	Topics   []string `json:"topics,omitempty"`
	Disabled bool     `json:"disabled,omitempty"`
	// OpenDrafts: colleagues who watch and have the right may read what he types to
	// a visitor before he sends it. His own consent alone sets it.
	OpenDrafts bool `json:"open_drafts,omitempty"`
	// Badge is what he has put at his name for his colleagues.
	Badge Badge `json:"badge,omitzero"`
	// Undisturbed is until when he does not want to be disturbed, in microseconds;
	// 0 = he may be. It says nothing about new chats.
	Undisturbed int64 `json:"undisturbed,omitempty"`
	// Rights counts changes of what this agent may see. A cursor sealed under
	// another count answers reset.
	Rights int64 `json:"rights,omitempty"`
}

// Viewer returns the agent as a reader.
func (a Agent) Viewer() Viewer {
	v := Viewer{Kind: ByAgent, Agent: a.ID, Role: a.Role, Groups: a.Groups, Rights: a.Rights}
	for _, g := range a.Groups {
		if a.Classes[g] == ClassSupervisor {
			v.Supervises = append(v.Supervises, g)
		}
	}
	return v
}

// Oversees is [Viewer.Oversees] of the agent.
func (a Agent) Oversees(g GroupID) bool { return a.Viewer().Oversees(g) }

// Group is agents who share a queue: a department. Who is in it stands with each
// Agent.
type Group struct {
	ID     GroupID `json:"id"`
	Name   string  `json:"name"`
	Policy Policy  `json:"policy"`
	// Names are what visitors read, by language tag; without one they read Name.
	Names map[string]string `json:"names,omitempty"`
	// Private groups are not offered to visitors.
	Private bool `json:"private,omitempty"`
	// Stub tells who may not see a chat of the Group that there is one.
	Stub bool `json:"stub,omitempty"`
	// Deleted groups remain for what was; Successor has their chats.
	Deleted   bool    `json:"deleted,omitempty"`
	Successor GroupID `json:"successor,omitempty"`
	// Rules are how the Group shares out its chats, and its hours, as package
	// routing reads them; none = the defaults.
	Rules json.RawMessage `json:"rules,omitempty"`
	// Etiquette is what it has agreed about colleagues who watch.
	Etiquette Etiquette `json:"etiquette,omitzero"`
}

// NameFor returns what a visitor of a language reads: the name in it, in the
// language without its region, else the team's own.
func (g Group) NameFor(language string) string {
	if name := g.Names[language]; name != "" {
		return name
	}
	base, _, _ := strings.Cut(language, "-")
	if name := g.Names[base]; name != "" {
		return name
	}
	return g.Name
}

// PublicName is what a visitor reads of the Group: its name in his language, and
// nothing of a private one.
func (g Group) PublicName(language string) string {
	if g.Private {
		return ""
	}
	return g.NameFor(language)
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
	// Owner is the agent whom this visitor is always given to where he can be.
	Owner AgentID `json:"owner,omitempty"`
	// Data is what the page told about the visitor, unsigned.
	Data map[string]string `json:"data,omitempty"`
	// Signed is who he is as his site's own server has signed; nil = nobody has.
	Signed *Identity `json:"signed,omitempty"`
	// Beside says that another Visitor is the one of that Identity: this one is a
	// browser that wrote before it was signed in, and what it wrote stays here.
	Beside bool `json:"beside,omitempty"`
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
	// Supervises are those of the Groups in which he has [ClassSupervisor].
	Supervises []GroupID
	// Conversation is the only one that a visitor reads.
	Conversation ConversationID
	// Rights is the generation that a cursor is sealed with.
	Rights int64
}

// Oversees reports whether somebody supervises a Group: every one by his role, or
// this one by his class in it. There he sees every chat, and may do in it what its
// lead may.
func (v Viewer) Oversees(g GroupID) bool {
	return v.Role.Oversees() || slices.Contains(v.Supervises, g)
}

// Micros returns t as microseconds since 1970, the unit of every stored time.
func Micros(t time.Time) int64 { return t.UnixMicro() }
