package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// Triage is where somebody of a first line sends a Conversation that waits there.
type Triage struct {
	Key string
	To  chat.Target
	// Reason is a code of the group's playbook, or words where it has none.
	Reason  string
	Answers map[string]string // by the id of the playbook's question
}

// Triage sends a Conversation that waits in a first line to another group, or to a
// colleague there, without anybody taking it first. Where nobody could take it now
// it is a conflict with [NobodyThere], and it goes on waiting where it is.
func (d *Desk) Triage(ctx context.Context, a chat.Agent, c chat.ConversationID, in Triage) (Done, error) {
	s, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	pass := Transfer{To: in.To, Reason: in.Reason, Answers: in.Answers}.clean()
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "triage", Group: in.To.Group, Agent: in.To.Agent, Text: pass.meant()},
		raises: []chat.AgentID{in.To.Agent},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, state chat.State) ([]chat.Event, error) {
			m, err := d.newTriage(tx, s, me, state, pass)
			if err != nil {
				return nil, err
			}
			now := d.now() // one moment for all of it
			events, err := chat.Triage(state, me, m, now)
			if err != nil {
				return nil, err
			}
			return append(events, alarmHops(state, now)...), nil
		},
	})
}

// newTriage loads what the rule needs, and refuses what waits in no first line and
// a target that nobody stands behind now.
func (d *Desk) newTriage(tx *store.Tx, s *situation, me chat.Agent, state chat.State, in Transfer) (chat.NewTriage, error) {
	m := chat.NewTriage{NewTransfer: in.newTransfer()}
	t := state.OpenThread()
	if t == nil || t.State != chat.Queued {
		return m, nil // the rule says so
	}
	if err := inFirstLine(tx, t.Group); err != nil {
		return m, err
	}
	if err := elsewhere(tx, t, &m.To); err != nil {
		return m, err
	}
	_, err := fill(tx, state, &m.NewTransfer)
	if err != nil {
		return m, err
	}
	if m.Order, err = orderOf(tx, m.Group.ID); err != nil {
		return m, err
	}
	if m.To.Kind == chat.ToAgent {
		there := *t
		there.Group = m.Group.ID
		if m.Room, err = d.roomFor(tx, m.Agent, &there, false); err != nil {
			return m, err
		}
	}
	m.Absent = s.takesNow(t, me, m.NewTransfer)
	return m, nil
}

// inFirstLine refuses a group that is none.
func inFirstLine(tx *store.Tx, id chat.GroupID) error {
	g, err := tx.Group(id)
	if err != nil {
		return err
	}
	rules, err := routing.ReadRules(g.Rules)
	if err == nil && rules.Line != routing.FirstLine {
		err = chat.Errorf(chat.Denied, "%s is no first line. Take the conversation, then pass it on.", g.Name)
	}
	return err
}

// elsewhere chooses the group of a colleague for whom none is named: his first
// besides the one where the Thread waits, since there he could have taken it.
func elsewhere(tx *store.Tx, t *chat.Thread, to *chat.Target) error {
	if to.Kind != chat.ToAgent || to.Group != "" {
		return nil
	}
	a, err := tx.Agent(to.Agent)
	if chat.IsKind(err, chat.Missing) {
		return nil // findTarget says so
	}
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(a.Groups), func(g chat.GroupID) bool { return g == t.Group })
	if len(others) > 0 {
		to.Group = slices.Min(others)
	}
	return nil
}

// takesNow is the conflict that nobody of the target takes chats: nobody leads
// this one who could go on meanwhile, so it waits where somebody reads it.
func (s *situation) takesNow(t *chat.Thread, me chat.Agent, m chat.NewTransfer) error {
	if m.Group.ID == t.Group {
		return nil // the rule says so
	}
	why, opens := "", int64(0)
	if m.To.Kind == chat.ToAgent {
		takes := func(seat routing.Seat) bool { return seat.Agent == m.Agent.ID && seat.Takes }
		if !slices.ContainsFunc(s.state.Seats(s.at), takes) {
			why = m.Agent.Name + " takes no chats now."
		}
	} else {
		for _, one := range s.standings() {
			if one.Group == m.Group.ID && one.State == routing.NotOnline {
				why, opens = one.Why, one.OpensAt
			}
		}
		there := *t
		there.Excluded = nil // who gave it away here may have it from the other group
		if why == "" && s.askable(&there, me, m.Reason)[m.Group.ID].Takes == 0 {
			why = "Nobody in " + m.Group.Name + " who could take it over takes chats now."
		}
	}
	if why == "" {
		return nil
	}
	return &chat.Error{Kind: chat.Conflict, Message: why + " It waits where it was. Take it and hold it for them, or send it to somebody else.", Detail: NobodyThere{To: m.To, OpensAt: opens}}
}
