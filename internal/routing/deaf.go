package routing

import (
	"slices"

	"earshot/internal/chat"
)

// hears reports whether somebody who is given the Group's chats, and whom something
// more is true of, is not deaf.
func (c *counter) hears(more func(*place) bool) bool {
	return slices.ContainsFunc(c.places, func(p *place) bool {
		return p.takes && p.member.Class != ClassSupervisor && !p.Deaf && more(p)
	})
}

func anybody(*place) bool { return true }

// skipped reports whether the place is passed over for chats that ask for nothing
// special: its agent is deaf, and others are not. Where all are deaf nobody is.
func (p *place) skipped() bool { return p.passable() && (p.counter.heard || fault == faultMute) }

// passesOver reports whether somebody of the Group is passed over.
func (c *counter) passesOver() bool {
	return c.heard && slices.ContainsFunc(c.places, (*place).passable)
}

// passable reports whether the place is passed over where somebody else hears.
func (p *place) passable() bool {
	return p.Deaf && p.counter.Distribution.SkipDeaf && fault != faultSkip
}

// skips reports whether a place is passed over for a queued Thread: its agent is deaf,
// and somebody who hears can be asked still, now or when he has room.
func (b *board) skips(t *Thread, p *place) bool {
	return p.passable() && (fault == faultMute || p.counter.hears(func(o *place) bool {
		return !t.excludes(o) && t.tries(o.ID) < mostTries && b.skilled(t, o)
	}))
}

// rehear looks again, in the Groups of seats that a decision has changed, whether
// somebody hears: who was passed over is asked when the last who hears has gone, and
// the other way round.
func (b *board) rehear(touched []*seat) {
	for _, a := range touched {
		for _, own := range a.places {
			c := own.counter
			if !c.Distribution.SkipDeaf || c.heard == c.hears(anybody) || fault == faultHush {
				continue
			}
			for _, p := range c.places {
				if p.Deaf {
					b.lift(p.seat)
				}
			}
			c.heard = !c.heard
			for _, p := range c.places {
				if p.Deaf {
					b.drop(p.seat)
				}
			}
		}
	}
}

// becauseDeaf is what there is to say of deaf members where one of the Group is asked:
// who is passed over, or that he is asked all the same.
func (b *board) becauseDeaf(t *Thread, c *counter, asked *place) chat.Because {
	switch {
	case !c.Distribution.SkipDeaf:
		return nil
	case asked.Deaf:
		return chat.Says("choice.deaf.all", c.Name, asked.Name)
	}
	var names []string
	for _, p := range c.places {
		if p.takes && p.member.Class != ClassSupervisor && b.skips(t, p) {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return chat.Says("choice.deaf", names)
}
