package routing_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

const second = int64(1e6)

// TestKnow_CountsLevelsAsTheyWereHeld: Anna has one chat from 0 to 100, a second
// of another group from 40 to 70, and a third that is not over; Ben has one of
// the other group alone.
func TestKnow_CountsLevelsAsTheyWereHeld(t *testing.T) {
	t.Parallel()
	at := func(s int64) int64 { return chat.Micros(morning) + s*second }
	sittings := []routing.Sitting{
		{Group: "g", Lead: "anna", QueuedAt: at(-20), TakenAt: at(0), LedAt: at(0), EndedAt: at(100)},
		{Group: "h", Lead: "anna", QueuedAt: at(40), TakenAt: at(40), LedAt: at(40), EndedAt: at(70)},
		{Group: "g", Lead: "anna", QueuedAt: at(150), TakenAt: at(160), LedAt: at(160)},
		{Group: "h", Lead: "ben", QueuedAt: at(0), TakenAt: at(0), LedAt: at(0), EndedAt: at(30)},
		{Group: "g", QueuedAt: at(10), EndedAt: at(70), Left: true},
		{Group: "g", QueuedAt: at(190)},
	}
	got := routing.Know(sittings, at(-1000), at(200))
	anna := []routing.Level{{Completed: 1, Seconds: 40 + 30 + 40}, {Completed: 1, Seconds: 30}}
	both := []routing.Level{{Completed: 2, Seconds: 110 + 30}, anna[1]}
	want := map[chat.GroupID]routing.Known{
		"g": {Rates: routing.Learn(anna, 100.0/3, 200.0/3), Leaving: routing.LearnPatience(1, 100*time.Second), Finished: 1},
		"h": {Rates: routing.Learn(both, 10, 20), Leaving: routing.LearnPatience(0, 0), Finished: 2},
	}
	if diff := cmp.Diff(want, got, closeEnough()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Seen from a later begin, the first chat and the first wait count in part, and
	// of the other group nothing is known.
	got = routing.Know(sittings, at(80), at(200))
	late := []routing.Level{{Completed: 1, Seconds: 20 + 40}}
	want = map[chat.GroupID]routing.Known{
		"g": {Rates: routing.Learn(late, 100.0/3, 200.0/3), Leaving: routing.LearnPatience(0, 20*time.Second), Finished: 1},
	}
	if diff := cmp.Diff(want, got, closeEnough()); diff != "" {
		t.Errorf("from a later begin (-want +got):\n%s", diff)
	}
}

func closeEnough() cmp.Option {
	return cmp.Comparer(func(x, y float64) bool { return x == y || (x-y < 1e-12*(x+y) && y-x < 1e-12*(x+y)) })
}

// TestKnow_EndAtTheEndOfTheSpan: what ends with the span is finished while the
// one that goes on is still held.
func TestKnow_EndAtTheEndOfTheSpan(t *testing.T) {
	t.Parallel()
	from := chat.Micros(morning)
	on := routing.Sitting{Group: "g", Lead: "anna", LedAt: from}
	over := routing.Sitting{Group: "g", Lead: "anna", LedAt: from, EndedAt: from + 100*second}
	want := routing.Learn([]routing.Level{{}, {Completed: 1, Seconds: 100}}, 100.0/3, 200.0/3)
	for _, all := range [][]routing.Sitting{{on, over}, {over, on}} {
		if got := routing.Know(all, from, from+100*second)["g"].Rates; !cmp.Equal(want, got, closeEnough()) {
			t.Errorf("rates %v, want %v", got, want)
		}
	}
}

// TestKnow_CountsAChatOnceHoweverOftenItIsPassedOn: but each one who had it freed a
// place.
func TestKnow_CountsAChatOnceHoweverOftenItIsPassedOn(t *testing.T) {
	t.Parallel()
	from := chat.Micros(morning)
	all := []routing.Sitting{
		{Group: "g", Lead: "anna", LedAt: from, EndedAt: from + 100*second, Again: true},
		{Group: "g", Lead: "ben", LedAt: from + 100*second, EndedAt: from + 200*second, Again: true},
		{Group: "g", Lead: "anna", LedAt: from + 200*second, EndedAt: from + 300*second},
	}
	got := routing.Know(all, from, from+400*second)["g"]
	want := routing.Learn([]routing.Level{{Completed: 3, Seconds: 300}}, 100.0/3, 200.0/3)
	if got.Finished != 1 || !cmp.Equal(want, got.Rates, closeEnough()) {
		t.Errorf("%d finished at %v, want 1 at %v", got.Finished, got.Rates, want)
	}
	// A first line that passes nearly all on has finished as many as it had.
	all = []routing.Sitting{
		{Group: "g", Lead: "anna", LedAt: from, EndedAt: from + 100*second},
		{Group: "h", Lead: "ben", LedAt: from + 100*second, EndedAt: from + 200*second, Again: true},
		{Group: "h", Lead: "cleo", LedAt: from + 200*second, EndedAt: from + 300*second},
	}
	for g, known := range routing.Know(all, from, from+400*second) {
		if known.Finished != 1 {
			t.Errorf("%d finished in %s, want 1", known.Finished, g)
		}
	}
}

// TestKnow_DoesNotDependOnTheOrderOfTheLog is a law: rows may come in any order,
// and what lies outside the span changes nothing.
func TestKnow_DoesNotDependOnTheOrderOfTheLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, now := chat.Micros(morning), chat.Micros(morning)+3600*second
		sittings := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) routing.Sitting { return drawSitting(t, from) }), 0, 30).Draw(t, "sittings")
		want := routing.Know(sittings, from, now)
		mixed := append([]routing.Sitting{}, sittings...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		mixed = append(mixed, routing.Sitting{Group: "g", Lead: "anna", QueuedAt: from - 200*second, TakenAt: from - 100*second, LedAt: from - 100*second, EndedAt: from - second})
		got := routing.Know(mixed, from, now)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for g, k := range got {
			last := 0.0
			for level, rate := range k.Rates {
				if !(rate > 0) || rate < last {
					t.Errorf("%s: rate %v at level %d after %v", g, rate, level+1, last)
				}
				last = rate
			}
			if k.Finished > 0 && len(k.Rates) == 0 {
				t.Errorf("%s finished %d and knows no rate", g, k.Finished)
			}
		}
	})
}

func drawSitting(t *rapid.T, from int64) routing.Sitting {
	span := rapid.Int64Range(0, 5000)
	s := routing.Sitting{Group: rapid.SampledFrom([]chat.GroupID{"g", "h"}).Draw(t, "group"), QueuedAt: from + span.Draw(t, "queued")*second}
	if rapid.Bool().Draw(t, "taken") {
		s.Lead, s.TakenAt = rapid.SampledFrom([]chat.AgentID{"anna", "ben"}).Draw(t, "lead"), s.QueuedAt+span.Draw(t, "waited")*second
		s.LedAt = s.TakenAt
	}
	if rapid.Bool().Draw(t, "over") {
		s.EndedAt, s.Left = max(s.QueuedAt, s.LedAt)+span.Draw(t, "took")*second, s.Lead == ""
		s.Again = s.Lead != "" && rapid.Bool().Draw(t, "again")
	}
	return s
}
