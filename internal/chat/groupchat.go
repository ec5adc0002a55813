package chat

import (
	"slices"
	"time"
)

// ChatRole is what somebody does in a group chat: a chat that several agents
// answer. The host is who leads it; a member without a role writes as the host
// does. It is not [Role], which holds for the workspace.
type ChatRole string

// The roles of members.
const (
	Expert ChatRole = "expert" // proposes what the host releases
	Scribe ChatRole = "scribe" // writes notes alone
)

// Valid reports whether the role is one of the known ones; "" is none.
func (r ChatRole) Valid() bool { return r == "" || r == Expert || r == Scribe }

// Casting is the role of one member. Until Trusted (microseconds) what an expert
// writes goes straight to the visitor.
type Casting struct {
	Agent   AgentID  `json:"agent"`
	Role    ChatRole `json:"role"`
	Trusted int64    `json:"trusted,omitempty"`
}

// The bounds of group chats. docs/together.md states them.
const (
	InviteRings   = 30 * time.Second // before the next one is asked
	MaxTrust      = 60               // minutes
	MaxProposals  = 20               // open ones of a Thread
	MaxInviteNote = 300              // characters, also of the reason of who declines
)

// RoleSet is the body of role: the host has changed what a member does.
type RoleSet struct {
	Agent     AgentID      `json:"agent"`
	AgentName string       `json:"agent_name"`
	Role      ChatRole     `json:"role"`
	Former    ChatRole     `json:"former"`
	Access    AccessChange `json:"access"`
}

// Trusted is the body of trust: until then an expert's words go straight to the
// visitor. 0 = not any more.
type Trusted struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	Until     int64   `json:"until"`
}

// RoleOf returns what a member does beside writing as the host does.
func (t Thread) RoleOf(a AgentID) ChatRole { return t.casting(a).Role }

func (t Thread) casting(a AgentID) Casting {
	for _, c := range t.Roles {
		if c.Agent == a {
			return c
		}
	}
	return Casting{}
}

// Speaks reports whether what the agent writes at a time (microseconds) goes
// straight to the visitor.
func (t Thread) Speaks(a AgentID, at int64) bool {
	c := t.casting(a)
	return t.TakesPart(a) && (c.Role == "" || c.Role == Expert && c.Trusted > at)
}

// hosts reports whether an agent decides in the group chat: its lead, and who
// oversees its Group.
func (t Thread) hosts(a Agent) bool { return t.Lead == a.ID || a.Oversees(t.Group) }

// outOfRole refuses a deed of a member who was given a role: it binds deeds as it
// binds words, so an expert or scribe neither closes nor passes on nor invites.
func (t Thread) outOfRole(a AgentID) error {
	if t.RoleOf(a) == "" {
		return nil
	}
	return Errorf(Denied, "You are here as %s, and this is for the host to decide. Ask in a note.", t.RoleOf(a))
}

