package chat

import (
	"slices"
	"time"
)

// Invite asks a colleague into an active Thread until its deadline. One for a
// Group goes from one who is free to the next.
type Invite struct {
	// Seq is the number of its event and names it.
	Seq int64 `json:"seq"`
	// Agent is who is asked now; "" while nobody is.
	Agent AgentID  `json:"agent,omitempty"`
	Group GroupID  `json:"group,omitempty"`
	Role  ChatRole `json:"role,omitempty"`
	By    AgentID  `json:"by"`
	Note  string   `json:"note,omitempty"`
	At    int64    `json:"at"`
	// Deadline is of him who is asked now, in microseconds.
	Deadline int64 `json:"deadline,omitempty"`
	// Asked have declined or let it ring.
	Asked []AgentID `json:"asked,omitempty"`
}

// AskedIn is the body of invite: an agent is asked in, or the first who is free of
// a Group will be. Invite names the invitation that goes on to this agent; 0 = it
// begins here.
type AskedIn struct {
	Invite    int64    `json:"invite,omitempty"`
	Agent     AgentID  `json:"agent,omitempty"`
	AgentName string   `json:"agent_name,omitempty"`
	Group     GroupID  `json:"group,omitempty"`
	GroupName string   `json:"group_name,omitempty"`
	Role      ChatRole `json:"role,omitempty"`
	Note      string   `json:"note,omitempty"`
	Deadline  int64    `json:"deadline,omitempty"`
	Why       string   `json:"why"`
	Because   Because  `json:"because,omitempty" nullable:"false"`
}

