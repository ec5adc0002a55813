package chat

import (
	"slices"
	"time"
)

// The causes of a Requeue.
const (
	PutBack     = "agent"        // the lead put it back himself
	Disabled    = "disabled"     // the lead's account was disabled
	SignedOut   = "sign_out"     // the lead signed out
	HandedBack  = "handover"     // the lead's shift ended
	LostLead    = "lost"         // the lead's connection was lost
	GoneLead    = "gone"         // the lead is not in the team any more
	MissedReply = "missed_reply" // the first reply did not come in time
	WokeNowhere = "woke"         // it woke and fits nowhere
)

// Order is what the place in a Group's queue depends on besides the Thread: the
// Group's priority, and how much waiting outweighs one step of priority.
type Order struct {
	Priority int
	Aging    time.Duration
}

// frontFirst is so long before everything that no waiting makes up for it: 100
// years in microseconds.
const frontFirst = 100 * 365 * 24 * 3600 * 1_000_000

// PlaceInQueue orders a queue, ascending: the front class, then priority, where
// each step is worth a head start of Aging, then who came first (microseconds).
func PlaceInQueue(queuedAt int64, priority int, front bool, o Order) int64 {
	place := queuedAt - int64(priority+o.Priority)*o.Aging.Microseconds()
	if front {
		place -= frontFirst
	}
	return place
}

// Requeue is the rule of a Thread going back into the queue, before those who
// have not talked. by is who does it: the lead himself, or whoever disabled him;
// the zero Agent is the router. What nobody leads answers no event.
func Requeue(s State, lead, by Agent, cause string, o Order, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to put back.")
	case t.State == Queued:
		return nil, nil
	case t.Lead != lead.ID:
		return nil, Errorf(Denied, "Only who leads this conversation can put it back into the queue.")
	}
	return []Event{TakeAway(s, by, cause, whyBack(lead, by, cause), o, now)}, nil
}

func whyBack(lead, by Agent, cause string) Because {
	switch cause {
	case Disabled:
		return Says("agent.disabled", lead.Name)
	case SignedOut:
		return Says("agent.sign-out", lead.Name)
	case HandedBack:
		return Says("shift.ended", lead.Name)
	}
	return Says("queue.back", by.Name)
}

// TakeAway is the event of an active Thread going back into the queue.
func TakeAway(s State, by Agent, cause string, why Because, o Order, now time.Time) Event {
	t := s.Thread
	before, after := t.Access(), t.Access()
	after.Lead, after.Asked = "", nil
	at := placeOf(*t, now)
	body := Requeued{QueuedAt: at, Place: PlaceInQueue(at, t.Priority, true, o), By: by.ID, ByName: by.Name, Why: why.English(), Because: why, Cause: cause,
		Previous: t.Lead, Access: AccessChange{Before: before, After: after}}
	return Fact(KindRequeued, System(), ForAll, Micros(now), body)
}

// placeOf is since when a Thread waits: where it was before it was taken. One
// that an agent began had no place; it waits since the visitor wrote, else from
// now.
func placeOf(t Thread, now time.Time) int64 {
	switch {
	case t.QueuedAt > 0:
		return t.QueuedAt
	case t.WaitingSince > 0:
		return t.WaitingSince
	}
	return Micros(now)
}

// Ring is the event of an offer of the open Thread to an agent.
func Ring(s State, to Agent, deadline int64, why Because, second *RunnerUp, now time.Time) Event {
	body := Offered{Agent: to.ID, AgentName: to.Name, Deadline: deadline, Why: why.English(), Because: why, RunnerUp: second}
	if s.Thread.Transfer != nil {
		body.Access = asking(*s.Thread, to.ID)
	}
	return Fact(KindOffer, System(), ForAgents, Micros(now), body)
}

// asking is what asking an agent to take over changes about who may see a Thread.
func asking(t Thread, a AgentID) *AccessChange {
	before, after := t.Access(), t.Access()
	after.Asked = append(after.Asked, a)
	return &AccessChange{Before: before, After: after}
}

// Silence is the event of an offer of the open Thread that ends without being
// taken up.
func Silence(s State, to Agent, by Actor, how string, why Because, now time.Time) Event {
	return silence(s.Thread, to, by, how, why, now)
}

func silence(t *Thread, to Agent, by Actor, how string, why Because, now time.Time) Event {
	body := OfferEnded{Agent: to.ID, AgentName: to.Name, How: how, Why: why.English(), Because: why}
	if o, rings := t.OfferTo(to.ID); rings {
		body.By = o.By
	}
	if t.Transfer != nil {
		body.Transfer = t.Transfer.Seq
		before, after := t.Access(), t.Access()
		after.Asked = without(before.Asked, to.ID)
		body.Access = &AccessChange{Before: before, After: after}
	}
	return Fact(KindOfferEnded, by, ForAgents, Micros(now), body)
}

// Decline is the rule of an agent refusing an open offer. Refusing one that is
// over answers no event. A reason is for who passed the Thread on.
func Decline(s State, a Agent, reason string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil || (t.State != Queued && t.Transfer == nil) {
		return nil, nil
	}
	if _, rings := t.OfferTo(a.ID); !rings {
		return nil, nil
	}
	if t.Transfer != nil {
		return declinePassed(t, a, reason, now), nil
	}
	return []Event{Silence(s, a, a.Actor(), Declined, Says("offer.declined", a.Name), now)}, nil
}

