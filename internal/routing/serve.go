package routing

import (
	"cmp"
	"slices"

	"earshot/internal/chat"
)

// serve finds somebody for a queued Thread: gives it, or offers it.
func (b *board) serve(t *Thread) {
	c := b.counters[t.Group]
	if c != nil && t.Held != nil {
		b.awaits(t, c)
		return
	}
	if c == nil || c.Distribution.Method == Pull || !(c.open || t.Front) {
		return
	}
	all := c.Distribution.Method == RingAll && t.Mode != Mail
	if len(t.Offers) > 0 && (!all || t.chosen() || t.asksOwner()) {
		return // who was named, or is his own contact, is asked first
	}
	if owner, wait := b.owner(t, c); (owner != nil || wait) && (fault != faultOwner || !all) {
		if owner != nil {
			b.choose(t, c, owner, nil, chat.Says("choice.contact", owner.Name))
		}
		return
	}
	if all {
		b.ring(t, c)
		return
	}
	best, second, n := b.pick(t, c)
	if best != nil {
		b.choose(t, c, best, second, b.because(t, c, best, second, n))
	}
}

// choose offers or assigns.
func (b *board) choose(t *Thread, c *counter, best, second *place, why chat.Because) {
	why = append(why, b.becauseDeaf(t, c, best)...)
	d := Decision{Kind: DoOffer, Thread: t.ID, Agent: best.ID, Group: c.ID, Because: why, Deadline: b.now + b.timing.Offer.micros()}
	if c.Distribution.Direct || t.Mode == Mail {
		d.Kind, d.Deadline = DoAssign, 0
	}
	if second != nil {
		d.RunnerUp = second.runnerUp(c)
	}
	b.do(d, t)
}

// ring offers the Thread to everybody who can take it and is not ringing yet.
func (b *board) ring(t *Thread, c *counter) {
	var able []*place
	for _, p := range c.from(t) {
		if b.able(t, p) && !slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == p.ID }) {
			able = append(able, p)
		}
	}
	for _, p := range able {
		b.do(Decision{Kind: DoOffer, Thread: t.ID, Agent: p.ID, Group: c.ID, Deadline: b.now + b.timing.Offer.micros(),
			Because: append(chat.Says("choice.all", c.Name), b.becauseDeaf(t, c, p)...)}, t)
	}
}

// asksOwner reports whether the Thread rings at its visitor's fixed agent, who comes
// before everybody else.
func (t *Thread) asksOwner() bool {
	return t.Owner != "" && slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == t.Owner })
}

// owner returns the place of the visitor's fixed agent where he can take the
// Thread, and whether to wait for him: he is there, but full. Only a member of
// the Group counts; a supervisor does here, too.
func (b *board) owner(t *Thread, c *counter) (*place, bool) {
	p := c.by[t.Owner]
	if p == nil || !p.takes || b.skips(t, p) || t.excludes(p) || !b.untried(t, p.ID) {
		return nil, false
	}
	if p.fits(t.need(p.ID)) {
		return p, false
	}
	return nil, !b.waited(t, c.Distribution.OwnerWait)
}

// waited reports whether a Thread has waited for so long; 0 means the default,
// below 0 for ever.
func (b *board) waited(t *Thread, wait Seconds) bool {
	return wait >= 0 && b.reached(t.waitsSince()+cmp.Or(wait, defaultWait).micros())
}

// pick returns the best two places for a Thread, and how many were to choose
// from. Most Threads ask for nothing special, and then the list of free places
// is in order already.
func (b *board) pick(t *Thread, c *counter) (best, second *place, n int) {
	if b.plain(t) {
		if len(c.free) > 0 {
			best = c.free[0]
		}
		if len(c.free) > 1 {
			second = c.free[1]
		}
		return best, second, len(c.free)
	}
	for _, p := range c.from(t) {
		if !b.able(t, p) {
			continue
		}
		n++
		switch {
		case best == nil || b.better(t, c, p, best):
			best, second = p, best
		case second == nil || b.better(t, c, p, second):
			second = p
		}
	}
	return best, second, n
}

