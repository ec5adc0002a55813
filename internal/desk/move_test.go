package desk_test

import (
	"errors"
	"slices"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// move hands the chat to another group's queue, by the owner, who may always.
func (h *handover) move(to chat.GroupID, change ...func(*desk.Moving)) error {
	in := desk.Moving{Key: h.Key(), Group: to}
	for _, c := range change {
		c(&in)
	}
	_, err := h.Desk.Move(h.t.Context(), h.Owner, h.c, in)
	return err
}

func because(reason string) func(*desk.Moving) {
	return func(in *desk.Moving) { in.Reason = reason }
}

// TestMove_TheTargetsPlaybookIsAsked: moving to a group's queue needs a reason of the
// playbook's own and its answers, as asking the group does; they go with it.
func TestMove_TheTargetsPlaybookIsAsked(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	saved := must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Transfer: chat.TransferChapter{
		Reasons:   []chat.ReasonCode{{Code: "invoice", Label: "An invoice"}, {Code: "refund", Label: "A refund"}},
		Questions: []chat.PlaybookQuestion{{ID: "q_1", Text: "Which number?", Required: true, Reasons: []string{"invoice"}}}}}))
	wantKind(t, "no reason", h.move(h.billing.ID), chat.Invalid)
	wantKind(t, "own words", h.move(h.billing.ID, because("an invoice")), chat.Invalid)
	wantKind(t, "no answer", h.move(h.billing.ID, because("invoice")), chat.Invalid)
	if err := h.move(h.billing.ID, because("invoice"), func(in *desk.Moving) {
		in.Answers = map[string]string{saved.Transfer.Questions[0].ID: " 4711 ", "q_9": "x"}
	}); err != nil {
		t.Fatal(err)
	}
	m := last[chat.Moved](t, h.World, h.c, chat.KindMoved)
	if m.Reason != "invoice" || m.Playbook != saved.Version || len(m.Answers) != 1 || m.Answers["Which number?"] != "4711" {
		t.Errorf("the team reads %+v", m)
	}
	for _, e := range h.Log(h.c) {
		if got, want := string(chat.ForVisitor(e).Body), `{"public_name":"Billing"}`; e.Kind == chat.KindMoved && got != want {
			t.Errorf("the visitor reads %s, want %s", got, want)
		}
	}
}

// TestMove_AgainAndAgain is card C5 for moves: each is a passage, the third needs a
// reason, and the fourth alarms who supervises.
func TestMove_AgainAndAgain(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	alarmed := func() bool {
		return slices.ContainsFunc(h.Log(h.c), func(e chat.Event) bool { return e.Kind == chat.KindAlarm })
	}
	for i, to := range []chat.GroupID{h.billing.ID, h.Group.ID, h.billing.ID, h.Group.ID} {
		if i >= chat.HopsReason {
			wantKind(t, "once more without a reason", h.move(to), chat.Invalid)
		}
		if alarmed() {
			t.Fatalf("alarmed before the passage %d", i+1)
		}
		reason := ""
		if i >= chat.HopsReason {
			reason = "not ours"
		}
		if err := h.move(to, because(reason)); err != nil {
			t.Fatal(err)
		}
	}
	if a := last[chat.Alarm](t, h.World, h.c, chat.KindAlarm); a.Cause != chat.AlarmHops || a.Why == "" {
		t.Errorf("who supervises reads %+v", a)
	}
	if n := len(h.thread().Passed); n != 4 {
		t.Errorf("passed %d times", n)
	}
}

// A colleague of the group who has passed it on for the same reason is not given it by
// the queue that it is moved to; he takes it himself if he wants.
func TestMove_TheQueueDoesNotGiveItBackForTheSameReason(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	moves := func(by chat.Agent, to chat.GroupID, reason string) {
		t.Helper()
		must[desk.Done](t)(h.Desk.Move(t.Context(), by, h.c, desk.Moving{Key: h.Key(), Group: to, Reason: reason}))
	}
	moves(h.ben, h.Group.ID, "a complaint")
	moves(h.Owner, h.billing.ID, "a complaint")
	if got, want := h.thread().Excluded, []chat.AgentID{h.Owner.ID, h.ben.ID}; !slices.Equal(got, want) {
		t.Errorf("it is kept from %v, want %v", got, want)
	}
	_, err := h.Desk.TakeNext(t.Context(), h.ben, h.Key())
	wantKind(t, "the next for Ben", err, chat.Missing)
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.ben, h.c, desk.Taking{Key: h.Key()}))
}

