package routing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestStandings_TellWhatAVisitorMeets is what the group chooser and the widget
// show of a Group.
func TestStandings_TellWhatAVisitorMeets(t *testing.T) {
	t.Parallel()
	hours := `{"zone":"UTC","week":[{"day":"mon","from":"08:00","to":"17:00"},{"day":"tue","from":"10:00","to":"17:00"}]}`
	tuesday := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC).UnixMicro()
	waiting := func(n int) func(*routing.State) {
		return func(s *routing.State) {
			for i := range n {
				s.Arrive(routing.Thread{ID: chat.ThreadID(fmt.Sprint("w", i)), Group: "g", QueuedAt: chat.Micros(morning)})
			}
		}
	}
	busy := func(s *routing.State) {
		s.Threads = append(s.Threads, routing.Thread{ID: "busy", Group: "g", State: chat.Active, Lead: "anna"})
	}
	for _, c := range []struct {
		name   string
		at     string
		change []func(*routing.State)
		want   routing.Standing
	}{
		{"somebody is free", "2026-03-02T09:00:00Z", nil, routing.Standing{State: routing.Online, Why: "1 free in G.", Accepting: 1, Free: 1}},
		{"all are busy", "2026-03-02T09:00:00Z", []func(*routing.State){busy, waiting(2)}, routing.Standing{State: routing.OnlineForQueue, Why: "2 wait in G.", Waiting: 2, Accepting: 1}},
		{"the queue is full", "2026-03-02T09:00:00Z", []func(*routing.State){busy, waiting(3), func(s *routing.State) {
			ds, _ := routing.Decide(*s, morning)
			s.Apply(ds...)
		}}, routing.Standing{State: routing.QueueFull, Why: "The queue of G is full.", Waiting: 3, Accepting: 1}},
		{"nobody accepts", "2026-03-02T09:00:00Z", []func(*routing.State){func(s *routing.State) { s.SetStatus("anna", chat.Away, "", 0) }},
			routing.Standing{State: routing.NotOnline, Why: "Nobody in G takes chats now."}},
		{"a supervisor does not count", "2026-03-02T09:00:00Z", []func(*routing.State){func(s *routing.State) { s.Groups[0].Members[0].Class = routing.ClassSupervisor }},
			routing.Standing{State: routing.NotOnline, Why: "Nobody in G takes chats now."}},
		{"it closes soon", "2026-03-02T16:55:00Z", nil, routing.Standing{State: routing.NotOnline, Why: "G closes soon and takes no new chats.", Closed: true, OpensAt: tuesday, Accepting: 1, Free: 1}},
		{"it is closed", "2026-03-02T20:00:00Z", nil, routing.Standing{State: routing.NotOnline, Why: "G is closed.", Closed: true, OpensAt: tuesday, Accepting: 1, Free: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := routing.State{Limit: 1, Agents: []routing.Agent{{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: far}},
				Groups: []routing.Group{{ID: "g", Name: "G", Hours: parse(t, hours), Members: []routing.Member{{Agent: "anna"}}}}}
			for _, change := range c.change {
				change(&s)
			}
			c.want.Group, c.want.Name = "g", "G"
			got := s.Standings(instant(t, c.at))
			if diff := cmp.Diff([]routing.Standing{c.want}, got, inEnglish); diff != "" || got[0].Because.English() != c.want.Why {
				t.Errorf("%q (-want +got):\n%s", got[0].Because.English(), diff)
			}
		})
	}
}

// TestWait_CountsWhoIsAhead asks for the estimate of queued visitors.
func TestWait_CountsWhoIsAhead(t *testing.T) {
	t.Parallel()
	s := routing.State{Limit: 1, Agents: []routing.Agent{{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: far}},
		Groups:  []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "anna"}}}, {ID: "h", Name: "H"}},
		Threads: []routing.Thread{{ID: "busy", Group: "g", State: chat.Active, Lead: "anna"}}}
	for i, g := range []chat.GroupID{"g", "h", "g"} {
		s.Arrive(routing.Thread{ID: chat.ThreadID(fmt.Sprint("w", i)), Group: g, QueuedAt: int64(i)})
	}
	for id, want := range map[chat.ThreadID]time.Duration{"w0": 100 * time.Second, "w2": 200 * time.Second} {
		if e := s.Wait(id, routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}, morning); !e.Shown || e.Mean != want {
			t.Errorf("%s waits %+v, want a mean of %s", id, e, want)
		}
	}
	if told := s.Waits("g", routing.Known{}, morning); len(told) != 2 || told[1].Thread != "w2" || told[1].Position != 2 {
		t.Errorf("told %+v", told)
	}
	for id, why := range map[chat.ThreadID]string{"w1": "Nobody takes chats now.", "busy": "The visitor does not wait."} {
		if e := s.Wait(id, routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}, morning); e.Shown || e.Why != why {
			t.Errorf("%s: %+v, want hidden: %s", id, e, why)
		}
	}
}

// TestQueue_OpensAgainAtTheShareOfItsGroup: a full queue of ten; at 100 % it opens as
// soon as one fewer waits.
func TestQueue_OpensAgainAtTheShareOfItsGroup(t *testing.T) {
	t.Parallel()
	for share, want := range map[int]int{0: 7, 1: 0, 50: 5, 70: 7, 99: 9, 100: 9} {
		s := routing.State{Groups: []routing.Group{{ID: "g", Name: "G", Distribution: routing.Distribution{Method: routing.Pull}, Queue: routing.QueueRule{Max: 10, Reopen: share}}}}
		wait(&s, "g", 10)
		opened := -1
		for left := 10; left >= 0; left-- {
			ds, _ := routing.Decide(s, morning)
			s.Apply(ds...)
			if full := s.Groups[0].Full; left == 10 && !full {
				t.Errorf("%d %%: ten wait, and the queue is not full", share)
			} else if !full && opened < 0 {
				opened = left
			}
			if left > 0 {
				s.Close(s.Queue("g")[0])
			}
		}
		if opened != want {
			t.Errorf("%d %%: it opens when %d wait, want %d", share, opened, want)
		}
	}
}
