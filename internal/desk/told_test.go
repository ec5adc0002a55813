package desk_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// marks are the minutes at which a range may begin and end, as the documents say.
func marks() []int { return []int{0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 0} }

// steps are the places of a range's ends among the marks.
func steps(m chat.Minutes) (from, to int) {
	all := marks()
	return slices.Index(all[:len(all)-1], m.From), 1 + slices.Index(all[1:], m.To)
}

// reader is a visitor who keeps what he was told.
type reader struct {
	told    chat.QueuePlace
	heard   bool
	least   int
	read    chat.Minutes // the last one that he read
	changed time.Time    // when he was told something new last
	since   time.Time    // when he read that range first
}

// twoNodes are two processes on one database with the visitors who wait there.
type twoNodes struct {
	*desktest.World
	t      *testing.T
	r      *rand.Rand
	node   [2]*desk.Desk
	ada    chat.Agent
	groups []chat.GroupID
	sub    bus.Subscription
	people map[chat.ConversationID]desktest.Visitor
	all    []chat.ConversationID // whose visitors are there
	gone   []chat.ConversationID
	read   map[chat.ConversationID]*reader
	late   []func() error
	seen   happened
}

// happened counts what there was to look at.
type happened struct{ words, repeated, hidden, ranges, risen, looks, restarts int }

func (h *happened) add(o happened) {
	h.words, h.repeated, h.hidden, h.ranges = h.words+o.words, h.repeated+o.repeated, h.hidden+o.hidden, h.ranges+o.ranges
	h.risen, h.looks, h.restarts = h.risen+o.risen, h.looks+o.looks, h.restarts+o.restarts
}

func newTwoNodes(t *testing.T, seed uint64) *twoNodes {
	w := desktest.New(t)
	x := &twoNodes{World: w, t: t, r: rand.New(rand.NewPCG(seed, 1)), people: map[chat.ConversationID]desktest.Visitor{}, read: map[chat.ConversationID]*reader{}}
	x.groups = []chat.GroupID{w.Group.ID, addGroup(t, w, "Sales", desk.GroupChange{}).ID}
	x.ada = w.Agent("Ada", chat.Supervisor, x.groups...)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Limit: 1, Queue: routing.QueueRule{Max: 1000}})
	worked(t, w, x.ada, routing.MinFinished, 100*time.Second)
	w.Taken(x.ada) // so that nobody is free
	x.node = [2]*desk.Desk{w.Desk, w.Node("n2")}
	var end func()
	x.sub, end = w.Bus.Subscribe()
	t.Cleanup(end)
	return x
}

// hear reads what was signalled since, in order.
func (x *twoNodes) hear(after string) {
	for {
		select {
		case s := <-x.sub.Signals:
			if s.Kind == chat.SignalQueue {
				x.hearOne(after, s)
			}
		default:
			return
		}
	}
}

func (x *twoNodes) hearOne(after string, s chat.Signal) {
	x.t.Helper()
	if !s.On {
		delete(x.read, s.Conversation)
		return
	}
	p, now := x.read[s.Conversation], x.Clock.Now()
	if p == nil || p.told.Group != s.Data.Group {
		p = &reader{}
		x.read[s.Conversation] = p
	}
	x.seen.words++
	if p.heard && cmp.Equal(p.told, *s.Data) {
		if x.seen.repeated++; now.Sub(p.changed) < 30*time.Second {
			x.t.Fatalf("%s: %s is told %+v twice within %s", after, s.Conversation, *s.Data, now.Sub(p.changed))
		}
		return
	}
	p.told, p.heard, p.changed = *s.Data, true, now
	switch {
	case s.Data.Position == 0:
		x.seen.hidden++
	case p.least > 0 && s.Data.Position > p.least:
		x.t.Fatalf("%s: %s was told place %d, and now %d", after, s.Conversation, p.least, s.Data.Position)
	default:
		p.least = s.Data.Position
	}
	if s.Data.Wait != (chat.Minutes{}) {
		x.ranges(after, s.Conversation, p, now)
	}
}

// ranges looks that a range rises by a mark in 30 seconds.
func (x *twoNodes) ranges(after string, c chat.ConversationID, p *reader, now time.Time) {
	x.t.Helper()
	x.seen.ranges++
	was := p.read
	if was == p.told.Wait {
		return
	}
	if was != (chat.Minutes{}) {
		allowed := 0
		if now.Sub(p.since) >= 30*time.Second {
			allowed = 1
		}
		from, to := steps(was)
		nowFrom, nowTo := steps(p.told.Wait)
		if nowFrom > from || nowTo > to {
			x.seen.risen++
		}
		if nowFrom > from+allowed || nowTo > to+allowed {
			x.t.Fatalf("%s: %s read %+v for %s, and now %+v", after, c, was, now.Sub(p.since), p.told.Wait)
		}
	}
	p.read, p.since = p.told.Wait, now
}

