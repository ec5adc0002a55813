package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// worked lets an agent finish so many chats, each of so long.
func worked(t *testing.T, w *desktest.World, a chat.Agent, n int, long time.Duration) {
	t.Helper()
	for range n {
		w.Connect(a)
		_, c := w.Taken(a)
		w.Clock.Advance(long)
		must[desk.Done](t)(w.Desk.Close(t.Context(), a, c, w.Key()))
	}
}

// TestQueue_TheVisitorIsToldTheRangeThatTheTeamReads: in whole minutes, wherever he is
// told it, and never less than what the team reads.
func TestQueue_TheVisitorIsToldTheRangeThatTheTeamReads(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Direct: true}, Limit: 1})
	sales := addGroup(t, w, "Sales", desk.GroupChange{})
	w.Site.Choose = []chat.GroupID{w.Group.ID, sales.ID}
	w.Write(func(tx *store.Tx) error { return tx.SaveSite(w.Site) })
	ada := w.Agent("Ada", chat.Member)
	worked(t, w, ada, routing.MinFinished, 200*time.Second)
	if err := w.Desk.LearnWaits(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Connect(ada)
	w.Arrives("she has this one")
	later(w, time.Second, ada)
	sub, end := w.Bus.Subscribe()
	defer end()
	var visitors []desktest.Visitor
	var all []chat.ConversationID
	for range 3 {
		v, c := w.Arrives("hello")
		visitors, all = append(visitors, v), append(all, c)
		w.Clock.Advance(time.Second)
	}
	later(w, 3*time.Second, ada)
	team, signals := must[desk.QueueView](t)(w.Desk.Queue(t.Context(), ada)), heard(t, sub.Signals)
	if len(team.Entries) != len(all) {
		t.Fatalf("%d wait, want %d", len(team.Entries), len(all))
	}
	covers := func(what string, told chat.Minutes, read desk.WaitRange) {
		t.Helper()
		if read.Low == nil || told == (chat.Minutes{}) || 60*told.From > *read.Low || told.To == 0 || 60*told.To < *read.High {
			t.Errorf("%s is told %+v, and the team reads %+v", what, told, read)
		}
	}
	for i, entry := range team.Entries {
		covers("by a signal", signals[all[i]].Data.Wait, entry.Wait)
		visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), visitors[i].Caller))
		view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0))
		covers("who loads his conversation", view.Queue.Wait, entry.Wait)
	}
	site := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), w.Site, desk.Coming{Language: "en"}))
	last := team.Entries[2].Wait
	covers("who has not written yet", site.Reached.Wait, last)
	covers("who chooses", site.Groups[0].Wait, last)
	if sales := site.Groups[1]; sales.Group == w.Group.ID || sales.Wait != (chat.Minutes{}) {
		t.Errorf("of an empty group one is told %+v", sales)
	}
}

// TestQueue_WhoIsRungIsToldNoReleasesWait: an offer rings at the only agent, so its
// visitor waits for him alone to say yes, and the one behind for the end of that chat.
func TestQueue_WhoIsRungIsToldNoReleasesWait(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Limit: 1})
	ada := w.Agent("Ada", chat.Member)
	worked(t, w, ada, routing.MinFinished, 400*time.Second)
	if err := w.Desk.LearnWaits(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Connect(ada)
	sub, end := w.Bus.Subscribe()
	defer end()
	v, first := w.Arrives("hello")
	w.Route()
	_, second := w.Arrives("second")
	later(w, 3*time.Second, ada)
	if offers := w.State(first).Thread.Offers; len(offers) != 1 {
		t.Fatalf("it rings at %v", offers)
	}
	got := heard(t, sub.Signals)
	if said := got[first].Data; said.Position != 1 || said.Wait != (chat.Minutes{}) {
		t.Errorf("who is rung is told %+v, want no range", said)
	}
	if said := got[second].Data; said.Position != 2 || said.Wait != (chat.Minutes{To: 20}) {
		t.Errorf("the one behind is told %+v, want the range of one chat of 400 s", said)
	}
	visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue == nil || view.Queue.Wait != (chat.Minutes{}) {
		t.Errorf("his page says %+v", view.Queue)
	}
}
