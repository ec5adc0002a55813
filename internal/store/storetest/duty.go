package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func dutySuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"Duty_IsKept":                          dutyIsKept,
		"Turns_CountInTheirGroup":              turnsCount,
		"Assignments_AreCountedSinceATime":     assignmentsCount,
		"Availability_GoesOnOverShortGaps":     availabilityGoesOn,
		"ThreadsOf_AreWhatALoadIsMadeOf":       threadsOfAgent,
		"OpenThreadsAgain_ReadsWhatHasChanged": threadsAgain,
		"Queue_StandsInOrderOfPlace":           queueByPlace,
		"LeftQueue_LeavesMessagesAlone":        mailStays,
		"Turned_CountsWhatRoutingGoesBy":       turnedCounts,
	}
}

func dutyIsKept(t *testing.T, w *World) {
	want := store.Duty{Misses: 2, InputAt: 3, WarnedAt: 4, AwayAt: 6, AssignedAt: 5}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveDuty("a_ann", store.Duty{Misses: 1}), tx.SaveDuty("a_ann", want), tx.SaveGroup(chat.Group{ID: "g_1", Name: "G"}), tx.SetQueueFull("g_1", true))
	})
	w.Read(func(tx *store.Tx) error {
		one, err := tx.Duty("a_ann")
		none, errNone := tx.Duty("a_bob")
		all, errAll := tx.Duties()
		full, errFull := tx.FullQueues()
		if one != want || none != (store.Duty{}) || len(all) != 1 || all["a_ann"] != want || !cmp.Equal(full, []chat.GroupID{"g_1"}) {
			t.Errorf("one %+v, nobody's %+v, all %+v, full %v", one, none, all, full)
		}
		return errors.Join(err, errNone, errAll, errFull)
	})
	w.Write(func(tx *store.Tx) error { return tx.SetQueueFull("g_1", false) })
	w.Read(func(tx *store.Tx) error {
		full, err := tx.FullQueues()
		if len(full) != 0 {
			t.Errorf("still full: %v", full)
		}
		return err
	})
}

func turnsCount(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.TakeTurn("g_1", "a_ann"), tx.TakeTurn("g_1", "a_bob"), tx.TakeTurn("g_1", "a_ann"), tx.TakeTurn("g_2", "a_bob"))
	})
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Turns()
		want := map[chat.GroupID]map[chat.AgentID]int64{"g_1": {"a_ann": 3, "a_bob": 2}, "g_2": {"a_bob": 1}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		return err
	})
}

func assignmentsCount(t *testing.T, w *World) {
	one := store.Assignment{At: 10, Thread: "t_1", Agent: "a_ann", Group: "g_1", Cause: "take", Waited: 7, Held: 125, Skipped: 2, Over: true}
	two := store.Assignment{At: 20, Thread: "t_2", Agent: "a_ann", Group: "g_1", Cause: "route"}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.AddAssignment(one), tx.AddAssignment(two)) })
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Assignments(10, 20)
		all, errAll := tx.CountAssignments(10)
		late, errLate := tx.CountAssignments(11)
		if !cmp.Equal(got, []store.Assignment{one}) || all["a_ann"] != 2 || late["a_ann"] != 1 {
			t.Errorf("assignments %+v, counted %v and %v", got, all, late)
		}
		return errors.Join(err, errAll, errLate)
	})
}

func availabilityGoesOn(t *testing.T, w *World) {
	for _, at := range []int64{100, 130, 160, 400} {
		w.Write(func(tx *store.Tx) error { return tx.ExtendAvailability([]chat.AgentID{"a_ann"}, at, 120) })
	}
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Availability(150, 1000)
		if diff := cmp.Diff([]store.Available{{Agent: "a_ann", Began: 100, Ended: 160}, {Agent: "a_ann", Began: 400, Ended: 400}}, got); diff != "" {
			t.Errorf("availability (-want +got):\n%s", diff)
		}
		early, errEarly := tx.Availability(0, 100)
		if len(early) != 0 {
			t.Errorf("before it began: %+v", early)
		}
		return errors.Join(err, errEarly)
	})
}

// queued is a Conversation of a new visitor whose Thread waits.
func queued(w *World, m chat.Mode, place int64) chat.Visitor {
	v := w.Visitor("Vera")
	w.Append(v.Conversation, func(chat.State) ([]chat.Event, error) {
		body := chat.Started{Number: 1, Group: "g_1", Policy: chat.PolicyOpen, Mode: m, Place: place}
		return []chat.Event{chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, w.Next(), body)}, nil
	})
	return v
}

