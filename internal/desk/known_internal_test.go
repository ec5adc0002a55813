package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/routing/sim/simtest"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// yesterday is where the simulated days begin.
func yesterday() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

// floor is agents of one group that gives its chats directly.
func floor(agents, limit int, pace ...float64) sim.World {
	w := sim.World{Default: "g_1", State: routing.State{Limit: limit}, Accept: 5 * time.Second, Reply: 20 * time.Second, Pace: pace, Seed: 1}
	g := routing.Group{ID: "g_1", Name: "Support", Distribution: routing.Distribution{Direct: true}}
	for i := range agents {
		id := chat.AgentID(fmt.Sprintf("a_%02d", i))
		w.State.Agents = append(w.State.Agents, routing.Agent{ID: id, Name: string(id)})
		g.Members = append(g.Members, routing.Member{Agent: id})
	}
	g.Queue.Max, w.State.Timing.MaxWait = 1e6, 1e9
	w.State.Groups = []routing.Group{g}
	return w
}

// asks lets the floor's chats ring, some of them in vain.
func asks(w sim.World, m routing.Method, missed float64) sim.World {
	w.State.Groups[0].Distribution, w.Missed = routing.Distribution{Method: m}, missed
	return w
}

func simulate(t testing.TB, w sim.World, in sim.Traffic) sim.Day {
	t.Helper()
	day, err := sim.Run(context.Background(), w, sim.Draw(in), nil)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// keep writes what became of visits into a store, as the desk would have. What
// happens after end has not happened.
func keep(w *storetest.World, chats []sim.Chat, end time.Time) {
	w.T.Helper()
	for len(chats) > 0 {
		n := min(len(chats), 200)
		w.Write(func(tx *store.Tx) error {
			for _, c := range chats[:n] {
				if err := keepOneChat(w, tx, c, chat.Micros(end)); err != nil {
					return err
				}
			}
			return nil
		})
		chats = chats[n:]
	}
}

func keepOneChat(w *storetest.World, tx *store.Tx, c sim.Chat, end int64) error {
	v := chat.Visitor{ID: chat.VisitorID("v_" + c.ID), Site: "s_1", Conversation: chat.ConversationID("c_" + c.ID)}
	err := errors.Join(tx.SaveVisitor(v), tx.NewConversation(chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: v.Site, Visitor: v.ID}))
	if err != nil {
		return err
	}
	came, met := chat.Micros(c.At), chat.Micros(c.At.Add(c.Wait))
	events := []chat.Event{chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, came, chat.Started{Number: 1, Group: "g_1", Policy: chat.PolicyOpen, Arrival: &chat.Arrival{Site: "s_1"}})}
	if c.Outcome == sim.Answered && met <= end {
		body := chat.Assigned{Lead: c.Agent, Cause: chat.ByRoute, WaitedMS: (met - came) / 1000,
			Access: chat.AccessChange{After: chat.Access{Group: "g_1", Policy: chat.PolicyOpen, Lead: c.Agent}}}
		events = append(events, chat.Fact(chat.KindAssign, chat.System(), chat.ForAll, met, body))
		if over := chat.Micros(c.Ended); over <= end {
			events = append(events, chat.Fact(chat.KindClosed, chat.System(), chat.ForAll, over, chat.Closed{Reason: chat.Resolved}))
		}
	}
	// Every second one closes the page and is missed a minute later.
	if gone := met; c.Outcome == sim.Left && gone <= end {
		why := chat.Ended
		if met%2 == 0 {
			why, gone = chat.Abandoned, gone+chat.AbandonAfter.Microseconds()
		}
		events = append(events, chat.Fact(chat.KindClosed, v.Actor(), chat.ForAll, gone, chat.Closed{Reason: why}))
	}
	added, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) { return events, nil })
	if err != nil {
		return err
	}
	s, err := tx.Lock(v.Conversation)
	if err != nil {
		return err
	}
	return keepDuty(tx, s, added)
}

