package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// maxPasses bounds how often Decide looks again after its own decisions. Each
// pass leaves less to do, and three are the most that was seen.
const maxPasses = 16

// Decide returns what should be done now, in order, and when it must be asked
// again if nothing happens before; the zero time means never. It changes nothing
// in s: [State.Apply] does.
func Decide(s State, now time.Time) (ds []Decision, wake time.Time) {
	b := newBoard(s, chat.Micros(now))
	for range maxPasses {
		before := len(b.out)
		b.pass()
		if len(b.out) == before {
			break
		}
	}
	if b.wake == never {
		return b.out, time.Time{}
	}
	if fault == faultWake {
		b.wake += 60e6
	}
	return b.out, time.UnixMicro(b.wake)
}

// pass looks at everything once. First what takes chats away, then what gives.
func (b *board) pass() {
	b.wake = never
	for _, a := range b.order {
		b.judge(a)
	}
	for _, e := range b.threads {
		b.offers(e.Thread)
		b.passed(e.Thread)
		b.firstReply(e.Thread)
	}
	for _, a := range b.order {
		b.misses(a)
		b.input(a)
	}
	for _, e := range b.threads {
		b.connection(e.Thread)
		b.sleep(e.Thread)
		b.invites(e.Thread)
	}
	b.hours()
	slices.SortFunc(b.threads, before)
	for _, e := range b.threads {
		if e.State == chat.Queued {
			b.serve(e.Thread)
			b.round(e.Thread)
			b.patience(e.Thread)
		}
	}
	for _, c := range b.groups {
		b.bound(c)
	}
}

// hours notes when a Group with a queue opens or closes.
func (b *board) hours() {
	for _, c := range b.groups {
		if c.Hours == nil || c.waiting == 0 {
			continue
		}
		if at, changes := c.Hours.change(time.UnixMicro(b.now), 8); changes {
			b.reached(at.UnixMicro())
		}
	}
}

// misses sends an agent away who missed twice in a row.
func (b *board) misses(a *seat) {
	if a.Misses < 2 || a.Status != chat.Accepting || a.Disabled {
		return
	}
	b.do(Decision{Kind: DoAway, Agent: a.ID, Cause: CauseMissed,
		Because: chat.Says("away.missed", a.Name)}, nil)
}

// input warns and then sends away an agent who has touched no device for long.
func (b *board) input(a *seat) {
	if a.InputAt == 0 || a.Status != chat.Accepting || a.Disabled {
		return
	}
	since := max(a.InputAt, a.AcceptingAt)
	away := since + b.timing.Input.micros()
	if b.reached(away) {
		b.do(Decision{Kind: DoAway, Agent: a.ID, Cause: CauseNoInput,
			Because: chat.Says("away.input", a.Name, b.timing.Input.span())}, nil)
		return
	}
	if a.IdleWarnedAt < since && b.reached(since+b.timing.InputWarn.micros()) {
		b.do(Decision{Kind: DoWarnIdle, Agent: a.ID, Deadline: away,
			Because: chat.Says("away.soon", a.Name, b.timing.InputWarn.span())}, nil)
	}
}

// connection takes Threads from a lead who is gone, or whose connection is lost:
// at once where the visitor waits for an answer, else when Timing.Keep is over.
func (b *board) connection(t *Thread) {
	b.comeback(t)
	if t.State != chat.Active || t.Lead == "" {
		return
	}
	a := b.seats[t.Lead]
	if a == nil || a.Disabled {
		b.handBack(t, a, CauseGone, chat.Say("lead.gone"))
		return
	}
	if !b.lost(a) || (t.Mode == Mail && t.WaitingSince == 0) {
		return
	}
	if t.WaitingSince != 0 && t.Mode != Mail {
		b.handBack(t, a, CauseLost, chat.Say("lead.lost", a.Name))
	} else if b.reached(a.AliveAt + b.timing.Lost.micros() + b.timing.Keep.micros()) {
		b.handBack(t, a, CauseLost, chat.Say("lead.lost.long", a.Name, b.timing.Keep.span()))
	}
}

