package routing_test

import (
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// rungNow lets the router decide at a time, and returns who rings then.
func rungNow(s *routing.State, at time.Time) []chat.AgentID {
	ds, _ := routing.Decide(*s, at)
	s.Apply(ds...)
	var who []chat.AgentID
	for _, o := range s.Threads[0].Offers {
		who = append(who, o.Agent)
	}
	slices.Sort(who)
	return who
}

// TestRingAll_AsksTheVisitorsOwnContactFirst: as every method does. He is rung alone
// while he is there, waited for while he is full, and in vain or away all are rung.
func TestRingAll_AsksTheVisitorsOwnContactFirst(t *testing.T) {
	t.Parallel()
	type look struct {
		after time.Duration
		want  []chat.AgentID
	}
	ada, ben, both := []chat.AgentID{"ada"}, []chat.AgentID{"ben"}, []chat.AgentID{"ada", "ben"}
	for name, c := range map[string]struct {
		owner  chat.AgentID
		full   bool
		status chat.Status
		looks  []look
	}{
		"nobody's":   {"", false, chat.Accepting, []look{{0, both}}},
		"he is free": {"ada", false, chat.Accepting, []look{{0, ada}, {19 * time.Second, ada}, {20 * time.Second, ben}}},
		"he is full": {"ada", true, chat.Accepting, []look{{0, nil}, {59 * time.Second, nil}, {60 * time.Second, ben}}},
		"he is away": {"ada", false, chat.Away, []look{{0, ben}}},
	} {
		s := routing.State{Limit: 1,
			Agents: []routing.Agent{{ID: "ada", Name: "Ada", Status: c.status, AliveAt: far}, {ID: "ben", Name: "Ben", Status: chat.Accepting, AliveAt: far}},
			Groups: []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "ada"}, {Agent: "ben"}}, Distribution: routing.Distribution{Method: routing.RingAll}}}}
		s.Arrive(routing.Thread{ID: "t", Group: "g", QueuedAt: chat.Micros(morning), Owner: c.owner})
		if c.full {
			s.Threads = append(s.Threads, routing.Thread{ID: "busy", Group: "g", State: chat.Active, Lead: "ada"})
		}
		for _, l := range c.looks {
			if got := rungNow(&s, morning.Add(l.after)); !slices.Equal(got, l.want) {
				t.Errorf("%s: after %s it rings at %v, want %v", name, l.after, got, l.want)
			}
		}
	}
}