// SetRole is the rule of the host changing what a member does.
func SetRole(s State, by, to Agent, role ChatRole, now time.Time) ([]Event, error) {
	t, err := hosted(s, by)
	switch {
	case err != nil:
		return nil, err
	case !role.Valid():
		return nil, Errorf(Invalid, "There is no role %q. Choose expert, scribe, or none.", role)
	case !slices.Contains(t.Members, to.ID):
		return nil, Errorf(Conflict, "%s is not a member of this conversation. Invite first.", to.Name)
	}
	former := t.RoleOf(to.ID)
	if former == role {
		return nil, nil
	}
	before, after := t.Access(), t.Access().leaving(to.ID)
	after.Members = t.Access().Members
	body := RoleSet{Agent: to.ID, AgentName: to.Name, Role: role, Former: former, Access: AccessChange{Before: before, After: after.hushing(to.ID, role)}}
	return []Event{Fact(KindRole, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// Trust is the rule of the host letting an expert speak for so many minutes; 0
// ends it.
func Trust(s State, by, to Agent, minutes int, now time.Time) ([]Event, error) {
	t, err := hosted(s, by)
	switch {
	case err != nil:
		return nil, err
	case minutes < 0 || minutes > MaxTrust:
		return nil, Errorf(Invalid, "An expert is trusted for 1 to %d minutes at a time.", MaxTrust)
	case t.RoleOf(to.ID) != Expert:
		return nil, Errorf(Conflict, "%s is not an expert here. Make an expert first.", to.Name)
	case minutes == 0 && t.casting(to.ID).Trusted <= Micros(now):
		return nil, nil
	}
	body := Trusted{Agent: to.ID, AgentName: to.Name}
	if minutes > 0 {
		body.Until = Micros(now.Add(time.Duration(minutes) * time.Minute))
	}
	return []Event{Fact(KindTrust, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// hosted returns the open Thread where the agent decides in it.
func hosted(s State, by Agent) (*Thread, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed.")
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation yet. Take it first.")
	case !t.hosts(by):
		return nil, Errorf(Denied, "Only the host, who leads this conversation, decides that. Ask in a note.")
	}
	return t, nil
}

// HandLead is the rule of the lead passing to a member while the former one stays
// as a member.
func HandLead(s State, by, to Agent, room Room, now time.Time) ([]Event, error) {
	t, err := hosted(s, by)
	switch {
	case err != nil:
		return nil, err
	case t.Lead == to.ID:
		return nil, nil
	case !slices.Contains(t.Members, to.ID):
		return nil, Errorf(Conflict, "%s is not a member of this conversation. Invite first.", to.Name)
	case room.check() != nil:
		return nil, Errorf(Conflict, "%s has no room to lead one more conversation now.", to.Name)
	}
	g := Given{Cause: ByHandLead, Because: Says("lead.given", by.Name, to.Name), Room: room, Stays: true}
	return []Event{assign(t, to, by.Actor(), g, now)}, nil
}

// LeaveLead is the rule of the lead leaving: a member leads from then on.
func LeaveLead(s State, a, heir Agent, room Room, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil || t.Lead != a.ID {
		return Leave(s, a, now)
	}
	events, err := HandLead(s, a, heir, room, now)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	after := t.Access().leaving(heir.ID)
	after.Lead = heir.ID
	before := after
	before.Members = append(slices.Clone(after.Members), a.ID)
	return append(events, left(a, before, after, now)), nil
}

// Heirs are the members who may lead when the lead is gone, the first before the
// others: in the order of joining, experts last, and never a scribe.
func Heirs(members []AgentID, roles []Casting) []AgentID {
	t := Thread{Turn: Turn{Roles: roles}}
	var speak, experts []AgentID
	for _, m := range members {
		switch t.RoleOf(m) {
		case "":
			speak = append(speak, m)
		case Expert:
			experts = append(experts, m)
		}
	}
	return append(speak, experts...)
}

// recast folds a member's role; "" takes it from him.
func (t *Thread) recast(a AgentID, role ChatRole) {
	t.Roles = slices.DeleteFunc(slices.Clone(t.Roles), func(c Casting) bool { return c.Agent == a })
	if role != "" {
		t.Roles = append(t.Roles, Casting{Agent: a, Role: role})
	}
	if len(t.Roles) == 0 {
		t.Roles = nil
	}
}

func (t *Thread) trust(b Trusted) {
	t.Roles = slices.Clone(t.Roles)
	for i := range t.Roles {
		if t.Roles[i].Agent == b.Agent {
			t.Roles[i].Trusted = b.Until
		}
	}
}

// applyGroupChat folds what changes a group chat, and reports whether it did.
func (t *Thread) applyGroupChat(e Event) bool {
	switch e.Kind {
	case KindInvite:
		b, _ := Decode[AskedIn](e)
		t.invite(b, e)
	case KindInviteEnded:
		b, _ := Decode[InviteEnded](e)
		t.inviteEnded(b)
	case KindRole:
		b, _ := Decode[RoleSet](e)
		t.recast(b.Agent, b.Role)
	case KindTrust:
		b, _ := Decode[Trusted](e)
		t.trust(b)
	case KindProposal:
		t.Proposals = append(slices.Clone(t.Proposals), Proposal{Seq: e.Seq, Agent: e.Actor.Agent()})
	case KindProposalEnded:
		b, _ := Decode[ProposalEnded](e)
		t.dropProposals(func(p Proposal) bool { return p.Seq == b.Proposal })
	default:
		return false
	}
	return true
}
