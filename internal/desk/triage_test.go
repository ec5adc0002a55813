package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// frontDesk is a first line with Ada in it, and Billing with Ben and Cleo. All are
// connected.
type frontDesk struct {
	*desktest.World
	t              *testing.T
	ada, ben, cleo chat.Agent
	billing        desk.ManagedGroup
}

func newFrontDesk(t *testing.T, method routing.Method) *frontDesk {
	t.Helper()
	w := desktest.New(t)
	offering(w, routing.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: routing.Pull}})
	f := &frontDesk{World: w, t: t, ada: w.Agent("Ada", chat.Member), ben: w.Agent("Ben", chat.Member), cleo: w.Agent("Cleo", chat.Member)}
	rules := desk.Rules{Distribution: routing.Distribution{Method: method}}
	policy := chat.PolicyGroup
	f.billing = addGroup(t, w, "Billing", desk.GroupChange{Policy: &policy, Rules: &rules}, f.ben, f.cleo)
	for _, a := range []chat.Agent{f.ben, f.cleo} {
		a = agentNow(w, a.ID)
		a.Groups = []chat.GroupID{f.billing.ID}
		w.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
	}
	f.later(0)
	return f
}

func (f *frontDesk) later(d time.Duration) { later(f.World, d, f.ada, f.ben, f.cleo) }

func (f *frontDesk) send(c chat.ConversationID, to chat.Target, change ...func(*desk.Triage)) (desk.Done, error) {
	in := desk.Triage{Key: f.Key(), To: to}
	for _, change := range change {
		change(&in)
	}
	return f.Desk.Triage(f.t.Context(), f.ada, c, in)
}

func (f *frontDesk) thread(c chat.ConversationID) chat.Thread { return *f.State(c).Thread }

func toGroup(g chat.GroupID) chat.Target { return chat.Target{Kind: chat.ToGroup, Group: g} }

func TestTriage_WhatWaitsGoesOnWithoutBeingTaken(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.LeastBusy)
	v, c := f.Arrives("my VAT is wrong")
	key := f.Key()
	same := func(in *desk.Triage) { in.Key = key }
	// Ada may not see Billing's chats, so that the answer holds no event.
	if done := must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), same)); done.Again || len(done.Events) != 0 {
		t.Errorf("it answers %+v", done)
	}
	if again := must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), same)); !again.Again {
		t.Error("the same key did something a second time")
	}
	_, err := f.send(c, toGroup(f.billing.ID), same, func(in *desk.Triage) { in.Answers = map[string]string{"q1": "x"} })
	wantKind(t, "the same key with another meaning", err, chat.Conflict)
	th := f.thread(c)
	if th.Group != f.billing.ID || th.State != chat.Queued || !th.Front {
		t.Errorf("it stands as %+v", th)
	}
	f.later(0)
	if o := f.thread(c).Offers; len(o) != 1 || o[0].By != "" {
		t.Errorf("Billing is asked %+v", o)
	}
	if view := asText(t, must[desk.VisitorView](t)(f.Desk.ViewAsVisitor(t.Context(), visitorOf(t, f.World, v), 0))); !strings.Contains(view, `"public_name":"Billing"`) || strings.Contains(view, "Ada") {
		t.Errorf("the visitor reads %s", view)
	}
}

func TestTriage_AColleagueIsAskedFirstWhateverTheMethod(t *testing.T) {
	t.Parallel()
	for _, method := range []routing.Method{routing.Pull, routing.RingAll, routing.RoundRobin, routing.LeastBusy} {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			f := newFrontDesk(t, method)
			_, c := f.Arrives("my VAT is wrong")
			must[desk.Done](t)(f.send(c, toAgent(f.cleo)))
			f.later(29 * time.Second)
			if o := f.thread(c).Offers; len(o) != 1 || o[0].Agent != f.cleo.ID || o[0].By != f.ada.ID {
				t.Fatalf("it rings %+v", o)
			}
			f.later(time.Second)
			if o := f.thread(c).Offers; slices.ContainsFunc(o, func(o chat.Offer) bool { return o.Agent == f.cleo.ID }) || (method == routing.Pull) != (len(o) == 0) {
				t.Errorf("afterwards it rings %+v", o)
			}
			f.Read(func(tx *store.Tx) error {
				duty, err := tx.Duty(f.cleo.ID)
				if duty.Misses != 0 {
					t.Errorf("Cleo has missed %d", duty.Misses)
				}
				return err
			})
			_, other := f.Arrives("and mine")
			must[desk.Done](t)(f.send(other, toAgent(f.cleo)))
			must[desk.Done](t)(f.Desk.Accept(t.Context(), f.cleo, other, f.Key()))
			if th := f.thread(other); th.Lead != f.cleo.ID || th.Group != f.billing.ID {
				t.Errorf("accepted: %+v", th)
			}
		})
	}
}

