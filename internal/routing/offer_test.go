package routing_test

import (
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// ringing is two agents of a group and one visitor, offered to Anna.
func ringing() routing.State {
	return routing.State{
		Agents: []routing.Agent{{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: far}, {ID: "ben", Name: "Ben", Status: chat.Accepting, AliveAt: far}},
		Groups: []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "anna"}, {Agent: "ben"}}}},
		Threads: []routing.Thread{{ID: "t", Group: "g", State: chat.Queued, QueuedAt: chat.Micros(morning),
			Offers: []routing.Offer{{Agent: "anna", At: chat.Micros(morning), Deadline: chat.Micros(morning) + 20e6}}}},
	}
}

func TestOffer_IsWithdrawnWhenItCannotBeTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*routing.State)
		why    string
		next   chat.AgentID // who is asked instead
	}{
		{"away", func(s *routing.State) { s.SetStatus("anna", chat.Away, "lunch", 0) }, "Anna takes no new chats now.", "ben"},
		{"unheard of for ten seconds", func(s *routing.State) { s.Agents[0].AliveAt = chat.Micros(morning) - 10e6 }, "Anna takes no new chats now.", "ben"},
		{"disabled", func(s *routing.State) { s.Agents[0].Disabled = true }, "The offer's agent or group is gone.", "ben"},
		{"removed", func(s *routing.State) { s.Agents = s.Agents[1:] }, "The offer's agent or group is gone.", "ben"},
		{"out of the group", func(s *routing.State) { s.Groups[0].Members = s.Groups[0].Members[1:] }, "Anna is not in G any more.", "ben"},
		{"the group pulls now", func(s *routing.State) { s.Groups[0].Distribution.Method = routing.Pull }, "G takes its chats from the queue now.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := ringing()
			c.change(&s)
			ds, _ := routing.Decide(s, morning.Add(time.Second))
			if len(ds) == 0 || ds[0].Kind != routing.DoWithdraw || ds[0].Agent != "anna" || ds[0].Why != c.why {
				t.Fatalf("decided:\n%s\nwant first: %s", prefix(ds), c.why)
			}
			s.Apply(ds...)
			asked := slices.ContainsFunc(s.Threads[0].Offers, func(o routing.Offer) bool { return o.Agent == c.next })
			if asked != (c.next != "") || len(s.Threads[0].Tries) > 0 {
				t.Errorf("after it: %s", text(s.Threads[0]))
			}
		})
	}
}

func TestOffer_LateAnswersAreRefused(t *testing.T) {
	t.Parallel()
	s := ringing()
	end := chat.Micros(morning) + 20e6
	if err := s.Accept("t", "anna", end); !chat.IsKind(err, chat.Gone) {
		t.Errorf("at its end: %v", err)
	}
	if err := s.Accept("t", "ben", end-1); !chat.IsKind(err, chat.Gone) {
		t.Errorf("by who was not asked: %v", err)
	}
	if err := s.Accept("other", "anna", end-1); !chat.IsKind(err, chat.Gone) {
		t.Errorf("of no chat: %v", err)
	}
	if err := s.Accept("t", "anna", end-1); err != nil || s.Threads[0].Lead != "anna" {
		t.Errorf("in time: %v", err)
	}
}

func TestInput_AwayComesAfterAWarning(t *testing.T) {
	t.Parallel()
	s := ringing()
	s.Threads = nil
	s.Agents[0].InputAt = chat.Micros(morning)
	for _, c := range []struct {
		after time.Duration
		want  routing.Kind
	}{{8 * time.Minute, ""}, {9 * time.Minute, routing.DoWarnIdle}, {9*time.Minute + time.Second, ""}, {10 * time.Minute, routing.DoAway}, {11 * time.Minute, ""}} {
		ds, _ := routing.Decide(s, morning.Add(c.after))
		s.Apply(ds...)
		if got := append(ds, routing.Decision{})[0]; got.Kind != c.want || len(ds) > 1 {
			t.Errorf("after %s: %s", c.after, prefix(ds))
		}
	}
	if a := s.Agents[0]; a.Status != chat.Away || a.Reason != routing.CauseNoInput {
		t.Errorf("Anna is %s, %s", a.Status, a.Reason)
	}
}
