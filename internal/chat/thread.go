package chat

import (
	"fmt"
	"strconv"
	"time"
)

// The causes of an assign.
const (
	ByTaking    = "take"             // from the queue by hand
	ByRoute     = "route"            // given by the router
	ByAccepting = "accept"           // an offer was taken up
	ByPromotion = "promote"          // a member in place of a lead who is gone
	ByGiving    = "give"             // back to who had it before
	ByHandover  = "handover"         // to a colleague, at sign-out
	ByTransfer  = "transfer"         // it was passed on and accepted
	ByHandLead  = "handover_in_chat" // to a member, while the former lead stays
	ByTakeOver  = "takeover"         // from its lead, by somebody who may
)

// Holder is the detail of the conflict that a late taker is answered with: who
// has the Thread and since when (microseconds).
type Holder struct {
	Agent AgentID `json:"agent"`
	Since int64   `json:"since"`
}

// Room is how much an agent holds and what one more Thread would cost him, in
// hundredths of a chat, open offers included.
type Room struct {
	Load, Need, Limit int
	// MayOver: he may take more than his limit where he asks for it with Over.
	MayOver, Over bool
	// Most is how many members beside the lead the Thread's Group allows; 0 =
	// MaxGroupChat.
	Most int
}

// Full is the detail of the conflict that an agent is answered with who has no
// room, in hundredths of a chat.
type Full struct {
	Load    int  `json:"load"`
	Limit   int  `json:"limit"`
	MayOver bool `json:"may_over"`
}

// Above reports whether one more is above the limit.
func (r Room) Above() bool { return r.Load+r.Need > r.Limit }

func (r Room) check() error {
	if !r.Above() || (r.Over && r.MayOver) {
		return nil
	}
	return &Error{Kind: Conflict, Message: fmt.Sprintf("You have %s chats of at most %s; one more would be above your limit. Close one first.", hundredths(r.Load), hundredths(r.Limit)),
		Detail: Full{Load: r.Load, Limit: r.Limit, MayOver: r.MayOver}}
}

func hundredths(n int) string { return strconv.FormatFloat(float64(n)/100, 'f', -1, 64) }

// Given is a Thread passing to an agent: by which way, why, and what it means for
// him. RunnerUp and Skipped belong to some ways alone.
type Given struct {
	Cause    string
	Because  Because
	Reason   string
	RunnerUp *RunnerUp
	Room     Room
	Skipped  int
	// Group is the one that has the Thread from now on; nil = its own. Names are
	// those of its members.
	Group *Group
	// Public is what the visitor reads of that Group, where it has not had the Thread before.
	Public string
	Names  map[AgentID]string
	// Stays: the lead before becomes a member.
	Stays bool
}

// Take is the rule of an agent taking a queued Thread. Who comes second is told
// who has it.
func Take(s State, a Agent, g Given, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to take.")
	}
	if t.Lead == a.ID {
		return nil, nil
	}
	if t.State != Queued {
		return nil, taken(t)
	}
	if err := g.Room.check(); err != nil {
		return nil, err
	}
	g.Cause, g.Because = ByTaking, Says("queue.taken", a.Name)
	return []Event{assign(t, a, a.Actor(), g, now)}, nil
}

func taken(t *Thread) error {
	return &Error{Kind: Conflict, Message: "A colleague has taken this conversation already. You can join it or watch.",
		Detail: Holder{Agent: t.Lead, Since: t.TakenAt}}
}

// Accept is the rule of an agent taking up an open offer. The offer has kept the
// room.
func Accept(s State, a Agent, g Given, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, Errorf(Gone, "This conversation is closed; the visitor or a colleague ended it.")
	}
	if t.Lead == a.ID {
		return nil, nil
	}
	if t.State != Queued && t.Transfer == nil {
		return nil, taken(t)
	}
	o, rings := t.OfferTo(a.ID)
	if !rings || o.Deadline <= Micros(now) {
		return nil, Errorf(Gone, "This offer is over; the conversation went on to a colleague or back to the queue.")
	}
	if t.Transfer != nil {
		return acceptPassed(t, a, g, now), nil
	}
	g.Cause, g.Because = ByAccepting, Says("offer.accepted", a.Name)
	return []Event{assign(t, a, a.Actor(), g, now)}, nil
}

// Assign is the rule of a Thread being given to an agent by the router or by a
// colleague who leads it.
func Assign(s State, to Agent, by Actor, g Given, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to give.")
	case t.Lead == to.ID:
		return nil, nil
	}
	return []Event{assign(t, to, by, g, now)}, nil
}