// looks is a visitor who loads his conversation at a node: what he reads is what he
// was told last.
func (x *twoNodes) looks(after string, d *desk.Desk, c chat.ConversationID) {
	x.t.Helper()
	v := must[chat.Visitor](x.t)(d.VisitorOf(x.t.Context(), x.people[c].Caller))
	view := must[desk.VisitorView](x.t)(d.ViewAsVisitor(x.t.Context(), v, 0))
	x.hear(after)
	if view.Queue == nil {
		return
	}
	x.seen.looks++
	p := x.read[c]
	if p != nil && p.told.Group != view.Queue.Group && view.Queue.Position == 0 && view.Queue.Wait == (chat.Minutes{}) {
		return // he was moved, and a node that cannot tell his place yet tells none
	}
	if p == nil || !cmp.Equal(p.told, *view.Queue) {
		x.t.Fatalf("%s: %s reads %+v, and was told %+v", after, c, *view.Queue, p)
	}
}

func (x *twoNodes) waiting(c chat.ConversationID) bool {
	th := x.State(c).OpenThread()
	return th != nil && th.State == chat.Queued && th.Mode != chat.Mail
}

// step does one thing that may happen.
func (x *twoNodes) step() string {
	ctx, d := x.t.Context(), x.node[x.r.IntN(2)]
	var c chat.ConversationID
	if len(x.all) > 0 {
		c = x.all[x.r.IntN(len(x.all))]
	}
	switch n := x.r.IntN(20); {
	case n < 3 || c == "":
		v, c := x.Arrives("hello")
		x.people[c], x.all = v, append(x.all, c)
		return "somebody came"
	case n < 8:
		must[time.Time](x.t)(d.Route(ctx))
		return "a node looked"
	case n < 10:
		x.late = append(x.late, must[func() error](x.t)(d.LookLate(ctx)))
		return "a node looks"
	case n < 12 && len(x.late) > 0:
		i := x.r.IntN(len(x.late))
		if err := x.late[i](); err != nil {
			x.t.Fatal(err)
		}
		x.late = slices.Delete(x.late, i, i+1)
		return "and tells late"
	case n < 13:
		x.seen.restarts++
		i := x.r.IntN(2)
		x.node[i] = x.Node(fmt.Sprint("n", i+1))
		return "a node was started again"
	case n < 16 && x.waiting(c):
		must[desk.Done](x.t)(d.Take(ctx, x.ada, c, desk.Taking{Key: x.Key(), Over: true}))
		switch x.r.IntN(4) { // he comes before those who have not talked, in either queue
		case 0:
			must[desk.Done](x.t)(d.Requeue(ctx, x.ada, c, x.Key()))
			return "one was handed back"
		case 1:
			to := x.groups[x.r.IntN(2)]
			if to != x.State(c).Thread.Group {
				must[desk.Done](x.t)(d.Move(ctx, x.ada, c, desk.Moving{Key: x.Key(), Group: to, Reason: "x"}))
				return "one was moved"
			}
		case 2:
			must[desk.Done](x.t)(d.Close(ctx, x.ada, c, x.Key()))
			delete(x.read, c) // what he is told of now on is of another sitting
			x.people[c].Says("and another thing")
			return "one was closed, and he wrote again"
		}
		return "one was taken"
	case n < 17 && x.waiting(c):
		if err := d.EndAsVisitor(ctx, x.people[c].Caller); err != nil {
			x.t.Fatal(err)
		}
		x.all = slices.DeleteFunc(x.all, func(one chat.ConversationID) bool { return one == c })
		x.gone = append(x.gone, c)
		return "one ended it"
	case n < 19:
		x.looks("at a look", d, c)
		return "one loaded his conversation"
	}
	x.Clock.Advance(time.Duration(x.r.IntN(40)) * time.Second)
	x.Connect(x.ada)
	x.Write(func(tx *store.Tx) error { return tx.SaveAgent(x.ada) }) // who answers nobody is put on away
	return "time went by"
}

