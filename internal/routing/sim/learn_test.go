package sim_test

import (
	"math"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
)

// sittings is a run as the log of a real server would remember it.
func sittings(d sim.Day) []routing.Sitting {
	all := make([]routing.Sitting, 0, len(d.Chats))
	for _, c := range d.Chats {
		s := routing.Sitting{Group: c.Place.Group, QueuedAt: chat.Micros(c.At)}
		switch c.Outcome {
		case sim.Answered:
			s.TakenAt = chat.Micros(c.At.Add(c.Wait))
			s.Lead, s.LedAt, s.EndedAt = c.Agent, s.TakenAt, chat.Micros(c.Ended)
		case sim.Left:
			s.Left, s.EndedAt = true, chat.Micros(c.At.Add(c.Wait))
		}
		all = append(all, s)
	}
	return all
}

// TestKnow_FindsWhatTheRunCounted: what is learnt from the chats alone is what
// the simulator counted while it ran, and the patience that the visitors were
// given.
func TestKnow_FindsWhatTheRunCounted(t *testing.T) {
	t.Parallel()
	w := team(4, 3, 0)
	w.Pace, w.State.Timing.MaxWait = []float64{1, 0.9, 0.8}, 1e9
	in := traffic(31, 60, 40)
	in.Handling, in.Patience = 10*time.Minute, 4*time.Minute
	day := run(t, w, sim.Draw(in))
	end := chat.Micros(day.Chats[len(day.Chats)-1].At.Add(24 * time.Hour))
	known := routing.Know(sittings(day), chat.Micros(morning), end)["support"]
	finished, took := 0, time.Duration(0)
	for _, c := range day.Chats {
		if c.Outcome == sim.Answered {
			finished++
			took += c.Ended.Sub(c.At.Add(c.Wait))
		}
	}
	mean := took.Seconds() / float64(finished)
	want := routing.Learn(day.Levels, mean/3, mean*2/3)
	if known.Finished != finished || len(known.Rates) != len(want) {
		t.Fatalf("%d finished at %d levels, want %d at %d", known.Finished, len(known.Rates), finished, len(want))
	}
	for i := range want {
		if math.Abs(known.Rates[i]/want[i]-1) > 0.001 {
			t.Errorf("level %d: %v a second, want %v", i+1, known.Rates[i], want[i])
		}
	}
	if patience := 1 / known.Leaving; math.Abs(patience/240-1) > 0.15 {
		t.Errorf("patience %.0f s, want 240", patience)
	}
}