func assign(t *Thread, to Agent, by Actor, g Given, now time.Time) Event {
	at := Micros(now)
	before, after := t.Access(), t.Access().leaving(to.ID)
	after.Lead, after.Asked = to.ID, nil
	if g.Stays && t.Lead != "" {
		after.Members = append(after.Members, t.Lead)
	}
	if g.Group != nil {
		after.Group, after.Policy, after.Stub = g.Group.ID, g.Group.Policy, g.Group.Stub
	}
	body := Assigned{Lead: to.ID, LeadName: to.Name, PublicName: g.Public, Why: g.Because.English(), Because: g.Because, Cause: g.Cause, Previous: t.Lead, Reason: g.Reason, RunnerUp: g.RunnerUp,
		Load: g.Room.Load, Over: g.Room.Above(), Skipped: g.Skipped, Stays: g.Stays, Access: AccessChange{Before: before, After: after}}
	if t.State == Queued && t.Held == nil { // who was told to wait for somebody does not stand in the queue
		body.WaitedMS = (at - max(t.QueuedAt, t.BackAt)) / 1000
	}
	return Fact(KindAssign, by, ForAll, at, body)
}

// Join is the rule of an agent becoming a member, who may write to the visitor.
// Joining twice answers no event.
func Join(s State, a Agent, room Room, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; write to the visitor to begin a new one.")
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation yet. Take it instead of joining.")
	case t.TakesPart(a.ID):
		return nil, nil
	}
	if err := t.hasPlace(a.ID, room.Most); err != nil && !a.Oversees(t.Group) {
		return nil, err
	}
	if err := room.check(); err != nil {
		return nil, err
	}
	i, _ := t.InviteTo(a.ID) // whoever comes in before he answers has the role that he was asked for
	return []Event{comeIn(t, a, i, room.Above(), now)}, nil
}

// Leave is the rule of a member leaving. A lead leaves with [LeaveLead], where
// there is somebody to lead instead.
func Leave(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil || !t.TakesPart(a.ID) {
		return nil, nil
	}
	if t.Lead == a.ID {
		return nil, Errorf(Conflict, "You lead this conversation, and nobody in it can lead it instead. Close it, put it back into the queue, or invite a colleague.")
	}
	before, after := t.Access(), t.Access().leaving(a.ID)
	return []Event{left(a, before, after, now)}, nil
}

// comeIn is the event of an agent becoming a member, by an invitation or without.
func comeIn(t *Thread, a Agent, i Invite, over bool, now time.Time) Event {
	after := t.Access().hushing(a.ID, i.Role)
	after.Members = append(after.Members, a.ID)
	body := Joined{Agent: a.ID, AgentName: a.Name, Over: over, Role: i.Role, Invite: i.Seq, InvitedBy: i.By, Access: AccessChange{Before: t.Access(), After: after}}
	return Fact(KindJoin, a.Actor(), ForAll, Micros(now), body)
}

func left(a Agent, before, after Access, now time.Time) Event {
	body := Joined{Agent: a.ID, AgentName: a.Name, Access: AccessChange{Before: before, After: after}}
	return Fact(KindLeave, a.Actor(), ForAll, Micros(now), body)
}

// Close is the rule of ending the open Thread. An agent must take part, unless
// nobody leads; the visitor may always; the system abandons queued ones alone,
// and none that an agent has had, or that is answered by e-mail: it may hold a
// question that is still open. Closing what is closed answers no event. aliveAt is the visitor's last sign of
// life in microseconds.
func Close(s State, by Actor, reason Reason, aliveAt int64, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	if by.Kind == ByAgent && t.State == Active && !t.TakesPart(by.Agent()) {
		return nil, Errorf(Denied, "You are not in this conversation. Join it before you close it.")
	}
	if by.Kind == ByAgent && t.outOfRole(by.Agent()) != nil {
		return nil, t.outOfRole(by.Agent())
	}
	if reason == Abandoned && (t.State != Queued || t.TakenAt > 0 || t.Mode == Mail) {
		return nil, nil
	}
	body := Closed{Reason: reason, AliveAt: aliveAt, Lead: string(t.Lead)}
	if also := without(t.Wrote, t.Lead); len(also) > 0 {
		body.Also = also
	}
	return []Event{Fact(KindClosed, by, ForAll, Micros(now), body)}, nil
}
