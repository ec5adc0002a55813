package chat_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// ledIn is a Conversation of g_1 with everything in it that somebody decides about.
func ledIn(p chat.Policy) chat.State {
	return chat.State{Conversation: chat.Conversation{ID: "c_1", Head: 20}, Thread: &chat.Thread{
		ID: "t_1", Conversation: "c_1", State: chat.Active, Group: "g_1", Policy: p, Lead: "a_lead", Members: []chat.AgentID{"a_part", "a_more"}, Guests: []chat.AgentID{"a_guest"},
		Turn: chat.Turn{
			Invites: []chat.Invite{{Seq: 4, Agent: "a_asked", By: "a_lead"}}, Roles: []chat.Casting{{Agent: "a_part", Role: chat.Expert}},
			Proposals: []chat.Proposal{{Seq: 5, Agent: "a_part"}}, Promise: &chat.Promise{Seq: 6, Owner: "a_lead", Group: "g_1", Due: chat.Micros(noon.Add(time.Hour))},
		}}}
}

func queuedIn(p chat.Policy) chat.State {
	s := ledIn(p)
	s.Thread.State, s.Thread.Lead, s.Thread.Members, s.Thread.Turn = chat.Queued, "", nil, chat.Turn{}
	return s
}

func passedIn(p chat.Policy) chat.State {
	s := ledIn(p)
	s.Thread.Transfer = &chat.Transfer{Seq: 7, By: "a_lead", To: chat.Target{Kind: chat.ToGroup, Group: "g_3"}}
	return s
}

// deedsOf is everything in a chat that depends on who one is.
func deedsOf(a chat.Agent) map[string]func(chat.State) bool {
	three := chat.Group{ID: "g_3", Name: "Three"}
	pass := chat.NewTransfer{To: chat.Target{Kind: chat.ToGroup, Group: three.ID}, Group: three, For: time.Minute}
	part, proposal := chat.Agent{ID: "a_part", Role: chat.Member}, chat.Fact(chat.KindProposal, chat.Actor{Kind: chat.ByAgent, ID: "a_part"}, chat.ForAgents, 1, chat.Said{Text: "x"})
	proposal.Seq = 5
	etiquette := chat.Etiquette{Watch: chat.WatchSupervisors}
	did := func(_ []chat.Event, err error) bool { return err == nil }
	gate := chat.Gate{Who: chat.GateSupervisors}
	return map[string]func(chat.State) bool{
		"see":         func(s chat.State) bool { return s.Access().Admits(a.Viewer()) },
		"watch":       func(s chat.State) bool { return chat.MayWatch(s, a, etiquette, false) == nil },
		"read drafts": func(s chat.State) bool { return chat.LadderOf(s, a, etiquette, false).Drafts },
		"take over": func(s chat.State) bool {
			return did(chat.TakeOver(s, a, "a_lead", "why", etiquette, chat.Room{}, noon))
		},
		"join a full one": func(s chat.State) bool { return did(chat.Join(s, a, chat.Room{Most: 1}, noon)) },
		"invite":          func(s chat.State) bool { return did(chat.InviteIn(s, a, chat.Inviting{Agent: dan, Room: roomy}, noon)) },
		"withdraw invite": func(s chat.State) bool { return did(chat.WithdrawInvite(s, a, 4, noon)) },
		"role":            func(s chat.State) bool { return did(chat.SetRole(s, a, part, chat.Scribe, noon)) },
		"trust":           func(s chat.State) bool { return did(chat.Trust(s, a, part, 5, noon)) },
		"hand the lead":   func(s chat.State) bool { return did(chat.HandLead(s, a, part, chat.Room{}, noon)) },
		"release":         func(s chat.State) bool { return did(chat.Release(s, a, proposal, "", noon)) },
		"discard":         func(s chat.State) bool { return did(chat.Discard(s, a, proposal, "", noon)) },
		"grant":           func(s chat.State) bool { return did(chat.Grant(s, a, []chat.Agent{dan}, noon)) },
		"revoke":          func(s chat.State) bool { return did(chat.Revoke(s, a, chat.Agent{ID: "a_guest"}, noon)) },
		"move": func(s chat.State) bool {
			return did(chat.Move(s, a, chat.NewTransfer{Group: three, Reason: "why"}, chat.Order{}, noon))
		},
		"triage":   func(s chat.State) bool { return did(chat.Triage(s, a, chat.NewTriage{NewTransfer: pass}, noon)) },
		"pass on":  func(s chat.State) bool { return did(chat.PassOn(s, a, pass, noon)) },
		"withdraw": func(s chat.State) bool { return did(chat.Withdraw(s, a, noon)) },
		"let go": func(s chat.State) bool {
			return did(chat.LetGo(s, a, chat.Destination{Group: three}, chat.TransferTold{}, noon))
		},
		"hold": func(s chat.State) bool {
			return did(chat.Hold(s, a, chat.NewHold{NewTransfer: pass, Way: chat.HeldWait, Due: noon.Add(time.Hour)}, noon))
		},
		"cancel promise": func(s chat.State) bool { return did(chat.CancelPromise(s, a, "why", noon)) },
		"pass promise":   func(s chat.State) bool { return did(chat.PassPromise(s, a, dan, "why", nil, noon)) },
		"through its gate": func(chat.State) bool {
			return chat.MayCross(a, chat.Crossing{From: chat.Group{ID: "g_1"}, To: three, Out: gate}) == nil
		},
		"into its gate": func(chat.State) bool {
			return chat.MayCross(a, chat.Crossing{From: three, To: chat.Group{ID: "g_1"}, Into: gate}) == nil
		},
		"another's gate": func(chat.State) bool {
			return chat.MayCross(a, chat.Crossing{From: chat.Group{ID: "g_1"}, To: three, Into: gate}) == nil
		},
		"coach its members": func(chat.State) bool {
			return (chat.Coaching{}).MayCoach(a, chat.Agent{ID: "a_lead", Groups: []chat.GroupID{"g_1"}})
		},
		"coach others": func(chat.State) bool {
			return (chat.Coaching{}).MayCoach(a, chat.Agent{ID: "a_dan", Groups: []chat.GroupID{"g_3"}})
		},
	}
}

