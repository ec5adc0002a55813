package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestPromise_TheSentenceForTheVisitorKeepsNone: who passes a chat on with a word
// has not answered.
func TestPromise_TheSentenceForTheVisitorKeepsNone(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	h.later(time.Minute)
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	h.visitor.Says("are you there?")
	_, err := h.Desk.Transfer(t.Context(), h.ben, h.c, desk.Transfer{Key: h.Key(), To: toAgent(h.cleo), Reason: "a refund", Say: "My colleague knows this better."})
	check(t, err)
	th := h.thread()
	if th.Promise == nil || th.WaitingSince == 0 || th.RepliedAt != 0 {
		t.Errorf("after the sentence: promise %+v, waiting since %d, replied at %d", th.Promise, th.WaitingSince, th.RepliedAt)
	}
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.cleo, h.c, h.Key()))
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.cleo, h.c, says(h.World, "here is your money")))
	if th := h.thread(); th.Promise != nil || th.WaitingSince != 0 {
		t.Errorf("after the answer: promise %+v, waiting since %d", th.Promise, th.WaitingSince)
	}
}

// TestPromise_ASecondOneTakesItsPlace: what is held twice is owed once.
func TestPromise_ASecondOneTakesItsPlace(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	first := h.mustHold(toAgent(h.ben))
	h.later(time.Minute)
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	h.Disconnect(h.cleo)
	later(h.World, time.Minute, h.ada, h.ben)
	_, err := h.Desk.Hold(t.Context(), h.ben, h.c, desk.Hold{Transfer: desk.Transfer{Key: h.Key(), To: toAgent(h.cleo), Reason: "a refund"}, Way: chat.HeldWait})
	check(t, err)
	second := *h.thread().Promise
	if second.Seq == first.Seq || second.Owner != h.cleo.ID {
		t.Errorf("owed now: %+v", second)
	}
	open := h.owed(h.ada, desk.PromiseList{})
	if len(open) != 1 || open[0].Seq != second.Seq {
		t.Errorf("open: %+v", open)
	}
	ended := h.owed(h.ada, desk.PromiseList{Owner: h.ben.ID, Ended: true})
	if len(ended) != 1 || ended[0].Seq != first.Seq || ended[0].How != chat.PromiseCancelled {
		t.Errorf("ended: %+v", ended)
	}
}

// TestTransfer_AcceptsForWhoWatchesAlready: that the sender wants to stay stops
// nobody from accepting where he stays already.
func TestTransfer_AcceptsForWhoWatchesAlready(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	dora := h.Agent("Dora", chat.Admin)
	later(h.World, 0, h.ada, h.ben, h.cleo, dora)
	_, err := h.Desk.Transfer(t.Context(), dora, h.c, desk.Transfer{Key: h.Key(), To: toAgent(h.ben), Reason: "an invoice", Stay: true})
	check(t, err)
	must[desk.Done](t)(h.Desk.Watch(t.Context(), dora, h.c, h.Key()))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	id := h.thread().ID
	h.Read(func(tx *store.Tx) error {
		watches, err := tx.WatchesOf(id)
		if len(watches) != 1 || watches[0].Watcher != dora.ID || watches[0].Lead != h.ben.ID {
			t.Errorf("it is watched: %+v", watches)
		}
		return err
	})
}

// TestTransfer_IsNoWait: who passes from lead to lead has not stood in the queue.
func TestTransfer_IsNoWait(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.ada, h.c, says(h.World, "hello")))
	h.later(25 * time.Minute)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if a := last[chat.Assigned](t, h.World, h.c, chat.KindAssign); a.Cause != chat.ByTransfer || a.WaitedMS != 0 {
		t.Errorf("assigned %+v", a)
	}
}

// TestTransfer_AcceptedWhenItsGroupIsGone: the chat belongs to the group that has
// the deleted one's chats.
func TestTransfer_AcceptedWhenItsGroupIsGone(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	h.billing.Deleted, h.billing.Successor = true, h.Group.ID
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(h.billing) })
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if th := h.thread(); th.Group != h.Group.ID || th.Lead != h.ben.ID {
		t.Errorf("led by %s in %s", th.Lead, th.Group)
	}
}

