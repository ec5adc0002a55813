package chat

import "time"

// Holder is the detail of the conflict that a late taker is answered with: who
// has the Thread and since when (microseconds).
type Holder struct {
	Agent AgentID `json:"agent"`
	Since int64   `json:"since"`
}

// Take is the rule of an agent taking a queued Thread. Who comes second is told
// who has it.
func Take(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to take.")
	}
	if t.Lead == a.ID {
		return nil, nil
	}
	if t.State != Queued {
		return nil, &Error{Kind: Conflict, Message: "A colleague has taken this conversation already. You can join it or watch.",
			Detail: Holder{Agent: t.Lead, Since: t.TakenAt}}
	}
	at := Micros(now)
	before, after := t.Access(), t.Access()
	after.Lead, after.Members = a.ID, without(t.Members, a.ID)
	body := Assigned{Lead: a.ID, LeadName: a.Name, Why: "Taken from the queue by " + a.Name + ".", Cause: "take", Previous: t.Lead,
		WaitedMS: (at - t.QueuedAt) / 1000, Access: AccessChange{Before: before, After: after}}
	return []Event{Fact(KindAssign, a.Actor(), ForAll, at, body)}, nil
}

// Join is the rule of an agent becoming a member, who may write to the visitor.
// Joining twice answers no event.
func Join(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; write to the visitor to begin a new one.")
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation yet. Take it instead of joining.")
	case t.TakesPart(a.ID):
		return nil, nil
	}
	before, after := t.Access(), t.Access()
	after.Members = append(after.Members, a.ID)
	return []Event{joined(KindJoin, a, before, after, now)}, nil
}

// Leave is the rule of a member leaving. The lead cannot leave; he closes.
func Leave(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil || !t.TakesPart(a.ID) {
		return nil, nil
	}
	if t.Lead == a.ID {
		return nil, Errorf(Conflict, "You lead this conversation. Close it, or let a colleague take it first.")
	}
	before, after := t.Access(), t.Access()
	after.Members = without(t.Members, a.ID)
	return []Event{joined(KindLeave, a, before, after, now)}, nil
}

func joined(kind Kind, a Agent, before, after Access, now time.Time) Event {
	body := Joined{Agent: a.ID, AgentName: a.Name, Access: AccessChange{Before: before, After: after}}
	return Fact(kind, a.Actor(), ForAll, Micros(now), body)
}

// The causes of a Requeue.
const (
	PutBack  = "agent"    // the lead put it back himself
	Disabled = "disabled" // the lead's account was disabled
)

// Requeue is the rule of a Thread going back into the queue, at the place it had.
// by is who does it: the lead himself, or whoever disabled him. What nobody
// leads answers no event.
func Requeue(s State, lead, by Agent, cause string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to put back.")
	case t.State == Queued:
		return nil, nil
	case t.Lead != lead.ID:
		return nil, Errorf(Denied, "Only who leads this conversation can put it back into the queue.")
	}
	before, after := t.Access(), t.Access()
	after.Lead = ""
	why := by.Name + " put it back into the queue."
	if cause == Disabled {
		why = "The account of " + lead.Name + " was disabled."
	}
	body := Requeued{QueuedAt: placeOf(*t, now), By: by.ID, ByName: by.Name, Why: why, Cause: cause, Previous: lead.ID,
		Access: AccessChange{Before: before, After: after}}
	return []Event{Fact(KindRequeued, System(), ForAll, Micros(now), body)}, nil
}

// placeOf is a Thread's place in the queue: where it was before it was taken. One
// that an agent began had none; it waits since the visitor wrote, else from now.
func placeOf(t Thread, now time.Time) int64 {
	switch {
	case t.QueuedAt > 0:
		return t.QueuedAt
	case t.WaitingSince > 0:
		return t.WaitingSince
	}
	return Micros(now)
}

// Close is the rule of ending the open Thread. An agent must take part, unless
// nobody leads; the visitor may always; the system abandons queued ones alone,
// and none that an agent has had: it may hold a question that is still open.
// Closing what is closed answers no event. aliveAt is the visitor's last sign of
// life in microseconds.
func Close(s State, by Actor, reason Reason, aliveAt int64, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	if by.Kind == ByAgent && t.State == Active && !t.TakesPart(by.Agent()) {
		return nil, Errorf(Denied, "You are not in this conversation. Join it before you close it.")
	}
	if reason == Abandoned && (t.State != Queued || t.TakenAt > 0) {
		return nil, nil
	}
	body := Closed{Reason: reason, AliveAt: aliveAt, Lead: string(t.Lead)}
	return []Event{Fact(KindClosed, by, ForAll, Micros(now), body)}, nil
}