// TestOversees_ByClassIsByRoleInThatGroupAndNothingElsewhere: in the group where
// somebody's class is supervisor he may do exactly what the role may; where it is not,
// exactly what he might do without. What makes the difference is listed.
func TestOversees_ByClassIsByRoleInThatGroupAndNothingElsewhere(t *testing.T) {
	t.Parallel()
	person := func(role chat.Role, class chat.Class, of chat.GroupID, groups ...chat.GroupID) chat.Agent {
		return chat.Agent{ID: "a_x", Name: "X", Role: role, Groups: groups, Classes: map[chat.GroupID]chat.Class{of: class}}
	}
	byRole, byClass := person(chat.Supervisor, "", "", "g_1", "g_2"), person(chat.Member, chat.ClassSupervisor, "g_1", "g_1", "g_2")
	colleague, elsewhere := person(chat.Member, "", "", "g_1", "g_2"), person(chat.Member, chat.ClassSupervisor, "g_2", "g_1", "g_2")
	outsider, other := person(chat.Member, "", "", "g_2"), person(chat.Member, chat.ClassSupervisor, "g_2", "g_2")
	former := person(chat.Member, chat.ClassSupervisor, "g_1", "g_2") // a class without the membership is none
	decides := map[string]bool{}
	for _, p := range []chat.Policy{chat.PolicyOpen, chat.PolicyGroup, chat.PolicyLead} {
		for state, make := range map[string]func(chat.Policy) chat.State{"queued": queuedIn, "led": ledIn, "passed on": passedIn} {
			for name := range deedsOf(byRole) {
				may := func(a chat.Agent) bool { return deedsOf(a)[name](make(p)) }
				everywhere := name == "another's gate" || name == "coach others" // what no class gives
				if got, want := may(byClass), may(byRole) && !everywhere; got != want {
					t.Errorf("%s in %s/%s: by class %v, by role %v", name, p, state, got, want)
				}
				if got, want := may(elsewhere), may(colleague); got != want {
					t.Errorf("%s in %s/%s: a supervisor of another group %v, a colleague %v", name, p, state, got, want)
				}
				if got, want := [2]bool{may(other), may(former)}, may(outsider); got != [2]bool{want, want} {
					t.Errorf("%s in %s/%s: a supervisor of another group and a former one %v, an outsider %v", name, p, state, got, want)
				}
				if may(byClass) && !may(colleague) {
					decides[name] = true
				}
			}
		}
	}
	want := []string{"cancel promise", "coach its members", "discard", "grant", "hand the lead", "hold", "into its gate", "invite", "join a full one", "let go", "move", "pass on",
		"pass promise", "read drafts", "release", "revoke", "role", "see", "take over", "through its gate", "trust", "watch", "withdraw", "withdraw invite"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(decides))); diff != "" {
		t.Errorf("the class makes a difference for (-want +got):\n%s", diff)
	}
}

// TestEnrol_CountsRightsWhereTheyChange: who begins or ceases to supervise sees
// something else from that moment, so his cursors are reset; the other classes are
// about whose turn it is.
func TestEnrol_CountsRightsWhereTheyChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		role     chat.Role
		from, to chat.Class
		counts   bool
	}{
		"begins":                            {chat.Member, chat.ClassFirst, chat.ClassSupervisor, true},
		"ceases":                            {chat.Member, chat.ClassSupervisor, chat.ClassNormal, true},
		"goes on":                           {chat.Member, chat.ClassSupervisor, chat.ClassSupervisor, false},
		"another turn":                      {chat.Member, chat.ClassFirst, chat.ClassLast, false},
		"who oversees all, anyway":          {chat.Supervisor, chat.ClassNormal, chat.ClassSupervisor, false},
		"who oversees all, no more":         {chat.Admin, chat.ClassSupervisor, chat.ClassNormal, false},
		"comes new, as a supervisor":        {chat.Member, "none", chat.ClassSupervisor, true},
		"comes new, as a supervisor of all": {chat.Supervisor, "none", chat.ClassSupervisor, true},
	} {
		a := chat.Agent{ID: "a_x", Role: c.role}
		if c.from != "none" {
			a = a.Enrol("g_1", c.from)
		}
		after := a.Enrol("g_1", c.to)
		if got := after.Rights != a.Rights; got != c.counts || after.Rights > a.Rights+1 {
			t.Errorf("%s: rights went from %d to %d", name, a.Rights, after.Rights)
		}
		if after.Oversees("g_1") != (c.role.Oversees() || c.to == chat.ClassSupervisor) || after.Oversees("g_2") != c.role.Oversees() {
			t.Errorf("%s: oversees g_1 %v, g_2 %v", name, after.Oversees("g_1"), after.Oversees("g_2"))
		}
	}
}
