package routing_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// Nobody is warned of his first reply, nor loses a chat for want of it, while he
// asks somebody to take it over; afterwards the time goes on with what was left.
func TestFirstReply_StandsStillWhileATransferIsOpen(t *testing.T) {
	t.Parallel()
	rested := 0
	enough := func() bool { return rested >= 3 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			if d.Kind == routing.DoWarn || d.Kind == routing.DoRequeue && d.Cause == routing.CauseMissedReply {
				one := thread(s, d.Thread)
				if one.Transfer != nil {
					t.Fatalf("%s while it is passed on", text(d))
				}
				if r := one.Rest; r != nil && d.Kind == routing.DoRequeue && r.Until > max(one.AssignedAt, one.WaitingSince) {
					rested++
					at := chat.Micros(now)
					if ran := at - max(one.AssignedAt, one.WaitingSince) - r.For; ran < 90e6 || at < r.Until+20e6 {
						t.Fatalf("%s after %d s that ran, %d s after the transfer", text(d), ran/1e6, (at-r.Until)/1e6)
					}
				}
			}
			s.Apply(d)
		}
	})
	if !enough() {
		t.Errorf("only %d replies were missed after a transfer", rested)
	}
}

func thread(s routing.State, id chat.ThreadID) routing.Thread {
	for _, one := range s.Threads {
		if one.ID == id {
			return one
		}
	}
	return routing.Thread{}
}