func threadsOfAgent(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	offered, led, none := queued(w, "", 0), queued(w, "", 0), queued(w, "", 0)
	ring := func(s chat.State, to chat.Agent) []chat.Event {
		return []chat.Event{chat.Ring(s, to, 99, chat.Says("choice.all", "Team"), nil, clock())}
	}
	w.Append(offered.Conversation, func(s chat.State) ([]chat.Event, error) { return append(ring(s, ann), ring(s, bob)...), nil })
	w.Append(led.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, ann, chat.Given{}, clock()) })
	w.Append(none.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, bob, chat.Given{}, clock()) })
	count := func(a chat.AgentID, want int) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			got, err := tx.ThreadsOf(a)
			if len(got) != want {
				t.Errorf("%s has %d threads, want %d: %+v", a, len(got), want, got)
			}
			return err
		})
	}
	count(ann.ID, 2)
	count(bob.ID, 2)
	w.Append(offered.Conversation, func(s chat.State) ([]chat.Event, error) {
		return []chat.Event{chat.Silence(s, ann, chat.System(), chat.Expired, chat.Says("offer.gone"), clock())}, nil
	})
	count(ann.ID, 1)
	w.Append(offered.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Close(s, chat.System(), chat.Ended, 0, clock()) })
	count(bob.ID, 1)
	w.Read(func(tx *store.Tx) error {
		open, err := tx.OpenThreads()
		if len(open) != 2 {
			t.Errorf("%d are open", len(open))
		}
		return err
	})
}

func threadsAgain(t *testing.T, w *World) {
	ann := Agent("ann", chat.Member)
	before := map[chat.ThreadID]chat.Thread{}
	step := func(do func()) {
		t.Helper()
		do()
		w.Read(func(tx *store.Tx) error {
			want, err := tx.OpenThreads()
			if err != nil {
				return err
			}
			got, err := tx.OpenThreadsAgain(before)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("again (-want +got):\n%s", diff)
			}
			before = map[chat.ThreadID]chat.Thread{}
			for _, one := range want {
				before[one.ID] = one
			}
			return err
		})
	}
	var all []chat.Visitor
	step(func() {})
	step(func() {
		for range 9 {
			all = append(all, queued(w, "", 0))
		}
	})
	change := func(i int, rule func(chat.State) ([]chat.Event, error)) {
		step(func() { w.Append(all[i].Conversation, rule) })
	}
	change(3, func(s chat.State) ([]chat.Event, error) {
		return []chat.Event{chat.Ring(s, ann, 99, chat.Says("choice.all", "Team"), nil, clock())}, nil
	})
	change(3, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, ann, chat.Given{}, clock()) })
	change(5, func(s chat.State) ([]chat.Event, error) { return chat.Close(s, chat.System(), chat.Ended, 0, clock()) })
	change(0, func(s chat.State) ([]chat.Event, error) {
		return chat.Post(s, all[0].Actor(), chat.NewMessage{Text: "hello?"}, clock())
	})
	step(func() { all = append(all, queued(w, "", 0)) })
	step(func() {})
	// One that pretends to have been loaded before shows that it is not read again.
	w.Read(func(tx *store.Tx) error {
		for id, one := range before {
			one.Reason = "kept"
			before[id] = one
		}
		got, err := tx.OpenThreadsAgain(before)
		for _, one := range got {
			if one.Reason != "kept" {
				t.Errorf("%s was read again without a change", one.ID)
			}
		}
		return err
	})
}

func queueByPlace(t *testing.T, w *World) {
	late, first, middle := queued(w, "", 30), queued(w, "", -5), queued(w, "", 20)
	w.Read(func(tx *store.Tx) error {
		page, err := tx.Inbox(store.ListQuery{List: store.ListQueue, Viewer: Agent("ann", chat.Member).Viewer(), Limit: 2})
		if err != nil {
			return err
		}
		next, err := tx.Inbox(store.ListQuery{List: store.ListQueue, Viewer: Agent("ann", chat.Member).Viewer(), After: page.Next, Limit: 2})
		got := fmt.Sprint(page.Rows[0].Conversation.ID, page.Rows[1].Conversation.ID, next.Rows[0].Conversation.ID)
		if got != fmt.Sprint(first.Conversation, middle.Conversation, late.Conversation) {
			t.Errorf("the queue is %s", got)
		}
		return err
	})
}

func mailStays(t *testing.T, w *World) {
	live, message := queued(w, "", 0), queued(w, chat.Mail, 0)
	w.Read(func(tx *store.Tx) error {
		left, err := tx.LeftQueue(w.Next(), 10)
		_, gone := left[live.Conversation]
		if _, taken := left[message.Conversation]; !gone || taken {
			t.Errorf("left: %v", left)
		}
		return err
	})
}

func turnedCounts(t *testing.T, w *World) {
	v := queued(w, "", 0)
	step := func(what string, changes bool, do func()) {
		t.Helper()
		before := w.S.Turned()
		do()
		if (w.S.Turned() != before) != changes {
			t.Errorf("%s: counted %v, want %v", what, w.S.Turned() != before, changes)
		}
	}
	step("the first message", true, func() { w.Say(v.Conversation, v.Actor(), chat.ForAll, "hello") })
	step("a second one", false, func() { w.Say(v.Conversation, v.Actor(), chat.ForAll, "hello?") })
	step("a note", false, func() { w.Say(v.Conversation, Agent("ann", chat.Member).Actor(), chat.ForAgents, "hm") })
	step("the answer", true, func() { w.Say(v.Conversation, Agent("ann", chat.Member).Actor(), chat.ForAll, "hi") })
	step("a second answer", false, func() { w.Say(v.Conversation, Agent("ann", chat.Member).Actor(), chat.ForAll, "there") })
}
