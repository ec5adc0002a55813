package routing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// conversation is a Conversation whose open Thread routing sees as t.
func conversation(t routing.Thread) chat.State {
	th := chat.Thread{ID: t.ID, Conversation: chat.ConversationID("c" + t.ID), Number: 1, State: t.State, Group: t.Group, Policy: chat.PolicyOpen,
		Lead: t.Lead, Members: t.Members, StartedAt: t.QueuedAt, QueuedAt: t.QueuedAt, WaitingSince: t.WaitingSince}
	th.Turn = chat.Turn{Mode: t.Mode, Priority: t.Priority, Skills: t.Skills, Front: t.Front, BackAt: t.BackAt, Offers: t.Offers, Tries: t.Tries,
		Round: t.Round, RoundAt: t.RoundAt, Excluded: t.Excluded, Recent: t.Recent, RecentAt: t.RecentAt, Owner: t.Owner, AskedAt: t.AskedAt,
		AssignedAt: t.AssignedAt, RepliedAt: t.RepliedAt, WarnedAt: t.WarnedAt, Rest: t.Rest, AnsweredAt: t.AnsweredAt, Idle: t.Idle, Over: t.Over, MovedFrom: t.MovedFrom, Transfer: t.Transfer, Held: t.Held, Invites: t.Invites, Roles: t.Roles}
	return chat.State{Conversation: chat.Conversation{ID: th.Conversation, Kind: chat.FormCustomer}, Thread: &th}
}

// TestEvents_WhatIsStoredIsWhatWasDecided: the events of a decision, folded as the
// store folds them, lead to the Thread that Apply makes. So the simulator, which
// applies, and the desk, which stores, live in the same world.
func TestEvents_WhatIsStoredIsWhatWasDecided(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(3, 12).Draw(t, "acts") {
			w.act(t)
		}
		stored := map[chat.ThreadID]chat.State{}
		for _, th := range w.state.Threads {
			stored[th.ID] = conversation(th)
		}
		team := map[chat.AgentID]chat.Agent{}
		for _, a := range w.state.Agents {
			team[a.ID] = chat.Agent{ID: a.ID, Name: a.Name}
		}
		applied := copied(w.state)
		ds, _ := routing.Decide(w.state, time.UnixMicro(w.now))
		applied.Apply(ds...)
		for _, d := range ds {
			if d.Thread == "" {
				continue
			}
			s := stored[d.Thread]
			events, err := d.Events(s, team, chat.Room{Limit: 1000}, chat.Order{})
			if err != nil || len(events) == 0 || (len(events) > 1 && d.Kind != routing.DoEndPass) {
				t.Fatalf("%s of %s wrote %d events: %v", d.Kind, d.Thread, len(events), err)
			}
			s.Add("", events)
			stored[d.Thread] = s
		}
		for _, want := range applied.Threads {
			got := routing.ViewThread(*stored[want.ID].Thread)
			want.TypingAt = 0
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("thread %s (-applied +stored):\n%s", want.ID, diff)
			}
		}
	})
}

func TestEvents_ADecisionAboutWhatIsOverWritesNothing(t *testing.T) {
	t.Parallel()
	s := conversation(routing.Thread{ID: "t1", Group: "g", State: chat.Active, Lead: "a"})
	s.Thread.State = chat.IsClosed
	for _, kind := range []routing.Kind{routing.DoOffer, routing.DoAssign, routing.DoRequeue, routing.DoIdle, routing.DoAsk} {
		if events, err := (routing.Decision{Kind: kind, Thread: "t1"}).Events(s, nil, chat.Room{}, chat.Order{}); !chat.IsKind(err, chat.Conflict) {
			t.Errorf("%s: %v, %v; want a conflict", kind, events, err)
		}
	}
}

