package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// hall is a workspace with so many visits on a day, under a clock that is moved
// by hand.
type hall struct {
	*Desk
	now        time.Time
	owner, ada chat.Agent
	visits     int // that there were, near to what was wanted
}

func newHall(t testing.TB, visits int) *hall {
	t.Helper()
	st := storetest.New(t)
	h := &hall{now: yesterday().Add(24 * time.Hour)}
	h.Desk = New(st, nil, bus.NewLocal(), Options{Now: func() time.Time { return h.now }})
	t.Cleanup(h.EndRehearsals)
	h.owner, h.ada = storetest.Agent("owner", chat.Owner, "g_1"), storetest.Agent("ada", chat.Member, "g_1")
	day := simulate(t, floor(7, 4), sim.Traffic{Seed: 3, From: yesterday(), For: 22 * time.Hour, PerHour: []float64{float64(visits) / 22}, Handling: 8 * time.Minute, Patience: 3 * time.Minute})
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		for _, a := range []chat.Agent{h.owner, h.ada} {
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		if err := tx.SaveSite(chat.Site{ID: "s_1", Key: "k", Name: "Shop", Origins: []string{}, Group: "g_1"}); err != nil {
			return err
		}
		return tx.SaveGroup(chat.Group{ID: "g_1", Name: "Support", Policy: chat.PolicyOpen})
	})
	if err != nil {
		t.Fatal(err)
	}
	keep(storetest.NewWorld(t, st), day.Chats, h.now)
	h.visits = len(day.Chats)
	return h
}

func (h *hall) start(t *testing.T) (Rehearsal, error) {
	t.Helper()
	return h.StartRehearsal(t.Context(), h.owner, RehearsalChange{Days: 2})
}

// TestRehearsals_ASignedGroupStays: no rule moves whom a token sent to a group, as none
// did when he came.
func TestRehearsals_ASignedGroupStays(t *testing.T) {
	t.Parallel()
	h := newHall(t, 0)
	w := storetest.NewWorld(t, h.store)
	for i, cause := range []string{string(routing.BySigned), string(routing.ByDefault)} {
		came := chat.Micros(h.now.Add(time.Duration(i-60) * time.Minute))
		v := chat.Visitor{ID: chat.VisitorID("v_" + cause), Site: "s_1", Conversation: chat.ConversationID("c_" + cause)}
		w.Write(func(tx *store.Tx) error {
			err := errors.Join(tx.SaveGroup(chat.Group{ID: "g_vip", Name: "VIP", Policy: chat.PolicyOpen}), tx.SaveGroup(chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen}),
				tx.SaveVisitor(v), tx.NewConversation(chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: v.Site, Visitor: v.ID}))
			if err != nil {
				return err
			}
			begun := chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, came, chat.Started{Number: 1, Group: "g_vip", Policy: chat.PolicyOpen,
				Arrival: &chat.Arrival{Site: "s_1", URL: "https://shop.example/prices"}, Placement: &chat.Placed{Cause: cause}})
			_, err = w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) { return []chat.Event{begun}, nil })
			return err
		})
	}
	change := RehearsalChange{Days: 2, Routes: &[]routing.Route{{ID: "r1", Name: "Prices", Group: "g_sales",
		When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{"/prices"}}}}}}
	got, err := h.Rehearse(t.Context(), change, nil)
	if err != nil {
		t.Fatal(err)
	}
	var moved []string
	for _, m := range got.Diff.Moves {
		moved = append(moved, m.IDs...)
	}
	if !slices.Contains(moved, "c_default") || slices.Contains(moved, "c_signed") {
		t.Errorf("the rule moves %v", moved)
	}
}

// TestRehearsals_TwoAtOnce at all nodes together, whoever starts them.
func TestRehearsals_TwoAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t, 5)
	other := h.otherNode(t)
	var taken []*rehearsing
	for _, node := range []*Desk{h.Desk, other} {
		s, err := node.enterRehearsal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, s)
	}
	if _, err := h.start(t); !chat.IsKind(err, chat.Limited) {
		t.Errorf("a third: %v", err)
	}
	if _, err := h.Rehearse(t.Context(), RehearsalChange{Days: 2}, nil); !chat.IsKind(err, chat.Limited) {
		t.Errorf("a third by the operator: %v", err)
	}
	if _, err := other.Rehearse(t.Context(), RehearsalChange{Days: 2}, nil); !chat.IsKind(err, chat.Limited) {
		t.Errorf("a third at another node: %v", err)
	}
	for _, s := range taken {
		s.leave(func(tx *store.Tx) error { return tx.ForgetRehearsal(s.id) })
	}
	if _, err := h.Rehearse(t.Context(), RehearsalChange{Days: 2}, nil); err != nil {
		t.Errorf("a place is free again: %v", err)
	}
	h.EndRehearsals()
	if _, err := h.start(t); !chat.IsKind(err, chat.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}

