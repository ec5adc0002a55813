package routing

import (
	"cmp"
	"slices"

	"earshot/internal/chat"
)

// Sitting is a Thread as the log remembers it, as far as a Group is learnt from
// it. Times are microseconds; 0 = not, or not yet.
type Sitting struct {
	Group chat.GroupID `json:"group"`
	// QueuedAt is when the visitor began to wait, TakenAt when somebody first
	// became his lead.
	QueuedAt int64 `json:"queued_at"`
	TakenAt  int64 `json:"taken_at,omitempty"`
	// Lead has filled a place of his with it from LedAt until EndedAt: when it
	// was closed, or had been idle long enough to free the place.
	Lead    chat.AgentID `json:"lead,omitempty"`
	LedAt   int64        `json:"led_at,omitempty"`
	EndedAt int64        `json:"ended_at,omitempty"`
	// Left says that the visitor gave up, at EndedAt, before anybody came.
	Left bool `json:"left,omitempty"`
	// Again says that after EndedAt the same Group has the chat once more: it counts
	// there as finished once, and once in each other Group that has had it.
	Again bool `json:"again,omitempty"`
}

// Know learns from the Sittings of a span of time what each Group's waits are
// estimated from. What was over before from, or began after now, counts for what
// lies inside. The order of the Sittings changes nothing.
func Know(sittings []Sitting, from, now int64) map[chat.GroupID]Known {
	held := levelsOf(sittings, from, now)
	found := map[chat.GroupID]*tally{}
	for _, s := range sittings {
		if s.outside(from, now) {
			continue
		}
		t := found[s.Group]
		if t == nil {
			t = &tally{leads: map[chat.AgentID]bool{}}
			found[s.Group] = t
		}
		t.count(s, from, now)
	}
	known := make(map[chat.GroupID]Known, len(found))
	for g, t := range found {
		known[g] = t.known(held)
	}
	return known
}

func (s Sitting) outside(from, now int64) bool {
	return s.QueuedAt > now || s.LedAt > now || (s.EndedAt != 0 && s.EndedAt < from)
}

// tally is what the Sittings of one Group add up to. Micros, not seconds: whole
// numbers have the same sum in any order.
type tally struct {
	leads                     map[chat.AgentID]bool
	finished, left            int
	waited, handled, finishes int64
}

func (t *tally) count(s Sitting, from, now int64) {
	if s.QueuedAt > 0 {
		t.waited += inside(s.QueuedAt, cmp.Or(s.TakenAt, s.EndedAt, now), from, now)
	}
	over := s.EndedAt != 0 && s.EndedAt <= now
	switch {
	case s.Left && over:
		t.left++
	case s.Lead != "":
		t.leads[s.Lead] = true
		if over && s.EndedAt > s.LedAt {
			if !s.Again {
				t.finished++
			}
			t.handled += s.EndedAt - s.LedAt
			t.finishes++
		}
	}
}

// known joins what the Group's leads held: a place that any of their chats frees
// is one for this queue.
func (t *tally) known(held map[chat.AgentID][]level) Known {
	k := Known{Leaving: LearnPatience(t.left, span(float64(t.waited)/1e6)), Finished: t.finished}
	if t.finishes == 0 {
		return k
	}
	var sum []level
	for a := range t.leads {
		for i, l := range held[a] {
			if i == len(sum) {
				sum = append(sum, level{})
			}
			sum[i].completed += l.completed
			sum[i].micros += l.micros
		}
	}
	levels := make([]Level, len(sum))
	for i, l := range sum {
		levels[i] = Level{Completed: l.completed, Seconds: float64(l.micros) / 1e6}
	}
	mean := float64(t.handled) / float64(t.finishes) / 1e6
	k.Rates = Learn(levels, mean*workShare, mean*(1-workShare))
	return k
}

// workShare is the part of a chat that its agent works on it, where nothing is
// known: the rest he waits for the visitor.
const workShare = 1.0 / 3

// level is a [Level] in whole microseconds.
type level struct {
	completed int
	micros    int64
}

// change is an agent's getting a chat, or being rid of one: finished, or still
// held at the end of the span.
type change struct {
	at    int64
	ends  bool
	inner bool // lies within the span
}

// levelsOf goes through each agent's chats, of all Groups, in order of time.
func levelsOf(sittings []Sitting, from, now int64) map[chat.AgentID][]level {
	changes := map[chat.AgentID][]change{}
	for _, s := range sittings {
		end := cmp.Or(s.EndedAt, now+1)
		if s.Lead == "" || s.LedAt >= end || s.outside(from, now) {
			continue
		}
		changes[s.Lead] = append(changes[s.Lead], change{at: max(s.LedAt, from)}, change{at: min(end, now), ends: true, inner: end <= now})
	}
	all := make(map[chat.AgentID][]level, len(changes))
	for a, cs := range changes {
		// Of what happens at once, an end comes first: the place is free again. What
		// only the span cuts off is held until everything else has happened.
		slices.SortFunc(cs, func(x, y change) int {
			return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(order(x), order(y)))
		})
		all[a] = climb(cs)
	}
	return all
}

func order(c change) int {
	switch {
	case c.inner:
		return 0
	case !c.ends:
		return 1
	}
	return 2
}

func climb(cs []change) []level {
	var levels []level
	holds, since := 0, int64(0)
	for _, c := range cs {
		for len(levels) < holds {
			levels = append(levels, level{})
		}
		if holds > 0 {
			levels[holds-1].micros += c.at - since
		}
		since = c.at
		switch {
		case !c.ends:
			holds++
		case holds > 0:
			if c.inner {
				levels[holds-1].completed++
			}
			holds--
		}
	}
	return levels
}

// inside returns how much of a time lies within a span.
func inside(begin, end, from, to int64) int64 {
	return max(min(end, to)-max(begin, from), 0)
}
