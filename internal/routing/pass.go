package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// rings is the Group in which the Thread's offers ring: the one that it is passed
// to, else its own.
func (t *Thread) rings() chat.GroupID {
	if t.Transfer != nil {
		return t.Transfer.To.Group
	}
	return t.Group
}

// chosen reports whether it rings at somebody whom a colleague has chosen.
func (t *Thread) chosen() bool {
	return slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.By != "" })
}

// asksOne reports whether the Thread is being passed to one colleague by name.
func (t *Thread) asksOne() bool { return t.Transfer != nil && t.Transfer.To.Kind == chat.ToAgent }

// passed looks after a Thread whose lead passes it on: it rings the next of the
// Group, and ends what nobody can accept any more. The lead has it until then.
func (b *board) passed(t *Thread) {
	x := t.Transfer
	if x == nil || t.State != chat.Active {
		return
	}
	c := b.counters[x.To.Group]
	switch {
	case t.asksOne():
		if len(t.Offers) == 0 {
			b.endPass(t, chat.Says("pass.unanswered"))
		}
	case c == nil:
		b.endPass(t, chat.Says("pass.deleted"))
	case b.reached(x.Deadline):
		b.endPass(t, chat.Says("pass.late", c.Name, Seconds((x.Deadline-x.At)/1e6).span()))
	case len(t.Offers) > 0 && !c.ringsAll():
	case fault == faultDeaf && x.At < b.now:
	default:
		b.ringHeirs(t, c)
	}
}

func (b *board) endPass(t *Thread, why chat.Because) {
	b.do(Decision{Kind: DoEndPass, Thread: t.ID, Group: t.Group, Cause: CauseExpired, Because: why}, t)
}

// ringHeirs rings the best one who can accept, or all of them whom it does not ring yet
// where the Group takes its chats by itself. While all are full it waits; where nobody is left who might
// accept, the transfer ends.
func (b *board) ringHeirs(t *Thread, c *counter) {
	var able []*place
	hope := false
	for _, p := range c.places {
		if !t.mayInherit(p) {
			continue
		}
		hope = true
		if p.fits(t.need(p.ID)) && !slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == p.ID }) {
			able = append(able, p)
		}
	}
	if !hope && b.starting() {
		return // nobody could show life yet
	}
	if !hope && len(t.Offers) == 0 {
		why := chat.Says("group.nobody", c.Name)
		if len(t.Transfer.Asked) > 0 {
			why = chat.Says("pass.all", c.Name)
		}
		b.endPass(t, why)
		return
	}
	slices.SortFunc(able, func(x, y *place) int {
		by, _ := b.rank(t, c, x, y)
		return by
	})
	d := Decision{Kind: DoOffer, Thread: t.ID, Group: c.ID, Cause: CausePassed, Because: chat.Says("pass.rings", c.Name),
		Deadline: min(b.now+chat.RingTransfer.Microseconds(), t.Transfer.Deadline)}
	if fault == faultLong {
		d.Deadline = t.Transfer.Deadline
	}
	if !c.ringsAll() && len(able) > 0 {
		d.Because = chat.Because{chat.Say("pass.to", c.Name), chat.Say("pass.asked", able[0].Name), able[0].state(c)}
		if len(able) > 1 {
			d.RunnerUp = able[1].runnerUp(c)
		}
		able = able[:1]
	}
	for _, p := range able {
		d.Agent = p.ID
		b.do(d, t)
	}
}

// ringsAll reports whether everybody of the Group who could take a chat is rung for
// it: also who gets room while it rings others.
func (c *counter) ringsAll() bool {
	return c.Distribution.Method == Pull || c.Distribution.Method == RingAll
}

// mayInherit reports whether a place may be asked: he takes chats, has not been
// asked, has not passed it on before where others are there who have not, and is
// neither who has the Thread nor who passes it on. Who is deaf may be where nobody is
// left who hears.
func (t *Thread) mayInherit(p *place) bool {
	return t.inherits(p) && !(p.passable() && (fault == faultMute || p.counter.hears(t.inherits)))
}

func (t *Thread) inherits(p *place) bool {
	x := t.Transfer
	return p.takes && p.member.Class != ClassSupervisor && p.ID != t.Lead && p.ID != x.By && !slices.Contains(x.Asked, p.ID) && !t.excludes(p)
}

// Askable is how many of a Group could take over a Thread: Takes of them take chats,
// and Free have room for it now.
type Askable struct{ Takes, Free int }

// Askable returns for each Group how many of it could take over a Thread that is
// passed on as x says: those whom the router would ring.
func (s State) Askable(t Thread, x chat.Transfer, now time.Time) map[chat.GroupID]Askable {
	b, all := newBoard(s, chat.Micros(now)), map[chat.GroupID]Askable{}
	t.Transfer = &x
	for _, c := range b.groups {
		var n Askable
		for _, p := range c.places {
			if !t.mayInherit(p) {
				continue
			}
			n.Takes++
			if p.fits(t.need(p.ID)) {
				n.Free++
			}
		}
		all[c.ID] = n
	}
	return all
}

// skipsHeld reports whether a place is passed over for a Thread that is held for its
// Group: somebody who hears was not asked yet.
func (t *Thread) skipsHeld(p *place) bool {
	return p.passable() && (fault == faultMute || p.counter.hears(func(o *place) bool { return t.tries(o.ID) == 0 && !t.excludes(o) }))
}

// awaits rings the one for whom a Thread is held when he is back and has room, or
// the best of the Group that it is held for when that is open. Each is asked once:
// from then on he knows of it, and it stands among what the team owes.
func (b *board) awaits(t *Thread, c *counter) {
	if len(t.Offers) > 0 {
		return
	}
	var best, second *place
	for _, p := range c.places {
		mine := t.Held.Agent == p.ID || (t.Held.Agent == "" && c.open && p.member.Class != ClassSupervisor && !t.skipsHeld(p))
		if !mine || !p.takes || !p.fits(t.need(p.ID)) || t.tries(p.ID) > 0 || t.excludes(p) {
			continue
		}
		switch {
		case best == nil || b.better(t, c, p, best):
			best, second = p, best
		case second == nil || b.better(t, c, p, second):
			second = p
		}
	}
	if best != nil {
		why := chat.Says("hold.back.group", c.Name, best.Name)
		if t.Held.Agent != "" {
			why = chat.Says("hold.back.agent", best.Name)
		}
		b.choose(t, c, best, second, why)
	}
}
