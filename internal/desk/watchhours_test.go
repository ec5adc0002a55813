package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// TestWatchHours_AreOnesOwnUnlessOneOversees, and tell a lead nothing of who watches
// unseen while it lasts.
func TestWatchHours_AreOnesOwnUnlessOneOversees(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{Told: chat.TellNothing})
	ada, bob, sue, cem := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor), w.Agent("Cem", chat.Member)
	w.Connect(ada, bob, sue)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
	w.Clock.Advance(40 * 24 * time.Hour) // it began too long ago
	must[desk.Done](t)(w.Desk.Unwatch(t.Context(), sue, c, w.Key()))
	for range 2 {
		must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
		w.Clock.Advance(time.Minute)
		must[desk.Done](t)(w.Desk.Unwatch(t.Context(), bob, c, w.Key()))
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
	w.Clock.Advance(5 * time.Minute)
	minutes := func(n int64) int64 { return n * 60_000 }
	over := desk.WatchHours{Agent: ada.ID, WatchedMS: minutes(2), Watched: 2}
	bobs := desk.WatchHours{Agent: bob.ID, WatchingMS: minutes(2), Watching: 2}
	for _, c := range []struct {
		reader chat.Agent
		want   []desk.WatchHours
	}{
		{ada, []desk.WatchHours{over}},
		{bob, []desk.WatchHours{bobs}},
		{sue, []desk.WatchHours{{Agent: ada.ID, WatchedMS: minutes(7), Watched: 3}, bobs, {Agent: sue.ID, WatchingMS: minutes(5), Watching: 1}}},
		{cem, []desk.WatchHours{{Agent: cem.ID}}},
	} {
		got := must[[]desk.WatchHours](t)(w.Desk.WatchHours(t.Context(), c.reader, 30))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", c.reader.Name, diff)
		}
	}
	must[desk.Done](t)(w.Desk.Whisper(t.Context(), sue, c, desk.Message{Key: w.Key(), Text: "psst"}))
	if got := must[[]desk.WatchHours](t)(w.Desk.WatchHours(t.Context(), ada, 30)); len(got) != 1 || got[0].Watched != 3 {
		t.Errorf("of who has whispered she reads %+v", got)
	}
	_, err := w.Desk.WatchHours(t.Context(), ada, 91)
	wantKind(t, "too many days", err, chat.Invalid)
}
