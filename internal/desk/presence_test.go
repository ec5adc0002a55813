package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// TestCut_ReachesNobodyAfterThreeSeconds: an agent's last connection is cut right
// after a renewal.
func TestCut_ReachesNobodyAfterThreeSeconds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		gone time.Duration // 0 = for good
		lead bool
	}{{"cut off", 0, false}, {"a reload of the page", 2 * time.Second, true}} {
		w := desktest.New(t)
		offering(w, routing.Rules{Distribution: routing.Distribution{}})
		ada := w.Agent("Ada", chat.Member)
		here := []desk.Present{{Agent: ada.ID}}
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check(w.Desk.RenewAgents(t.Context(), here))
		_, ringing := w.Arrives("hello")
		w.Route()
		check(w.Desk.CutPresence(t.Context(), here[0]))
		if c.gone > 0 {
			w.Clock.Advance(c.gone)
			w.Route()
			check(w.Desk.RenewPresence(t.Context(), here))
		}
		w.Clock.Advance(3*time.Second - c.gone)
		_, late := w.Arrives("hello")
		w.Route()
		for what, conversation := range map[string]chat.ConversationID{"what rang": ringing, "what comes then": late} {
			if _, rings := w.State(conversation).Thread.OfferTo(ada.ID); rings != c.lead {
				t.Errorf("%s: 3 s later %s rings: %v", c.name, what, rings)
			}
		}
	}
}
