package routing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
)

// Heir is how a Group's member stands as the next owner of one Thread, once all
// that is proposed before it has been given.
type Heir struct {
	Agent chat.AgentID `json:"agent"`
	// Load and Limit are in hundredths of a chat; Fits says that this one has room.
	Load  int  `json:"load"`
	Limit int  `json:"limit"`
	Fits  bool `json:"fits"`
}

// Succession is who should have a Thread when its owner goes home: To, or "" = its
// Group. Heirs are those who take chats there, the best first.
type Succession struct {
	Thread   chat.ThreadID
	To       chat.AgentID
	Because  chat.Because
	Why      string // its English
	RunnerUp *RunnerUp
	Heirs    []Heir
}

// HandOver proposes who goes on with each of an agent's Threads, which he leads or
// owes an answer in: whoever takes chats in its Group and has room; who takes part
// in it or knows the visitor first, then by class, skills, load for the limit and
// the longest idle. Whose visitor waits is seen to first. Each proposal counts for
// the next, so that together they keep every limit. Where nobody has room it is the
// Group's. Whom a Group's playbook excepts has none of its Threads. Threads that are not
// open are left out.
func (s State) HandOver(from chat.AgentID, threads []chat.ThreadID, except map[chat.GroupID][]chat.AgentID, now time.Time) []Succession {
	b := newBoard(s, chat.Micros(now))
	var mine []*Thread
	for _, e := range b.threads {
		if slices.Contains(threads, e.ID) {
			mine = append(mine, e.Thread)
		}
	}
	slices.SortFunc(mine, compareUrgency)
	all := make([]Succession, 0, len(mine))
	for _, t := range mine {
		one := b.succeed(from, t, except[t.Group])
		one.Why = one.Because.English()
		all = append(all, one)
	}
	return all
}

// compareUrgency puts first whose visitor waits, the longest first.
func compareUrgency(x, y *Thread) int {
	since := func(t *Thread) int64 {
		if t.WaitingSince == 0 {
			return never
		}
		return t.WaitingSince
	}
	return cmp.Or(cmp.Compare(since(x), since(y)), cmp.Compare(x.AssignedAt, y.AssignedAt), strings.Compare(string(x.ID), string(y.ID)))
}

// succeed proposes for one Thread, and lays the proposal on the board.
func (b *board) succeed(from chat.AgentID, t *Thread, except []chat.AgentID) Succession {
	one := Succession{Thread: t.ID, Heirs: []Heir{}}
	c := b.counters[t.Group]
	if c == nil {
		one.Because = chat.Says("heir.deleted")
		return one
	}
	able, full := b.successors(append(slices.Clone(except), from), t, c)
	for _, p := range slices.Concat(able, full) {
		one.Heirs = append(one.Heirs, Heir{Agent: p.ID, Load: p.seat.load, Limit: p.limit, Fits: slices.Contains(able, p)})
	}
	switch {
	case len(able) > 0:
		one.To, one.Because = able[0].ID, b.becauseHeir(t, c, able)
		if len(able) > 1 {
			one.RunnerUp = able[1].runnerUp(c)
		}
		b.inherit(t, able[0].ID)
	case len(full) > 0:
		one.Because = chat.Says("heir.full", c.Name)
	default:
		one.Because = chat.Says("heir.nobody", c.Name)
	}
	return one
}

// successors are those of the Group who take chats, but for some: who has room for the
// Thread, and who has not, the best first.
func (b *board) successors(except []chat.AgentID, t *Thread, c *counter) (able, full []*place) {
	for _, p := range c.places {
		switch {
		case !p.takes || slices.Contains(except, p.ID) || p.member.Class == ClassSupervisor || t.excludes(p):
		case p.fits(t.NeedHere(p.ID)):
			able = append(able, p)
		default:
			full = append(full, p)
		}
	}
	best := func(x, y *place) int { return b.compareHeirs(t, c, x, y) }
	slices.SortFunc(able, best)
	slices.SortFunc(full, best)
	return able, full
}

func (b *board) compareHeirs(t *Thread, c *counter, x, y *place) int {
	if by := cmp.Compare(b.knows(t, x), b.knows(t, y)); by != 0 {
		return -by
	}
	by, _ := b.rank(t, c, x, y)
	return by
}

// How well somebody knows the visitor of a Thread.
const (
	stranger = iota
	answeredBefore
	takesPart
)

func (b *board) knows(t *Thread, p *place) int {
	switch {
	case slices.Contains(chat.Heirs(t.Members, t.Roles), p.ID): // not who only writes along
		return takesPart
	case t.Owner == p.ID, b.hasRecent(t) && t.Recent == p.ID:
		return answeredBefore
	}
	return stranger
}

func (b *board) becauseHeir(t *Thread, c *counter, able []*place) chat.Because {
	best := able[0]
	switch b.knows(t, best) {
	case takesPart:
		return chat.Says("heir.member", best.Name)
	case answeredBefore:
		return chat.Says("heir.knows", best.Name)
	}
	var second *place
	if len(able) > 1 {
		second = able[1]
	}
	return b.because(t, c, best, second, len(able))
}

// inherit lays on the board that an agent has the Thread from now on.
func (b *board) inherit(t *Thread, a chat.AgentID) {
	b.account(t, -1)
	t.Lead, t.Idle, t.Offers = a, false, nil
	t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(m chat.AgentID) bool { return m == a })
	t.uninvite(a) // who leads it is not asked in any more
	b.account(t, 1)
}
