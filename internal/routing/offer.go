package routing

import (
	"slices"

	"earshot/internal/chat"
)

// offers ends those that rang in vain and those that cannot be taken any more.
func (b *board) offers(t *Thread) {
	for _, o := range slices.Clone(t.Offers) {
		home := t.rings()
		a, c := b.seats[o.Agent], b.counters[home]
		d := Decision{Thread: t.ID, Agent: o.Agent, Group: home}
		end := o.Deadline
		if fault == faultOffer {
			end += 20e6
		}
		switch {
		case a == nil || a.Disabled || c == nil:
			d.Kind, d.Because = DoWithdraw, chat.Says("offer.gone")
		case b.reached(end):
			d.Kind, d.Because = DoExpire, chat.Says("offer.expired", a.Name)
			if t.Transfer != nil || o.By != "" {
				d.Cause = CausePassed
			}
		case t.asksOne():
			continue // whoever is away is asked, too
		case !a.takes:
			d.Kind, d.Because = DoWithdraw, chat.Says("agent.not", a.Name)
		case c.Distribution.Method == Pull && t.Transfer == nil && t.Held == nil && o.By == "":
			d.Kind, d.Because = DoWithdraw, chat.Says("offer.pull", c.Name)
		case c.by[a.ID] == nil:
			d.Kind, d.Because = DoWithdraw, chat.Says("offer.left", a.Name, c.Name)
		default:
			continue
		}
		b.do(d, t)
	}
}

// firstReply warns a lead whose first reply is due, and gives the Thread to
// somebody else when it does not come. Typing puts the end off, once. While
// somebody is asked to take over, the time stands still.
func (b *board) firstReply(t *Thread) {
	a := b.seats[t.Lead]
	if t.State != chat.Active || t.Mode == Mail || a == nil || a.Disabled || t.RepliedAt != 0 || t.WaitingSince == 0 || t.AssignedAt == 0 {
		return
	}
	if t.Transfer != nil && fault != faultRest {
		return
	}
	due := b.replyDue(t)
	if b.reached(due) {
		b.do(Decision{Kind: DoRequeue, Thread: t.ID, Group: t.Group, Previous: a.ID, Cause: CauseMissedReply,
			Because: chat.Says("reply.missed", a.Name)}, t)
		return
	}
	warn := due - b.timing.Reply.micros() + b.timing.Warn.micros()
	if t.WarnedAt == 0 && b.reached(warn) {
		b.do(Decision{Kind: DoWarn, Thread: t.ID, Agent: a.ID, Group: t.Group, Deadline: due,
			Because: chat.Says("reply.due", a.Name)}, t)
	}
}

func (b *board) replyDue(t *Thread) int64 {
	from := t.replySince()
	due := t.Rest.Due(from, from+b.timing.Reply.micros(), b.timing.Offer.micros())
	if t.TypingAt >= from && t.TypingAt < due {
		due += b.timing.Extend.micros()
	}
	return due
}

// replySince is when the time of the lead's first reply began.
func (t *Thread) replySince() int64 { return max(t.AssignedAt, t.WaitingSince) }

// round raises the alarm when everybody who could take a Thread was asked in
// vain. After the first round all are asked once more, after the second nobody;
// who comes new is asked still.
func (b *board) round(t *Thread) {
	c := b.counters[t.Group]
	if c == nil || t.Held != nil || len(t.Tries) == 0 || len(t.Offers) > 0 || t.Round >= 2 || c.Distribution.Method == Pull {
		return
	}
	for _, p := range c.places {
		if p.takes && !b.skips(t, p) && p.member.Class != ClassSupervisor && !t.excludes(p) && t.tries(p.ID) <= t.Round && b.skilled(t, p) {
			return
		}
	}
	if b.starting() && !slices.ContainsFunc(c.places, func(p *place) bool { return p.takes }) {
		return // nobody could show life yet
	}
	if t.Round == 1 && !b.reached(t.RoundAt+b.timing.RoundPause.micros()) {
		return
	}
	why := chat.Says("alarm.once", c.Name, b.timing.RoundPause.span())
	if t.Round == 1 {
		why = chat.Says("alarm.twice", c.Name)
	}
	b.do(Decision{Kind: DoAlarm, Thread: t.ID, Group: t.Group, Because: why}, t)
}

// mostTries is how often an agent is asked for the same Thread in vain: once in each of
// two rounds.
const mostTries = 2

// untried reports whether the Thread may be offered to the agent in this round.
func (b *board) untried(t *Thread, a chat.AgentID) bool {
	n := t.tries(a)
	if n == 0 {
		return true
	}
	return n <= min(t.Round, mostTries-1) && b.reached(t.RoundAt+b.timing.RoundPause.micros())
}
