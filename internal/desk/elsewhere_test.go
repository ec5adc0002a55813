package desk_test

import (
	"testing"

	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// TestElsewhere_OthersSayWhatTheyReachNow, and not what they reached before.
func TestElsewhere_OthersSayWhatTheyReachNow(t *testing.T) {
	t.Parallel()
	w := desktest.NewPostgres(t)
	is := func(want desk.Elsewhere) {
		t.Helper()
		if got := w.Desk.AskElsewhere(t.Context()); got != want {
			t.Errorf("elsewhere: %s, want %s", got, want)
		}
	}
	is(desk.NoOthers)
	two, three := w.Apart("n.2"), w.Apart("n.3") // a host's name may have dots
	for _, d := range []*desk.Desk{two, three, w.Desk} {
		if err := d.Report(t.Context(), "1.0", desk.NodeHealth{}); err != nil {
			t.Fatal(err)
		}
	}
	is(desk.OthersSilent)
	defer two.AnswerElsewhere()()
	is(desk.OthersReach)
	w.Cut(two)
	is(desk.OthersAway)
	defer three.AnswerElsewhere()()
	is(desk.OthersReach)
	w.Cut(three)
	is(desk.OthersAway)
}