// Destination is the Group that a Thread goes to, its name as the visitor reads it
// ([Group.PublicName]), and what a place in its queue depends on.
type Destination struct {
	Group
	Public string
	Order  Order
}

// Move is the rule of an agent handing the open Thread to another Group's queue at
// once. Whatever asking that Group would need, moving needs, too.
func Move(s State, by Agent, m NewTransfer, o Order, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to move.")
	case t.Group == m.Group.ID:
		return nil, Errorf(Conflict, "It is in %s already.", m.Group.Name)
	case t.State == Active && !t.hosts(by):
		return nil, Errorf(Denied, "Only who leads this conversation, or a supervisor, moves it to another group. Ask in a note.")
	case t.State == Queued && !t.sorts(by):
		return nil, Errorf(Denied, "You are not in the group where it waits, so you cannot move it. Take it first.")
	}
	if err := mayGo(t, by, m); err != nil {
		return nil, err
	}
	if err := t.mayWait(by, m); err != nil {
		return nil, err
	}
	return []Event{Fact(KindMoved, System(), ForAll, Micros(now), m.sent(t, by, o, Says("move.by", by.Name, m.Group.Name), now))}, nil
}

// sent is a Thread going to the queue of the target's Group, with what its playbook
// was answered.
func (m NewTransfer) sent(t *Thread, by Agent, o Order, why Because, now time.Time) Moved {
	body := moved(t, by, Destination{Group: m.Group, Public: m.Public, Order: o}, m.Reason, why, now)
	body.Answers, body.Playbook = m.answered(), m.Version
	return body
}

// Pass is the event of the open Thread going to another Group's queue.
func Pass(s State, by Agent, to Destination, reason string, why Because, now time.Time) Event {
	return Fact(KindMoved, System(), ForAll, Micros(now), moved(s.Thread, by, to, reason, why, now))
}

func moved(t *Thread, by Agent, to Destination, reason string, why Because, now time.Time) Moved {
	before, after := t.Access(), t.Access()
	after.Lead, after.Asked, after.Group, after.Policy, after.Stub = "", nil, to.ID, to.Policy, to.Stub
	at := placeOf(*t, now)
	return Moved{Group: to.ID, GroupName: to.Name, PublicName: to.Public, From: t.Group, Policy: to.Policy, Stub: to.Stub, Reason: reason, Gave: without(t.Gave(reason), by.ID), By: by.ID, ByName: by.Name,
		Why: why.English(), Because: why, Previous: t.Lead, QueuedAt: at, Place: PlaceInQueue(at, t.Priority, true, to.Order), Access: AccessChange{Before: before, After: after}}
}

// Give is the rule of a lead giving a Thread back to who asked for it.
func Give(s State, by, to Agent, room Room, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to give.")
	case t.Lead == to.ID:
		return nil, nil
	case t.Lead != by.ID:
		return nil, Errorf(Denied, "Only who leads this conversation can give it to somebody.")
	case t.AskedBy != to.ID:
		return nil, Errorf(Denied, "%s has not asked for this conversation.", to.Name)
	}
	if err := room.check(); err != nil {
		return nil, Errorf(Conflict, "%s has no room for it now.", to.Name)
	}
	return []Event{assign(t, to, by.Actor(), Given{Cause: ByGiving, Because: Says("lead.given-back", by.Name, to.Name), Room: room}, now)}, nil
}

// AnswerMail is the rule of a visitor's answer to the offer of an answer by
// e-mail; he may also ask for it by himself while he waits. email is clean.
func AnswerMail(s State, v Visitor, accepted bool, email string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This chat is over. Write again to begin a new one.")
	case t.Mode == Mail && t.MailDone && !t.NoMail && accepted && v.Email == email:
		return nil, nil
	case accepted && email == "":
		return nil, Errorf(Invalid, "An answer by e-mail needs your address.")
	case !accepted && (t.AskedAt == 0 || t.MailDone):
		return nil, nil
	}
	body := MailAnswered{Accepted: accepted, Email: email}
	if !accepted {
		body.Email = ""
	}
	return []Event{Fact(KindMailAnswered, v.Actor(), ForAll, Micros(now), body)}, nil
}

// SetPolicy is the event of a Thread being seen as its Group g says, where that is
// not so yet. A Thread of another Group becomes one of g: whoever leads it keeps
// it.
func SetPolicy(t Thread, g Group, by Actor, now time.Time) (Event, bool) {
	before, after := t.Access(), t.Access()
	if after.Group, after.Policy, after.Stub = g.ID, g.Policy, g.Stub; before.Group == g.ID && before.Policy == g.Policy && before.Stub == g.Stub {
		return Event{}, false
	}
	body := PolicyChanged{Policy: g.Policy, Stub: g.Stub, Past: !t.Open(), Access: AccessChange{Before: before, After: after}}
	if t.Group != g.ID {
		body.Group = g.ID
	}
	e := Fact(KindPolicy, by, ForAgents, Micros(now), body)
	e.Thread = t.ID
	return e, true
}

// recentOf is who answered the visitor in the sitting before, and when it ended.
func recentOf(t *Thread) (AgentID, int64) {
	if t == nil || t.Lead == "" || t.RepliedAt == 0 {
		return "", 0
	}
	return t.Lead, max(t.ClosedAt, t.RepliedAt)
}

// InGroup reports whether the agent is a member of the Group.
func (a Agent) InGroup(g GroupID) bool { return slices.Contains(a.Groups, g) }