// TestKnown_EstimatesFromARealLogHoldTheTrueWait: days are simulated and kept in
// a store; what is learnt from its log estimates the waits of another day. P10
// to P90 holds the true wait of visitors who never leave in 75 to 90 of a hundred
// cases; so it does for the rest of the wait, each time that they are told again.
// What they are told holds it as much more often as follows from rounding.
func TestKnown_EstimatesFromARealLogHoldTheTrueWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		world   sim.World
		perHour float64
		log, on int // hours
	}{
		{"seven agents with four each, slower with each chat", floor(7, 4, 1, 0.91, 0.8, 0.69), 130, 20, 80},
		{"three agents with two each", floor(3, 2), 42, 60, 300},
		{"three are asked and some do not hear", asks(floor(3, 2), routing.LeastBusy, 0.05), 42, 60, 900},
		{"it rings at all three", asks(floor(3, 2), routing.RingAll, 0), 42, 60, 900},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := storetest.New(t)
			in := sim.Traffic{Seed: 21, From: yesterday(), For: time.Duration(c.log) * time.Hour, PerHour: []float64{c.perHour}, Handling: 10 * time.Minute, Patience: 3 * time.Minute}
			end := yesterday().Add(in.For)
			keep(storetest.NewWorld(t, st), simulate(t, c.world, in).Chats, end)
			d := New(st, nil, bus.NewLocal(), Options{Now: func() time.Time { return end }})
			known, err := d.known(t.Context(), "g_1")
			if err != nil {
				t.Fatal(err)
			}
			if patience := 1 / known.Leaving; patience < 140 || patience > 230 {
				t.Errorf("a patience of %.0f s was learnt, want about 180", patience)
			}
			c.world.Rates, c.world.Leaving = known.Rates, known.Leaving
			in.Seed, in.Patient, in.For = 22, 0.05, time.Duration(c.on)*time.Hour
			t.Logf("%d finished, %d levels, patience %.0f s", known.Finished, len(known.Rates), 1/known.Leaving)
			joining, again := toldOn(t, c.world, in, known)
			joining.Check(t, 100)
			again.Check(t, 500)
		})
	}
}

// toldOn lets a day's visitors be told as the desk tells them, and looks at those who
// wait for ever, since only their true wait is known: when they join the queue, and
// each time that they are told again.
func toldOn(t *testing.T, w sim.World, in sim.Traffic, known routing.Known) (joining, again simtest.Truth) {
	t.Helper()
	type telling struct {
		visit    int
		at       time.Time
		estimate routing.Estimate
		told     chat.Minutes
		first    bool
	}
	visits, number, last := sim.Draw(in), map[chat.ThreadID]int{}, map[chat.ThreadID]word{}
	for i, v := range visits {
		if v.Patience == 0 {
			number[chat.ThreadID(v.ID)] = i
		}
	}
	var all []telling
	w.Look = func(s routing.State, now time.Time) {
		for _, one := range s.AllWaits(map[chat.GroupID]routing.Known{"g_1": known}, now)["g_1"] {
			i, patient := number[one.Thread]
			was, knew := last[one.Thread]
			if !patient || knew && now.Sub(was.at) < tellSoonest {
				continue
			}
			if next := next(was, "g_1", one, now); !was.says(next) || now.Sub(was.at) >= tellEvery {
				last[one.Thread] = next
				all = append(all, telling{i, now, one.Estimate, next.wait, !knew})
			}
		}
	}
	day, err := sim.Run(t.Context(), w, visits, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		c, truth := day.Chats[one.visit], &again
		if one.first {
			truth = &joining
		}
		if one.estimate.Shown && c.Outcome == sim.Answered {
			truth.Add(one.estimate, one.told, c.At.Add(c.Wait).Sub(one.at))
		}
	}
	return joining, again
}