func TestRules_BadOnesAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]routing.Rules{
		"line": {Line: "both"}, "method": {Distribution: routing.Distribution{Method: "lottery"}}, "limit": {Limit: 51}, "priority": {Priority: 101},
		"queue": {Queue: routing.QueueRule{Max: -1}}, "reopen": {Queue: routing.QueueRule{Reopen: 101}}, "zone": {Hours: &routing.Hours{Zone: "Mars/Olympus"}},
		"wait": {Distribution: routing.Distribution{SkillWait: 8 * 24 * 3600}}, "agreement": {Share: &routing.Agreement{Most: -1}},
	} {
		if err := r.Check(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	for name, x := range map[string]routing.Timing{"negative": {Offer: -1}, "warn after reply": {Warn: 90, Reply: 60}, "input": {InputWarn: 700}, "lost before unheard": {Lost: 5}} {
		if err := x.Check(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("timing %s: %v, want invalid", name, err)
		}
	}
	if err := (routing.Timing{}).Check(); err != nil {
		t.Error(err)
	}
}

func TestRules_SurviveTheirJSON(t *testing.T) {
	t.Parallel()
	r := routing.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: routing.RingAll}, Hours: tillHalfPastNine(), Share: &routing.Agreement{Most: 3}}
	got, err := routing.ReadRules(r.Raw())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(r.Raw()), string(got.Raw())); diff != "" {
		t.Error(diff)
	}
	if zero, err := routing.ReadRules(nil); err != nil || zero.Hours != nil || !zero.Hours.Open(morning) {
		t.Errorf("no rules: %+v, %v", zero, err)
	}
	if _, err := routing.ReadRules([]byte(`{"hours":{"zone":"Nowhere/Land"}}`)); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a zone that is not there: %v", err)
	}
}