// handBack makes the longest-present member of the same Group the lead, and
// where there is none with room, puts the Thread to the front of the queue.
func (b *board) handBack(t *Thread, from *seat, cause string, why chat.Sentence) {
	d := Decision{Thread: t.ID, Group: t.Group, Previous: t.Lead, Cause: cause}
	if t.WaitingSince != 0 {
	}
	own, _ := b.heirs(t)
	for _, a := range own {
		if a != from {
			d.Kind, d.Agent = DoPromote, a.ID
			d.Because = chat.Because{why, chat.Say("lead.next", a.Name)}
			b.do(d, t)
			return
		}
	}
	d.Kind, d.Because = DoRequeue, chat.Because{why, chat.Say("queue.front")}
	b.do(d, t)
}

// starting reports whether the router has run for less time than a connection
// may be unheard.
func (b *board) starting() bool { return b.began != 0 && !b.reached(b.began+b.timing.Lost.micros()) }

// comeback tells an agent who is back what was moved meanwhile.
func (b *board) comeback(t *Thread) {
	a := b.seats[t.MovedFrom]
	if t.MovedFrom == "" || a == nil || a.Disabled || !b.present(a) {
		return
	}
	b.do(Decision{Kind: DoReturn, Thread: t.ID, Agent: a.ID, Group: t.Group,
		Because: chat.Says("lead.back", a.Name)}, t)
}

// sleep lets a chat that waits for its visitor free capacity, and wakes it.
func (b *board) sleep(t *Thread) {
	a := b.seats[t.Lead]
	if t.State != chat.Active || a == nil {
		return
	}
	if t.Mode == Mail {
		if t.WaitingSince > t.AssignedAt {
			b.returns(t, a)
		}
		return
	}
	if t.Idle {
		if t.WaitingSince != 0 {
			b.awake(t, a)
		}
		return
	}
	if t.WaitingSince == 0 && t.AnsweredAt != 0 && b.reached(max(t.AnsweredAt, t.AssignedAt)+b.timing.Idle.micros()) {
		b.do(Decision{Kind: DoIdle, Thread: t.ID, Agent: a.ID, Group: t.Group,
			Because: chat.Says("idle", b.timing.Idle.span())}, t)
	}
}

// returns makes a chat that was answered by mail live again where its lead has
// room: its visitor is here and writes. Else it goes on by mail.
func (b *board) returns(t *Thread, a *seat) {
	if b.above(t, a) <= 0 {
		b.do(Decision{Kind: DoWake, Thread: t.ID, Agent: a.ID, Group: t.Group, Because: chat.Says("woke.mail")}, t)
	}
}

// above is by how much, in hundredths of a chat, a lead would be above his limit,
// or the Group's, if the Thread woke; at most 0 = he has room.
func (b *board) above(t *Thread, a *seat) int {
	over := a.load + t.NeedOfWaking() - a.limit
	if c := b.counters[t.Group]; c != nil && c.Limit > 0 {
		if p := c.by[a.ID]; p != nil {
			over = max(over, p.load+t.NeedOfWaking()-100*c.Limit)
		}
	}
	return over
}

func (b *board) awake(t *Thread, a *seat) {
	d := Decision{Kind: DoWake, Thread: t.ID, Agent: a.ID, Group: t.Group, Because: chat.Says("woke")}
	switch over := b.above(t, a); {
	case over <= 0:
	case over <= 100 || fault == faultWaking:
		d.Over = true
		d.Because = chat.Says("woke.over", a.Name, chats(a.load+t.NeedOfWaking()), chats(a.limit))
	default:
		d = Decision{Kind: DoRequeue, Thread: t.ID, Group: t.Group, Previous: a.ID, Cause: CauseWoke,
			Because: chat.Says("woke.nowhere", a.Name)}
	}
	b.do(d, t)
}
