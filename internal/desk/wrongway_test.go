package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/routing"
	"earshot/internal/store"
)

func TestWrongWays_AreThoseThatSoonWentOn(t *testing.T) {
	t.Parallel()
	w, billing, tech, ann, ben := shop(t)
	ways := func() map[chat.GroupID]store.WrongWays {
		all := map[chat.GroupID]store.WrongWays{}
		for _, one := range must[[]desk.WrongWays](t)(w.Desk.WrongWays(t.Context(), w.Owner, 7)) {
			all[one.Group] = one.WrongWays
		}
		return all
	}
	if diff := cmp.Diff(map[chat.GroupID]store.WrongWays{w.Group.ID: {}}, ways()); diff != "" {
		t.Errorf("before anything was passed on (-want +got):\n%s", diff)
	}
	for i, after := range []time.Duration{time.Minute, time.Hour, 0} {
		_, c := visits(t, w, "/invoice", "VAT")
		taker := ben
		if i == 2 { // nobody takes it: somebody of the team sends it on
			taker = chat.Agent{}
		}
		passes(t, w, c, ann, billing.ID, taker)
		w.Clock.Advance(after)
		must[desk.Done](t)(w.Desk.Move(t.Context(), w.Owner, c, desk.Moving{Key: w.Key(), Group: tech.ID, Reason: "not ours"}))
	}
	_, stays := visits(t, w, "/invoice", "VAT")
	passes(t, w, stays, ann, billing.ID, ben)
	if diff := cmp.Diff(map[chat.GroupID]store.WrongWays{w.Group.ID: {Passed: 4, Wrong: 2}}, ways()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.Clock.Advance(8 * 24 * time.Hour)
	if diff := cmp.Diff(map[chat.GroupID]store.WrongWays{w.Group.ID: {}}, ways()); diff != "" {
		t.Errorf("a week later (-want +got):\n%s", diff)
	}
}

// TestWrongWays_NamesThoseThatTheReaderMayOpen: one went on to another group, one came
// back; of a chat that the reader may not see the count alone tells.
func TestWrongWays_NamesThoseThatTheReaderMayOpen(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.Pull)
	tech := addGroup(t, f.World, "Tech", desk.GroupChange{}, f.ben)
	_, on := f.Arrives("one")
	_, back := f.Arrives("two")
	_, stays := f.Arrives("three")
	at := chat.Micros(f.Clock.Now())
	for _, c := range []chat.ConversationID{on, back, stays} {
		must[desk.Done](t)(f.send(c, toGroup(f.billing.ID)))
	}
	f.Clock.Advance(time.Second)
	must[desk.Done](t)(f.Desk.Move(t.Context(), f.ben, on, desk.Moving{Key: f.Key(), Group: tech.ID, Reason: "a fault"}))
	must[desk.Done](t)(f.Desk.Move(t.Context(), f.ben, back, desk.Moving{Key: f.Key(), Group: f.Group.ID, Reason: "not ours"}))
	ways := func(a chat.Agent) []desk.WrongWays {
		return must[[]desk.WrongWays](t)(f.Desk.WrongWays(t.Context(), a, 7))
	}
	wentOn := desk.WrongWay{Conversation: on, Thread: f.thread(on).ID, Group: f.billing.ID, Next: tech.ID, At: at}
	cameBack := desk.WrongWay{Conversation: back, Thread: f.thread(back).ID, Group: f.billing.ID, Next: f.Group.ID, At: at}
	want := []desk.WrongWays{{Group: f.Group.ID, WrongWays: store.WrongWays{Passed: 3, Wrong: 2}, Ways: []desk.WrongWay{cameBack, wentOn}}}
	unnamed := cmpopts.IgnoreFields(desk.WrongWay{}, "Visitor", "From")
	if diff := cmp.Diff(want, ways(f.ada), unnamed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	policy := chat.PolicyGroup
	must[desk.ManagedGroup](t)(f.Desk.ChangeGroup(t.Context(), f.Owner, tech.ID, desk.GroupChange{Policy: &policy}))
	want[0].Ways = []desk.WrongWay{cameBack}
	if diff := cmp.Diff(want, ways(f.ada), unnamed); diff != "" {
		t.Errorf("of Tech alone (-want +got):\n%s", diff)
	}
	if got := ways(f.Owner); len(got) != 1 || len(got[0].Ways) != 2 {
		t.Errorf("who oversees reads %+v", got)
	}
	if got := ways(f.ben); len(got) != 0 {
		t.Errorf("who is in no first line reads %+v", got)
	}
	for _, days := range []int{0, desk.MaxWrongWayDays + 1} {
		_, err := f.Desk.WrongWays(t.Context(), f.ada, days)
		wantKind(t, "so many days", err, chat.Invalid)
	}
}
