package stream

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// TestAgents_AreToldOfTheMomentADeviceComesAndGoes: the first connection of each
// device and its last, and a return within the time that counts as a reload.
func TestAgents_AreToldOfTheMomentADeviceComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		told := make(chan store.Present, 8)
		r.hub.agents = told
		desk, phone := store.Present{Agent: "a_1", Session: "n_desk"}, store.Present{Agent: "a_1", Session: "n_phone"}
		want := func(what string, whose []store.Present, here ...bool) {
			t.Helper()
			synctest.Wait()
			var got []store.Present
			for len(told) > 0 {
				got = append(got, <-told)
			}
			if now := []bool{r.hub.Here(desk), r.hub.Here(phone)}; !slices.Equal(got, whose) || !slices.Equal(now, here) {
				t.Errorf("%s: told %v, want %v; here %v, want %v", what, got, whose, now, here)
			}
		}
		a := r.hire("a_1", chat.Member)
		_, one := r.follow(a, desk.Session)
		want("the first", []store.Present{desk}, true, false)
		_, other := r.follow(a, desk.Session)
		want("a second tab", nil, true, false)
		_, third := r.follow(a, phone.Session)
		want("the phone", []store.Present{phone}, true, true)
		one.Detach()
		want("one of two tabs has gone", nil, true, true)
		other.Detach()
		want("both have", []store.Present{desk}, false, true)
		third.Detach()
		want("the phone has, too", []store.Present{phone}, false, false)
		time.Sleep(2 * time.Second)
		_, again := r.follow(a, phone.Session)
		want("back after a reload", []store.Present{phone}, false, true)
		again.Detach()
	})
}
