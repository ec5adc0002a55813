package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const (
	// MaxPathDays is how far the report of paths looks back.
	MaxPathDays = 90
	// mostPaths is how many arrivals, and how many moves, are counted: of more,
	// the newest.
	mostPaths = 20_000
	// mostBehind is how many Conversations are named behind a number.
	mostBehind = 200
)

// Paths is how visitors reached their groups in the last days, and where they
// went from there.
type Paths struct {
	// From is since when it counts, in microseconds: later than asked for where
	// more came than are counted.
	From      int64      `json:"from"`
	Paths     []Path     `json:"paths"`
	Moves     []PathMove `json:"moves"`
	FirstLine []LineWork `json:"first_line"`
}

// Path is one way to a group: who or what decided it.
type Path struct {
	Group    chat.GroupID `json:"group"`
	Cause    string       `json:"cause" enum:"signed,page,visitor,returning,rule,default,fallback,agent_began"`
	Rule     string       `json:"rule,omitempty"`
	RuleName string       `json:"rule_name,omitempty"`
	N        int          `json:"n"`
	// Conversations are those behind the number that the reader may open, the
	// newest first, at most 200.
	Conversations []chat.ConversationID `json:"conversations"`
}

// PathMove is what went from one group to another for a reason.
type PathMove struct {
	From          chat.GroupID          `json:"from"`
	To            chat.GroupID          `json:"to"`
	Reason        string                `json:"reason"`
	N             int                   `json:"n"`
	Conversations []chat.ConversationID `json:"conversations"`
}

// LineWork is how many chats reached a first line, and how many of those it
// passed on.
type LineWork struct {
	Group    chat.GroupID `json:"group"`
	Taken    int          `json:"taken"`
	PassedOn int          `json:"passed_on"`
}

// agentBegan is the cause of a Thread that no visitor asked for.
const agentBegan = "agent_began"

// Paths reports the last days.
func (d *Desk) Paths(ctx context.Context, by chat.Agent, days int) (Paths, error) {
	if days < 1 || days > MaxPathDays {
		return Paths{}, chat.Errorf(chat.Invalid, "The report goes back 1 to %d days.", MaxPathDays)
	}
	now := d.now()
	w := newWays(chat.Micros(now.AddDate(0, 0, -days)), chat.Micros(now)+1)
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, by.ID)
		if err == nil && !me.Role.Manages() {
			err = chat.Errorf(chat.Denied, "Only owners and admins read this report.")
		}
		if err != nil {
			return err
		}
		return w.load(tx, me.Viewer())
	})
	if err != nil {
		return Paths{}, err
	}
	return w.report(), nil
}

// ways counts. It is fed from the newest to the oldest, so that the ids behind a
// number are the newest.
type ways struct {
	from, to int64
	paths    map[pathKey]*Path
	moves    map[moveKey]*PathMove
	lines    map[chat.GroupID]*LineWork
	// begun is where each Thread of the span began; passed are those that have
	// left a first line.
	begun  map[chat.ThreadID]chat.GroupID
	passed map[chat.ThreadID]bool
}

type pathKey struct {
	group       chat.GroupID
	cause, rule string
}

type moveKey struct {
	from, to chat.GroupID
	reason   string
}

func newWays(from, to int64) *ways {
	return &ways{from: from, to: to, paths: map[pathKey]*Path{}, moves: map[moveKey]*PathMove{}, lines: map[chat.GroupID]*LineWork{},
		begun: map[chat.ThreadID]chat.GroupID{}, passed: map[chat.ThreadID]bool{}}
}

func (w *ways) load(tx *store.Tx, v chat.Viewer) error {
	groups, err := tx.Groups()
	if err != nil {
		return err
	}
	for _, g := range groups {
		rules, err := routing.ReadRules(g.Rules)
		if err != nil {
			return err
		}
		if rules.Line == routing.FirstLine && !g.Deleted {
			w.lines[g.ID] = &LineWork{Group: g.ID}
		}
	}
	begun, err := tx.Begun(w.from, w.to, mostPaths)
	if err != nil {
		return err
	}
	moved, err := tx.Moves(w.from, w.to, mostPaths)
	if err != nil {
		return err
	}
	if len(begun) == mostPaths {
		w.from = begun[0].Thread.StartedAt
	}
	if len(moved) == mostPaths {
		w.from = max(w.from, moved[0].At)
	}
	return w.countAll(tx, begun, moved, newEyes(tx, v))
}