// InviteEnded is the body of invite.ended. An invitation that is accepted ends with
// the join.
type InviteEnded struct {
	Invite    int64   `json:"invite"`
	Agent     AgentID `json:"agent,omitempty"`
	AgentName string  `json:"agent_name,omitempty"`
	How       string  `json:"how"` // Declined, Expired, Withdrawn, NobodyFree
	// GoesOn says that the next of the Group is asked.
	GoesOn bool `json:"goes_on,omitempty"`
	// Reason is what whoever declined says.
	Reason  string  `json:"reason,omitempty"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// NobodyFree is how an invitation of a Group ended that nobody could take up.
const NobodyFree = "nobody"

// Inviting is whom an agent invites and as what: Agent, or the first who is free of
// Group.
type Inviting struct {
	Agent Agent
	Group Group
	Role  ChatRole
	Note  string
	// Room is what Agent has and would have.
	Room Room
	// Most is how many members the Group of the Thread allows; 0 = MaxGroupChat.
	Most int
	// Say is posted to the visitor first, in the name of who invites; "" = nothing.
	Say string
}

// InviteIn is the rule of asking a colleague into a conversation. It counts as if
// he were in already.
func InviteIn(s State, by Agent, in Inviting, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to invite to.")
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation yet. Take it before you invite somebody.")
	case !t.TakesPart(by.ID) && !by.Oversees(t.Group):
		return nil, Errorf(Denied, "You are not in this conversation. Join it before you invite somebody.")
	case !t.hosts(by) && t.outOfRole(by.ID) != nil:
		return nil, t.outOfRole(by.ID)
	case !in.Role.Valid():
		return nil, Errorf(Invalid, "There is no role %q. Choose expert, scribe, or none.", in.Role)
	}
	if err := t.hasPlace("", in.Most); err != nil {
		return nil, err
	}
	asked := t.inviteAgent
	if in.Group.ID != "" {
		asked = t.inviteGroup
	}
	invite, err := asked(by, in, now)
	if err != nil {
		return nil, err
	}
	said, err := sayFirst(s, by, in.Say, now)
	return append(said, invite...), err
}

func (t Thread) inviteAgent(by Agent, in Inviting, now time.Time) ([]Event, error) {
	to := in.Agent
	_, asked := t.InviteTo(to.ID)
	switch {
	case to.ID == by.ID:
		return nil, Errorf(Invalid, "You cannot invite yourself. Join the conversation.")
	case t.TakesPart(to.ID):
		return nil, Errorf(Conflict, "%s is in this conversation already.", to.Name)
	case asked:
		return nil, Errorf(Conflict, "%s is being asked already.", to.Name)
	case to.Status == Offline:
		return nil, Errorf(Conflict, "%s is offline and cannot answer an invitation. Choose somebody else, or a group.", to.Name)
	case in.Room.check() != nil:
		return nil, Errorf(Conflict, "%s has %s chats of at most %s; there is no room for another half. Choose somebody else, or a group.", to.Name,
			hundredths(in.Room.Load), hundredths(in.Room.Limit))
	}
	why := Says("invite.asks", by.Name, to.Name)
	body := AskedIn{Agent: to.ID, AgentName: to.Name, Role: in.Role, Note: in.Note, Deadline: Micros(now.Add(InviteRings)),
		Why: why.English(), Because: why}
	return []Event{Fact(KindInvite, by.Actor(), ForAgents, Micros(now), body)}, nil
}

func (t Thread) inviteGroup(by Agent, in Inviting, now time.Time) ([]Event, error) {
	switch {
	case in.Group.Deleted:
		return nil, Errorf(Gone, "The group %s was deleted.", in.Group.Name)
	case slices.ContainsFunc(t.Invites, func(i Invite) bool { return i.Group == in.Group.ID }):
		return nil, Errorf(Conflict, "The first who is free of %s is being asked already.", in.Group.Name)
	}
	why := Says("invite.asks.group", by.Name, in.Group.Name)
	body := AskedIn{Group: in.Group.ID, GroupName: in.Group.Name, Role: in.Role, Note: in.Note, Why: why.English(), Because: why}
	return []Event{Fact(KindInvite, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// hasPlace refuses one more than fit beside the lead; who is asked counts as if he
// were in, and an agent's own invitation keeps his place.
func (t Thread) hasPlace(own AgentID, most int) error {
	if most <= 0 || most > MaxGroupChat {
		most = MaxGroupChat
	}
	n := len(t.Members)
	for _, i := range t.Invites {
		if own == "" || i.Agent != own {
			n++
		}
	}
	if n < most {
		return nil
	}
	return Errorf(Conflict, "%d are in this conversation or asked to join; more than %d beside the lead do not fit. Withdraw an invitation, or wait until somebody leaves.", n, most)
}

// InviteTo returns the open invitation that rings an agent.
func (t Thread) InviteTo(a AgentID) (Invite, bool) {
	for _, i := range t.Invites {
		if i.Agent == a && a != "" {
			return i, true
		}
	}
	return Invite{}, false
}

func (t Thread) invited(seq int64) (Invite, bool) {
	for _, i := range t.Invites {
		if i.Seq == seq {
			return i, true
		}
	}
	return Invite{}, false
}

// AcceptInvite is the rule of an agent taking up an invitation, which has kept his
// room: he becomes a member. Accepting twice answers no event.
func AcceptInvite(s State, a Agent, seq int64, room Room, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, Errorf(Gone, "This conversation is closed; the invitation ended with it.")
	}
	if t.TakesPart(a.ID) {
		return nil, nil
	}
	i, open := t.invited(seq)
	if !open || i.Agent != a.ID || i.Deadline <= Micros(now) {
		return nil, InvitationOver()
	}
	return []Event{comeIn(t, a, i, room.Load > room.Limit, now)}, nil
}

// InvitationOver is what he is told who takes up an invitation too late.
func InvitationOver() error {
	return Errorf(Gone, "This invitation is over; it was withdrawn, went on to a colleague, or rang too long.")
}

// DeclineInvite is the rule of an agent refusing an invitation; one of a Group goes
// on to the next. Refusing one that is over answers no event.
func DeclineInvite(s State, a Agent, seq int64, reason string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	i, open := t.invited(seq)
	if !open || i.Agent != a.ID {
		return nil, nil
	}
	return []Event{EndInvite(i, a, a.Actor(), Declined, reason, Says("invite.declined", a.Name), now)}, nil
}

// WithdrawInvite is the rule of an invitation being taken back by who invited, by
// the host, or by who oversees.
func WithdrawInvite(s State, by Agent, seq int64, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	i, open := t.invited(seq)
	if !open {
		return nil, nil
	}
	if i.By != by.ID && !t.hosts(by) {
		return nil, Errorf(Denied, "Only who invited, or the host, can withdraw this invitation.")
	}
	i.Group = "" // nobody else is asked
	return []Event{EndInvite(i, Agent{}, by.Actor(), Withdrawn, "", Says("invite.withdrawn", by.Name), now)}, nil
}

// EndInvite is the event of an invitation that somebody did not take up; of one for
// a Group the next is asked.
func EndInvite(i Invite, who Agent, by Actor, how, reason string, why Because, now time.Time) Event {
	body := InviteEnded{Invite: i.Seq, Agent: who.ID, AgentName: who.Name, How: how, GoesOn: i.Group != "" && how != NobodyFree, Reason: reason, Why: why.English(), Because: why}
	return Fact(KindInviteEnded, by, ForAgents, Micros(now), body)
}

// RingInvite is the event of an invitation for a Group reaching one who is free.
func RingInvite(i Invite, to Agent, deadline int64, why Because, now time.Time) Event {
	body := AskedIn{Invite: i.Seq, Agent: to.ID, AgentName: to.Name, Group: i.Group, Role: i.Role, Deadline: deadline, Why: why.English(), Because: why}
	return Fact(KindInvite, System(), ForAgents, Micros(now), body)
}

// invite folds an invitation that begins, or goes on to the next.
func (t *Thread) invite(b AskedIn, e Event) {
	t.Invites = slices.Clone(t.Invites)
	if b.Invite == 0 {
		t.Invites = append(t.Invites, Invite{Seq: e.Seq, Agent: b.Agent, Group: b.Group, Role: b.Role, By: e.Actor.Agent(), Note: b.Note, At: e.At, Deadline: b.Deadline})
		return
	}
	for i := range t.Invites {
		if t.Invites[i].Seq == b.Invite {
			t.Invites[i].Agent, t.Invites[i].Deadline, t.Invites[i].At = b.Agent, b.Deadline, e.At
		}
	}
}

func (t *Thread) inviteEnded(b InviteEnded) {
	if !b.GoesOn {
		t.dropInvites(func(i Invite) bool { return i.Seq == b.Invite })
		return
	}
	t.Invites = slices.Clone(t.Invites)
	for i := range t.Invites {
		if one := &t.Invites[i]; one.Seq == b.Invite {
			one.Agent, one.Deadline = "", 0
			if b.How != Withdrawn {
				one.Asked = append(slices.Clone(one.Asked), b.Agent)
			}
		}
	}
}

func (t *Thread) dropInvites(over func(Invite) bool) {
	if t.Invites = slices.DeleteFunc(slices.Clone(t.Invites), over); len(t.Invites) == 0 {
		t.Invites = nil
	}
}
