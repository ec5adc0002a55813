package desk

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// Transfer is what an agent says when he passes a Conversation on.
type Transfer struct {
	Key string
	To  chat.Target
	// Reason is a code of the group's playbook, or words where it has none.
	Reason, Summary, Promised string
	Answers                   map[string]string // by the id of the playbook's question
	// Say is posted to the visitor first, in the sender's name.
	Say string
	// Stay: he watches afterwards; Drop are members who do not stay.
	Stay bool
	Drop []chat.AgentID
}

const (
	maxTransferText = 1000 // characters of the summary, and of what was promised
	maxAnswer       = 500
)

// NobodyThere is the detail of the conflict that answers a transfer to somebody
// who cannot be asked now: it can be held for him.
type NobodyThere struct {
	To chat.Target `json:"to"`
	// OpensAt is when the group opens next, in microseconds; 0 = not known.
	OpensAt int64 `json:"opens_at,omitempty"`
}

// Transfer asks a colleague or a group to take over. The lead keeps the
// Conversation until somebody accepts. Where nobody can be asked now it is a
// conflict with [NobodyThere].
func (d *Desk) Transfer(ctx context.Context, a chat.Agent, c chat.ConversationID, in Transfer) (Done, error) {
	s, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	in = in.clean()
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "transfer", Group: in.To.Group, Agent: in.To.Agent, Text: in.meant()},
		raises: chosen(in.To),
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, state chat.State) ([]chat.Event, error) {
			m, err := newTransfer(tx, s, me, state, in)
			if err != nil {
				return nil, err
			}
			now := d.now() // one moment for all of it
			events, err := chat.PassOn(state, me, m, now)
			if err != nil {
				return nil, err
			}
			return append(events, alarmHops(state, now)...), nil
		},
	})
}

// chosen is the colleague whom a Conversation rings at once.
func chosen(to chat.Target) []chat.AgentID {
	if to.Kind != chat.ToAgent {
		return nil
	}
	return []chat.AgentID{to.Agent}
}

func (in Transfer) clean() Transfer {
	in.Reason = chat.CleanLine(in.Reason, maxMoveReason)
	in.Summary, in.Promised = chat.CleanLine(in.Summary, maxTransferText), chat.CleanLine(in.Promised, maxTransferText)
	answers := map[string]string{}
	for id, text := range in.Answers {
		answers[id] = chat.CleanLine(text, maxAnswer)
	}
	in.Answers = answers
	return in
}

// meant is what the key stands for besides the target: everything that is kept or
// told.
func (in Transfer) meant() string {
	drop := slices.Sorted(slices.Values(in.Drop))
	return inOrder(string(in.To.Kind), in.Reason, in.Summary, in.Promised, in.Say, answersInOrder(in.Answers), strconv.FormatBool(in.Stay), inOrder(drop...))
}

// inOrder is several texts as one that no others make.
func inOrder[T ~string](texts ...T) string {
	var all strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&all, "%q\n", string(text))
	}
	return all.String()
}

func answersInOrder(answers map[string]string) string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		all = append(all, id, answers[id])
	}
	return inOrder(all...)
}

func (in Transfer) newTransfer() chat.NewTransfer {
	return chat.NewTransfer{To: in.To, Reason: in.Reason, Summary: in.Summary, Promised: in.Promised, Answers: in.Answers, Say: in.Say, Stay: in.Stay, Drop: in.Drop}
}

// newTransfer loads what the rule needs.
func newTransfer(tx *store.Tx, s *situation, me chat.Agent, state chat.State, in Transfer) (chat.NewTransfer, error) {
	m := in.newTransfer()
	t := state.OpenThread()
	if t == nil {
		return m, nil // the rule says so
	}
	if _, err := fill(tx, state, &m); err != nil {
		return m, err
	}
	m.For, m.Absent = s.reachable(t, me, m)
	return m, nil
}

// findTarget loads whom the transfer goes to, and the group that then has it with
// what it has written about that: the Thread's own where the colleague is in it,
// else his first.
func findTarget(tx *store.Tx, t *chat.Thread, m *chat.NewTransfer) error {
	switch m.To.Kind {
	case chat.ToAnyone:
		m.To.Group, m.To.Agent = t.Group, ""
	case chat.ToGroup:
		m.To.Agent = ""
	case chat.ToAgent:
		to, err := tx.Agent(m.To.Agent)
		if chat.IsKind(err, chat.Missing) {
			err = chat.Errorf(chat.Missing, "There is no such colleague.")
		}
		if err != nil {
			return err
		}
		m.Agent = to
		switch {
		case m.To.Group != "" && to.InGroup(m.To.Group):
		case to.InGroup(t.Group) || len(to.Groups) == 0:
			m.To.Group = t.Group
		default:
			m.To.Group = slices.Min(to.Groups)
		}
	default:
		return chat.Errorf(chat.Invalid, "A transfer goes to an agent, to a group, or to anyone.")
	}
	g, err := tx.Group(m.To.Group)
	if chat.IsKind(err, chat.Missing) {
		err = chat.Errorf(chat.Missing, "There is no such group.")
	}
	if err != nil {
		return err
	}
	written, err := tx.Playbook(g.ID)
	m.Group, m.Chapter, m.Version = g, written.Playbook.Transfer, written.Playbook.Version
	return err
}

