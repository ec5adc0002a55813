package desk

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// otherNode is another process that serves the same workspace.
func (h *hall) otherNode(t *testing.T) *Desk {
	t.Helper()
	d := New(h.store, nil, bus.NewLocal(), Options{Now: h.opt.Now, Node: "n2"})
	t.Cleanup(d.EndRehearsals)
	return d
}

// TestRehearsals_AnyNodeAnswersAndCancels: who asks is not at the node that runs it,
// which hears within a second that it was cancelled. It finds the same outcome.
func TestRehearsals_AnyNodeAnswersAndCancels(t *testing.T) {
	t.Parallel()
	h := newHall(t, 60)
	other := h.otherNode(t)
	runs, err := h.enterRehearsal(t.Context())
	if err == nil {
		runs.progress(3, 10)
		err = runs.say()
	}
	if err != nil {
		t.Fatal(err)
	}
	if r, err := other.Rehearsal(t.Context(), h.owner, runs.id); err != nil || r.State != RehearsalRunning || r.Done != 3 || r.Total != 10 {
		t.Fatalf("at another node: %+v, %v", r, err)
	}
	if err := other.CancelRehearsal(t.Context(), h.owner, runs.id); err != nil {
		t.Fatal(err)
	}
	// Nobody here has cancelled it; it stops all the same, and says nothing else.
	select {
	case <-runs.ctx.Done():
	case <-time.After(time.Minute):
		t.Error("it goes on though it was cancelled at another node")
	}
	end := runs.ended(sim.Diff{}, nil)
	runs.leave(func(tx *store.Tx) error { return tx.EndRehearsal(end) })
	for _, node := range []*Desk{h.Desk, other} {
		if r, err := node.Rehearsal(t.Context(), h.owner, runs.id); err != nil || r.State != RehearsalCancelled || r.Diff != nil {
			t.Errorf("cancelled: %+v, %v", r, err)
		}
	}
	began, err := h.start(t)
	if err != nil {
		t.Fatal(err)
	}
	h.rehearsals.all.Wait()
	here, err := h.Rehearsal(t.Context(), h.owner, began.ID)
	if err != nil || here.State != RehearsalDone {
		t.Fatalf("done: %+v, %v", here, err)
	}
	if there, err := other.Rehearsal(t.Context(), h.owner, began.ID); err != nil || !cmp.Equal(here, there) {
		t.Errorf("at another node (-here +there, %v):\n%s", err, cmp.Diff(here, there))
	}
}

// TestRehearsals_ADeadNodeLeavesAnAnswerAndAPlace: of what its node says no word any
// more it is said that it ended with it, and its place is free. A node that only was
// slow hears that it has lost its place.
func TestRehearsals_ADeadNodeLeavesAnAnswerAndAPlace(t *testing.T) {
	t.Parallel()
	h := newHall(t, 5)
	other := h.otherNode(t)
	var dead []*rehearsing
	for range rehearsalsAtOnce {
		s, err := h.enterRehearsal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.cancel(nil)
		s.told.Wait() // from here on it says nothing
		dead = append(dead, s)
	}
	h.now = h.now.Add(loseRehearsal)
	if r, err := other.Rehearsal(t.Context(), h.owner, dead[0].id); err != nil || r.State != RehearsalRunning {
		t.Errorf("silent for as long as it may be: %+v, %v", r, err)
	}
	if _, err := other.StartRehearsal(t.Context(), h.owner, RehearsalChange{Days: 2}); !chat.IsKind(err, chat.Limited) {
		t.Errorf("a third: %v", err)
	}
	h.now = h.now.Add(time.Second)
	if r, err := other.Rehearsal(t.Context(), h.owner, dead[0].id); err != nil || r.State != RehearsalFailed || r.Error != errEndedWithNode.Message {
		t.Errorf("silent for longer: %+v, %v", r, err)
	}
	if _, err := other.StartRehearsal(t.Context(), h.owner, RehearsalChange{Days: 2}); err != nil {
		t.Errorf("its place is free: %v", err)
	}
	if err := dead[0].say(); !errors.Is(err, errEndedWithNode) {
		t.Errorf("the slow node hears %v", err)
	}
	if err := other.CancelRehearsal(t.Context(), h.owner, dead[1].id); err != nil {
		t.Errorf("cancelling what has ended: %v", err)
	}
	h.now = h.now.Add(keepRehearsals)
	if err := other.removeExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range dead {
		if _, err := other.Rehearsal(t.Context(), h.owner, s.id); !chat.IsKind(err, chat.Missing) {
			t.Errorf("after an hour: %v", err)
		}
		s.leave(func(*store.Tx) error { return nil })
	}
}
