package chat

import "slices"

// Leaving is what the Group that has a Thread says about its going to another one.
type Leaving struct {
	From Group
	Out  Gate
	// Owns: it answers its chats from start to end, and asks why one leaves.
	Owns bool
}

// mayGo is the one rule of where a Thread may be passed on, whichever way it goes:
// somebody is asked, it is held, moved, handed over at the end of a shift, or sent on
// without being taken. It refuses what is no target, who may not pass it there, and what is asked and not said.
func mayGo(t *Thread, by Agent, m NewTransfer) error {
	m = m.unasked()
	if m.Group.Deleted {
		return Errorf(Gone, "The group %s was deleted.", m.Group.Name)
	}
	if err := MayCross(by, m.crossing(t)); err != nil {
		return err
	}
	if err := m.explained(t); err != nil {
		return err
	}
	if m.To.Kind == ToAgent {
		if err := mayAsk(t, by, m); err != nil {
			return err
		}
	} else if m.To.Kind == ToGroup && m.Group.ID == t.Group {
		return Errorf(Conflict, "It is in %s already. Ask anyone else there instead.", m.Group.Name)
	}
	if err := m.Chapter.CheckAnswers(m.Reason, m.Answers); err != nil {
		return err
	}
	return m.Absent
}

func (m NewTransfer) crossing(t *Thread) Crossing {
	from := m.Leaves.From
	from.ID = t.Group
	return Crossing{From: from, To: m.Group, Out: m.Leaves.Out, Into: m.Chapter.Into}
}

// explained refuses without a reason a passage too many, and leaving a Group that
// owns its chats.
func (m NewTransfer) explained(t *Thread) error {
	switch {
	case m.Reason != "":
		return nil
	case len(t.Passed) >= HopsReason:
		return Errorf(Invalid, "This conversation was passed on %d times already. Say why it goes on once more.", len(t.Passed))
	case m.Leaves.Owns && m.Group.ID != t.Group:
		return Errorf(Invalid, "%s answers its chats from start to end. Say why this one goes elsewhere.", m.Leaves.From.Name)
	}
	return nil
}

// unasked drops what the chapter asks of those who pass a chat to the Group where
// it does not come to it: anyone else of the Group has it before him already.
func (m NewTransfer) unasked() NewTransfer {
	if m.To.Kind == ToAnyone {
		m.Chapter.Reasons, m.Chapter.Questions = nil, nil
	}
	return m
}

// mayAsk refuses a colleague who is no target.
func mayAsk(t *Thread, by Agent, m NewTransfer) error {
	switch {
	case m.Agent.Disabled:
		return Errorf(Gone, "The account of %s is disabled.", m.Agent.Name)
	case m.Agent.ID == t.Lead:
		return Errorf(Conflict, "%s leads this conversation already.", m.Agent.Name)
	case m.Agent.ID == by.ID:
		return Errorf(Conflict, "You cannot pass it to yourself. Take it over instead.")
	case slices.Contains(m.Chapter.Except, m.Agent.ID):
		return Errorf(Denied, "The playbook of %s says: not to %s.", m.Group.Name, m.Agent.Name)
	case slices.Contains(t.Gave(m.Reason), m.Agent.ID):
		return Errorf(Conflict, "%s has passed this conversation on for the same reason already. Choose somebody else, or another reason if it is another one.", m.Agent.Name)
	}
	return nil
}

// Gave are those who have passed the Thread on for a reason: it does not come back
// to them for it. Without a reason there is nobody.
func (t *Thread) Gave(reason string) []AgentID {
	var who []AgentID
	for _, p := range t.Passed {
		if reason != "" && p.Reason == reason && p.By != "" && !slices.Contains(who, p.By) {
			who = append(who, p.By)
		}
	}
	return who
}

// mayWait refuses the queue of a Group in which everybody else has passed the Thread on
// for the same reason: it would ring those whom it is not to come back to.
func (t *Thread) mayWait(by Agent, m NewTransfer) error {
	gave, others := t.Gave(m.Reason), without(m.Given, by.ID)
	if m.To.Kind == ToAgent || len(others) == 0 {
		return nil
	}
	for _, a := range others {
		if !slices.Contains(gave, a) {
			return nil
		}
	}
	return Errorf(Conflict, "Everybody in %s has passed this conversation on for the same reason already. Choose another group, or another reason if it is another one.", m.Group.Name)
}
