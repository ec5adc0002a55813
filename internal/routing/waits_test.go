package routing_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// shared is a group of busy agents for each list of members.
func shared(members ...[]chat.AgentID) routing.State {
	s, seen := routing.State{Limit: 1}, map[chat.AgentID]bool{}
	for i, some := range members {
		g := routing.Group{ID: chat.GroupID(fmt.Sprint("g", i)), Name: fmt.Sprint("Group ", i)}
		for _, a := range some {
			g.Members = append(g.Members, routing.Member{Agent: a})
			if !seen[a] {
				seen[a] = true
				s.Agents = append(s.Agents, routing.Agent{ID: a, Name: string(a), Status: chat.Accepting, AliveAt: far})
				s.Threads = append(s.Threads, routing.Thread{ID: chat.ThreadID("busy-" + a), Group: g.ID, State: chat.Active, Lead: a})
			}
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

func wait(s *routing.State, g chat.GroupID, n int) {
	for range n {
		i := len(s.Threads)
		s.Arrive(routing.Thread{ID: chat.ThreadID(fmt.Sprintf("w%04d", i)), Group: g, QueuedAt: int64(i)})
	}
}

func lastWait(s routing.State, g chat.GroupID) time.Duration {
	all := s.Waits(g, routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}, morning)
	return all[len(all)-1].Estimate.Mean
}

// TestWaits_SayWhatTheSingleEstimateSays: along a whole queue of a group that
// shares no agent.
func TestWaits_SayWhatTheSingleEstimateSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var members [2][]chat.AgentID
		for g := range members {
			for i := range rapid.IntRange(1, 5).Draw(t, "agents") {
				members[g] = append(members[g], chat.AgentID(fmt.Sprint("a", g, i)))
			}
		}
		s := shared(members[:]...)
		n := rapid.IntRange(1, 80).Draw(t, "waiting")
		for range n {
			wait(&s, chat.GroupID(fmt.Sprint("g", rapid.IntRange(0, 1).Draw(t, "group"))), 1)
		}
		rate := rapid.Float64Range(0.0001, 0.1).Draw(t, "rate")
		k := routing.Known{Rates: routing.Rates{rate}, Leaving: rapid.Float64Range(0, 0.1).Draw(t, "leaving"), Finished: rapid.IntRange(29, 31).Draw(t, "finished")}
		for g, some := range members {
			for i, told := range s.Waits(chat.GroupID(fmt.Sprint("g", g)), k, morning) {
				want := routing.EstimateWait(routing.Waiting{Ahead: i, Rate: rate * float64(len(some)), Leaving: k.Leaving, Finished: k.Finished})
				if told.Position != i+1 || !near(told.Estimate, want) {
					t.Fatalf("the %dth of group %d: %+v, want %+v", i+1, g, told, want)
				}
			}
		}
	})
}

func near(x, y routing.Estimate) bool {
	close := func(a, b time.Duration) bool {
		return math.Abs(float64(a-b)) <= 1e-9*float64(b)+2
	}
	return x.Shown == y.Shown && x.Why == y.Why && close(x.Mean, y.Mean) && close(x.Low, y.Low) && close(x.High, y.High)
}

// TestWaits_CountWhoComesFirstForTheSameAgents: each agent is done with a chat in
// 100 s in the mean.
func TestWaits_CountWhoComesFirstForTheSameAgents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		members [][]chat.AgentID
		before  int // of the first group come before the one of the second
		want    time.Duration
	}{
		{"one agent, ten before", [][]chat.AgentID{{"a"}, {"a"}}, 10, 1100 * time.Second},
		{"the other group has help", [][]chat.AgentID{{"a", "b"}, {"b"}}, 10, 600 * time.Second},
		{"this group has help", [][]chat.AgentID{{"b"}, {"a", "b"}}, 10, 100 * time.Second},
		{"nobody in common", [][]chat.AgentID{{"a"}, {"b"}}, 10, 100 * time.Second},
		{"both have help, and one before", [][]chat.AgentID{{"a", "b"}, {"b", "c"}}, 1, 75 * time.Second},
		{"nobody before", [][]chat.AgentID{{"a"}, {"a"}}, 0, 100 * time.Second},
	} {
		s := shared(c.members...)
		wait(&s, "g0", c.before)
		wait(&s, "g1", 1)
		wait(&s, "g0", 5) // they come later
		if got := lastWait(s, "g1"); (got - c.want).Abs() > time.Millisecond {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if next := s.NextWait("g1", routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}, morning); next.Mean <= lastWait(s, "g1") {
			t.Errorf("%s: who comes now waits %s", c.name, next.Mean)
		}
	}
}