// TestHold_StandsInNobodysWay: a chat that waits for Ben is not given to Cleo who
// takes the next one, is no older one that she has skipped, and is not what the
// board calls the oldest.
func TestHold_StandsInNobodysWay(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	h.Connect(h.cleo)
	later(h.World, time.Minute, h.ada, h.cleo)
	_, err := h.Desk.TakeNext(t.Context(), h.cleo, h.Key())
	wantKind(t, "the next one where one waits for somebody else", err, chat.Missing)
	for _, g := range must[desk.Board](t)(h.Desk.Board(t.Context(), h.cleo)).Groups {
		if g.OldestAt != 0 {
			t.Errorf("%s: the oldest waits since %d", g.Name, g.OldestAt)
		}
	}
}

// TestHold_LettingItRingIsNoMiss: who is asked for what was held for him knows of
// it from then on.
func TestHold_LettingItRingIsNoMiss(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	later(h.World, time.Minute, h.ada, h.cleo, h.ben)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.ben.ID}) {
		t.Fatalf("it rings %v", who)
	}
	later(h.World, 5*time.Minute, h.ada, h.cleo, h.ben)
	th := h.thread()
	h.Read(func(tx *store.Tx) error {
		duty, err := tx.Duty(h.ben.ID)
		if duty.Misses != 0 || len(th.Offers) != 0 || th.Held == nil {
			t.Errorf("Ben has missed %d; %+v", duty.Misses, th)
		}
		return err
	})
}

// TestHold_OverdueWaitsFromThen: a chat that waited for one stands in the queue from
// the moment when it is free.
func TestHold_OverdueWaitsFromThen(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Due = h.Clock.Now().Add(time.Hour) })
	h.Clock.Advance(time.Hour + time.Second)
	doJobs(t, h.World, desk.JobPromise, h.Desk.WarnOfPromise)
	free := chat.Micros(h.Clock.Now())
	h.Clock.Advance(time.Minute)
	h.Connect(h.cleo)
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.cleo, h.c, desk.Taking{Key: h.Key()}))
	a := last[chat.Assigned](t, h.World, h.c, chat.KindAssign)
	if want := (chat.Micros(h.Clock.Now()) - free) / 1000; a.WaitedMS != want {
		t.Errorf("it waited %d ms, want %d", a.WaitedMS, want)
	}
}

// TestDisabled_LeavesNothingBehind: what a disabled agent led waits again, he is a
// member of nothing, and what he owed his group owes.
func TestDisabled_LeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	dora := s.Agent("Dora", chat.Admin)
	disabled := true
	_, err := s.Desk.ChangeAgent(t.Context(), dora, s.ada.ID, desk.AgentChange{Disabled: &disabled})
	check(t, err)
	for _, c := range []chat.ConversationID{s.led, s.answered, s.joined, s.owed} {
		th := s.State(c).Thread
		if th.TakesPart(s.ada.ID) || (th.Promise != nil && th.Promise.Owner != "") || (th.Held != nil && th.Held.Agent != "") {
			t.Errorf("%s: led by %q, members %v, owed %+v, held for %+v", c, th.Lead, th.Members, th.Promise, th.Held)
		}
	}
	if th := s.State(s.owed).Thread; th.Promise == nil || th.Held == nil || th.Held.Kind != chat.ToGroup {
		t.Errorf("what she owed: %+v, held for %+v", th.Promise, th.Held)
	}
}

