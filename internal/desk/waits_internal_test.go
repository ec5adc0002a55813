package desk

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestNext_APlaceNeverGoesUpWithoutAWord walks one visitor through his queue. A
// high of 0 is a wait that cannot be estimated.
func TestNext_APlaceNeverGoesUpWithoutAWord(t *testing.T) {
	t.Parallel()
	type look struct {
		group      chat.GroupID
		place      int
		high       time.Duration
		want, step int
	}
	for name, looks := range map[string][]look{
		"overtaken, with a range":       {{"g", 3, 90 * time.Second, 3, 1}, {"g", 4, 90 * time.Second, 0, 1}, {"g", 4, 90 * time.Second, 0, 1}, {"g", 3, 90 * time.Second, 3, 1}},
		"overtaken, without a range":    {{"g", 3, 0, 3, -1}, {"g", 4, 0, 0, -1}, {"g", 5, 0, 0, -1}, {"g", 2, 0, 2, -1}},
		"he comes from beyond the 50th": {{"g", 60, time.Minute, 0, 0}, {"g", 51, time.Minute, 0, 0}, {"g", 50, time.Minute, 50, 0}, {"g", 3, time.Minute, 3, 0}},
		"another group's queue":         {{"g", 1, 0, 1, -1}, {"h", 7, 0, 7, -1}, {"h", 8, 0, 0, -1}},
	} {
		w, at := word{}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for i, l := range looks {
			at = at.Add(3 * time.Second)
			w = next(w, l.group, routing.Told{Position: l.place, Estimate: routing.Estimate{Shown: l.high > 0, High: l.high}}, at)
			if w.position != l.want || w.step != l.step {
				t.Errorf("%s: at look %d he is told %d and %d, want %d and %d", name, i, w.position, w.step, l.want, l.step)
			}
		}
	}
}
