package routing

import (
	"cmp"
	"slices"
	"time"

	"earshot/internal/chat"
)

// Known is what the log of the last days tells about a Group.
type Known struct {
	Rates    Rates   // from [Learn]
	Leaving  float64 // from [LearnPatience]
	Finished int     // chats finished within EstimateOver
}

// Told is what one waiting visitor can be told.
type Told struct {
	Thread   chat.ThreadID `json:"thread"`
	Position int           `json:"position"` // 1 = next
	Estimate Estimate      `json:"estimate"`
}

// Waits returns the whole queue of a Group, in order, with each visitor's
// estimate. What is known of it is taken to hold for the others that share its
// agents.
func (s State) Waits(g chat.GroupID, k Known, now time.Time) []Told {
	return s.AllWaits(s.everywhere(k), now)[g]
}

// AllWaits returns the queues of all Groups that something is known of, even
// where that is nothing.
func (s State) AllWaits(known map[chat.GroupID]Known, now time.Time) map[chat.GroupID][]Told {
	b, all := newBoard(s, chat.Micros(now)), map[chat.GroupID][]Told{}
	lines := b.lines(known)
	for _, e := range b.threads {
		l := lines[e.Group]
		if l == nil || !e.waitsLive() {
			continue
		}
		all[e.Group] = append(all[e.Group], Told{Thread: e.ID, Position: len(all[e.Group]) + 1, Estimate: b.turn(e.Thread, l)})
	}
	return all
}

// NextWait returns the estimate for a visitor who comes now, without a priority of his
// own: he does not stand behind those who have less.
func (s State) NextWait(g chat.GroupID, k Known, now time.Time) Estimate {
	return s.waitBehind(g, k, now, Thread{})
}

// FrontWait returns the estimate for a chat that is passed to the Group now: it
// stands before those who have not talked.
func (s State) FrontWait(g chat.GroupID, k Known, now time.Time) Estimate {
	return s.waitBehind(g, k, now, Thread{Front: true})
}

// waitBehind returns the estimate for who comes as the last of his kind, behind those
// of the queue that are before him.
func (s State) waitBehind(g chat.GroupID, k Known, now time.Time, t Thread) Estimate {
	b := newBoard(s, chat.Micros(now))
	lines := b.lines(s.everywhere(k))
	if lines[g] == nil {
		return Estimate{Why: "There is no such group."}
	}
	t.Group, t.QueuedAt = g, b.now+1
	me := newEntry(&t, b.counters[g].Priority, b.timing.Aging)
	for _, e := range b.threads {
		if l := lines[e.Group]; l != nil && e.waitsLive() && before(e, me) < 0 {
			b.turn(e.Thread, l)
		}
	}
	return b.turn(&t, lines[g])
}

// Wait returns the estimate for the visitor of one queued Thread.
func (s State) Wait(id chat.ThreadID, k Known, now time.Time) Estimate {
	if t := s.thread(id); t != nil {
		for _, told := range s.Waits(t.Group, k, now) {
			if told.Thread == id {
				return told.Estimate
			}
		}
	}
	return Estimate{Why: "The visitor does not wait."}
}

func (s State) everywhere(k Known) map[chat.GroupID]Known {
	all := make(map[chat.GroupID]Known, len(s.Groups))
	for _, g := range s.Groups {
		all[g.ID] = k
	}
	return all
}

// pool is the agents who take chats for the same Groups. Their releases are used
// up by those who wait, in order.
type pool struct {
	used   float64 // the time until which they are used up, as the seconds of a mean wait
	spread float64 // its variance
	stayed float64 // the time where nobody who waits gives up
}

// source is a pool as one Group draws from it: what it knows of their rate.
type source struct {
	*pool
	rate float64
}

// line is a Group's queue while estimates walk along it.
type line struct {
	waiting Waiting
	sources []source
	// spare are the places that ring for somebody who needs another one alone: they
	// come free as soon as he has it.
	spare int
}

// lines lays out the Groups that something is known of.
func (b *board) lines(known map[chat.GroupID]Known) map[chat.GroupID]*line {
	all, pools := make(map[chat.GroupID]*line, len(known)), b.pools(known)
	for _, c := range b.groups {
		k, asked := known[c.ID]
		if !asked {
			continue
		}
		l, at := &line{waiting: Waiting{Leaving: k.Leaving, Finished: k.Finished, Free: len(c.free)}}, map[*pool]int{}
		for _, p := range c.places {
			rate := k.Rates.At(p.seat.load)
			if !p.given() || rate <= 0 {
				continue
			}
			l.waiting.Rate += rate
			i, there := at[pools[p.seat]]
			if !there {
				i, at[pools[p.seat]] = len(l.sources), len(l.sources)
				l.sources = append(l.sources, source{pool: pools[p.seat]})
			}
			l.sources[i].rate += rate
		}
		all[c.ID] = l
	}
	for _, e := range b.threads {
		if l := all[e.Group]; l != nil && e.waitsLive() && len(e.Offers) > 1 {
			l.spare += len(e.Offers) - 1
		}
	}
	return all
}

