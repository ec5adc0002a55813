package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// boardWorld has two groups: the world's own, and Billing, whose chats only its
// members see and of which others may know.
func boardWorld(t *testing.T) (w *desktest.World, ada, bill, sue chat.Agent) {
	t.Helper()
	w = desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Share: &routing.Agreement{OldestFirst: true}})
	billing := chat.Group{ID: "g_billing", Name: "Billing", Policy: chat.PolicyGroup, Stub: true, Rules: routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(billing) })
	ada, bill, sue = w.Agent("Ada", chat.Member), w.Agent("Bill", chat.Member, billing.ID), w.Agent("Sue", chat.Supervisor)
	w.Write(func(tx *store.Tx) error {
		ada.Classes, ada.Limit = map[chat.GroupID]chat.Class{w.Group.ID: chat.ClassFirst}, 2
		return tx.SaveAgent(ada)
	})
	return w, ada, bill, sue
}

func groupOn(t *testing.T, b desk.Board, id chat.GroupID) desk.BoardGroup {
	t.Helper()
	for _, g := range b.Groups {
		if g.Group == id {
			return g
		}
	}
	t.Fatalf("no group %s on %+v", id, b.Groups)
	return desk.BoardGroup{}
}

func agentOn(t *testing.T, b desk.Board, id chat.AgentID) desk.BoardAgent {
	t.Helper()
	for _, a := range b.Agents {
		if a.Agent == id {
			return a
		}
	}
	t.Fatalf("no agent %s on %+v", id, b.Agents)
	return desk.BoardAgent{}
}

func TestBoard_ShowsGroupsAndAgentsAsTheyStand(t *testing.T) {
	t.Parallel()
	w, ada, bill, sue := boardWorld(t)
	w.Clock.Advance(time.Minute)
	w.Connect(ada)
	since := chat.Micros(w.Clock.Now())
	v, c := w.Taken(ada)
	v.Says("are you there?")
	w.Clock.Advance(time.Minute)
	waits := chat.Micros(w.Clock.Now())
	w.Arrives("anybody?")
	w.Clock.Advance(time.Minute)
	w.Arrives("me too")
	b := must[desk.Board](t)(w.Desk.Board(t.Context(), sue))
	g := groupOn(t, b, w.Group.ID)
	want := desk.BoardGroup{Group: w.Group.ID, Name: w.Group.Name, State: routing.OnlineForQueue, Why: "2 wait in Team.", Because: chat.Says("group.waiting", 2, "Team"), Waiting: 2, OldestAt: waits, Accepting: 1, Free: 1}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("the group (-want +got):\n%s", diff)
	}
	if g := groupOn(t, b, "g_billing"); g.State != routing.NotOnline || g.OldestAt != 0 || g.Accepting != 0 {
		t.Errorf("Billing is %+v, and nobody is connected", g)
	}
	got := agentOn(t, b, ada.ID)
	wantAda := desk.BoardAgent{Agent: ada.ID, Status: chat.Accepting, Present: true, Takes: true, Load: 100, Limit: 200, Today: 1, AcceptingSince: got.AcceptingSince, Reach: chat.ReachOf("Ada", nil, w.Clock.Now()),
		Groups: []desk.BoardMembership{{Group: w.Group.ID, Class: chat.ClassFirst}},
		Chats:  []desk.BoardChat{{Group: w.Group.ID, Since: since, WaitingSince: since, Conversation: c}}}
	if diff := cmp.Diff(wantAda, got); diff != "" {
		t.Errorf("Ada (-want +got):\n%s", diff)
	}
	if got := agentOn(t, b, bill.ID); got.Present || !got.Lost || got.Takes || got.Groups[0].Class != chat.ClassNormal || len(got.Chats) != 0 {
		t.Errorf("Bill, who accepts and was never there, is %+v", got)
	}
	w.Clock.Advance(time.Hour)
	w.Disconnect(ada)
	w.Clock.Advance(20 * time.Second)
	if got := agentOn(t, must[desk.Board](t)(w.Desk.Board(t.Context(), sue)), ada.ID); got.Present || got.Lost || got.Takes {
		t.Errorf("20 s without a sign of life: %+v", got)
	}
}

// Counts are everybody's; which conversation is meant is not.
func TestBoard_NamesConversationsToWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w, ada, bill, sue := boardWorld(t)
	_, mine := w.Taken(ada)
	_, theirs := w.Arrives("an invoice")
	must[desk.Done](t)(w.Desk.Move(t.Context(), sue, theirs, desk.Moving{Key: w.Key(), Group: "g_billing", Reason: "an invoice"}))
	must[desk.Done](t)(w.Desk.Take(t.Context(), bill, theirs, desk.Taking{Key: w.Key()}))
	_, waits := w.Arrives("another invoice")
	must[desk.Done](t)(w.Desk.Move(t.Context(), sue, waits, desk.Moving{Key: w.Key(), Group: "g_billing", Reason: "an invoice"}))
	for _, c := range []struct {
		who              chat.Agent
		bills, adas      chat.ConversationID
		waiting, stubbed int
	}{{ada, "", mine, 0, 2}, {bill, theirs, mine, 1, 0}, {sue, theirs, mine, 1, 0}} {
		b := must[desk.Board](t)(w.Desk.Board(t.Context(), c.who))
		if got := agentOn(t, b, bill.ID).Chats; len(got) != 1 || got[0].Group != "g_billing" || got[0].Conversation != c.bills {
			t.Errorf("%s reads of Bill's chats %+v, want the id %q", c.who.Name, got, c.bills)
		}
		if got := agentOn(t, b, ada.ID).Chats; len(got) != 1 || got[0].Conversation != c.adas {
			t.Errorf("%s reads of Ada's chats %+v, want the id %q", c.who.Name, got, c.adas)
		}
		if got := groupOn(t, b, "g_billing").Waiting; got != 1 {
			t.Errorf("%s reads that %d wait in Billing, want 1", c.who.Name, got)
		}
		q := must[desk.QueueView](t)(w.Desk.Queue(t.Context(), c.who))
		if len(q.Entries) != c.waiting || (c.waiting == 1 && q.Entries[0].Conversation != waits) {
			t.Errorf("%s reads the queue %+v, want %d", c.who.Name, q.Entries, c.waiting)
		}
		stubs := must[[]desk.Stub](t)(w.Desk.Restricted(t.Context(), c.who))
		if len(stubs) != c.stubbed {
			t.Errorf("%s reads the stubs %+v, want %d", c.who.Name, stubs, c.stubbed)
		}
		for i, one := range stubs {
			if want := []chat.ThreadState{chat.Queued, chat.Active}[i]; one.Group != "g_billing" || one.Name != "Billing" || one.State != want || one.Since == 0 {
				t.Errorf("%s reads the stub %+v, want it %s in Billing", c.who.Name, one, want)
			}
		}
	}
}

