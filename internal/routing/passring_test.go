package routing_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestPass_WhoGetsRoomIsRungToo: where everybody of a Group is rung for what is passed
// to it, a colleague who gets room meanwhile is not left out until the ringing ends.
func TestPass_WhoGetsRoomIsRungToo(t *testing.T) {
	t.Parallel()
	for method, want := range map[routing.Method]chat.AgentID{routing.Pull: "cleo", routing.RingAll: "cleo", routing.LeastBusy: ""} {
		s := shared([]chat.AgentID{"anna", "ben", "cleo"})
		s.Groups[0].Distribution.Method = method
		s.Close("busy-ben")
		s.PassOn("busy-anna", chat.Transfer{Seq: 1, By: "anna", To: chat.Target{Kind: chat.ToGroup, Group: "g0"}, At: chat.Micros(morning), Deadline: chat.Micros(morning.Add(time.Hour))})
		ds, _ := routing.Decide(s, morning)
		s.Apply(ds...)
		s.Close("busy-cleo")
		rung := chat.AgentID("")
		ds, _ = routing.Decide(s, morning.Add(time.Second))
		for _, d := range ds {
			if d.Kind == routing.DoOffer && d.Thread == "busy-anna" {
				rung += d.Agent
			}
		}
		if rung != want {
			t.Errorf("%s: %q is rung, want %q", method, rung, want)
		}
	}
}