// from returns the places to look for a Thread at: all where it may cost less
// than a live chat, and where who is passed over for others may be asked for this one.
func (c *counter) from(t *Thread) []*place {
	if t.Mode == Mail || len(t.Members) > 0 || c.passesOver() {
		return c.places
	}
	return c.free
}

func (b *board) plain(t *Thread) bool {
	return t.Mode != Mail && len(t.Skills) == 0 && len(t.Tries) == 0 && len(t.Excluded) == 0 && len(t.Members) == 0 && !b.hasRecent(t)
}

func (b *board) hasRecent(t *Thread) bool {
	return t.Recent != "" && b.now-t.RecentAt <= recentFor.Microseconds()
}

// able reports whether the place can be given the Thread now.
func (b *board) able(t *Thread, p *place) bool {
	return p.takes && !b.skips(t, p) && p.member.Class != ClassSupervisor && p.fits(t.need(p.ID)) &&
		!t.excludes(p) && b.untried(t, p.ID) && b.skilled(t, p)
}

// excludes reports whether the Thread is not given to the place: its agent passed
// it on. Where that would leave nobody in the Group, it does not count.
func (t *Thread) excludes(p *place) bool {
	if !slices.Contains(t.Excluded, p.ID) {
		return false
	}
	return slices.ContainsFunc(p.counter.places, func(o *place) bool {
		return o.member.Class != ClassSupervisor && !slices.Contains(t.Excluded, o.ID)
	})
}

// skilled reports whether the agent has all the skills that the Thread asks
// for, or it has waited long enough for one who has.
func (b *board) skilled(t *Thread, p *place) bool {
	return t.has(p) == len(t.Skills) || b.waited(t, p.counter.Distribution.SkillWait)
}

// has counts the asked skills that the agent has.
func (t *Thread) has(p *place) int {
	n := 0
	for _, s := range t.Skills {
		if slices.Contains(p.Skills, s) {
			n++
		}
	}
	return n
}

// better reports whether x is a better choice than y for this Thread.
func (b *board) better(t *Thread, c *counter, x, y *place) bool {
	by, _ := b.rank(t, c, x, y)
	return by < 0
}

// step is what decided between two places.
type step int

const (
	byPreferred step = iota
	byClass
	bySkill
	byRecent
	byLoad
)

// rank compares two places for a Thread, and says at which step they differ:
// class, skill, recent agent, load. A Group that prefers the last agent asks for
// him first.
func (b *board) rank(t *Thread, c *counter, x, y *place) (int, step) {
	recent := 0
	if b.hasRecent(t) {
		recent = last(y.ID == t.Recent) - last(x.ID == t.Recent)
	}
	switch class := cmp.Compare(rankOf(x.member.Class), rankOf(y.member.Class)); {
	case recent != 0 && c.Distribution.PreferLast:
		return recent, byPreferred
	case class != 0:
		return class, byClass
	}
	if skill := t.has(y) - t.has(x); skill != 0 {
		return skill, bySkill
	}
	if recent != 0 {
		return recent, byRecent
	}
	return c.compareLoad(x, y), byLoad
}

func last(is bool) int {
	if is {
		return 1
	}
	return 0
}

// patience offers an answer by e-mail to who has waited too long, waits at a
// closed Group, or came when nobody could take him.
func (b *board) patience(t *Thread) {
	c := b.counters[t.Group]
	if t.AskedAt != 0 || t.State != chat.Queued || t.Held != nil {
		return
	}
	d := Decision{Kind: DoAsk, Thread: t.ID, Group: t.Group}
	switch {
	case t.Mode == Mail && c != nil && c.Full && c.open:
		d.Cause, d.Because = CauseFull, chat.Says("mail.full", c.Name)
	case t.Mode == Mail:
		d.Cause, d.Because = CauseClosed, chat.Says("mail.nobody")
	case c != nil && !c.open && !t.Front:
		d.Cause, d.Because = CauseClosed, chat.Says("group.closed", c.Name)
	case b.reached(t.waitsSince() + b.timing.MaxWait.micros()):
		d.Cause, d.Because = CauseMaxWait, chat.Says("mail.wait", b.timing.MaxWait.span())
	default:
		return
	}
	b.do(d, t)
}