// TestKnown_HidesItselfAndLearnsAgain: with too few finished chats there is no
// estimate; more are noticed within ten minutes, and forgotten after 14 days.
func TestKnown_HidesItselfAndLearnsAgain(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	now := yesterday().Add(12 * time.Hour)
	d := New(st, nil, bus.NewLocal(), Options{Now: func() time.Time { return now }})
	day := simulate(t, floor(3, 2), sim.Traffic{Seed: 5, From: yesterday(), For: 10 * time.Hour, PerHour: []float64{8}, Handling: 5 * time.Minute})
	late := simulate(t, floor(3, 2), sim.Traffic{Seed: 6, From: yesterday(), For: time.Hour, PerHour: []float64{8}, Handling: 5 * time.Minute})
	for i := range late.Chats {
		late.Chats[i].ID = "late-" + late.Chats[i].ID
	}
	few, more := day.Chats[:routing.MinFinished-1], day.Chats[routing.MinFinished-1:]
	shown := func() (bool, int) {
		known, err := d.known(t.Context(), "g_1")
		if err != nil {
			t.Fatal(err)
		}
		e := routing.EstimateWait(routing.Waiting{Ahead: 1, Rate: known.Rates.At(100), Leaving: known.Leaving, Finished: known.Finished})
		return e.Shown, known.Finished
	}
	w := storetest.NewWorld(t, st)
	keep(w, few, now)
	if is, n := shown(); is || n != len(few) {
		t.Errorf("%d finished, shown %v; want %d, hidden", n, is, len(few))
	}
	keep(w, more, now)
	now = now.Add(learnEvery - time.Second)
	if is, n := shown(); is || n != len(few) {
		t.Errorf("learnt again too soon: %d finished, shown %v", n, is)
	}
	now = now.Add(time.Second)
	if is, n := shown(); !is || n != len(day.Chats) {
		t.Errorf("%d finished, shown %v; want %d, shown", n, is, len(day.Chats))
	}
	keep(w, late.Chats, now)
	if err := d.LearnWaits(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, n := shown(); n != len(day.Chats)+len(late.Chats) {
		t.Errorf("looked anew: %d finished, want %d", n, len(day.Chats)+len(late.Chats))
	}
	now = now.Add(routing.EstimateOver)
	if is, n := shown(); is || n != 0 {
		t.Errorf("after 14 days %d finished, shown %v", n, is)
	}
}

// TestSittings_CountAChatOnceInEachGroup: from lead to lead, back into the queue, and
// through a first line that passes all of it on.
func TestSittings_CountAChatOnceInEachGroup(t *testing.T) {
	t.Parallel()
	leg := func(at int64, g chat.GroupID) store.Assignment {
		return store.Assignment{At: at, Thread: "t", Agent: chat.AgentID(fmt.Sprint("a", at)), Group: g, Cause: chat.ByTransfer}
	}
	inOne := []store.Assignment{leg(10, "a"), leg(20, "a")}
	inTwo := []store.Assignment{leg(10, "a"), leg(20, "b")}
	back := []store.Assignment{leg(10, "a"), leg(20, "b"), leg(30, "a")}
	type counts map[chat.GroupID]int
	for name, c := range map[string]struct {
		legs   []store.Assignment
		thread chat.Thread
		want   counts
	}{
		"closed":                             {inOne, chat.Thread{Group: "a", Lead: "x", ClosedAt: 40}, counts{"a": 1}},
		"open":                               {inOne, chat.Thread{Group: "a", Lead: "x"}, counts{}},
		"handed back":                        {inOne, chat.Thread{Group: "a", QueuedAt: 30, State: chat.Queued}, counts{}},
		"handed back, and gone":              {inOne, chat.Thread{Group: "a", QueuedAt: 30, State: chat.IsClosed, ClosedAt: 40}, counts{"a": 1}},
		"passed on":                          {inTwo, chat.Thread{Group: "b", Lead: "x"}, counts{"a": 1}},
		"passed on, and closed":              {inTwo, chat.Thread{Group: "b", Lead: "x", ClosedAt: 40}, counts{"a": 1, "b": 1}},
		"passed on, and closed in the queue": {inOne, chat.Thread{Group: "b", QueuedAt: 30, State: chat.IsClosed, ClosedAt: 40}, counts{"a": 1}},
		"waits for the second line":          {inOne, chat.Thread{Group: "b", QueuedAt: 30, State: chat.Queued}, counts{"a": 1}},
		"comes back":                         {back, chat.Thread{Group: "a", Lead: "x"}, counts{"b": 1}},
		"comes back, and closed":             {back, chat.Thread{Group: "a", Lead: "x", ClosedAt: 40}, counts{"a": 1, "b": 1}},
		"waits for the first line again":     {inTwo, chat.Thread{Group: "a", QueuedAt: 30, State: chat.Queued}, counts{"b": 1}},
	} {
		p := past{now: 100, given: map[chat.ThreadID][]store.Assignment{"t": c.legs}}
		c.thread.ID, c.thread.TakenAt = "t", 10
		got := counts{}
		for g, known := range routing.Know(p.sittingsOf(&c.thread), p.from, p.now) {
			if known.Finished > 0 {
				got[g] = known.Finished
			}
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: finished %v, want %v", name, got, c.want)
		}
	}
}
