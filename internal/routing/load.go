package routing

import (
	"cmp"
	"slices"
	"strings"

	"earshot/internal/chat"
)

// weight is what the Thread costs its lead, in hundredths of a chat.
func (t *Thread) weight() int {
	switch {
	case t.Mode == Mail:
		return weightMail
	case t.Idle:
		return weightIdle
	}
	return weightActive
}

func (t *Thread) memberWeight() int {
	if t.Mode == Mail {
		return weightMail
	}
	return weightMember
}

// need is what becoming the lead of the Thread, which then is not idle, costs an
// agent who may be a member of it already.
func (t *Thread) need(a chat.AgentID) int {
	need := weightActive
	if t.Mode == Mail {
		need = weightMail
	}
	if slices.Contains(t.Members, a) || t.invites(a) {
		need -= t.memberWeight()
	}
	return need
}

// Need is what an agent's load grows by, in hundredths of a chat, where he
// becomes the lead of a Thread; an open offer to him has it already.
func (t Thread) Need(a chat.AgentID) int {
	if slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == a }) {
		return 0
	}
	return t.need(a)
}

// NeedHere is the same for a Thread that stays in its Group: an offer that rings in
// another one, since it is being passed there, has kept no place in this.
func (t Thread) NeedHere(a chat.AgentID) int {
	if t.rings() != t.Group {
		return t.need(a)
	}
	return t.Need(a)
}

// NeedOfWaking is what its lead's load grows by where the Thread is live again.
func (t Thread) NeedOfWaking() int { return weightActive - t.weight() }

// NeedOfMember is what it grows by where he becomes a member; an open invitation
// has it already.
func (t Thread) NeedOfMember(a chat.AgentID) int {
	if t.invites(a) {
		return 0
	}
	return t.memberWeight()
}

// NeedOfNew is what a chat costs that he begins.
func NeedOfNew() int { return weightActive }

// Load returns how much of an agent's limit is used, in hundredths of a chat,
// open offers included.
func (s State) Load(a chat.AgentID) int {
	sum := 0
	for i := range s.Threads {
		sum += s.Threads[i].held(a) + s.Threads[i].ringing(a)
	}
	return sum
}

// LoadIn is the part of an agent's Load that belongs to one Group: an offer to
// the one that it rings in.
func (s State) LoadIn(a chat.AgentID, g chat.GroupID) int {
	sum := 0
	for i := range s.Threads {
		t := &s.Threads[i]
		if t.Group == g {
			sum += t.held(a)
		}
		if t.rings() == g {
			sum += t.ringing(a)
		}
	}
	return sum
}

// held is what the Thread costs an agent who takes part in it or is invited, ringing what an
// open offer of it keeps for him.
func (t *Thread) held(a chat.AgentID) int {
	sum := 0
	if t.State == chat.IsClosed {
		return 0
	}
	if t.Lead == a {
		sum += t.weight()
	}
	if slices.Contains(t.Members, a) || t.invites(a) {
		sum += t.memberWeight()
	}
	return sum
}

func (t *Thread) ringing(a chat.AgentID) int {
	if t.State == chat.IsClosed || !slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == a }) {
		return 0
	}
	return t.need(a)
}

// LimitOf returns an agent's limit in hundredths of a chat.
func (s State) LimitOf(a Agent) int { return 100 * cmp.Or(a.Limit, s.Limit, defaultLimit) }

// account adds what a Thread costs to everybody whom it concerns, or with -1
// takes it away.
func (b *board) account(t *Thread, sign int) {
	if t.Lead != "" {
		b.add(t.Group, t.Lead, sign*t.weight())
	}
	for _, m := range t.Members {
		b.add(t.Group, m, sign*t.memberWeight())
	}
	for _, o := range t.Offers {
		b.add(t.rings(), o.Agent, sign*t.need(o.Agent))
	}
	for _, i := range t.Invites {
		if i.Agent != "" {
			b.add(t.Group, i.Agent, sign*t.memberWeight())
		}
	}
}

func (b *board) add(g chat.GroupID, a chat.AgentID, units int) {
	s := b.seats[a]
	if s == nil {
		return
	}
	s.load += units
	if c := b.counters[g]; c != nil && c.Limit > 0 {
		if p := c.by[a]; p != nil {
			p.load += units
		}
	}
}

