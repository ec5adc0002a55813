package stream

import (
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
)

// TestAgents_AreToldOfTheMomentTheyComeAndGo: the first connection and the last,
// and a return within the time that counts as a reload.
func TestAgents_AreToldOfTheMomentTheyComeAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		told := make(chan chat.AgentID, 1)
		r.hub.agents = told
		want := func(what string, n int, here bool) {
			t.Helper()
			synctest.Wait()
			if len(told) != n || r.hub.Here("a_1") != here {
				t.Errorf("%s: told %d times, here %v", what, len(told), r.hub.Here("a_1"))
			}
			for len(told) > 0 {
				<-told
			}
		}
		a := r.hire("a_1", chat.Member)
		_, one := r.follow(a, "")
		want("the first", 1, true)
		_, other := r.follow(a, "")
		one.Detach()
		want("one of two has gone", 0, true)
		other.Detach()
		want("the last", 1, false)
		time.Sleep(2 * time.Second)
		_, again := r.follow(a, "")
		want("back after a reload", 1, true)
		again.session = "n_mine"
		if r.hub.Elsewhere("a_1", "n_mine") || !r.hub.Elsewhere("a_1", "n_other") {
			t.Error("which sign-in is connected is not known")
		}
		again.Detach()
	})
}
