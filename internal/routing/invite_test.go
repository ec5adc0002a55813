package routing_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestInvites_AskOnlyWhoIsFreeAndEndInTime holds, whatever happens before: nobody is
// asked who is in the chat, was asked, takes no chats or has no room for half of
// one; no invitation rings beyond its deadline; none stands in a Thread that nobody
// leads; and where one for a Group rings nobody, there was nobody to ask.
func TestInvites_AskOnlyWhoIsFreeAndEndInTime(t *testing.T) {
	t.Parallel()
	asked := 0
	enough := func() bool { return asked >= 30 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			if d.Kind == routing.DoInvite {
				o := oracle{State: s, now: chat.Micros(now)}
				if !o.guest(o.thread(d.Thread), d.Invite, d.Agent) {
					t.Fatalf("%s is asked into %s\n%s", d.Agent, d.Thread, prefix(ds))
				}
				asked++
			}
			s.Apply(d)
		}
		o := oracle{State: s, now: chat.Micros(now)}
		for _, one := range s.Threads {
			for _, i := range one.Invites {
				switch {
				case one.State != chat.Active:
					t.Fatalf("%s waits in the queue and has an open invitation: %+v", one.ID, i)
				case i.Agent != "" && i.Deadline <= o.now:
					t.Fatalf("it rings too long: %+v at %d", i, o.now)
				case i.Agent == "":
					t.Fatalf("it rings nobody and is not over: %+v", i)
				}
			}
		}
	})
	if !enough() {
		t.Errorf("only %d were asked", asked)
	}
}

// guest answers in the plainest way whether an agent could be asked for a Group's
// invitation.
func (o oracle) guest(t routing.Thread, seq int64, a chat.AgentID) bool {
	i := t.Invites[slices.IndexFunc(t.Invites, func(x chat.Invite) bool { return x.Seq == seq })]
	in := t.Lead == a || slices.Contains(t.Members, a) || slices.ContainsFunc(t.Invites, func(x chat.Invite) bool { return x.Agent == a })
	who := o.Agents[slices.IndexFunc(o.Agents, func(x routing.Agent) bool { return x.ID == a })]
	member := slices.ContainsFunc(o.group(i.Group).Members, func(m routing.Member) bool { return m.Agent == a && m.Class != routing.ClassSupervisor })
	return !in && member && !slices.Contains(i.Asked, a) && o.works(who) && who.Status == chat.Accepting && o.load(a, "")+o.member(t) <= o.LimitOf(who)
}

// TestHeir_IsNeverAScribe holds that an expert leads only where nobody else can.
func TestHeir_IsNeverAScribe(t *testing.T) {
	t.Parallel()
	now := chat.Micros(morning)
	s := routing.State{Limit: 2, Groups: []routing.Group{{ID: "g", Name: "G"}, {ID: "h", Name: "H"}}}
	for _, a := range []chat.AgentID{"lead", "scribe", "expert", "full", "other", "away"} {
		status := chat.Accepting
		if a == "away" {
			status = chat.Away
		}
		s.Agents = append(s.Agents, routing.Agent{ID: a, Name: string(a), Status: status, AliveAt: far})
		if a != "other" {
			s.Groups[0].Members = append(s.Groups[0].Members, routing.Member{Agent: a})
		}
	}
	s.Threads = []routing.Thread{
		{ID: "t", Group: "g", State: chat.Active, Lead: "lead", Roles: []chat.Casting{{Agent: "scribe", Role: chat.Scribe}, {Agent: "expert", Role: chat.Expert}}},
		{ID: "u", Group: "g", State: chat.Active, Lead: "full"}, {ID: "v", Group: "g", State: chat.Active, Lead: "full"},
	}
	for _, c := range []struct {
		members []chat.AgentID
		want    chat.AgentID
	}{
		{[]chat.AgentID{"scribe"}, ""},
		{[]chat.AgentID{"scribe", "full", "away"}, ""},
		{[]chat.AgentID{"scribe", "expert"}, "expert"},
		{[]chat.AgentID{"other", "scribe", "expert"}, "expert"},
		{[]chat.AgentID{"other", "scribe", "away"}, "other"},
		{nil, ""},
	} {
		s.Threads[0].Members = c.members
		if got := s.Heir("t", now); got != c.want {
			t.Errorf("of %v %q leads, want %q", c.members, got, c.want)
		}
	}
}

// TestLoad_AnInvitationKeepsHalfAPlace holds that a scribe and an expert cost what
// every member costs, and who is asked as much.
func TestLoad_AnInvitationKeepsHalfAPlace(t *testing.T) {
	t.Parallel()
	one := routing.Thread{ID: "t", State: chat.Active, Lead: "a", Members: []chat.AgentID{"b", "c"}, Invites: []chat.Invite{{Seq: 1, Agent: "d"}, {Seq: 2, Group: "g"}},
		Roles: []chat.Casting{{Agent: "b", Role: chat.Scribe}, {Agent: "c", Role: chat.Expert}}}
	s := routing.State{Threads: []routing.Thread{one}}
	for a, want := range map[chat.AgentID]int{"a": 100, "b": 50, "c": 50, "d": 50, "e": 0} {
		if got := s.Load(a); got != want {
			t.Errorf("%s holds %d, want %d", a, got, want)
		}
	}
	if one.NeedOfMember("d") != 0 || one.Need("d") != 50 || one.NeedOfMember("e") != 50 {
		t.Error("what is held already is counted again")
	}
}