// What is sent on from a first line without being taken goes through the same gates.
func TestTriage_TheGatesOfBothGroupsHold(t *testing.T) {
	t.Parallel()
	for name, book := range map[string]func(f *frontDesk) chat.Playbook{
		"into": func(f *frontDesk) chat.Playbook {
			return chat.Playbook{Group: f.billing.ID, Transfer: chat.TransferChapter{Into: chat.Gate{Who: chat.GateMembers}}}
		},
		"out": func(f *frontDesk) chat.Playbook {
			return chat.Playbook{Group: f.Group.ID, Transfer: chat.TransferChapter{Out: chat.Gate{Who: chat.GateSupervisors}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFrontDesk(t, "pull")
			_, c := f.Arrives("an invoice")
			must[chat.Playbook](t)(f.Desk.SavePlaybook(t.Context(), f.Owner, book(f)))
			_, err := f.send(c, toGroup(f.billing.ID))
			wantKind(t, "to the group", err, chat.Denied)
			_, err = f.send(c, toAgent(f.ben))
			wantKind(t, "to a colleague", err, chat.Denied)
			ada := agentNow(f.World, f.ada.ID)
			ada.Role = chat.Supervisor
			f.Write(func(tx *store.Tx) error { return tx.SaveAgent(ada) })
			must[desk.Done](t)(f.send(c, toGroup(f.billing.ID)))
		})
	}
}

// A group in which only the sender takes chats, or one who has passed it on for the
// same reason, is one where nobody is: the queue would give it to nobody.
func TestTriage_NobodyThereIsNobodyWhoCouldTakeIt(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, "pull")
	_, c := f.Arrives("an invoice")
	ada := agentNow(f.World, f.ada.ID)
	ada.Groups = append(ada.Groups, f.billing.ID)
	cleo := agentNow(f.World, f.cleo.ID)
	cleo.Status = chat.Away
	f.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveAgent(ada), tx.SaveAgent(cleo)) })
	reason := func(why string) func(*desk.Triage) { return func(in *desk.Triage) { in.Reason = why } }
	must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), reason("a bill")))
	must[desk.Done](t)(f.Desk.Move(t.Context(), f.ben, c, desk.Moving{Key: f.Key(), Group: f.Group.ID, Reason: "not ours"}))
	_, err := f.send(c, toGroup(f.billing.ID), reason("not ours"))
	if d, ok := detail[desk.NobodyThere](err); !ok || d.To.Group != f.billing.ID {
		t.Errorf("to Ben alone, who gave it for that reason: %v", err)
	}
	must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), reason("a bill after all")))
}

// TestLetGo_AGroupThatIsDeletedMeanwhile is no dead end: it goes to the queue of its
// successor, with what it was asked with.
func TestLetGo_AGroupThatIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_heir", Name: "Heir", Policy: chat.PolicyOpen})
	})
	saved := must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Transfer: chat.TransferChapter{
		Questions: []chat.PlaybookQuestion{{Text: "Which number?"}}}}))
	h.mustPass(toGroup(h.billing.ID), func(in *desk.Transfer) { in.Answers = map[string]string{saved.Transfer.Questions[0].ID: "4711"} })
	if err := h.Desk.DeleteGroup(t.Context(), h.Owner, h.billing.ID, "g_heir"); err != nil {
		t.Fatal(err)
	}
	if h.thread().Transfer == nil {
		t.Fatal("nothing is open any more, so there is nothing to leave")
	}
	must[desk.Done](t)(h.Desk.LetGo(t.Context(), h.ada, h.c, h.Key()))
	if th := h.thread(); th.State != chat.Queued || th.Group != "g_heir" || th.Transfer != nil {
		t.Errorf("left to the group: %+v", th)
	}
	m := last[chat.Moved](t, h.World, h.c, chat.KindMoved)
	if m.GroupName != "Heir" || m.Reason != "an invoice" || m.Playbook != saved.Version || m.Answers["Which number?"] != "4711" {
		t.Errorf("the team reads %+v", m)
	}
}

// TestMove_NotToAGroupWhereEverybodyGaveItForThatReason: it would ring those who have
// passed it on. Another reason is another matter.
func TestMove_NotToAGroupWhereEverybodyGaveItForThatReason(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	for _, a := range []chat.Agent{h.ben, h.cleo} {
		h.mustPass(toAgent(a))
		must[desk.Done](t)(h.Desk.Accept(t.Context(), a, h.c, h.Key()))
		must[desk.Done](t)(h.Desk.Move(t.Context(), a, h.c, desk.Moving{Key: h.Key(), Group: h.Group.ID, Reason: "a bill"}))
		must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key()}))
	}
	wantKind(t, "back to both for the same reason", h.move(h.billing.ID, because("a bill")), chat.Conflict)
	h.gone()
	billed := func(in *desk.Hold) { in.Reason = "a bill" }
	wantKind(t, "held for both for the same reason", h.hold(chat.Target{Kind: chat.ToGroup, Group: h.billing.ID}, billed), chat.Conflict)
	check(t, h.move(h.billing.ID, because("a refund")))
	if got := h.thread().Group; got != h.billing.ID {
		t.Errorf("for another reason it is in %s", got)
	}
}

// TestMove_WhatWaitsIsSentOnFromInside: who only sees a chat that waits in an open group
// does not move it into his own.
func TestMove_WhatWaitsIsSentOnFromInside(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	_, c := h.Arrives("my VAT is wrong")
	_, err := h.Desk.Move(t.Context(), h.ben, c, desk.Moving{Key: h.Key(), Group: h.billing.ID})
	wantKind(t, "by an outsider", err, chat.Denied)
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.ada, c, desk.Moving{Key: h.Key(), Group: h.billing.ID}))
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.Owner, c, desk.Moving{Key: h.Key(), Group: h.Group.ID}))
}
