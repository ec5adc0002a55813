package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// Hold is what an agent says when he passes a Conversation to somebody who is not
// there.
type Hold struct {
	Transfer
	Way chat.HeldWay
	// Due is when the answer is owed; zero = as the group's playbook says, counted
	// in the hours in which the group is open.
	Due time.Time
	// Email is where the answer goes; empty = the address that the visitor has given.
	Email string
	// Deviation is why it is held otherwise than the group has decided, or though
	// somebody is there.
	Deviation string
	// Sure says that the colleague's absence beyond Due is known.
	Sure bool
}

// AwayThen is the detail of the conflict that answers holding a chat for somebody
// who is away until after it is due. Deputy is a colleague who is not; "" = nobody.
type AwayThen struct {
	Until  int64        `json:"until"`
	Deputy chat.AgentID `json:"deputy,omitempty"`
}

// Hold passes a Conversation to somebody who is not there: it waits for him, and
// the visitor has a promise.
func (d *Desk) Hold(ctx context.Context, a chat.Agent, c chat.ConversationID, in Hold) (Done, error) {
	s, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	in.Transfer, in.Deviation = in.Transfer.clean(), chat.CleanLine(in.Deviation, maxMoveReason)
	if in.Email != "" {
		if in.Email, err = chat.CleanEmail(in.Email); err != nil {
			return Done{}, err
		}
	}
	meant := inOrder(string(in.Way), strconv.FormatInt(chat.Micros(in.Due), 10), in.Email, in.Deviation, in.meant())
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "hold", Group: in.To.Group, Agent: in.To.Agent, Text: meant},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, state chat.State) ([]chat.Event, error) {
			return d.hold(tx, s, me, state, in)
		},
	})
}

func (d *Desk) hold(tx *store.Tx, s *situation, me chat.Agent, state chat.State, in Hold) ([]chat.Event, error) {
	m := chat.NewHold{NewTransfer: in.newTransfer(), Way: in.Way, Due: in.Due, Email: in.Email, Deviation: in.Deviation}
	t := state.OpenThread()
	if t == nil {
		return chat.Hold(state, me, m, d.now())
	}
	v, err := fillHold(tx, s, me, state, &m)
	if err != nil {
		return nil, err
	}
	m.Absent = s.awayThen(m, in.Sure)
	now := d.now()
	events, err := chat.Hold(state, me, m, now)
	if err != nil {
		return nil, err
	}
	events = append(events, alarmHops(state, now)...)
	if m.Way != chat.HeldMail || v.Email == m.Email {
		return events, nil
	}
	v.Email = m.Email
	if err := tx.SaveVisitor(v); err != nil {
		return nil, err
	}
	return append(events, chat.Fact(chat.KindVisitor, me.Actor(), chat.ForAgents, chat.Micros(now), v)), nil
}

// fillHold loads what the rule needs.
func fillHold(tx *store.Tx, s *situation, me chat.Agent, state chat.State, m *chat.NewHold) (chat.Visitor, error) {
	v, err := fill(tx, state, &m.NewTransfer)
	if err != nil {
		return v, err
	}
	if m.Agent.ID != "" && !m.Agent.InGroup(m.Group.ID) {
		return v, inNoGroup(m.Agent)
	}
	m.Email = cmp.Or(m.Email, v.Email)
	m.Usual = s.dueIn(m.Group.ID, time.Duration(m.Chapter.Held.DueMinutes())*time.Minute)
	if m.Due.IsZero() {
		m.Due = m.Usual
	}
	m.There = s.there(state.OpenThread(), me, m.NewTransfer)
	m.Order, err = orderOf(tx, m.Group.ID)
	return v, err
}

// dueIn is when a group has been open for so long from now on.
func (s *situation) dueIn(g chat.GroupID, open time.Duration) time.Time {
	var hours *routing.Hours
	if rules, known := s.rules[g]; known {
		hours = rules.Hours
	}
	if due, ends := hours.Add(s.at, open); ends {
		return due
	}
	return s.at.Add(open) // it is closed for ever: by the clock, then
}

// there is who of the target takes chats now and could be asked; "" = nobody. Who is
// here and takes none has said so himself: asking him may be in vain.
func (s *situation) there(t *chat.Thread, me chat.Agent, m chat.NewTransfer) string {
	if m.To.Kind == chat.ToAgent {
		takes := func(seat routing.Seat) bool { return seat.Agent == m.Agent.ID && seat.Takes }
		if slices.ContainsFunc(s.state.Seats(s.at), takes) {
			return m.Agent.Name
		}
		return ""
	}
	if _, err := s.reachable(t, me, m); err != nil {
		return ""
	}
	return "Somebody in " + m.Group.Name
}

// awayThen is the conflict that the colleague is away until after the answer is
// due.
func (s *situation) awayThen(m chat.NewHold, sure bool) error {
	due := chat.Micros(m.Due)
	away := func(a chat.Agent) bool { return a.Status == chat.Away && a.Until > due }
	if sure || m.Agent.ID == "" || !away(m.Agent) {
		return nil
	}
	var deputies []chat.AgentID
	for id, a := range s.team {
		if a.InGroup(m.Group.ID) && id != m.Agent.ID && !a.Disabled && !away(a) && !slices.Contains(m.Chapter.Except, id) {
			deputies = append(deputies, id)
		}
	}
	slices.SortFunc(deputies, func(x, y chat.AgentID) int {
		return cmp.Or(cmp.Compare(s.state.Load(x), s.state.Load(y)), cmp.Compare(x, y))
	})
	detail := AwayThen{Until: m.Agent.Until}
	if len(deputies) > 0 {
		detail.Deputy = deputies[0]
	}
	return &chat.Error{Kind: chat.Conflict, Message: m.Agent.Name + " is away until after the answer is due. Choose somebody else, a later time, or say that you are sure.", Detail: detail}
}