// TestRehearsals_CanBeCancelled: 2,500 visits take long enough not to be over
// before they are cancelled.
func TestRehearsals_CanBeCancelled(t *testing.T) {
	t.Parallel()
	h := newHall(t, 2500)
	began, err := h.start(t)
	if err != nil || began.State != RehearsalRunning || began.Total != 2*h.visits || began.Diff != nil {
		t.Fatalf("started %+v: %v", began, err)
	}
	if err := h.CancelRehearsal(t.Context(), h.ada, began.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an agent cancels: %v", err)
	}
	if err := h.CancelRehearsal(t.Context(), h.owner, began.ID); err != nil {
		t.Fatal(err)
	}
	h.rehearsals.all.Wait()
	r, err := h.Rehearsal(t.Context(), h.owner, began.ID)
	if err != nil || r.State != RehearsalCancelled || r.Diff != nil || r.Done >= r.Total {
		t.Errorf("cancelled: %+v, %v", r, err)
	}
	if err := h.CancelRehearsal(t.Context(), h.owner, began.ID); err != nil {
		t.Errorf("cancelled twice: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := h.Rehearse(ctx, RehearsalChange{Days: 2}, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled by the operator: %v", err)
	}
	// The end of the server ends what runs, and waits for it.
	if began, err = h.start(t); err != nil {
		t.Fatal(err)
	}
	h.EndRehearsals()
	if r, err = h.Rehearsal(t.Context(), h.owner, began.ID); err != nil || r.State != RehearsalFailed || !strings.Contains(r.Error, "ended with the server") {
		t.Errorf("after the end: %+v, %v", r, err)
	}
}

// TestRehearsals_ResultsAreKeptForAnHour: for managers alone; a failure says what
// went wrong.
func TestRehearsals_ResultsAreKeptForAnHour(t *testing.T) {
	t.Parallel()
	h := newHall(t, 60)
	if _, err := h.StartRehearsal(t.Context(), h.ada, RehearsalChange{Days: 1}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an agent starts: %v", err)
	}
	if _, err := h.StartRehearsal(t.Context(), h.owner, RehearsalChange{}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("no days: %v", err)
	}
	began, err := h.start(t)
	if err != nil {
		t.Fatal(err)
	}
	h.rehearsals.all.Wait()
	r, err := h.Rehearsal(t.Context(), h.owner, began.ID)
	if err != nil || r.State != RehearsalDone || r.Done != r.Total || r.Diff == nil || r.Diff.Visits*2 != r.Total || len(r.Notes) == 0 || !slices.Equal(r.Because.Lines(), r.Notes) {
		t.Fatalf("done: %+v, %v", r, err)
	}
	for _, id := range r.Diff.Median.BeforeAbove {
		if !strings.HasPrefix(id, "c_") {
			t.Errorf("%q is no conversation", id)
		}
	}
	if _, err := h.Rehearsal(t.Context(), h.ada, began.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an agent looks: %v", err)
	}
	h.now = h.now.Add(keepRehearsals - time.Second)
	if _, err := h.Rehearsal(t.Context(), h.owner, began.ID); err != nil {
		t.Errorf("within the hour: %v", err)
	}
	h.now = h.now.Add(time.Second)
	if _, err := h.Rehearsal(t.Context(), h.owner, began.ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("after an hour: %v", err)
	}
	// What goes wrong is said.
	s, err := h.enterRehearsal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end := s.ended(sim.Diff{}, errors.New("the disk is gone"))
	s.leave(func(tx *store.Tx) error { return tx.EndRehearsal(end) })
	if r, err = h.Rehearsal(t.Context(), h.owner, s.id); err != nil || r.State != RehearsalFailed || r.Error != "the disk is gone" || r.Diff != nil {
		t.Errorf("failed: %+v, %v", r, err)
	}
}

// TestRehearsals_KeepFew: results are large; the oldest go first.
func TestRehearsals_KeepFew(t *testing.T) {
	t.Parallel()
	h := newHall(t, 5)
	var ids []string
	for range mostRehearsals + 2 {
		r, err := h.start(t)
		if err != nil {
			t.Fatal(err)
		}
		h.rehearsals.all.Wait()
		h.now = h.now.Add(time.Second)
		ids = append(ids, r.ID)
	}
	for i, id := range ids {
		if _, err := h.Rehearsal(t.Context(), h.owner, id); (err == nil) != (i >= 2) {
			t.Errorf("result %d of %d: %v", i+1, len(ids), err)
		}
	}
}

// BenchmarkRehearse_TenThousandVisitsOfTheLog is a rehearsal from the log to the
// difference, and what learning the waits of the same log costs.
func BenchmarkRehearse_TenThousandVisitsOfTheLog(b *testing.B) {
	h := newHall(b, 10_000)
	limit := 2
	b.Run("rehearse", func(b *testing.B) {
		for b.Loop() {
			if r, err := h.Rehearse(b.Context(), RehearsalChange{Days: 2, Limit: &limit}, nil); err != nil || r.Diff.Visits < 9_000 {
				b.Fatal(r.Diff.Visits, err)
			}
		}
	})
	b.Run("learn", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.learn(b.Context(), h.now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
