package desk

import (
	"earshot/internal/chat"
)

// heir loads the colleague of a line.
func (h *handing) heir(id chat.AgentID) (chat.Agent, error) {
	to, err := h.tx.Agent(id)
	switch {
	case chat.IsKind(err, chat.Missing):
		return to, chat.Errorf(chat.Missing, "There is no such colleague.")
	case err == nil && to.Disabled:
		return to, chat.Errorf(chat.Gone, "The account of %s is disabled.", to.Name)
	case err == nil && to.ID == h.me.ID:
		return to, chat.Errorf(chat.Conflict, "It is yours already. Keep it, or choose somebody else.")
	}
	return to, err
}

// isHere refuses a colleague who would not read what he is given.
func (h *handing) isHere(to chat.Agent) error {
	if _, connected := h.here[to.ID]; !connected || (to.Status != chat.Accepting && to.Status != chat.Finishing) {
		return chat.Errorf(chat.Conflict, "%s is not here to take it.", to.Name)
	}
	return nil
}

// give is the events of a Conversation going to a colleague at once, through the gates
// of every way: what his group's playbook says, who may pass it there, a reason where
// one is due, and an alarm where it goes on again and again.
func (h *handing) give(s chat.State, l Handing, why chat.Because) ([]chat.Event, error) {
	m := Transfer{To: chat.Target{Kind: chat.ToAgent, Agent: l.To, Group: l.Group}, Reason: l.Reason, Answers: l.Answers}.newTransfer()
	t := s.OpenThread()
	if err := findTarget(h.tx, t, &m); err != nil {
		return nil, err
	}
	var err error
	if m.Leaves, err = leaving(h.tx, t.Group); err != nil {
		return nil, err
	}
	m.Absent = h.isHere(m.Agent)
	there := *t
	there.Group = m.Group.ID
	room, err := h.desk.roomFor(h.tx, m.Agent, &there, false)
	if err != nil {
		return nil, err
	}
	now := h.desk.now() // one moment for all of it
	events, err := chat.HandOver(s, h.me, m, chat.Given{Because: why, Room: room}, now)
	return append(events, alarmHops(s, now)...), err
}

// leave is the events of a Conversation going back into its group's queue.
func (h *handing) leave(s chat.State, cause string) ([]chat.Event, error) {
	m := chat.NewTransfer{To: chat.Target{Kind: chat.ToAnyone}}
	if err := findTarget(h.tx, s.OpenThread(), &m); err != nil {
		return nil, err
	}
	o, err := orderOf(h.tx, m.Group.ID)
	if err != nil {
		return nil, err
	}
	now := h.desk.now() // one moment for all of it
	events, err := chat.HandBack(s, h.me, m, cause, o, now)
	return append(events, alarmHops(s, now)...), err
}
