package desk

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestNext_APlaceNeverGoesUpWithoutAWord walks one visitor through his queue. A
// high of 0 is a wait that cannot be estimated, and to of 0 that nothing is told of it.
func TestNext_APlaceNeverGoesUpWithoutAWord(t *testing.T) {
	t.Parallel()
	type look struct {
		group    chat.GroupID
		place    int
		high     time.Duration
		want, to int
	}
	const min = time.Minute
	for name, looks := range map[string][]look{
		"overtaken, with a range":       {{"g", 3, 90 * time.Second, 3, 2}, {"g", 4, 90 * time.Second, 0, 2}, {"g", 4, 90 * time.Second, 0, 2}, {"g", 3, 90 * time.Second, 3, 2}},
		"overtaken, without a range":    {{"g", 3, 0, 3, 0}, {"g", 4, 0, 0, 0}, {"g", 5, 0, 0, 0}, {"g", 2, 0, 2, 0}},
		"he comes from beyond the 50th": {{"g", 60, min, 0, 1}, {"g", 51, min, 0, 1}, {"g", 50, min, 50, 1}, {"g", 3, min, 3, 1}},
		"another group's queue":         {{"g", 1, 0, 1, 0}, {"h", 7, 0, 7, 0}, {"h", 8, 0, 0, 0}},
		"the range rises mark by mark":  {{"g", 3, min, 3, 1}, {"g", 3, 9 * min, 3, 1}, {"g", 3, 9 * min, 3, 2}, {"g", 3, 9 * min, 3, 2}, {"g", 3, 9 * min, 3, 3}},
		"and falls at once":             {{"g", 3, 9 * min, 3, 10}, {"g", 3, 3 * min, 3, 3}, {"g", 3, 0, 3, 0}, {"g", 3, 9 * min, 3, 10}},
		"another group's begins anew":   {{"g", 3, min, 3, 1}, {"h", 5, 9 * min, 5, 10}},
	} {
		w, at := word{}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for i, l := range looks {
			at = at.Add(16 * time.Second)
			w = next(w, l.group, routing.Told{Position: l.place, Estimate: routing.Estimate{Shown: l.high > 0, High: l.high}}, at)
			if w.position != l.want || w.wait != (chat.Minutes{To: l.to}) {
				t.Errorf("%s: at look %d he is told %d and %+v, want %d and up to %d", name, i, w.position, w.wait, l.want, l.to)
			}
		}
	}
}