func (w *ways) countAll(tx *store.Tx, begun []store.Begun, moved []chat.Event, eyes *eyes) error {
	for _, b := range slices.Backward(begun) {
		seen, err := eyes.see(b.Event)
		if err != nil {
			return err
		}
		if started, err := chat.Decode[chat.Started](b.Event); err == nil && b.Event.At >= w.from {
			w.begin(b.Event, started, seen)
		}
	}
	for _, e := range slices.Backward(moved) {
		if e.At < w.from {
			continue
		}
		way, went, err := wayOf(tx, e)
		if err != nil || !went {
			if err != nil {
				return err
			}
			continue
		}
		seen, err := eyes.see(e)
		if err != nil {
			return err
		}
		w.move(e, way, seen)
	}
	return nil
}

// wayOf is the way that a Thread went to another Group: by a move, a hold, a
// hand-over, or a transfer that was accepted; false where it went nowhere.
func wayOf(tx *store.Tx, e chat.Event) (way moveKey, went bool, err error) {
	switch e.Kind {
	case chat.KindMoved:
		b, err := chat.Decode[chat.Moved](e)
		return moveKey{b.From, b.Group, b.Reason}, err == nil, nil
	case chat.KindHold:
		b, err := chat.Decode[chat.Held](e)
		way = moveKey{b.Access.Before.Group, b.Access.After.Group, b.Reason}
		return way, err == nil && way.from != way.to, nil
	case chat.KindHanded:
		b, err := chat.Decode[chat.Handed](e)
		way = moveKey{b.From, b.To.Group, b.Reason}
		return way, err == nil && way.from != way.to, nil
	}
	b, err := chat.Decode[chat.TransferEnded](e)
	if err != nil || b.How != chat.Accepted || b.Access == nil || b.Access.Before.Group == b.To.Group {
		return way, false, nil
	}
	told, err := askedWith(tx, e.Conversation, b.Transfer)
	return moveKey{b.Access.Before.Group, b.To.Group, told.Transfer.Reason}, err == nil, nil
}

// begin counts a Thread. Before ways were noted, all led to the site's group.
func (w *ways) begin(e chat.Event, b chat.Started, seen bool) {
	placed := chat.Placed{Cause: string(routing.ByDefault)}
	if b.Lead != "" {
		placed.Cause = agentBegan
	}
	if b.Placement != nil {
		placed = *b.Placement
	}
	key := pathKey{b.Group, placed.Cause, placed.Rule}
	p := w.paths[key]
	if p == nil {
		p = &Path{Group: b.Group, Cause: placed.Cause, Rule: placed.Rule, RuleName: placed.RuleName, Conversations: []chat.ConversationID{}}
		w.paths[key] = p
	}
	p.N++
	p.Conversations = behind(p.Conversations, e.Conversation, seen)
	if line := w.lines[b.Group]; line != nil && placed.Cause != agentBegan {
		w.begun[e.Thread] = b.Group
		line.Taken++
	}
}

func (w *ways) move(e chat.Event, way moveKey, seen bool) {
	m := w.moves[way]
	if m == nil {
		m = &PathMove{From: way.from, To: way.to, Reason: way.reason, Conversations: []chat.ConversationID{}}
		w.moves[way] = m
	}
	m.N++
	m.Conversations = behind(m.Conversations, e.Conversation, seen)
	if way.from == w.begun[e.Thread] && way.from != "" && !w.passed[e.Thread] {
		w.passed[e.Thread] = true
		w.lines[way.from].PassedOn++
	}
}

// behind adds a Conversation that the reader may open, once, while there is room.
func behind(all []chat.ConversationID, c chat.ConversationID, seen bool) []chat.ConversationID {
	if !seen || len(all) >= mostBehind || slices.Contains(all, c) {
		return all
	}
	return append(all, c)
}

// report orders what was counted: the most first.
func (w *ways) report() Paths {
	out := Paths{From: w.from, Paths: []Path{}, Moves: []PathMove{}, FirstLine: []LineWork{}}
	for _, p := range w.paths {
		out.Paths = append(out.Paths, *p)
	}
	slices.SortFunc(out.Paths, func(x, y Path) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Group, y.Group), cmp.Compare(x.Cause, y.Cause), cmp.Compare(x.Rule, y.Rule))
	})
	for _, m := range w.moves {
		out.Moves = append(out.Moves, *m)
	}
	slices.SortFunc(out.Moves, func(x, y PathMove) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To), cmp.Compare(x.Reason, y.Reason))
	})
	for _, l := range w.lines {
		out.FirstLine = append(out.FirstLine, *l)
	}
	slices.SortFunc(out.FirstLine, func(x, y LineWork) int { return cmp.Compare(x.Group, y.Group) })
	return out
}