func TestRestricted_SaysNothingOfGroupsWithoutStub(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	eve := w.Agent("Eve", chat.Member, "g_other")
	w.Arrives("anybody?")
	if stubs := must[[]desk.Stub](t)(w.Desk.Restricted(t.Context(), eve)); len(stubs) != 0 {
		t.Errorf("a stranger reads %+v", stubs)
	}
}

// TestBoard_KeepsChatsToThemselvesWhereTheGroupDoes: that there is one is told
// where the group says so; the load is everybody's.
func TestBoard_KeepsChatsToThemselvesWhereTheGroupDoes(t *testing.T) {
	t.Parallel()
	for stub, want := range map[bool]int{false: 0, true: 1} {
		w := desktest.New(t)
		w.Group.Stub = stub
		w.SetPolicy(chat.PolicyLead)
		bob, eve := w.Agent("Bob", chat.Member), w.Agent("Eve", chat.Member, "g_other")
		w.Connect(bob, eve)
		_, c := w.Taken(bob)
		got := agentOn(t, must[desk.Board](t)(w.Desk.Board(t.Context(), eve)), bob.ID)
		if len(got.Chats) != want || (want == 1 && got.Chats[0].Conversation != "") || got.Load != 100 {
			t.Errorf("stub %v: a stranger reads %+v at a load of %d", stub, got.Chats, got.Load)
		}
		own := agentOn(t, must[desk.Board](t)(w.Desk.Board(t.Context(), bob)), bob.ID)
		if len(own.Chats) != 1 || own.Chats[0].Conversation != c {
			t.Errorf("stub %v: he himself reads %+v", stub, own.Chats)
		}
	}
}

func TestQueue_NamesTheSentenceThatForbids(t *testing.T) {
	t.Parallel()
	w, ada, bill, _ := boardWorld(t)
	w.Connect(ada)
	var ids []chat.ConversationID
	for range 3 {
		_, c := w.Arrives("hello")
		ids = append(ids, c)
		w.Clock.Advance(time.Second)
	}
	q := must[desk.QueueView](t)(w.Desk.Queue(t.Context(), ada))
	for i, e := range q.Entries {
		if e.Conversation != ids[i] || e.Position != i+1 || e.Group != w.Group.ID || e.Allowed != (i == 0) || (e.Sentence == "") != e.Allowed || e.Because.English() != e.Sentence {
			t.Errorf("entry %d is %+v", i, e)
		}
		if e.Wait != (desk.WaitRange{}) {
			t.Errorf("entry %d has an estimate without a history: %+v", i, e.Wait)
		}
	}
	if len(q.Entries) != 3 {
		t.Errorf("%d entries, want 3", len(q.Entries))
	}
	if want := []desk.Agreed{{Group: w.Group.ID, Sentences: []string{"The chat that has waited longest is taken first."}, Because: chat.Says("share.oldest")}}; !cmp.Equal(want, q.Agreements) {
		t.Errorf("agreements %+v", q.Agreements)
	}
	if i := slices.IndexFunc(q.Loads, func(l desk.Load) bool { return l.Agent == bill.ID }); i < 0 || q.Loads[i] != (desk.Load{Agent: bill.ID, Limit: 400}) {
		t.Errorf("loads %+v", q.Loads)
	}
	w.Clock.Advance(2 * time.Second)
	// What the view forbids the take forbids too, in the same words.
	_, err := w.Desk.Take(t.Context(), ada, ids[1], desk.Taking{Key: w.Key()})
	wantKind(t, "not the oldest", err, chat.Denied)
}

// TestQueue_ForbidsMessagesToo: the agreement holds for what is answered by mail as
// well, whether or not somebody waits live beside it.
func TestQueue_ForbidsMessagesToo(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Share: &routing.Agreement{Most: 1}})
	ada := w.Agent("Ada", chat.Member)
	_, left := w.Arrives("is anybody there?") // nobody is: it is answered by mail
	w.Route()
	later(w, time.Second, ada)
	w.Taken(ada)
	if mode := w.State(left).Thread.Mode; mode != chat.Mail {
		t.Fatalf("what was left while nobody was there is %q", mode)
	}
	q := must[desk.QueueView](t)(w.Desk.Queue(t.Context(), ada))
	if len(q.Entries) != 1 || q.Entries[0].Conversation != left || q.Entries[0].Allowed || q.Entries[0].Sentence == "" {
		t.Errorf("she has as many as was agreed, and reads %+v", q.Entries)
	}
	_, err := w.Desk.Take(t.Context(), ada, left, desk.Taking{Key: w.Key()})
	wantKind(t, "one more than was agreed", err, chat.Denied)
}
