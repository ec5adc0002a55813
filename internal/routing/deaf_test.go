package routing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestDeaf_NobodyDeafIsGivenAChatBesideWhoHears: in a group that passes over who is deaf
// he is asked only where nobody who hears is left to ask for that chat.
func TestDeaf_NobodyDeafIsGivenAChatBesideWhoHears(t *testing.T) {
	t.Parallel()
	passed, last := 0, 0
	enough := func() bool { return passed >= 100 && last >= 100 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			o := oracle{State: s, now: chat.Micros(now)}
			given := d.Kind == routing.DoOffer || d.Kind == routing.DoAssign
			if given && o.group(d.Group).Distribution.SkipDeaf && d.Cause != routing.CausePassed {
				one := o.thread(d.Thread)
				i := slices.IndexFunc(s.Agents, func(a routing.Agent) bool { return a.ID == d.Agent })
				skips := o.skips(one, s.Agents[i])
				if one.Held != nil {
					skips = one.Held.Agent == "" && o.skipsHeld(one, s.Agents[i])
				}
				if skips {
					t.Fatalf("%s is deaf and others are not: %s\n%s", d.Agent, prefix(ds), text(s))
				}
				said := strings.Contains(d.Why, "Passed over, since no device calls them")
				if said {
					passed++
				}
				if s.Agents[i].Deaf {
					last++
					if said || !strings.Contains(d.Why, "is asked all the same") {
						t.Fatalf("%s is asked though deaf, and that is not said: %s", d.Agent, d.Why)
					}
				}
			}
			s.Apply(d)
		}
	})
	if !enough() {
		t.Errorf("only %d choices passed over somebody, %d asked somebody deaf", passed, last)
	}
}

// bare is what a decision does, without its words.
func bare(ds []routing.Decision) string {
	var lines []string
	for _, d := range ds {
		lines = append(lines, fmt.Sprint(d.Kind, d.Thread, d.Agent, d.Group, d.Previous, d.Invite, d.Cause, d.Over, d.Deadline))
	}
	return strings.Join(lines, "\n")
}

// with is a State whose groups pass over who is deaf, or not, and whose agents are so.
func with(s routing.State, skip bool, deaf func(routing.Agent) bool) routing.State {
	s = copied(s)
	for i := range s.Groups {
		s.Groups[i].Distribution.SkipDeaf = skip
	}
	for i := range s.Agents {
		s.Agents[i].Deaf = deaf(s.Agents[i])
	}
	return s
}

// TestDeaf_WhereAllAreItIsAsIfTheGroupSaidNothing: nobody is left waiting since all are
// deaf; and where the group says nothing, or nobody is deaf, nothing changes either.
func TestDeaf_WhereAllAreItIsAsIfTheGroupSaidNothing(t *testing.T) {
	t.Parallel()
	all := func(routing.Agent) bool { return true }
	none := func(routing.Agent) bool { return false }
	same := func(a routing.Agent) bool { return a.Deaf }
	walk(t, func(t *rapid.T, s routing.State, now time.Time, _ []routing.Decision, _ time.Time) {
		plain, _ := routing.Decide(with(s, false, none), now)
		for name, other := range map[string]routing.State{"all are deaf": with(s, true, all), "nobody is deaf": with(s, true, none), "the groups say nothing": with(s, false, same)} {
			if got, _ := routing.Decide(other, now); bare(got) != bare(plain) {
				t.Fatalf("%s:\n%s\nwithout:\n%s", name, prefix(got), prefix(plain))
			}
		}
	})
}

func deafTeam(method routing.Method) routing.State {
	s := routing.State{Limit: 1,
		Agents: []routing.Agent{{ID: "ada", Name: "Ada", Status: chat.Accepting, AliveAt: far, Deaf: true}, {ID: "ben", Name: "Ben", Status: chat.Accepting, AliveAt: far}},
		Groups: []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "ada"}, {Agent: "ben"}}, Distribution: routing.Distribution{Method: method, SkipDeaf: true}}}}
	s.Arrive(routing.Thread{ID: "t", Group: "g", QueuedAt: chat.Micros(morning)})
	return s
}

func TestDeaf_TheWhySaysIt(t *testing.T) {
	t.Parallel()
	for _, method := range []routing.Method{routing.LeastBusy, routing.RoundRobin, routing.RingAll} {
		s := deafTeam(method)
		ds, _ := routing.Decide(s, morning)
		if len(ds) != 1 || ds[0].Agent != "ben" || !strings.HasSuffix(ds[0].Why, "Passed over, since no device calls them: Ada.") {
			t.Errorf("%s: %s", method, prefix(ds))
		}
		if got := s.Standings(morning)[0]; got.Free != 1 || got.Accepting != 2 {
			t.Errorf("%s: %+v", method, got)
		}
		s.Agents[1].Deaf = true
		if ds, _ = routing.Decide(s, morning); len(ds) == 0 || !strings.HasSuffix(ds[0].Why, "No device calls anybody in G who takes chats, so Ada is asked all the same.") {
			t.Errorf("%s, all deaf: %s", method, prefix(ds))
		}
	}
}

// TestDeaf_WhoWasPassedOverIsAskedWhenTheLastWhoHearsHasGone: within one round of the
// router, since who hears goes to away by it.
func TestDeaf_WhoWasPassedOverIsAskedWhenTheLastWhoHearsHasGone(t *testing.T) {
	t.Parallel()
	s := deafTeam(routing.LeastBusy)
	s.Agents[1].Misses = 2
	ds, _ := routing.Decide(s, morning)
	if len(ds) != 2 || ds[0].Kind != routing.DoAway || ds[1].Kind != routing.DoOffer || ds[1].Agent != "ada" {
		t.Errorf("Ben goes away:\n%s", prefix(ds))
	}
}

// TestDeaf_WhoHearsIsAskedTwiceAndThenTheOther: as everybody is; a visitor never waits for ever since the
// one who hears does not take him.
func TestDeaf_WhoHearsIsAskedTwiceAndThenTheOther(t *testing.T) {
	t.Parallel()
	s := deafTeam(routing.LeastBusy)
	var asked []chat.AgentID
	for at := time.Duration(0); at < 3*time.Minute; at += time.Second {
		ds, _ := routing.Decide(s, morning.Add(at))
		s.Apply(ds...)
		for _, d := range ds {
			if d.Kind == routing.DoOffer {
				asked = append(asked, d.Agent)
				s.Decline(d.Thread, d.Agent, d.At)
			}
		}
	}
	if want := []chat.AgentID{"ben", "ben", "ada", "ada"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
}
