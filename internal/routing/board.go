package routing

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
)

// The weights of a chat, in hundredths, so that sums are exact.
const (
	weightActive = 100
	weightIdle   = 25
	weightMember = 50
	weightMail   = 10
)

// defaultLimit is how many chats an agent takes where nothing else is said.
const defaultLimit = 4

const never = math.MaxInt64

// board is a State laid out for deciding: a copy of its own, in an order that
// does not depend on the order of rows, with the load of everybody at hand.
type board struct {
	now, wake int64
	began     int64
	timing    Timing
	seats     map[chat.AgentID]*seat
	order     []*seat
	counters  map[chat.GroupID]*counter
	groups    []*counter
	threads   []entry
	out       []Decision
	touched   []*seat
}

// entry is a Thread with what orders it: its priority, the Group's included, and
// when it would have come if it had no priority.
type entry struct {
	*Thread
	starts   int64
	priority int
}

// newEntry orders a Thread of a Group that adds so much priority.
func newEntry(t *Thread, more int, aging Seconds) entry {
	priority := t.Priority + more
	return entry{Thread: t, priority: priority, starts: t.QueuedAt - int64(priority)*aging.micros()}
}

// seat is an Agent with the hundredths of chats that he holds or is offered.
type seat struct {
	*Agent
	load, limit int
	takes       bool // accepts new chats and can be reached
	places      []*place
}

// place is a seat in a Group, with what the seat holds of that Group alone.
type place struct {
	*seat
	member  *Member
	counter *counter
	load    int
	row     int
	waits   bool // stands in counter.free
}

// counter is a Group with its places. free is those that can be given one more
// live chat, best first.
type counter struct {
	*Group
	places  []*place
	by      map[chat.AgentID]*place
	free    []*place
	open    bool
	waiting int
	// heard says that somebody who is given its chats is not deaf, where that counts.
	heard bool
}

func newBoard(s State, now int64) *board {
	b := &board{now: now, began: s.Began, wake: never, timing: s.Timing.filled(),
		seats: make(map[chat.AgentID]*seat, len(s.Agents)), counters: make(map[chat.GroupID]*counter, len(s.Groups))}
	b.seat(s)
	b.count(s)
	b.queueUp(s)
	for _, e := range b.threads {
		b.account(e.Thread, 1)
	}
	for _, c := range b.groups {
		c.heard = c.Distribution.SkipDeaf && c.hears(anybody)
		for _, p := range c.places {
			if c.isFree(p) {
				p.waits = true
				c.free = append(c.free, p)
			}
		}
		slices.SortFunc(c.free, c.compare)
	}
	return b
}

func (b *board) seat(s State) {
	agents := slices.Clone(s.Agents)
	standard := s.Limit
	if standard == 0 {
		standard = defaultLimit
	}
	for i := range agents {
		a := &seat{Agent: &agents[i], limit: 100 * agents[i].Limit}
		if agents[i].Limit == 0 {
			a.limit = 100 * standard
		}
		b.judge(a)
		b.seats[a.ID] = a
		b.order = append(b.order, a)
	}
	slices.SortFunc(b.order, func(x, y *seat) int { return strings.Compare(string(x.ID), string(y.ID)) })
}

func (b *board) count(s State) {
	for _, g := range s.Groups {
		g.Members = slices.Clone(g.Members)
		c := &counter{Group: &g, by: make(map[chat.AgentID]*place, len(g.Members))}
		for i := range g.Members {
			m := &g.Members[i]
			a := b.seats[m.Agent]
			if a == nil || a.Disabled || c.by[m.Agent] != nil {
				continue
			}
			p := &place{seat: a, member: m, counter: c, row: i}
			a.places, c.places, c.by[m.Agent] = append(a.places, p), append(c.places, p), p
		}
		if fault != faultRows {
			slices.SortFunc(c.places, func(x, y *place) int { return strings.Compare(string(x.ID), string(y.ID)) })
		}
		b.counters[g.ID] = c
		b.groups = append(b.groups, c)
	}
	slices.SortFunc(b.groups, func(x, y *counter) int { return strings.Compare(string(x.ID), string(y.ID)) })
}

func (b *board) queueUp(s State) {
	threads := slices.Clone(s.Threads)
	b.threads = make([]entry, 0, len(threads))
	for i := range threads {
		t, more := &threads[i], 0
		if t.State == chat.IsClosed {
			continue
		}
		if c := b.counters[t.Group]; c != nil {
			more = c.Priority
			if t.waitsLive() {
				c.waiting++
			}
		}
		b.threads = append(b.threads, newEntry(t, more, b.timing.Aging))
	}
	slices.SortFunc(b.threads, before)
	for _, c := range b.groups {
		c.open = c.Hours.Open(time.UnixMicro(b.now))
	}
}

// before is the order of the queue: the front class, then priority with aging,
// then who came first. Aging is a head start: one step of priority is worth as
// much waiting as Timing.Aging says, so that the order never changes by itself.
func before(x, y entry) int {
	if x.Front != y.Front {
		if x.Front {
			return -1
		}
		return 1
	}
	first := cmp.Compare(x.starts, y.starts)
	switch fault {
	case faultFCFS:
		first = -first
	case faultAging:
		first = cmp.Compare(y.priority, x.priority)
	}
	return cmp.Or(first, cmp.Compare(y.priority, x.priority), cmp.Compare(x.QueuedAt, y.QueuedAt), strings.Compare(string(x.ID), string(y.ID)))
}

// reached reports whether a time has come. If it has not, the board must be
// looked at again then. Every condition on time asks it.
func (b *board) reached(at int64) bool {
	if b.now >= at {
		return true
	}
	b.wake = min(b.wake, at)
	return false
}

// judge sets whether the agent takes new chats.
func (b *board) judge(a *seat) {
	a.takes = !a.Disabled && a.Status == chat.Accepting && b.present(a)
}

// present reports whether a device of the agent answers.
func (b *board) present(a *seat) bool {
	cut := a.DownAt != 0 && b.reached(a.DownAt+b.timing.Down.micros())
	return !cut && !b.reached(a.AliveAt+b.timing.Unheard.micros())
}

// lost reports whether the agent's connection is lost for good.
func (b *board) lost(a *seat) bool {
	if fault == faultFlap && a.DownAt != 0 {
		return true
	}
	return b.reached(a.AliveAt + b.timing.Lost.micros())
}