// TestWaits_WhoIsRungWaitsForNoRelease: his place is kept already, and is not to be
// counted again for those behind him. Each agent is done with a chat in 100 s in the
// mean; what rings at several needs one of them, and the next one the others.
func TestWaits_WhoIsRungWaitsForNoRelease(t *testing.T) {
	t.Parallel()
	const nothing, mean = time.Duration(0), 100 * time.Second
	k := routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}
	for _, c := range []struct {
		name    string
		rung    [][]chat.AgentID // by whom each one who waits is rung
		want    []time.Duration
		newcome time.Duration
	}{
		{"nobody is rung", [][]chat.AgentID{nil, nil}, []time.Duration{mean / 4, mean / 2}, 3 * mean / 4},
		{"the first is", [][]chat.AgentID{{"b"}, nil}, []time.Duration{nothing, mean / 4}, mean / 2},
		{"two are", [][]chat.AgentID{{"b"}, nil, {"c"}, nil}, []time.Duration{nothing, mean / 4, nothing, mean / 2}, 3 * mean / 4},
		{"all ring for the first", [][]chat.AgentID{{"b", "c", "d"}, nil, nil, nil}, []time.Duration{nothing, nothing, nothing, mean / 4}, mean / 2},
		{"and one is left for who comes", [][]chat.AgentID{{"b", "c"}}, []time.Duration{nothing}, nothing},
	} {
		s := shared([]chat.AgentID{"a", "b", "c", "d"})
		wait(&s, "g0", len(c.rung))
		asked := map[chat.AgentID]bool{}
		for i, agents := range c.rung {
			for _, a := range agents {
				asked[a] = true
				s.Threads[4+i].Offers = append(s.Threads[4+i].Offers, routing.Offer{Agent: a, At: chat.Micros(morning), Deadline: far})
			}
		}
		s.Threads = slices.DeleteFunc(s.Threads, func(t routing.Thread) bool { return asked[t.Lead] }) // they have room for what rings
		meets := func(who string, got routing.Estimate, want time.Duration) {
			t.Helper()
			if got.Shown != (want > 0) || (got.Mean-want).Abs() > time.Millisecond || (got.Why == "") != got.Shown {
				t.Errorf("%s: %s is told %+v, want %s", c.name, who, got, want)
			}
		}
		for i, told := range s.Waits("g0", k, morning) {
			meets(fmt.Sprint("the one at ", i+1), told.Estimate, c.want[i])
			if told.Position != i+1 {
				t.Errorf("%s: place %d, want %d", c.name, told.Position, i+1)
			}
		}
		meets("who comes now", s.NextWait("g0", k, morning), c.newcome)
		for i := range s.Threads {
			s.Threads[i].Front = true
		}
		meets("who is passed on now", s.FrontWait("g0", k, morning), c.newcome)
	}
}

