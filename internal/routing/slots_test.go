package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func TestSlots_CountWhatFitsUnderEveryLimit(t *testing.T) {
	t.Parallel()
	now := morning
	alive := chat.Micros(now) - 1e6
	member := func(id chat.AgentID) routing.Member { return routing.Member{Agent: id} }
	s := routing.State{
		Agents: []routing.Agent{
			{ID: "busy", Status: chat.Accepting, AliveAt: alive, Limit: 3},
			{ID: "full", Status: chat.Accepting, AliveAt: alive, Limit: 1},
			{ID: "boss", Status: chat.Accepting, AliveAt: alive},
			{ID: "away", Status: chat.Away, AliveAt: alive}},
		Groups: []routing.Group{
			{ID: "g_all", Members: []routing.Member{member("busy"), member("full"), member("away"), {Agent: "boss", Class: chat.ClassSupervisor}}},
			{ID: "g_less", Limit: 1, Members: []routing.Member{member("busy")}},
			{ID: "g_share", Share: &routing.Agreement{Most: 2}, Members: []routing.Member{member("busy")}},
			{ID: "g_none"}},
		Threads: []routing.Thread{
			{ID: "t1", Group: "g_all", State: chat.Active, Lead: "busy"},
			{ID: "t2", Group: "g_all", State: chat.Active, Lead: "full"}},
	}
	if diff := cmp.Diff(map[chat.GroupID]int{"g_all": 2, "g_less": 1, "g_share": 1, "g_none": 0}, s.Slots(now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFrontWait_StandsBeforeThoseWhoHaveNotTalked(t *testing.T) {
	t.Parallel()
	now := morning
	s := shared([]chat.AgentID{"a1", "a2"})
	wait(&s, s.Groups[0].ID, 9)
	k := routing.Known{Rates: routing.Rates{0.01, 0.01, 0.01, 0.01}, Finished: routing.MinFinished}
	g := s.Groups[0].ID
	front, next := s.FrontWait(g, k, now), s.NextWait(g, k, now)
	if !front.Shown || !next.Shown || front.Mean*5 > next.Mean {
		t.Errorf("passed on now %+v, came now %+v", front, next)
	}
	for i := range s.Threads {
		s.Threads[i].Front = true
	}
	if all := s.FrontWait(g, k, now); all.Mean < next.Mean-time.Second {
		t.Errorf("behind nine of the front class %v, want %v", all.Mean, next.Mean)
	}
	h := &routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(now.Weekday()), Span: routing.Span{From: 0, To: 18 * 60}}}}
	if end, ends := h.ClosesWithin(now, 7); !ends || end.Hour() != 18 {
		t.Errorf("closes %v, %v", end, ends)
	}
	if _, ends := h.ClosesWithin(now.AddDate(0, 0, 1), 7); ends {
		t.Error("what is closed closes")
	}
	if _, ends := (*routing.Hours)(nil).ClosesWithin(now, 7); ends {
		t.Error("what is always open closes")
	}
}