// pools puts the agents together who take chats for the same Groups.
func (b *board) pools(known map[chat.GroupID]Known) map[*seat]*pool {
	all, same := make(map[*seat]*pool, len(b.order)), map[string]*pool{}
	for _, a := range b.order {
		groups := ""
		for _, p := range a.places {
			if _, asked := known[p.counter.ID]; asked && p.given() {
				groups += string(p.counter.ID) + "\x00"
			}
		}
		if same[groups] == nil {
			same[groups] = &pool{}
		}
		all[a] = same[groups]
	}
	return all
}

// given reports whether who has the place is given chats of its Group.
func (p *place) given() bool {
	return p.takes && !p.skipped() && p.member.Class != ClassSupervisor
}

// turn returns the estimate of the one who comes next in the queue. Who rings at
// somebody has his place already, and there is no release that he waits for; nor
// does who will ring at one of the others as soon as somebody has said yes. Nor does
// whom the router asks nobody for any more. Who is kept for some of the Group waits for
// one of theirs: no range of all of it is his.
func (b *board) turn(t *Thread, l *line) Estimate {
	switch {
	case fault == faultRung:
	case len(t.Offers) > 0:
		return Estimate{Why: "Somebody is asked already."}
	case l.spare > 0:
		l.spare--
		return Estimate{Why: "Somebody will be free in a moment."}
	}
	if b.givenUp(t, b.counters[t.Group]) && fault != faultTried {
		return Estimate{Why: "Nobody of the group is asked any more."}
	}
	e := l.next()
	if e.Shown && b.kept(t, b.counters[t.Group]) && fault != faultKept {
		return Estimate{Why: "Only some of the group are asked now."}
	}
	return e
}

// kept reports whether a queued Thread is kept for its visitor's own contact, for
// those with the skills that it asks for, or for others than who passed it on or let it
// ring in vain, while others take chats, too.
func (b *board) kept(t *Thread, c *counter) bool {
	if c == nil || c.Distribution.Method == Pull {
		return false
	}
	if owner, wait := b.owner(t, c); owner != nil || wait {
		return true
	}
	if len(t.Skills)+len(t.Excluded)+len(t.Tries) == 0 {
		return false // as most: nobody has to be looked at
	}
	return slices.ContainsFunc(c.places, func(p *place) bool {
		return p.takes && p.given() && (!b.skilled(t, p) || t.excludes(p) || !b.untried(t, p.ID))
	})
}

// givenUp reports whether all who take chats of the Group were asked in vain as often as
// they are asked: what they are rid of goes to those behind. Somebody new is asked still.
func (b *board) givenUp(t *Thread, c *counter) bool {
	if c == nil || c.Distribution.Method == Pull || len(t.Tries) == 0 {
		return false
	}
	asked := false
	for _, p := range c.places {
		if !p.takes || !p.given() || t.excludes(p) {
			continue
		}
		if t.tries(p.ID) < mostTries {
			return false
		}
		asked = true
	}
	return asked
}

// next returns the estimate of the next one of the Group who waits, and uses up
// the release that he waits for.
//
// Who comes earlier counts as far as he takes the same agents, whichever Group he
// waits for: an agent of several serves whoever came first. So the releases of
// agents are used up like vessels that are filled, the emptiest first. With rates
// r of those who serve the Group, and u the time until which each is used up, the
// next one's mean wait is the t with
//
//	Σ r · max(0, t − u) = q
//
// where q = 1 ÷ (1 + θ·w) is the part of him that stays so long: θ is the rate at
// which visitors leave, and w the wait before him if nobody left. The variance
// grows by the square of what he adds. Where no agent is shared this is what
// [EstimateWait] says, without its sum: R·t = Σ R ÷ (R + i·θ).
func (l *line) next() Estimate {
	why := l.waiting.hidden()
	if len(l.sources) == 0 {
		return Estimate{Why: why}
	}
	stayed := fill(l.sources, 1, func(s source) float64 { return s.stayed })
	before := stayed - 1/l.waiting.Rate
	q := 1 / (1 + before*l.waiting.Leaving)
	if fault == faultWait && before == 0 {
		q = 0
	}
	used := fill(l.sources, q, func(s source) float64 { return s.used })
	drawn, added, spread := 0.0, 0.0, 0.0
	for _, s := range l.sources {
		if more := used - s.used; more > 0 {
			drawn += s.rate * more
			added += s.rate * more * more
			spread += s.rate * more * s.spread
		}
	}
	if drawn > 0 {
		added, spread = added/drawn, spread/drawn
	}
	spread += added * added
	for _, s := range l.sources {
		if s.stayed < stayed {
			s.stayed = stayed
		}
		if s.used < used {
			s.used, s.spread = used, spread
		}
	}
	if why != "" {
		return Estimate{Why: why}
	}
	return between(used, spread)
}

// fill returns how high the vessels stand when so much was poured into them, and
// sorts them.
func fill(into []source, amount float64, level func(source) float64) float64 {
	slices.SortFunc(into, func(x, y source) int { return cmp.Compare(level(x), level(y)) })
	lowest, rate, above, high := level(into[0]), 0.0, 0.0, 0.0
	for i, s := range into {
		rate += s.rate
		above += s.rate * (level(s) - lowest)
		high = lowest + (amount+above)/rate
		if i+1 < len(into) && high <= level(into[i+1]) {
			break
		}
	}
	return high
}