// TestWaits_WhoIsKeptForSomeIsToldNoRangeOfAll: of two agents one speaks French. Whoever
// is kept for one of them reads no range until he is not, and those behind him read what
// they read behind anybody. Whom nobody is asked for any more takes nothing from them.
func TestWaits_WhoIsKeptForSomeIsToldNoRangeOfAll(t *testing.T) {
	t.Parallel()
	k := routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}
	now := chat.Micros(morning)
	vain := func(each, round int, ended int64, agents ...chat.AgentID) routing.Thread {
		t := routing.Thread{Round: round, RoundAt: ended}
		for _, a := range agents {
			t.Tries = append(t.Tries, routing.Try{Agent: a, Count: each})
		}
		return t
	}
	for _, c := range []struct {
		name   string
		shared routing.Distribution
		first  routing.Thread
		shown  bool
		behind time.Duration // 0 = as behind anybody
	}{
		{"nothing asked", routing.Distribution{}, routing.Thread{}, true, 0},
		{"a skill that one has", routing.Distribution{}, routing.Thread{Skills: []string{"french"}}, false, 0},
		{"a skill that all have", routing.Distribution{}, routing.Thread{Skills: []string{"english"}}, true, 0},
		{"a skill that nobody has", routing.Distribution{SkillWait: -1}, routing.Thread{Skills: []string{"greek"}}, false, 0},
		{"long enough for a skill", routing.Distribution{SkillWait: 30}, routing.Thread{Skills: []string{"french"}}, true, 0},
		{"a skill, where agents take themselves", routing.Distribution{Method: routing.Pull}, routing.Thread{Skills: []string{"french"}}, true, 0},
		{"one of two has passed him on", routing.Distribution{}, routing.Thread{Front: true, Excluded: []chat.AgentID{"a"}}, false, 0},
		{"who is away has passed him on", routing.Distribution{}, routing.Thread{Front: true, Excluded: []chat.AgentID{"away"}}, true, 0},
		{"passed on, where agents take themselves", routing.Distribution{Method: routing.Pull}, routing.Thread{Front: true, Excluded: []chat.AgentID{"a"}}, true, 0},
		{"his own contact is full", routing.Distribution{}, routing.Thread{Owner: "a"}, false, 0},
		{"long enough for him", routing.Distribution{OwnerWait: 30}, routing.Thread{Owner: "a"}, true, 0},
		{"he is away", routing.Distribution{}, routing.Thread{Owner: "away"}, true, 0},
		{"one was asked in vain", routing.Distribution{}, vain(1, 0, 0, "a"), false, 0},
		{"who is away was asked in vain", routing.Distribution{}, vain(1, 0, 0, "away"), true, 0},
		{"all were, and are not asked again at once", routing.Distribution{}, vain(1, 1, now-29e6, "a", "b"), false, 0},
		{"all are asked again", routing.Distribution{}, vain(1, 1, now-31e6, "a", "b"), true, 0},
		{"one was asked twice, the other is still to be", routing.Distribution{}, routing.Thread{Round: 1, RoundAt: now - 60e6,
			Tries: []routing.Try{{Agent: "a", Count: 2}, {Agent: "b", Count: 1}}}, false, 0},
		{"all were asked twice", routing.Distribution{}, vain(2, 2, now-60e6, "a", "b"), false, 50 * time.Second},
		{"all were asked twice, where agents take themselves", routing.Distribution{Method: routing.Pull}, vain(2, 2, now-60e6, "a", "b"), true, 0},
		{"one has come since", routing.Distribution{}, vain(2, 2, now-60e6, "a"), false, 0},
	} {
		s := shared([]chat.AgentID{"a", "b", "away"})
		s.Agents[0].Skills, s.Agents[1].Skills, s.Agents[2].Status = []string{"english", "french"}, []string{"english"}, chat.Away
		s.Groups[0].Distribution = c.shared
		c.first.ID, c.first.Group, c.first.QueuedAt = "first", "g0", now-40e6
		s.Arrive(c.first)
		s.Arrive(routing.Thread{ID: "second", Group: "g0", QueuedAt: now - 10e6})
		told := s.Waits("g0", k, morning)
		if e := told[0].Estimate; e.Shown != c.shown || (e.Why == "") != c.shown {
			t.Errorf("%s: he is told %+v, shown: want %v", c.name, e, c.shown)
		}
		if e, want := told[1].Estimate, cmp.Or(c.behind, 100*time.Second); !e.Shown || e.Mean != want {
			t.Errorf("%s: the one behind is told %+v, want a mean of %s", c.name, e, want)
		}
	}
}

// TestNextWait_StandsBeforeThoseWithLessPriority: who comes now has none of his own.
func TestNextWait_StandsBeforeThoseWithLessPriority(t *testing.T) {
	t.Parallel()
	k := routing.Known{Rates: routing.Rates{0.01}, Finished: routing.MinFinished}
	now := chat.Micros(morning)
	for _, c := range []struct {
		name  string
		first routing.Thread
		other int // the priority of the group in which he comes
		want  time.Duration
	}{
		{"with none either", routing.Thread{}, 0, 300 * time.Second},
		{"with more", routing.Thread{Priority: 1}, 0, 300 * time.Second},
		{"with less", routing.Thread{Priority: -1}, 0, 200 * time.Second},
		{"with less, but waiting for longer than that weighs", routing.Thread{Priority: -1, QueuedAt: now - 200e6}, 0, 300 * time.Second},
		{"with less, but he has talked", routing.Thread{Priority: -1, Front: true}, 0, 300 * time.Second},
		{"his own group comes before", routing.Thread{}, 1, 200 * time.Second},
	} {
		s := shared([]chat.AgentID{"a"}, []chat.AgentID{"a"})
		s.Groups[1].Priority = c.other
		c.first.ID, c.first.Group = "first", "g0"
		if c.first.QueuedAt == 0 {
			c.first.QueuedAt = now - 20e6
		}
		s.Arrive(c.first)
		s.Arrive(routing.Thread{ID: "second", Group: "g1", QueuedAt: now - 10e6})
		if got := s.NextWait("g1", k, morning); !got.Shown || (got.Mean-c.want).Abs() > time.Millisecond {
			t.Errorf("behind one %s he is told %+v, want a mean of %s", c.name, got, c.want)
		}
	}
}
