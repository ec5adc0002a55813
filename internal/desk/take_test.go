package desk_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

func TestTake_FiftyAtOnceOneWinsAndTheOthersAreToldWho(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	agents := make([]chat.Agent, 50)
	for i := range agents {
		agents[i] = w.Agent(fmt.Sprintf("Agent%02d", i), chat.Member)
	}
	_, c := w.Arrives("hello")
	keys, errs := make([]string, len(agents)), make([]error, len(agents))
	var start, wg sync.WaitGroup
	start.Add(1)
	for i, a := range agents {
		keys[i] = w.Key()
		wg.Go(func() {
			start.Wait()
			_, errs[i] = w.Desk.Take(t.Context(), a, c, desk.Taking{Key: keys[i]})
		})
	}
	start.Done()
	wg.Wait()
	thread := w.State(c).Thread
	won := slices.Index(errs, nil)
	if won < 0 || thread.Lead != agents[won].ID {
		t.Fatalf("winner %d, lead %q", won, thread.Lead)
	}
	for i, err := range errs {
		holder, ok := detail[chat.Holder](err)
		if i != won && (!chat.IsKind(err, chat.Conflict) || !ok || holder.Agent != thread.Lead || holder.Since != thread.TakenAt) {
			t.Errorf("loser %d: %v with %+v", i, err, holder)
		}
	}
	if got := kinds(w.Log(c)); got != "thread.started message assign" {
		t.Errorf("the log holds %q", got)
	}
	if again, err := w.Desk.Take(t.Context(), agents[won], c, desk.Taking{Key: keys[won]}); err != nil || !again.Again || len(again.Events) != 1 {
		t.Errorf("the winner's retry: %+v, %v", again, err)
	}
}

func TestTakeNext_GivesEachTheOldestAndNobodyTheSame(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	var queue []chat.ConversationID
	for range 8 {
		_, c := w.Arrives("hello")
		queue = append(queue, c)
		w.Clock.Advance(time.Second)
	}
	ada := w.Agent("Ada", chat.Member)
	first := must[desk.Done](t)(w.Desk.TakeNext(t.Context(), ada, "k"))
	if first.Events[0].Conversation != queue[0] {
		t.Errorf("took %s, want the oldest %s", first.Events[0].Conversation, queue[0])
	}
	if again := must[desk.Done](t)(w.Desk.TakeNext(t.Context(), ada, "k")); !again.Again || again.Events[0].Conversation != queue[0] {
		t.Errorf("the same key took %+v", again)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	took := map[chat.ConversationID]int{queue[0]: 1}
	empty := 0
	for i := range 10 {
		a, key := w.Agent(fmt.Sprintf("Agent%d", i), chat.Member), w.Key()
		wg.Go(func() {
			done, err := w.Desk.TakeNext(t.Context(), a, key)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				took[done.Events[0].Conversation]++
			case chat.IsKind(err, chat.Missing):
				empty++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if empty != 3 || len(took) != 8 {
		t.Errorf("%d found nobody waiting and %d conversations were taken, want 3 and 8", empty, len(took))
	}
	for c, n := range took {
		if n != 1 {
			t.Errorf("%s was taken %d times", c, n)
		}
	}
}

func TestTakeNext_SkipsWhatTheAgentMayNotSee(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	_, _ = w.Arrives("hello")
	outsider := w.Agent("Eve", chat.Member, "g_elsewhere")
	_, err := w.Desk.TakeNext(t.Context(), outsider, w.Key())
	wantKind(t, "an outsider", err, chat.Missing)
	if _, err := w.Desk.TakeNext(t.Context(), w.Agent("Ada", chat.Member), w.Key()); err != nil {
		t.Errorf("a member of the group: %v", err)
	}
}

func TestThread_JoinLeaveClose(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	super := w.Agent("Sue", chat.Supervisor, "g_elsewhere")
	v, c := w.Arrives("hello")
	_, err := w.Desk.Join(t.Context(), bob, c, w.Key())
	wantKind(t, "joining what waits", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	_, err = w.Desk.Close(t.Context(), bob, c, w.Key())
	wantKind(t, "a stranger closes", err, chat.Denied)
	must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key()))
	must[desk.Done](t)(w.Desk.Join(t.Context(), super, c, w.Key()))
	if twice := must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key())); len(twice.Events) != 0 || !twice.Again {
		t.Errorf("joining twice makes %+v", twice)
	}
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), bob, c, says(w, "I can help")))
	_, err = w.Desk.Leave(t.Context(), ada, c, w.Key())
	wantKind(t, "the lead leaves", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.Leave(t.Context(), bob, c, w.Key()))
	closed := must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, "close"))
	body, err := chat.Decode[chat.Closed](closed.Events[0])
	if err != nil || body.Reason != chat.Resolved || body.AliveAt == 0 {
		t.Errorf("closed with %+v, %v", body, err)
	}
	// The retry of a close must not close the Thread that began meanwhile.
	v.Says("one more question")
	if again := must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, "close")); !again.Again {
		t.Errorf("the close again: %+v", again)
	}
	if s := w.State(c); s.Thread.Number != 2 || s.Thread.State != chat.Queued {
		t.Errorf("the new thread is %+v", s.Thread)
	}
}

