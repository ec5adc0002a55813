package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestNext_APlaceNeverGoesUpWithoutAWord walks one visitor through his queue, as if
// each word were stored and read again. Without a high nothing can be estimated.
func TestNext_APlaceNeverGoesUpWithoutAWord(t *testing.T) {
	t.Parallel()
	type look struct {
		group     chat.GroupID
		place     int
		low, high time.Duration
		want      int
		told      chat.Minutes
	}
	const s, min = time.Second, time.Minute
	none := chat.Minutes{}
	to := func(from, to int) chat.Minutes { return chat.Minutes{From: from, To: to} }
	for name, looks := range map[string][]look{
		"overtaken, with a range": {{"g", 3, 70 * s, 90 * s, 3, to(1, 2)}, {"g", 4, 70 * s, 90 * s, 0, to(1, 2)}, {"g", 4, 70 * s, 90 * s, 0, to(1, 2)},
			{"g", 3, 70 * s, 90 * s, 3, to(1, 2)}},
		"overtaken, without a range":    {{"g", 3, 0, 0, 3, none}, {"g", 4, 0, 0, 0, none}, {"g", 5, 0, 0, 0, none}, {"g", 2, 0, 0, 2, none}},
		"he comes from beyond the 50th": {{"g", 60, 0, min, 0, to(0, 1)}, {"g", 51, 0, min, 0, to(0, 1)}, {"g", 50, 0, min, 50, to(0, 1)}, {"g", 3, 0, min, 3, to(0, 1)}},
		"another group's queue":         {{"g", 1, 0, 0, 1, none}, {"h", 7, 0, 0, 7, none}, {"h", 8, 0, 0, 0, none}},
		"the range rises mark by mark": {{"g", 3, 0, min, 3, to(0, 1)}, {"g", 3, 3 * min, 9 * min, 3, to(0, 1)}, {"g", 3, 3 * min, 9 * min, 3, to(1, 2)},
			{"g", 3, 3 * min, 9 * min, 3, to(1, 2)}, {"g", 3, 3 * min, 9 * min, 3, to(2, 3)}},
		"one end rises and the other falls": {{"g", 3, 4 * min, 5 * min, 3, to(4, 5)}, {"g", 3, 2 * min, 9 * min, 3, to(2, 5)}, {"g", 3, 2 * min, 9 * min, 3, to(2, 5)},
			{"g", 3, 2 * min, 9 * min, 3, to(2, 7)}},
		"and falls at once": {{"g", 3, 7 * min, 9 * min, 3, to(7, 10)}, {"g", 3, 2 * min, 3 * min, 3, to(2, 3)}, {"g", 3, 4 * s, 20 * s, 3, to(0, 1)}},
		"it rises mark by mark across a time without one": {{"g", 3, 2 * min, 3 * min, 3, to(2, 3)}, {"g", 3, 0, 0, 3, none}, {"g", 3, 0, 0, 3, none},
			{"g", 3, 8 * min, 9 * min, 3, to(3, 4)}, {"g", 3, 0, 0, 3, none}, {"g", 3, 8 * min, 9 * min, 3, to(4, 5)}},
		"a short time without one lets it not rise": {{"g", 3, 2 * min, 3 * min, 3, to(2, 3)}, {"g", 3, 8 * min, 9 * min, 3, to(2, 3)},
			{"g", 3, 8 * min, 9 * min, 3, to(3, 4)}, {"g", 3, 0, 0, 3, none}, {"g", 3, 8 * min, 9 * min, 3, to(4, 5)}},
		"it falls across a time without one": {{"g", 3, 8 * min, 9 * min, 3, to(7, 10)}, {"g", 3, 0, 0, 3, none}, {"g", 3, 2 * min, 3 * min, 3, to(2, 3)}},
		"the first one says what is true":    {{"g", 3, 0, 0, 3, none}, {"g", 3, 8 * min, 9 * min, 3, to(7, 10)}},
		"another group's begins anew":        {{"g", 3, 0, min, 3, to(0, 1)}, {"h", 5, 8 * min, 9 * min, 5, to(7, 10)}},
	} {
		w, at := word{}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for i, l := range looks {
			at = at.Add(16 * time.Second)
			w = next(w, l.group, routing.Told{Position: l.place, Estimate: routing.Estimate{Shown: l.high > 0, Low: l.low, High: l.high}}, at)
			if w.position != l.want || w.wait != l.told {
				t.Errorf("%s: at look %d he is told %d and %+v, want %d and %+v", name, i, w.position, w.wait, l.want, l.told)
			}
			again := wordOf(w.row("t"))
			if diff := cmp.Diff(w, again, cmp.AllowUnexported(word{})); diff != "" {
				t.Fatalf("%s: read again (-want +got):\n%s", name, diff)
			}
			w = again
		}
	}
}