func TestTriage_ThePlaybookOfTheTargetAsks(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.Pull)
	in := playbook(f.billing.ID, 0, "For invoices.")
	in.Transfer.Reasons = []chat.ReasonCode{{Code: "vat", Label: "VAT"}}
	in.Transfer.Questions = []chat.PlaybookQuestion{{ID: "q1", Text: "Which invoice?", Required: true}}
	must[chat.Playbook](t)(f.Desk.SavePlaybook(t.Context(), f.Owner, in))
	_, c := f.Arrives("my VAT is wrong")
	reason := func(in *desk.Triage) { in.Reason = "vat" }
	_, err := f.send(c, toGroup(f.billing.ID))
	wantKind(t, "without a reason", err, chat.Invalid)
	_, err = f.send(c, toGroup(f.billing.ID), reason)
	wantKind(t, "without an answer", err, chat.Invalid)
	if f.thread(c).Group != f.Group.ID {
		t.Fatal("what was refused was done")
	}
	must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), reason, func(in *desk.Triage) { in.Answers = map[string]string{"q1": " 4711 "} }))
	if b := last[chat.Moved](t, f.World, c, chat.KindMoved); b.Reason != "vat" || b.Answers["Which invoice?"] != "4711" || b.Playbook != 1 || b.By != f.ada.ID {
		t.Errorf("told %+v", b)
	}
}

func TestTriage_IsForTheFirstLineAndForWhoTakesChats(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.LeastBusy)
	_, c := f.Arrives("hello")
	send := func(by chat.Agent, c chat.ConversationID, to chat.Target) error {
		_, err := f.Desk.Triage(t.Context(), by, c, desk.Triage{Key: f.Key(), To: to})
		return err
	}
	wantKind(t, "somebody of Billing", send(f.ben, c, toGroup(f.billing.ID)), chat.Denied)
	wantKind(t, "to no group", send(f.ada, c, toGroup("g_none")), chat.Missing)
	wantKind(t, "to nobody", send(f.ada, c, chat.Target{Kind: chat.ToAgent, Agent: "a_none"}), chat.Missing)
	wantKind(t, "to no kind", send(f.ada, c, chat.Target{}), chat.Invalid)
	wantKind(t, "to its own group", send(f.ada, c, toGroup(f.Group.ID)), chat.Conflict)
	wantKind(t, "to somebody who is there anyway", send(f.Owner, c, toAgent(f.ada)), chat.Conflict)
	set := func(a chat.Agent, status chat.Status) {
		a = agentNow(f.World, a.ID)
		a.Status = status
		f.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
		f.later(0)
	}
	set(f.ben, chat.Away)
	wantNobody := func(what string, err error, to chat.Target) {
		t.Helper()
		wantKind(t, what, err, chat.Conflict)
		var refused *chat.Error
		if errors.As(err, &refused); refused == nil || refused.Detail != any(desk.NobodyThere{To: to}) {
			t.Errorf("%s: %+v", what, refused)
		}
	}
	wantNobody("to one who is away", send(f.ada, c, toAgent(f.ben)), chat.Target{Kind: chat.ToAgent, Agent: f.ben.ID, Group: f.billing.ID})
	set(f.cleo, chat.Away)
	wantNobody("where nobody takes chats", send(f.ada, c, toGroup(f.billing.ID)), toGroup(f.billing.ID))
	if th := f.thread(c); th.Group != f.Group.ID || len(th.Passed) != 0 {
		t.Fatalf("what was refused was done: %+v", th)
	}
	set(f.ben, chat.Accepting)
	if err := send(f.Owner, c, toGroup(f.billing.ID)); err != nil {
		t.Errorf("who oversees: %v", err)
	}
	wantKind(t, "out of what is no first line", send(f.Owner, c, toGroup(f.Group.ID)), chat.Denied)
	wantKind(t, "what one may not see any more", send(f.ada, c, toGroup(f.Group.ID)), chat.Missing)
	_, taken := f.Taken(f.ada)
	wantKind(t, "what somebody leads", send(f.ada, taken, toGroup(f.billing.ID)), chat.Conflict)
}

