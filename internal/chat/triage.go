package chat

import "time"

// NewTriage is where somebody sends a Thread that waits, without taking it first.
type NewTriage struct {
	NewTransfer
	// Order is what a place in the Group's queue depends on.
	Order Order
	// Room is what the Agent has, and what the Thread would cost him, where it is
	// sent to one.
	Room Room
}

// Triage is the rule of sending on a Thread that waits for somebody: its Group's
// members do that, and who oversees. It goes to the front of the other Group's
// queue, and where a colleague is named it rings him first.
func Triage(s State, by Agent, m NewTriage, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if err := mayTriage(t, by, m); err != nil {
		return nil, err
	}
	body := m.sent(t, by, m.Order, Says("move.triage", by.Name, m.whom()), now)
	if m.To.Kind != ToAgent {
		return []Event{Fact(KindMoved, System(), ForAll, Micros(now), body)}, nil
	}
	body.Agent, body.AgentName = m.Agent.ID, m.Agent.Name
	why := Says("choice.by", by.Name, m.Agent.Name)
	asks := Offered{Agent: m.Agent.ID, AgentName: m.Agent.Name, Deadline: Micros(now.Add(RingTransfer)), Why: why.English(), Because: why, By: by.ID}
	return []Event{Fact(KindMoved, System(), ForAll, Micros(now), body), Fact(KindOffer, by.Actor(), ForAgents, Micros(now), asks)}, nil
}

// sorts reports whether an agent decides where a Thread goes that waits: its Group's
// members do, and who oversees.
func (t *Thread) sorts(a Agent) bool { return a.InGroup(t.Group) || a.Oversees(t.Group) }

// mayTriage refuses what does not wait there any more, and to whom it cannot go.
func mayTriage(t *Thread, by Agent, m NewTriage) error {
	switch {
	case t == nil:
		return Errorf(Gone, "This conversation is closed; there is nothing to send on.")
	case t.State != Queued:
		return taken(t)
	case t.Held != nil:
		return Errorf(Conflict, "It is held for somebody. Take it before you pass it on.")
	case !t.sorts(by):
		return Errorf(Denied, "You are not in the group where it waits, so you cannot send it on.")
	}
	if m.Group.ID == t.Group {
		return Errorf(Conflict, "It waits in %s already. Choose another group.", m.Group.Name)
	}
	if err := mayGo(t, by, m.NewTransfer); err != nil {
		return err
	}
	switch {
	case m.To.Kind == ToAgent && !m.Agent.InGroup(m.Group.ID):
		return Errorf(Conflict, "%s is not in %s.", m.Agent.Name, m.Group.Name)
	case m.To.Kind == ToAgent && m.Room.Above():
		return Errorf(Conflict, "%s has no room for it now. Send it to %s, where the next one who is free takes it.", m.Agent.Name, m.Group.Name)
	}
	return nil
}