func TestClose_WithNothingToDoKeepsItsKey(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, "late"))
	v.Says("back again")
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, "late"))
	if s := w.State(c); s.OpenThread() == nil {
		t.Error("the retry of an empty close closed a thread that began after it")
	}
}

func TestClose_BesideAVisitorsMessageLosesNothing(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada)
	for round := range 40 {
		key := w.Key()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := w.Desk.Close(t.Context(), ada, c, key); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			in := desk.VisitorMessage{Key: "v" + key, Text: fmt.Sprintf("round %d", round)}
			if _, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, in); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if w.State(c).OpenThread() == nil {
			v.Says("hello?")
		}
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	}
	open, messages := false, 0
	for _, e := range w.Log(c) {
		switch e.Kind {
		case chat.KindStarted:
			if open {
				t.Fatalf("event %d begins a thread while one is open", e.Seq)
			}
			open = true
		case chat.KindClosed:
			if !open {
				t.Fatalf("event %d closes what is closed", e.Seq)
			}
			open = false
		case chat.KindMessage:
			if said, _ := chat.Decode[chat.Said](e); len(said.Text) > 5 && said.Text[:5] == "round" {
				messages++
			}
			if !open {
				t.Fatalf("message %d stands in a closed thread", e.Seq)
			}
		}
	}
	if messages != 40 {
		t.Errorf("%d of 40 messages are in the log", messages)
	}
}

// What has gone to a group that is not his is
// not the next one of an agent who has read the queue before.
func TestTakeNext_PassesOverWhatIsNotHisAnyMore(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_billing", Name: "Billing", Policy: chat.PolicyGroup})
	})
	ada := w.Agent("Ada", chat.Member)
	_, moved := w.Arrives("an invoice")
	w.Clock.Advance(time.Second)
	_, next := w.Arrives("hello")
	done := must[desk.Done](t)(w.Desk.TakeNextLate(t.Context(), ada, w.Key(), func() {
		must[desk.Done](t)(w.Desk.Move(t.Context(), w.Owner, moved, desk.Moving{Key: w.Key(), Group: "g_billing", Reason: "an invoice"}))
	}))
	if th := w.State(moved).Thread; th.Lead != "" || th.Group != "g_billing" {
		t.Errorf("the moved one is %+v", th)
	}
	if len(done.Events) != 1 || done.Events[0].Conversation != next {
		t.Errorf("took %+v, want %s", done.Events, next)
	}
}

// The queue has another order than locks have: who is refused the first one lets go
// of it before he turns to the next.
func TestTakeNext_HoldsOneAtATime(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		offering(w, routing.Rules{Limit: 1, Distribution: routing.Distribution{Method: routing.Pull}})
		sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen, Rules: routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()}
		w.Write(func(tx *store.Tx) error { return tx.SaveGroup(sales) })
		ada := w.Agent("Ada", chat.Member, w.Group.ID, sales.ID)
		w.Connect(ada)
		w.Taken(ada)
		groups := []chat.GroupID{sales.ID, w.Group.ID}
		put(w, 0, 2, func(i int) (chat.Started, bool) {
			return chat.Started{Number: 1, Group: groups[i], Policy: chat.PolicyOpen, Priority: i}, false
		})
		done := must[desk.Done](t)(w.Desk.TakeNext(t.Context(), ada, w.Key()))
		if len(done.Events) != 1 || done.Events[0].Conversation != "c_00000000" {
			t.Errorf("took %+v", done.Events)
		}
	})
}