// TestTold_NeverGoesUpWhicheverNodeTells: two nodes look at the queues in any order,
// tell late, and are started again. Whoever tells goes by what was told last: a place
// never goes up, a range rises mark by mark, nothing new is told twice, and who loads
// his conversation reads what he was told.
func TestTold_NeverGoesUpWhicheverNodeTells(t *testing.T) {
	t.Parallel()
	all := make([]*twoNodes, 4)
	t.Run("seeds", func(t *testing.T) {
		for seed := range all {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				all[seed] = newTwoNodes(t, uint64(seed))
				all[seed].walk(250)
			})
		}
	})
	var sum happened
	for _, x := range all {
		sum.add(x.seen)
	}
	t.Logf("%+v", sum)
	if slices.Contains([]int{sum.words, sum.repeated, sum.hidden, sum.ranges, sum.risen, sum.looks, sum.restarts}, 0) {
		t.Error("something never happened")
	}
}

// walk does so many things, and then lets both nodes look.
func (x *twoNodes) walk(steps int) {
	for i := range steps {
		after := fmt.Sprintf("step %d, %s", i, x.step())
		x.hear(after)
	}
	x.Clock.Advance(3 * time.Second)
	for range 2 {
		for _, d := range x.node {
			must[time.Time](x.t)(d.Route(x.t.Context()))
		}
		x.hear("at the end")
	}
	x.ends()
}

// ends looks that what is stored is of those who wait, and what they read.
func (x *twoNodes) ends() {
	var rows []store.Told
	x.Read(func(tx *store.Tx) (err error) {
		rows, err = tx.AllTold()
		return err
	})
	stored := map[chat.ConversationID]bool{}
	for _, r := range rows {
		stored[r.Conversation] = true
	}
	for _, c := range x.all {
		if waits := x.waiting(c); waits != stored[c] || waits != (x.read[c] != nil) {
			x.t.Errorf("%s waits: %v, stored: %v, told: %v", c, waits, stored[c], x.read[c])
		}
		x.looks("at the end", x.node[0], c)
		x.looks("at the end", x.node[1], c)
	}
	for _, c := range x.gone {
		if stored[c] || x.read[c] != nil {
			x.t.Errorf("%s is gone, stored: %v, told: %v", c, stored[c], x.read[c])
		}
	}
}

// TestTold_WhatStaysTheSameIsNotWrittenAgain: it is only said again, before it expires,
// by whichever node; and a visitor who loads his conversation changes nothing.
func TestTold_WhatStaysTheSameIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	x := newTwoNodes(t, 1)
	v, c := x.Arrives("hello")
	x.people[c] = v
	stored := func() (rows []store.Told) {
		x.Read(func(tx *store.Tx) (err error) {
			rows, err = tx.AllTold()
			return err
		})
		return rows
	}
	var want []store.Told
	for i := range 8 {
		for _, d := range append(x.node[:], x.Node("n3")) {
			must[time.Time](t)(d.Route(t.Context()))
			x.hear("a look")
			x.looks("a look", d, c)
		}
		if got := stored(); i == 0 {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("look %d changed what is stored (-want +got):\n%s", i, diff)
		}
		x.Clock.Advance(11 * time.Second)
		x.Connect(x.ada)
	}
	if len(want) != 1 || x.seen.repeated < 2 {
		t.Errorf("stored %+v, and said again %d times", want, x.seen.repeated)
	}
}

// TestTold_AVisitorWhoLoadsFirstIsToldForGood: what he reads before any node has
// looked counts as told.
func TestTold_AVisitorWhoLoadsFirstIsToldForGood(t *testing.T) {
	t.Parallel()
	x := newTwoNodes(t, 1)
	_, first := x.Arrives("hello")
	v, c := x.Arrives("me too")
	x.people[c] = v
	x.looks("he loads", x.node[1], c)
	if p := x.read[c]; p == nil || p.told.Position != 2 {
		t.Fatalf("he was told %+v, want place 2", p)
	}
	// Another one is handed back, and stands before both.
	_, back := x.Taken(x.ada)
	must[desk.Done](t)(x.Desk.Requeue(t.Context(), x.ada, back, x.Key()))
	must[time.Time](t)(x.node[0].Route(t.Context()))
	x.hear("it was handed back")
	if p := x.read[c]; p.told.Position != 0 {
		t.Errorf("he was told %+v, want no place", p.told)
	}
	if p := x.read[first]; p.told.Position != 2 {
		t.Errorf("who was told nothing before is told %+v, want place 2", p.told)
	}
}
