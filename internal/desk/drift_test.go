package desk_test

import (
	"math"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// TestDrift_ShowsWhoHadWhatPart: last week Ada had three chats and Ben one, with
// equal hours; this week Ben took the younger of two.
func TestDrift_ShowsWhoHadWhatPart(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ben := w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member)
	w.Connect(ada, ben)
	for _, a := range []chat.Agent{ada, ben, ada, ada} {
		w.Taken(a)
		w.Clock.Advance(time.Minute)
	}
	began := w.Clock.Now()
	w.Clock.Advance(2 * time.Hour)
	takesChats(w, began, w.Clock.Now(), ada, ben)
	w.Clock.Advance(7 * 24 * time.Hour)
	_, old := w.Arrives("first")
	w.Clock.Advance(time.Second)
	_, young := w.Arrives("second")
	must[desk.Done](t)(w.Desk.Take(t.Context(), ben, young, desk.Taking{Key: w.Key()}))
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, old, desk.Taking{Key: w.Key()}))

	weeks := must[[]desk.DriftWeek](t)(w.Desk.Drift(t.Context(), ada, 2))
	if len(weeks) != 2 || weeks[0].From-weeks[1].From != (7*24*time.Hour).Microseconds() || time.UnixMicro(weeks[0].From).UTC().Weekday() != time.Monday {
		t.Fatalf("weeks %+v", weeks)
	}
	if now := chat.Micros(w.Clock.Now()); weeks[0].From > now || now-weeks[0].From > (7*24*time.Hour).Microseconds() {
		t.Errorf("the first week begins at %d; it is %d", weeks[0].From, now)
	}
	of := func(week int, a chat.Agent) routing.Drift {
		for _, d := range weeks[week].Agents {
			if d.Agent == a.ID {
				return d
			}
		}
		t.Fatalf("%s is not in week %d: %+v", a.Name, week, weeks[week])
		return routing.Drift{}
	}
	last := of(1, ada)
	if last.Chats != 3 || math.Abs(last.Share-0.75) > 1e-9 || last.MostAtOnce != 3 || last.WithoutBreak != 7200 || last.Skipped != 0 {
		t.Errorf("Ada last week: %+v", last)
	}
	// The owner is a member, too, and took no chats: an even part is a half.
	if b := of(1, ben); b.Chats != 1 || math.Abs(b.Mean-0.5) > 1e-9 || math.Abs(last.Mean-0.5) > 1e-9 {
		t.Errorf("last week Ben had %+v, Ada %+v", b, last)
	}
	if b := of(0, ben); b.Chats != 1 || b.Skipped != 1 {
		t.Errorf("Ben this week: %+v", b)
	}
	if a := of(0, ada); a.Skipped != 0 {
		t.Errorf("Ada took the oldest: %+v", a)
	}
	for _, n := range []int{0, desk.MaxDriftWeeks + 1} {
		_, err := w.Desk.Drift(t.Context(), ada, n)
		wantKind(t, "weeks", err, chat.Invalid)
	}
}