// fits reports whether the place has room for so many hundredths more.
func (p *place) fits(need int) bool {
	if fault == faultCapacity {
		return p.seat.load <= p.limit
	}
	if fault == faultBeside && p.seat.load > 0 {
		return false
	}
	return p.seat.load+need <= p.most() && (p.counter.Limit == 0 || p.load+need <= 100*p.counter.Limit)
}

// most is how much the place's agent may hold when the Group gives him a chat:
// his limit, or less where the Group has agreed on less.
func (p *place) most() int {
	if s := p.counter.Share; s != nil && s.Most > 0 {
		return min(p.limit, 100*s.Most)
	}
	return p.limit
}

func (c *counter) isFree(p *place) bool {
	return p.takes && !p.skipped() && p.member.Class != ClassSupervisor && p.fits(weightActive)
}

// compare orders the places of a Group by what does not depend on the Thread:
// class, then the turn or the load for the limit, then the longest since the
// last assignment, then id.
func (c *counter) compare(x, y *place) int {
	if by := cmp.Compare(rankOf(x.member.Class), rankOf(y.member.Class)); by != 0 {
		return by
	}
	return c.compareLoad(x, y)
}

func (c *counter) compareLoad(x, y *place) int {
	var by int
	if c.Distribution.Method == RoundRobin {
		by = cmp.Compare(x.member.Turn, y.member.Turn)
	} else {
		by = cmp.Or(cmp.Compare(x.seat.load*y.limit, y.seat.load*x.limit), cmp.Compare(x.AssignedAt, y.AssignedAt))
	}
	if by != 0 {
		return by
	}
	if fault == faultRows {
		return cmp.Compare(x.row, y.row)
	}
	return strings.Compare(string(x.ID), string(y.ID))
}

// do carries a decision out on the board and notes it.
func (b *board) do(d Decision, t *Thread) {
	d.At, d.Why = b.now, d.Because.English()
	b.touch(d, t)
	for _, a := range b.touched {
		b.lift(a)
	}
	c := b.counters[d.Group]
	b.change(d, t, c)
	for _, a := range b.touched {
		b.judge(a)
		b.drop(a)
	}
	b.rehear(b.touched)
	b.out = append(b.out, d)
}

func (b *board) change(d Decision, t *Thread, c *counter) {
	r := rows{thread: t}
	if a := b.seats[d.who()]; a != nil {
		r.agent = a.Agent
	}
	if c != nil {
		r.group = c.Group
		if p := c.by[d.Agent]; p != nil {
			r.member = p.member
		}
	}
	if t == nil {
		d.effect(r)
		return
	}
	queued := t.waitsLive()
	b.account(t, -1)
	d.effect(r)
	b.account(t, 1)
	if home := b.counters[t.Group]; home != nil && queued != t.waitsLive() {
		if queued {
			home.waiting--
		} else {
			home.waiting++
		}
	}
}

// touch collects the seats whose load or standing the decision may change.
func (b *board) touch(d Decision, t *Thread) {
	b.touched = b.touched[:0]
	one := func(a chat.AgentID) {
		if s := b.seats[a]; s != nil && !slices.Contains(b.touched, s) {
			b.touched = append(b.touched, s)
		}
	}
	one(d.Agent)
	one(d.Previous)
	if t == nil {
		return
	}
	one(t.Lead)
	for _, m := range t.Members {
		one(m)
	}
	for _, o := range t.Offers {
		one(o.Agent)
	}
	for _, i := range t.Invites {
		one(i.Agent)
	}
}

// lift takes a seat out of the lists of free places, while its order still
// holds; drop puts it back where it then belongs.
func (b *board) lift(a *seat) {
	for _, p := range a.places {
		if !p.waits {
			continue
		}
		if i, found := slices.BinarySearchFunc(p.counter.free, p, p.counter.compare); found {
			p.counter.free = slices.Delete(p.counter.free, i, i+1)
			p.waits = false
		}
	}
}

func (b *board) drop(a *seat) {
	for _, p := range a.places {
		if p.waits || !p.counter.isFree(p) {
			continue
		}
		i, _ := slices.BinarySearchFunc(p.counter.free, p, p.counter.compare)
		p.counter.free = slices.Insert(p.counter.free, i, p)
		p.waits = true
	}
}