// reachable is how long the transfer rings, or the conflict that nobody is there.
func (s *situation) reachable(t *chat.Thread, me chat.Agent, m chat.NewTransfer) (time.Duration, error) {
	if m.To.Kind == chat.ToAgent {
		return s.ringsAt(m)
	}
	for _, one := range s.standings() {
		if one.Group == m.Group.ID && one.State == routing.NotOnline {
			return 0, nobodyThere(m, one.Why, one.OpensAt)
		}
	}
	if s.askable(t, me, m.Reason)[m.Group.ID].Takes == 0 {
		return 0, nobodyThere(m, "Nobody in "+m.Group.Name+" who could take it over takes chats now.", 0)
	}
	return chat.WaitTransfer, nil
}

// ringsAt is how long it rings the colleague.
func (s *situation) ringsAt(m chat.NewTransfer) (time.Duration, error) {
	for _, seat := range s.state.Seats(s.at) {
		if seat.Agent != m.Agent.ID {
			continue
		}
		if long := ringsFor(seat, m.Agent.Status); long > 0 {
			return long, nil
		}
	}
	if !m.Agent.InGroup(m.Group.ID) {
		return 0, inNoGroup(m.Agent)
	}
	return 0, nobodyThere(m, m.Agent.Name+" is not here now.", 0)
}

// askable is how many of each group could take a Thread over that an agent passes
// on now, for a reason.
func (s *situation) askable(t *chat.Thread, me chat.Agent, reason string) map[chat.GroupID]routing.Askable {
	return s.state.Askable(routing.ViewThread(*t), chat.Transfer{By: me.ID, Asked: t.Gave(reason)}, s.at)
}

// ringsFor is how long a transfer rings a colleague; 0 = he cannot be asked now.
func ringsFor(seat routing.Seat, status chat.Status) time.Duration {
	switch {
	case seat.Takes:
		return chat.RingTransfer
	case seat.Present && status != chat.Offline:
		return chat.RequestTransfer
	}
	return 0
}

// inNoGroup refuses to hold a chat for somebody in whose group it could not wait:
// nobody would see it there, and no hours say when it is due.
func inNoGroup(a chat.Agent) error {
	return chat.Errorf(chat.Conflict, "%s is not here now and is in no group, so the conversation cannot wait there. Choose a group or somebody else; nothing was passed on.", a.Name)
}

func nobodyThere(m chat.NewTransfer, why string, opens int64) error {
	return &chat.Error{Kind: chat.Conflict, Message: why + " The conversation can be held for them; nothing was passed on.", Detail: NobodyThere{To: m.To, OpensAt: opens}}
}

// alarmHops tells the supervisors of a Thread that is passed on again and again.
func alarmHops(state chat.State, now time.Time) []chat.Event {
	t := state.OpenThread()
	if t == nil || len(t.Passed) < chat.HopsAlarm {
		return nil
	}
	why := chat.Says("alarm.hops")
	body := chat.Alarm{Round: t.Round, Cause: chat.AlarmHops, Why: why.English(), Because: why}
	return []chat.Event{chat.Fact(chat.KindAlarm, chat.System(), chat.ForAgents, chat.Micros(now), body)}
}

// acceptPassed takes over what was passed on: above the limit, too, since whoever
// passes it on chose him; the event says so.
func (d *Desk) acceptPassed(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
	t := s.OpenThread()
	if !guardRings {
		t.Offers = []chat.Offer{{Agent: me.ID, Deadline: math.MaxInt64}}
	}
	g, err := successorOf(tx, t.Transfer.To.Group) // it may have been deleted since he was asked
	if err != nil {
		return nil, err
	}
	there := *t
	there.Group = g.ID
	room, err := d.roomFor(tx, me, &there, true)
	if err != nil {
		return nil, err
	}
	given := chat.Given{Room: room, Group: &g, Names: map[chat.AgentID]string{}}
	if g.ID != t.Group {
		v, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil {
			return nil, err
		}
		given.Public = g.PublicName(v.Language)
	}
	for _, id := range t.Transfer.Drop {
		if m, err := tx.Agent(id); err == nil {
			given.Names[id] = m.Name
		} else if !chat.IsKind(err, chat.Missing) {
			return nil, err
		}
	}
	events, err := chat.Accept(s, me, given, d.now())
	if err != nil || !t.Transfer.Stay {
		return events, err
	}
	sender, err := tx.Agent(t.Transfer.By)
	if err != nil {
		return nil, err
	}
	return append(events, chat.LetStay(events, sender, me.Actor(), d.now())...), nil
}

// Withdraw ends a transfer that nobody has accepted.
func (d *Desk) Withdraw(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "withdraw"},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.Withdraw(s, me, d.now())
		},
	})
}

// askedWith is what a transfer was begun with.
func askedWith(tx *store.Tx, c chat.ConversationID, seq int64) (chat.TransferTold, error) {
	e, err := tx.Event(c, seq)
	if err != nil {
		return chat.TransferTold{}, err
	}
	return chat.Decode[chat.TransferTold](e)
}

// LetGo leaves what is being passed to a group in that group's queue.
func (d *Desk) LetGo(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "let-go"},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			t := s.OpenThread()
			if t == nil || t.Transfer == nil {
				return chat.LetGo(s, me, chat.Destination{}, chat.TransferTold{}, d.now())
			}
			g, err := successorOf(tx, t.Transfer.To.Group) // it may have been deleted since it was asked
			if err != nil {
				return nil, err
			}
			o, err := orderOf(tx, g.ID)
			if err != nil {
				return nil, err
			}
			there, err := destination(tx, s, g, o)
			if err != nil {
				return nil, err
			}
			asked, err := askedWith(tx, c, t.Transfer.Seq)
			if err != nil {
				return nil, err
			}
			return chat.LetGo(s, me, there, asked, d.now())
		},
	})
}
