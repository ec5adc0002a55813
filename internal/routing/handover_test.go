package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// night is a team at the end of Ada's shift: she leads t1; Ben, Cleo and Dan are in
// Billing with her, Sue oversees it.
func night() routing.State {
	at := chat.Micros(morning)
	agent := func(id, name string) routing.Agent {
		return routing.Agent{ID: chat.AgentID(id), Name: name, Status: chat.Accepting, AliveAt: at, Limit: 2}
	}
	return routing.State{
		Agents: []routing.Agent{agent("ada", "Ada"), agent("ben", "Ben"), agent("cleo", "Cleo"), agent("dan", "Dan"), agent("sue", "Sue")},
		Groups: []routing.Group{{ID: "g", Name: "Billing", Members: []routing.Member{{Agent: "ada"}, {Agent: "ben"}, {Agent: "cleo"}, {Agent: "dan"},
			{Agent: "sue", Class: routing.ClassSupervisor}}}},
		Threads: []routing.Thread{{ID: "t1", Group: "g", State: chat.Active, Lead: "ada"}}}
}

func TestHandOver_ProposesWhoGoesOnAndWhy(t *testing.T) {
	t.Parallel()
	busy := func(s *routing.State, a chat.AgentID, n int) {
		for range n {
			id := chat.ThreadID("b" + string(a) + string(rune('0'+len(s.Threads))))
			s.Threads = append(s.Threads, routing.Thread{ID: id, Group: "g", State: chat.Active, Lead: a})
		}
	}
	for _, c := range []struct {
		name   string
		change func(*routing.State)
		to     chat.AgentID
		why    string
	}{
		{"the least busy", func(s *routing.State) { busy(s, "ben", 1); busy(s, "cleo", 1) }, "dan", "Dan is the least busy of 3 free in Billing, with 0 of 2."},
		{"the longest idle", func(s *routing.State) {
			s.Agents[1].AssignedAt, s.Agents[2].AssignedAt, s.Agents[3].AssignedAt = 3, 2, 5
		}, "cleo", "Cleo has waited the longest of the 3 free in Billing for a new chat."},
		{"who has the skills", func(s *routing.State) { s.Threads[0].Skills, s.Agents[3].Skills = []string{"fr"}, []string{"fr"} }, "dan", "Dan has the skills that were asked for: fr."},
		{"the class before the skills", func(s *routing.State) {
			s.Threads[0].Skills, s.Agents[3].Skills = []string{"fr"}, []string{"fr"}
			s.Groups[0].Members[2].Class = routing.ClassFirst
		}, "cleo", "Cleo comes before the others in Billing."},
		{"who knows the visitor before every class", func(s *routing.State) {
			s.Threads[0].Recent, s.Threads[0].RecentAt = "dan", chat.Micros(morning)-3600e6
			s.Groups[0].Members[2].Class = routing.ClassFirst
		}, "dan", "Dan knows this visitor."},
		{"whoever takes part before who knows him", func(s *routing.State) {
			s.Threads[0].Recent, s.Threads[0].RecentAt, s.Threads[0].Members = "dan", chat.Micros(morning), []chat.AgentID{"ben"}
		}, "ben", "Ben takes part in it already."},
		{"who only writes along is like the others", func(s *routing.State) {
			s.Threads[0].Members, s.Threads[0].Roles = []chat.AgentID{"ben"}, []chat.Casting{{Agent: "ben", Role: chat.Scribe}}
			s.Agents[1].AssignedAt, s.Agents[2].AssignedAt, s.Agents[3].AssignedAt = 3, 2, 5
		}, "cleo", "Cleo has waited the longest of the 3 free in Billing for a new chat."},
		{"who knew him long ago is like the others", func(s *routing.State) {
			s.Threads[0].Recent, s.Threads[0].RecentAt = "dan", chat.Micros(morning.Add(-30*24*time.Hour))
		}, "ben", "Ben and Cleo are level in Billing; the order of their ids decides."},
		{"not who passed it on", func(s *routing.State) { s.Threads[0].Excluded = []chat.AgentID{"ben", "cleo"} }, "dan", "Dan is the only one free in Billing who can take it."},
		{"nobody has room", func(s *routing.State) { busy(s, "ben", 2); busy(s, "cleo", 2); busy(s, "dan", 2) }, "", "Nobody in Billing who takes chats has room for it now."},
		{"the group's own limit", func(s *routing.State) {
			s.Groups[0].Limit = 1
			busy(s, "ben", 1)
			busy(s, "cleo", 1)
			busy(s, "dan", 1)
		}, "", "Nobody in Billing who takes chats has room for it now."},
		{"nobody else is there", func(s *routing.State) {
			s.Agents[1].Status, s.Agents[2].Status, s.Agents[3].AliveAt = chat.Finishing, chat.Away, 0
		}, "", "Nobody else in Billing takes chats now."},
		{"the group is gone", func(s *routing.State) { s.Groups = nil }, "", "Its group is gone; the group that follows it decides."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := night()
			c.change(&s)
			got := s.HandOver("ada", []chat.ThreadID{"t1"}, nil, morning)
			if len(got) != 1 || got[0].To != c.to || got[0].Why != c.why || got[0].Because.English() != c.why {
				t.Errorf("got %+v, want %q: %s", got, c.to, c.why)
			}
		})
	}
}