// TestTriage_AnOfferKeepsTheRoom: two chats are sent to one who has room for one.
func TestTriage_AnOfferKeepsTheRoom(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.Pull)
	must[chat.Agent](t)(f.Desk.ChangeAgent(t.Context(), f.Owner, f.ben.ID, desk.AgentChange{Limit: new(1)}))
	_, one := f.Arrives("one")
	_, two := f.Arrives("two")
	must[desk.Done](t)(f.send(one, toAgent(f.ben)))
	_, err := f.send(two, toAgent(f.ben))
	wantKind(t, "the second", err, chat.Conflict)
}

// TestTriage_AgainAndAgainAlarms: what comes back for the third time needs a reason,
// and from the fourth on the supervisors are told.
func TestTriage_AgainAndAgainAlarms(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.Pull)
	_, c := f.Arrives("hello")
	for i := range 4 {
		why := func(in *desk.Triage) { in.Reason = "an invoice" }
		if i < 2 {
			why = func(*desk.Triage) {}
		}
		if i == 1 {
			_, err := f.send(c, toGroup(f.billing.ID))
			wantKind(t, "after two passages without a reason", err, chat.Invalid)
			why = func(in *desk.Triage) { in.Reason = "an invoice" }
		}
		must[desk.Done](t)(f.send(c, toGroup(f.billing.ID), why))
		must[desk.Done](t)(f.Desk.Move(t.Context(), f.ben, c, desk.Moving{Key: f.Key(), Group: f.Group.ID, Reason: "not ours"}))
	}
	if a := last[chat.Alarm](t, f.World, c, chat.KindAlarm); a.Cause != chat.AlarmHops {
		t.Errorf("the alarm is %+v", a)
	}
	alarms := func() (n int) {
		for _, e := range f.Log(c) {
			if e.Kind == chat.KindAlarm {
				n++
			}
		}
		return n
	}
	before := alarms()
	must[desk.Done](t)(f.Desk.Take(t.Context(), f.Owner, c, desk.Taking{Key: f.Key(), Over: true}))
	must[desk.Done](t)(f.Desk.Hold(t.Context(), f.Owner, c, desk.Hold{Way: chat.HeldWait, Due: f.Clock.Now().Add(time.Hour), Deviation: "he asked for it",
		Transfer: desk.Transfer{Key: f.Key(), To: chat.Target{Kind: chat.ToGroup, Group: f.billing.ID}, Reason: "an invoice"}}))
	if got := alarms(); got != before+1 {
		t.Errorf("held once more, %d alarms and not %d", got, before+1)
	}
}

func TestTriage_WhereItWentIsLearntFrom(t *testing.T) {
	t.Parallel()
	f := newFrontDesk(t, routing.Pull)
	for range 5 {
		_, c := visits(t, f.World, "/invoice/4711", "my VAT is wrong")
		must[desk.Done](t)(f.send(c, toAgent(f.cleo)))
		must[desk.Done](t)(f.Desk.Accept(t.Context(), f.cleo, c, f.Key()))
		must[desk.Done](t)(f.Desk.Close(t.Context(), f.cleo, c, f.Key()))
	}
	_, c := visits(t, f.World, "/invoice/12", "VAT?")
	want := "Page /invoice/*: 5 of 5 like this went there."
	if diff := cmp.Diff([]string{string(f.billing.ID) + ": " + want, string(f.cleo.ID) + ": " + want}, suggested(t, f.World, f.ada, c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
