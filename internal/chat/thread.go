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

// Close is the rule of ending the open Thread. An agent must take part, unless
// nobody leads; the visitor may always; the system abandons queued ones alone.
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
	if reason == Abandoned && t.State != Queued {
		return nil, nil
	}
	body := Closed{Reason: reason, AliveAt: aliveAt, Lead: string(t.Lead)}
	return []Event{Fact(KindClosed, by, ForAll, Micros(now), body)}, nil
}