// TestHandOver_NobodyIsAnHeirWhomThePlaybookExcepts: of its own group alone.
func TestHandOver_NobodyIsAnHeirWhomThePlaybookExcepts(t *testing.T) {
	t.Parallel()
	except := map[chat.GroupID][]chat.AgentID{"g": {"ben", "cleo"}, "other": {"dan"}}
	got := night().HandOver("ada", []chat.ThreadID{"t1"}, except, morning)[0]
	if len(got.Heirs) != 1 || got.Heirs[0].Agent != "dan" || got.To != "dan" {
		t.Errorf("got %+v, want Dan alone", got)
	}
}

// TestHandOver_EachProposalCountsForTheNext: four chats for three colleagues with one
// place each; the visitor who waits is seen to first, and one chat is the group's.
func TestHandOver_EachProposalCountsForTheNext(t *testing.T) {
	t.Parallel()
	s := night()
	s.Limit = 1
	for i := range s.Agents {
		s.Agents[i].Limit = 0
	}
	s.Threads = append(s.Threads, routing.Thread{ID: "t2", Group: "g", State: chat.Active, Lead: "ada", AssignedAt: 1},
		routing.Thread{ID: "t3", Group: "g", State: chat.Active, Lead: "ada", AssignedAt: 2, WaitingSince: 9},
		routing.Thread{ID: "t4", Group: "g", State: chat.Queued, Held: &chat.Target{Kind: chat.ToAgent, Agent: "ada", Group: "g"}, AssignedAt: 3})
	got := map[chat.ThreadID]chat.AgentID{}
	for _, one := range s.HandOver("ada", []chat.ThreadID{"t4", "t3", "t2", "t1", "none"}, nil, morning) {
		got[one.Thread] = one.To
	}
	want := map[chat.ThreadID]chat.AgentID{"t3": "ben", "t1": "cleo", "t2": "dan", "t4": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHandOver_AnInvitationEndsWithTheLead: who is asked into a chat and then leads it
// is not counted for both, so that there is room for the next one.
func TestHandOver_AnInvitationEndsWithTheLead(t *testing.T) {
	t.Parallel()
	s := night()
	s.Agents = slices.DeleteFunc(s.Agents, func(a routing.Agent) bool { return a.ID == "cleo" || a.ID == "dan" })
	s.Agents[1].Limit = 2
	s.Threads[0].Invites = []chat.Invite{{Seq: 1, Agent: "ben", By: "ada"}}
	s.Threads = append(s.Threads, routing.Thread{ID: "t2", Group: "g", State: chat.Active, Lead: "ada", AssignedAt: 9})
	for _, one := range s.HandOver("ada", []chat.ThreadID{"t1", "t2"}, nil, morning) {
		if one.To != "ben" {
			t.Errorf("%s goes to %q: %s", one.Thread, one.To, one.Why)
		}
	}
}

// TestHandOver_KeepsEveryLimitAndLeavesNothingOut is the law of the proposal, in any
// team: each Thread is named once, nobody is above a limit for it, only those are
// named who take chats, and the group is the answer only where nobody has room.
func TestHandOver_KeepsEveryLimitAndLeavesNothingOut(t *testing.T) {
	t.Parallel()
	given, left := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(3, 25).Draw(t, "acts") {
			w.act(t)
			ds, _ := routing.Decide(w.state, time.UnixMicro(w.now))
			w.state.Apply(ds...)
		}
		s, now := w.state, time.UnixMicro(w.now)
		from := w.anyAgent(t)
		var mine []chat.ThreadID
		for _, one := range s.Threads {
			if one.State != chat.IsClosed && one.Lead == from {
				mine = append(mine, one.ID)
			}
		}
		all := s.HandOver(from, mine, nil, now)
		checkSame(t, s, from, mine, now, all)
		var named []chat.ThreadID
		takes := map[chat.AgentID]bool{}
		for _, seat := range s.Seats(now) {
			takes[seat.Agent] = seat.Takes
		}
		after := copied(s)
		for _, one := range all {
			named = append(named, one.Thread)
			if one.To == "" {
				left++
				continue
			}
			given++
			if one.To == from || !takes[one.To] {
				t.Fatalf("%s goes to %s, who is not there for it", one.Thread, one.To)
			}
			i := slices.IndexFunc(after.Threads, func(x routing.Thread) bool { return x.ID == one.Thread })
			after.Apply(routing.Decision{Kind: routing.DoAssign, Thread: one.Thread, Agent: one.To, Group: after.Threads[i].Group, At: w.now})
			o := oracle{State: after, now: w.now}
			g := o.group(after.Threads[i].Group)
			if load, limit := o.load(one.To, ""), after.LimitOf(w.agent(one.To)); load > limit || (g.Limit > 0 && o.load(one.To, g.ID) > 100*g.Limit) {
				t.Fatalf("%s has %d of %d after %+v", one.To, load, limit, all)
			}
		}
		checkLeft(t, s, after, from, all, takes, w.now)
		slices.Sort(named)
		slices.Sort(mine)
		if !slices.Equal(named, mine) {
			t.Fatalf("named %v of %v", named, mine)
		}
	})
	if given < 20 || left < 20 {
		t.Errorf("%d were given and %d left to the group: too few to tell", given, left)
	}
}

