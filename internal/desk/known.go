package desk

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const (
	// learnEvery is how old what was learnt from the log may be.
	learnEvery = 10 * time.Minute
	// learnMost is how many Threads are looked at: of more, the newest.
	learnMost = 20_000
	// longestSitting is how long before its end a Thread was given first, at most,
	// to be counted from there.
	longestSitting = 24 * time.Hour
)

// learnt is what the log of the last days tells about every group.
type learnt struct {
	mu sync.Mutex // guards everything below
	at time.Time
	of map[chat.GroupID]routing.Known
}

// known is what the log of the last 14 days tells about a group's pace and about
// its visitors' patience, never older than ten minutes. It is not for use inside
// a transaction: where LearnWaits has not come in time, it reads the log itself.
func (d *Desk) known(ctx context.Context, g chat.GroupID) (routing.Known, error) {
	d.learnt.mu.Lock()
	defer d.learnt.mu.Unlock()
	now := d.now()
	if age := now.Sub(d.learnt.at); d.learnt.of == nil || age < 0 || age >= learnEvery {
		of, err := d.learn(ctx, now)
		if err != nil {
			return routing.Known{}, err
		}
		d.learnt.of, d.learnt.at = of, now
	}
	return d.learnt.of[g], nil
}

// LearnWaits looks at the log anew. Called a little more often than every ten
// minutes, it spares the router that work: nobody waits for it meanwhile.
func (d *Desk) LearnWaits(ctx context.Context) error {
	now := d.now()
	of, err := d.learn(ctx, now)
	if err != nil {
		return err
	}
	d.learnt.mu.Lock()
	defer d.learnt.mu.Unlock()
	d.learnt.of, d.learnt.at = of, now
	return nil
}

func (d *Desk) learn(ctx context.Context, now time.Time) (map[chat.GroupID]routing.Known, error) {
	var p past
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = loadPast(tx, now.Add(-routing.EstimateOver), now, learnMost)
		return err
	})
	if err != nil {
		return nil, err
	}
	return routing.Know(p.sittings(), p.from, p.now), nil
}

// past is what the log tells about the Threads of a span of time: those that were
// closed in it, and those that are open. Times are microseconds.
type past struct {
	from, now int64
	idle      int64 // a Thread that waits so long for its visitor frees its place
	threads   []chat.Thread
	given     map[chat.ThreadID][]store.Assignment // in order of time
}

// loadPast loads at most most closed Threads. Where there are more, the span
// begins later.
func loadPast(tx *store.Tx, from, now time.Time, most int) (past, error) {
	p := past{from: chat.Micros(from), now: chat.Micros(now), given: map[chat.ThreadID][]store.Assignment{}}
	var s situation
	if err := s.loadSettings(tx); err != nil {
		return p, err
	}
	p.idle = int64(s.settings.Timing.Filled().Idle) * 1e6
	closed, err := tx.ClosedSince(p.from, most)
	if err != nil {
		return p, err
	}
	if len(closed) == most {
		p.from = closed[0].ClosedAt
	}
	open, err := tx.OpenThreads()
	if err != nil {
		return p, err
	}
	p.threads = slices.Concat(closed, open)
	given, err := tx.Assignments(p.from-longestSitting.Microseconds(), p.now+1)
	for _, a := range given {
		p.given[a.Thread] = append(p.given[a.Thread], a)
	}
	return p, err
}

// sittings are what waits are learnt from.
func (p past) sittings() []routing.Sitting {
	all := make([]routing.Sitting, 0, len(p.threads))
	for i := range p.threads {
		all = append(all, p.sittingsOf(&p.threads[i])...)
	}
	return all
}

// sittingsOf is one sitting for each time that somebody led the Thread, and one
// for a wait that nobody has ended. Who is answered by mail does not wait in the
// queue. A group that has passed the chat on has finished its part.
func (p past) sittingsOf(t *chat.Thread) []routing.Sitting {
	if t.Mode == chat.Mail {
		return nil
	}
	legs := p.legs(t)
	all := make([]routing.Sitting, 0, len(legs)+1)
	for i, a := range legs {
		s := routing.Sitting{Group: a.Group, QueuedAt: a.At - a.Waited, TakenAt: a.At, Lead: a.Agent, LedAt: a.At, EndedAt: p.ended(t)}
		if direct(a) {
			s.QueuedAt = 0
		}
		if i+1 < len(legs) {
			s.EndedAt = legs[i+1].At
			s.Again = slices.ContainsFunc(legs[i+1:], func(later store.Assignment) bool { return later.Group == a.Group })
			if !direct(legs[i+1]) {
				s.EndedAt -= legs[i+1].Waited
			}
		}
		all = append(all, s)
	}
	if t.Lead != "" || t.QueuedAt == 0 {
		return all
	}
	s := routing.Sitting{Group: t.Group, QueuedAt: max(t.QueuedAt, t.BackAt), EndedAt: t.ClosedAt}
	if n := len(all); n > 0 {
		all[n-1].EndedAt = s.QueuedAt
	}
	if t.Open() {
		for i := range all {
			all[i].Again = all[i].Again || all[i].Group == t.Group
		}
	}
	s.EndedAt, s.Left = gaveUp(t)
	return append(all, s)
}

// legs are the times that somebody was given the Thread. One that was given
// before such were noted has one.
func (p past) legs(t *chat.Thread) []store.Assignment {
	legs := p.given[t.ID]
	if len(legs) > 0 || t.TakenAt == 0 || t.Lead == "" {
		return legs
	}
	a := store.Assignment{At: t.TakenAt, Thread: t.ID, Agent: t.Lead, Group: t.Group, Cause: chat.ByTaking}
	if t.QueuedAt > 0 {
		a.Waited = max(t.TakenAt-t.QueuedAt, 0)
	}
	return []store.Assignment{a}
}

// causeBegan is the cause of the assignment of an agent who began a Thread.
const causeBegan = "began"

// direct reports whether nobody waited for the assignment: the Thread passed from
// lead to lead, or an agent began it.
func direct(a store.Assignment) bool {
	switch a.Cause {
	case chat.ByPromotion, chat.ByGiving, chat.ByHandover, chat.ByTransfer, chat.ByTakeOver, chat.ByHandLead, causeBegan:
		return true
	}
	return false
}

// ended is when the Thread ceased to fill a place of its lead: it was closed, or
// waited for its visitor so long that it counted no more. 0 = not yet.
func (p past) ended(t *chat.Thread) int64 {
	idle := t.AnsweredAt + p.idle
	if t.AnsweredAt > 0 && t.AnsweredAt >= t.AssignedAt && t.WaitingSince == 0 && idle < cmp.Or(t.ClosedAt, p.now) {
		return idle
	}
	return t.ClosedAt
}

// gaveUp is when the visitor of a Thread that nobody leads ceased to wait, and
// whether he gave up. Who was cut off was there until a minute before he was
// missed.
func gaveUp(t *chat.Thread) (at int64, left bool) {
	switch {
	case t.Open():
		return 0, false
	case t.Reason == chat.Abandoned:
		return max(t.ClosedAt-chat.AbandonAfter.Microseconds(), t.QueuedAt), true
	}
	return t.ClosedAt, t.Reason == chat.Ended
}