// TestActs_TheSimulatorsPeopleDoWhatTheLogSays: what people do changes a State as
// folding the events of their acts changes a Conversation.
func TestActs_TheSimulatorsPeopleDoWhatTheLogSays(t *testing.T) {
	t.Parallel()
	done := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(2, 8).Draw(t, "acts") {
			w.act(t)
			ds, _ := routing.Decide(w.state, time.UnixMicro(w.now))
			w.state.Apply(ds...)
		}
		if len(w.state.Threads) == 0 {
			t.Skip("nobody has come")
		}
		one := w.state.Threads[rapid.IntRange(0, len(w.state.Threads)-1).Draw(t, "thread")]
		a := w.agent(w.anyAgent(t))
		if len(one.Offers) > 0 && rapid.Bool().Draw(t, "who is asked") {
			a = w.agent(one.Offers[0].Agent)
		}
		s, who, now := conversation(one), chat.Agent{ID: a.ID, Name: a.Name}, time.UnixMicro(w.now)
		room := chat.Given{Room: chat.Room{Limit: 10_000}}
		acted := copied(w.state)
		var events []chat.Event
		var err error
		name := draw(t, "kind", "visitor", "agent", "accept", "decline", "take", "join", "leave", "pass", "withdraw", "pass on", "send on", "hold", "invite", "refuse", "cast")
		switch name {
		case "visitor":
			acted.VisitorWrote(one.ID, w.now)
			events, err = chat.Post(s, chat.Actor{Kind: chat.ByVisitor, ID: "v"}, chat.NewMessage{Text: "hello"}, now)
		case "agent":
			acted.AgentWrote(one.ID, a.ID, w.now)
			events, err = chat.Post(s, who.Actor(), chat.NewMessage{Text: "hello"}, now)
		case "accept":
			err = acted.Accept(one.ID, a.ID, w.now)
			if err == nil {
				if x := s.Thread.Transfer; x != nil {
					room.Group = &chat.Group{ID: x.To.Group, Policy: chat.PolicyOpen}
				}
				events, err = chat.Accept(s, who, room, now)
			}
		case "decline":
			acted.Decline(one.ID, a.ID, w.now)
			events, err = chat.Decline(s, who, "", now)
		case "take":
			err = acted.Take(one.ID, a.ID, true, w.now)
			if err == nil {
				events, err = chat.Take(s, who, chat.Given{Room: chat.Room{Limit: w.state.LimitOf(a), Load: w.state.Load(a.ID), Need: one.Need(a.ID), MayOver: true, Over: true}}, now)
			}
		case "join":
			acted.Join(one.ID, a.ID)
			events, err = chat.Join(s, who, room.Room, now)
		case "leave":
			acted.Leave(one.ID, a.ID)
			events, err = chat.Leave(s, who, now)
		case "hold":
			to := chat.Target{Kind: chat.ToAgent, Agent: a.ID, Group: w.anyGroup(t)}
			if one.State != chat.Active || a.ID == one.Lead {
				t.Skip("refused")
			}
			m := chat.NewHold{NewTransfer: chat.NewTransfer{To: to, Agent: who, Group: chat.Group{ID: to.Group, Policy: chat.PolicyOpen}}, Way: chat.HeldMail, Due: now.Add(time.Hour), Email: "mia@home.example"}
			events, err = chat.Hold(s, chat.Agent{ID: one.Lead, Name: "Lead"}, m, now)
			acted.Hold(one.ID, one.Lead, to, chat.HeldMail, w.now)
		case "withdraw":
			acted.Withdraw(one.ID, w.now)
			events, err = chat.Withdraw(s, chat.Agent{ID: one.Lead}, now)
		case "pass on":
			to := chat.Target{Kind: chat.ToAgent, Agent: a.ID, Group: w.anyGroup(t)}
			lead := chat.Agent{ID: one.Lead, Name: "Lead"}
			events, err = chat.PassOn(s, lead, chat.NewTransfer{To: to, Agent: who, Group: chat.Group{ID: to.Group}, For: 30 * time.Second}, now)
			acted.PassOn(one.ID, chat.Transfer{Seq: s.Conversation.Head + 1, By: one.Lead, To: to, At: w.now, Deadline: w.now + 30e6})
		case "send on":
			g := w.anyGroup(t)
			to := chat.Target{Kind: chat.ToAgent, Agent: a.ID, Group: g}
			by := chat.Agent{ID: "by", Name: "By", Groups: []chat.GroupID{one.Group}}
			who.Groups = []chat.GroupID{g}
			events, err = chat.Triage(s, by, chat.NewTriage{NewTransfer: chat.NewTransfer{To: to, Agent: who, Group: chat.Group{ID: g}}}, now)
			acted.SendOn(one.ID, by.ID, to, w.now)
		case "invite":
			seq := s.Conversation.Head + 1
			acted.Invite(one.ID, chat.Invite{Seq: seq, Agent: a.ID, By: one.Lead, Role: chat.Expert, At: w.now})
			events, err = chat.InviteIn(s, chat.Agent{ID: one.Lead, Name: "Lead"}, chat.Inviting{Agent: who, Role: chat.Expert, Room: room.Room}, now)
		case "refuse":
			for _, i := range one.Invites {
				if i.Agent != "" && len(events) == 0 {
					acted.Refuse(one.ID, i.Agent)
					events, err = chat.DeclineInvite(s, chat.Agent{ID: i.Agent, Name: "Who is asked"}, i.Seq, "", now)
				}
			}
		case "cast":
			acted.Cast(one.ID, a.ID, chat.Scribe)
			if slices.Contains(one.Members, a.ID) {
				events, err = chat.SetRole(s, chat.Agent{ID: one.Lead, Name: "Lead"}, who, chat.Scribe, now)
			}
		case "pass":
			to := w.anyGroup(t)
			acted.Pass(one.ID, a.ID, to, w.now)
			events = []chat.Event{chat.Pass(s, who, chat.Destination{Group: chat.Group{ID: to}}, "", nil, now)}
		}
		if err != nil {
			t.Skip("refused") // what the rule refuses, nobody does
		}
		s.Add("", events)
		done[name]++
		for _, want := range acted.Threads {
			if want.ID != one.ID {
				continue
			}
			want.TypingAt = 0
			if diff := cmp.Diff(want, routing.ViewThread(*s.Thread), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s of %s by %s (-acted +folded):\n%s", name, one.ID, a.ID, diff)
			}
		}
	})
	if len(done) < 11 {
		t.Errorf("only these were played: %v", done)
	}
}