// checkSame holds that the order of rows changes nothing.
func checkSame(t *rapid.T, s routing.State, from chat.AgentID, mine []chat.ThreadID, now time.Time, want []routing.Succession) {
	other, ids := copied(s), slices.Clone(mine)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
	r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	r.Shuffle(len(other.Agents), func(i, j int) { other.Agents[i], other.Agents[j] = other.Agents[j], other.Agents[i] })
	r.Shuffle(len(other.Threads), func(i, j int) { other.Threads[i], other.Threads[j] = other.Threads[j], other.Threads[i] })
	if diff := cmp.Diff(want, other.HandOver(from, ids, nil, now)); diff != "" {
		t.Fatalf("in another order (-want +got):\n%s", diff)
	}
}

// checkLeft holds that nobody who takes chats has room for what is left to a group,
// once everything is given. An offer that ends with its Thread's going may make room
// later, so such are left out.
func checkLeft(t *rapid.T, before, after routing.State, from chat.AgentID, all []routing.Succession, takes map[chat.AgentID]bool, now int64) {
	o, was := oracle{State: after, now: now}, oracle{State: before, now: now}
	if slices.ContainsFunc(all, func(y routing.Succession) bool {
		return len(was.thread(y.Thread).Offers) > 0 || was.thread(y.Thread).Transfer != nil
	}) {
		return
	}
	for _, one := range all {
		x := o.thread(one.Thread)
		if one.To != "" {
			continue
		}
		g := o.group(x.Group)
		for _, m := range g.Members {
			if !takes[m.Agent] || m.Agent == from || m.Class == routing.ClassSupervisor || slices.Contains(x.Excluded, m.Agent) {
				continue
			}
			i := slices.IndexFunc(after.Agents, func(a routing.Agent) bool { return a.ID == m.Agent })
			need := x.Need(m.Agent)
			if o.load(m.Agent, "")+need <= after.LimitOf(after.Agents[i]) && (g.Limit == 0 || o.load(m.Agent, g.ID)+need <= 100*g.Limit) {
				t.Fatalf("%s is left to %s, and %s has room: %+v", one.Thread, g.ID, m.Agent, all)
			}
		}
	}
}