// TestPaths_CountsEveryWayToAnotherGroup: what was accepted and what was held went
// there; what was declined went nowhere.
func TestPaths_CountsEveryWayToAnotherGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	accepted := h.c
	_, h.c = h.Taken(h.ada)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, h.c, h.Key(), "I am busy."))
	h.Clock.Advance(time.Second)
	_, h.c = h.Taken(h.ada)
	h.gone()
	h.mustHold(toAgent(h.cleo))
	h.Clock.Advance(time.Second)
	got := must[desk.Paths](t)(h.Desk.Paths(t.Context(), h.Owner, 7)).Moves
	want := []desk.PathMove{{From: h.Group.ID, To: h.billing.ID, Reason: "an invoice", N: 2, Conversations: []chat.ConversationID{h.c, accepted}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPromise_IsPassedToAColleagueOrTheGroup: the owner is ill, so a supervisor lets
// somebody else owe it.
func TestPromise_IsPassedToAColleagueOrTheGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	for _, one := range []struct {
		what   string
		by, to chat.Agent
		want   chat.ErrorKind
	}{
		{"by a colleague whom it does not concern", h.cleo, h.cleo, chat.Denied},
		{"to somebody outside its group", h.Owner, h.ada, chat.Conflict},
		{"to nobody", h.Owner, chat.Agent{ID: "a_nobody"}, chat.Missing},
	} {
		_, err := h.Desk.PassPromise(t.Context(), one.by, h.c, h.Key(), one.to.ID, "Ben is ill.")
		wantKind(t, one.what, err, one.want)
	}
	must[desk.Done](t)(h.Desk.PassPromise(t.Context(), h.Owner, h.c, h.Key(), h.cleo.ID, "Ben is ill."))
	if th := h.thread(); th.Promise.Owner != h.cleo.ID || th.Held.Agent != h.cleo.ID {
		t.Errorf("owed %+v, held for %+v", th.Promise, th.Held)
	}
	later(h.World, time.Minute, h.ada, h.cleo)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.cleo.ID}) {
		t.Errorf("it rings %v", who)
	}
	must[desk.Done](t)(h.Desk.PassPromise(t.Context(), h.Owner, h.c, h.Key(), "", ""))
	if th := h.thread(); th.Promise.Owner != "" || th.Held.Kind != chat.ToGroup {
		t.Errorf("owed %+v, held for %+v", th.Promise, th.Held)
	}
}

// TestPromise_IsNotPassedToWhomThePlaybookExcepts: as with every other way, by name;
// the group may owe it, and so may he once he leads the chat.
func TestPromise_IsNotPassedToWhomThePlaybookExcepts(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	except := chat.TransferChapter{Except: []chat.AgentID{h.cleo.ID}}
	must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Transfer: except}))
	pass := func(to chat.AgentID) error {
		_, err := h.Desk.PassPromise(t.Context(), h.Owner, h.c, h.Key(), to, "Ben is ill.")
		return err
	}
	wantKind(t, "to whom the playbook excepts", pass(h.cleo.ID), chat.Denied)
	if th := h.thread(); th.Promise.Owner != h.ben.ID {
		t.Errorf("owed %+v", th.Promise)
	}
	check(t, pass(""))
	check(t, pass(h.ben.ID))
	later(h.World, 0, h.cleo)
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.cleo, h.c, desk.Taking{Key: h.Key()}))
	check(t, pass(h.cleo.ID))
}

// TestHold_OutlivesItsGroup: what waits for Ben, who has lost the group with it, waits
// for the group that has the deleted one's chats, and is owed there.
func TestHold_OutlivesItsGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	check(t, h.Desk.DeleteGroup(t.Context(), h.Owner, h.billing.ID, h.Group.ID))
	th := h.thread()
	if th.Group != h.Group.ID || th.Held == nil || th.Held.Kind != chat.ToGroup || th.Held.Agent != "" || th.Held.Group != h.Group.ID || th.Promise.Group != h.Group.ID {
		t.Errorf("in %s, held for %+v, owed %+v", th.Group, th.Held, th.Promise)
	}
	if owed := h.owed(h.Owner, desk.PromiseList{Group: h.Group.ID}); len(owed) != 1 || owed[0].Owner != "" {
		t.Errorf("the successor owes %+v", owed)
	}
	eve := h.Agent("Eve", chat.Member)
	later(h.World, time.Minute, eve)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{eve.ID}) {
		t.Errorf("it rings %v, not Eve, who is there", who)
	}
}
