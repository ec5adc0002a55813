package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// hold passes the chat to somebody who is not there.
func (h *handover) hold(to chat.Target, change ...func(*desk.Hold)) error {
	h.t.Helper()
	in := desk.Hold{Transfer: desk.Transfer{Key: h.Key(), To: to, Reason: "an invoice"}, Way: chat.HeldWait}
	for _, c := range change {
		c(&in)
	}
	_, err := h.Desk.Hold(h.t.Context(), h.ada, h.c, in)
	return err
}

func (h *handover) mustHold(to chat.Target, change ...func(*desk.Hold)) chat.Promise {
	h.t.Helper()
	if err := h.hold(to, change...); err != nil {
		h.t.Fatal(err)
	}
	return *h.thread().Promise
}

// gone disconnects Billing.
func (h *handover) gone() {
	h.Disconnect(h.ben, h.cleo)
	later(h.World, time.Minute, h.ada)
}

func (h *handover) owed(a chat.Agent, in desk.PromiseList) []desk.Owed {
	h.t.Helper()
	return must[[]desk.Owed](h.t)(h.Desk.Promises(h.t.Context(), a, in))
}

// TestHold_WaitsAndRingsWhoIsBack is the first half of card C4.
func TestHold_WaitsAndRingsWhoIsBack(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	p := h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Say = "Ben knows; he is back soon." })
	if p.Owner != h.ben.ID || p.Due != chat.Micros(h.Clock.Now().Add(8*time.Hour)) || p.SoonAt-p.At != (p.Due-p.At)/5*4 {
		t.Errorf("promised: %+v", p)
	}
	th := h.thread()
	if th.State != chat.Queued || th.Lead != "" || th.Group != "g_billing" || th.Held == nil || th.Held.Agent != h.ben.ID {
		t.Fatalf("held: %+v", th)
	}
	// Whoever else is there is not rung, and the visitor can write.
	later(h.World, 20*time.Minute, h.ada, h.cleo)
	h.visitor.Says("thank you")
	h.Route()
	if who := h.rings(); len(who) != 0 {
		t.Errorf("it rings %v while Ben is away", who)
	}
	if th := h.thread(); th.AskedAt != 0 {
		t.Error("who was told to wait is asked whether he wants an e-mail")
	}
	later(h.World, time.Minute, h.ada, h.cleo, h.ben)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.ben.ID}) {
		t.Fatalf("Ben is back, and it rings %v", who)
	}
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.ben, h.c, says(h.World, "here is your invoice")))
	if e := last[chat.PromiseEnded](t, h.World, h.c, chat.KindPromiseEnded); e.How != chat.PromiseKept || e.Late || e.By != h.ben.ID {
		t.Errorf("ended %+v", e)
	}
	if h.thread().Promise != nil || len(h.owed(h.ben, desk.PromiseList{Owner: h.ben.ID})) != 0 {
		t.Error("it is still owed")
	}
	ended := h.owed(h.ben, desk.PromiseList{Owner: h.ben.ID, Ended: true})
	if len(ended) != 1 || ended[0].How != chat.PromiseKept || ended[0].EndedAt == 0 {
		t.Errorf("ended ones: %+v", ended)
	}
}

// TestHold_ForAnyoneElseOfItsOwnGroup is what the conflict that nobody else is there
// offers: the chat stays in its group, and whoever is back may have it.
func TestHold_ForAnyoneElseOfItsOwnGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	own := h.thread().Group
	if p := h.mustHold(chat.Target{Kind: chat.ToAnyone}); p.Owner != "" || p.Group != own {
		t.Errorf("promised: %+v", p)
	}
	if th := h.thread(); th.State != chat.Queued || th.Lead != "" || th.Group != own || th.Held == nil || !slices.Contains(th.Excluded, h.ada.ID) {
		t.Errorf("held: %+v", th)
	}
}

// Anyone else of the group that has the chat is asked without its reasons and
// questions, which are for those who bring it one; so it is where it is held.
func TestTransfer_TheGroupsOwnPlaybookDoesNotBindInside(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	dan := h.Agent("Dan", chat.Member)
	asks := chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "vat", Label: "VAT"}}, Questions: []chat.PlaybookQuestion{{ID: "q1", Text: "Which invoice?", Required: true}}}
	must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, chat.Playbook{Group: h.Group.ID, Transfer: asks}))
	later(h.World, 0, h.ada, dan)
	wantKind(t, "asking a member by name without them", h.pass(toAgent(dan)), chat.Invalid)
	h.mustPass(chat.Target{Kind: chat.ToAnyone})
	must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key()))
	h.Disconnect(dan)
	later(h.World, time.Minute, h.ada)
	h.mustHold(chat.Target{Kind: chat.ToAnyone})
	if th := h.thread(); th.Held == nil || *th.Held != (chat.Target{Kind: chat.ToGroup, Group: h.Group.ID}) || !slices.Contains(th.Excluded, h.ada.ID) {
		t.Errorf("held for %+v, never given to %v", th.Held, th.Excluded)
	}
}

// Who is in no group is asked while he is here; a chat cannot wait for him, and the
// list of targets says so before anybody chooses him.
func TestHold_WhoIsInNoGroupIsNoTargetWhileHeIsAway(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	eve := h.Agent("Eve", chat.Member)
	eve.Groups = nil
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(eve) })
	bar := func() desk.Bar {
		for _, a := range must[desk.Targets](t)(h.Desk.Targets(t.Context(), h.ada, h.c)).Agents {
			if a.Agent == eve.ID {
				return a.Bar
			}
		}
		t.Fatal("Eve is not listed")
		return ""
	}
	if got := bar(); got != desk.BarNowhere {
		t.Errorf("away, the list says %q", got)
	}
	err := h.pass(toAgent(eve))
	var refused *chat.Error
	if wantKind(t, "asking her", err, chat.Conflict); errors.As(err, &refused) && refused.Detail != nil {
		t.Errorf("the refusal offers to hold it: %+v", refused.Detail)
	}
	wantKind(t, "holding for her", h.hold(toAgent(eve)), chat.Conflict)
	later(h.World, 0, h.ada, eve)
	if got := bar(); got != "" {
		t.Errorf("here, the list says %q", got)
	}
	h.mustPass(toAgent(eve))
}

func TestHold_ByMailNeedsAnAddressAndGoesOnByMail(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	byMail := func(in *desk.Hold) { in.Way = chat.HeldMail }
	wantKind(t, "without an address", h.hold(toAgent(h.ben), byMail), chat.Invalid)
	wantKind(t, "to no address", h.hold(toAgent(h.ben), byMail, func(in *desk.Hold) { in.Email = "mia at home" }), chat.Invalid)
	h.mustHold(toAgent(h.ben), byMail, func(in *desk.Hold) { in.Email = "mia@home.example" })
	if th := h.thread(); th.Mode != chat.Mail || !th.MailDone {
		t.Errorf("held by mail: %+v", th)
	}
	who := h.State(h.c).Conversation.Visitor
	h.Read(func(tx *store.Tx) error {
		v, err := tx.Visitor(who)
		if v.Email != "mia@home.example" {
			t.Errorf("the visitor's address is %q", v.Email)
		}
		return err
	})
	for _, e := range h.Log(h.c) {
		if e.Kind == chat.KindHold {
			got := string(chat.ForVisitor(e).Body)
			b := must[chat.Held](t)(chat.Decode[chat.Held](e))
			want := string(chat.Fact("", chat.System(), "", 0, map[string]any{"to_name": "Ben", "way": "mail", "due": b.Due}).Body)
			if got != want {
				t.Errorf("the visitor reads %s, want %s", got, want)
			}
		}
	}
}

// TestHold_DueCountsOpeningHours: 8 hours of a group that is open from 8 to 9:30 are
// over on the seventh day.
func TestHold_DueCountsOpeningHours(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	hours := &routing.Hours{Zone: "UTC"}
	for day := range 7 {
		hours.Week = append(hours.Week, routing.Shift{Day: routing.Day(time.Weekday(day)), Span: routing.Span{From: 8 * 60, To: 9*60 + 30}})
	}
	h.billing.Rules = routing.Rules{Hours: hours}.Raw()
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(h.billing) })
	h.gone() // it is 9:01
	p := h.mustHold(chat.Target{Kind: chat.ToGroup, Group: "g_billing"})
	want := time.Date(2026, 3, 8, 8, 1, 0, 0, time.UTC) // 29 + 5·90 + 1 minutes
	if got := time.UnixMicro(p.Due).UTC(); !got.Equal(want) {
		t.Errorf("due %v, want %v", got, want)
	}
}

// TestPromise_WarnsAt80PercentAndWhenItIsOver does the jobs as they fall due.
func TestPromise_WarnsAt80PercentAndWhenItIsOver(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	p := h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Due = h.Clock.Now().Add(10 * time.Hour) })
	warn := func(d time.Duration) []string {
		h.Clock.Advance(d)
		before := len(h.Log(h.c))
		doJobs(t, h.World, desk.JobPromise, h.Desk.WarnOfPromise)
		var said []string
		for _, e := range h.Log(h.c)[before:] {
			b := must[chat.PromiseDue](t)(chat.Decode[chat.PromiseDue](e))
			said = append(said, string(b.Stage))
			if !slices.Contains(b.Tell, h.ben.ID) || !slices.Contains(b.Tell, h.Owner.ID) || slices.Contains(b.Tell, h.cleo.ID) {
				t.Errorf("%s is told to %v", b.Stage, b.Tell)
			}
		}
		return said
	}
	if got := warn(7*time.Hour + 59*time.Minute); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	if got := warn(2 * time.Minute); !slices.Equal(got, []string{"soon"}) {
		t.Errorf("at 80 %%: %v", got)
	}
	if got := warn(2 * time.Hour); !slices.Equal(got, []string{"overdue"}) {
		t.Errorf("when it is over: %v", got)
	}
	if th := h.thread(); th.Held != nil || th.Promise == nil {
		t.Errorf("overdue it is for whoever is there: %+v", th)
	}
	later(h.World, time.Minute, h.cleo)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.cleo.ID}) {
		t.Errorf("then it rings %v", who)
	}
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.cleo, h.c, h.Key()))
	if owner := h.thread().Promise.Owner; owner != h.cleo.ID {
		t.Errorf("it is owed by %s", owner)
	}
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.cleo, h.c, says(h.World, "sorry for the wait")))
	kept := must[[]desk.Kept](t)(h.Desk.KeptPromises(t.Context(), h.Owner, 30))
	want := []desk.Kept{{Group: "g_billing", Late: 1}, {Group: "g_billing", Owner: h.cleo.ID, Late: 1}}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %+v, want %+v; it was %+v", kept, want, p)
	}
}

// doJobs does the due jobs of a kind.
func doJobs(t *testing.T, w *desktest.World, kind string, do func(context.Context, []byte) error) {
	t.Helper()
	now := chat.Micros(w.Clock.Now())
	var due []store.Job
	w.Write(func(tx *store.Tx) (err error) {
		due, err = tx.ClaimJobs(now, now+1, 100)
		return err
	})
	for _, j := range due {
		if j.Kind != kind {
			continue
		}
		if err := do(t.Context(), j.Body); err != nil {
			t.Fatal(err)
		}
		w.Write(func(tx *store.Tx) error { return tx.FinishJob(j.ID) })
	}
}

func TestPromise_EndsWithTheChatOrByWord(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	h.mustHold(toAgent(h.ben))
	_, err := h.Desk.CancelPromise(t.Context(), h.cleo, h.c, h.Key(), "not needed")
	wantKind(t, "cancelled by somebody else", err, chat.Denied)
	_, err = h.Desk.CancelPromise(t.Context(), h.ben, h.c, h.Key(), "")
	wantKind(t, "cancelled without a word", err, chat.Invalid)
	must[desk.Done](t)(h.Desk.CancelPromise(t.Context(), h.ben, h.c, h.Key(), "answered by phone"))
	if e := last[chat.PromiseEnded](t, h.World, h.c, chat.KindPromiseEnded); e.How != chat.PromiseCancelled || e.Why != "answered by phone" {
		t.Errorf("ended %+v", e)
	}
	if th := h.thread(); th.Held != nil || th.State != chat.Queued {
		t.Errorf("nothing is owed, and it is %s and waits for %+v: nobody would be offered it", th.State, th.Held)
	}
	_, other := h.Taken(h.ada)
	h.c = other
	h.mustHold(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Close(t.Context(), h.ada, h.c, h.Key()))
	if e := last[chat.PromiseEnded](t, h.World, h.c, chat.KindPromiseEnded); e.How != chat.PromiseCancelled {
		t.Errorf("ended with the chat: %+v", e)
	}
}

func TestHold_WarnsOfWhoIsAwayBeyondTheTime(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.gone()
	away := h.ben
	away.Status, away.Until = chat.Away, chat.Micros(h.Clock.Now().Add(7*24*time.Hour))
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(away) })
	h.Clock.Advance(2 * time.Second)
	d, ok := detail[desk.AwayThen](h.hold(toAgent(h.ben)))
	if !ok || d.Until != away.Until || d.Deputy != h.cleo.ID {
		t.Errorf("warned: %+v, %v", d, ok)
	}
	h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Sure = true })
}

// TestPromise_IsListedForWhoMaySeeTheChat: a lead-only group's promise is for its
// members and supervisors.
func TestPromise_IsListedForWhoMaySeeTheChat(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyLead)
	h.gone()
	h.mustHold(toAgent(h.ben))
	for who, want := range map[*chat.Agent]int{&h.ben: 1, &h.cleo: 1, &h.Owner: 1, &h.ada: 0} {
		if got := len(h.owed(*who, desk.PromiseList{})); got != want {
			t.Errorf("%s lists %d, want %d", who.Name, got, want)
		}
	}
	wantKind(t, "held twice", h.hold(toAgent(h.cleo)), chat.Missing)
}

// TestPromise_GoesWhereItsChatGoes: what is moved to another group is owed there, and
// nobody is warned of a chat that he may not see.
func TestPromise_GoesWhereItsChatGoes(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyGroup)
	sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyGroup}
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(sales) })
	lead := h.Agent("Sam", chat.Supervisor, sales.ID)
	h.gone()
	p := h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Due = h.Clock.Now().Add(10 * time.Hour) })
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.cleo, h.c, desk.Moving{Key: h.Key(), Group: sales.ID, Reason: "it is about a contract"}))
	if got := h.thread().Promise; got == nil || got.Group != sales.ID || got.Owner != "" || got.Due != p.Due {
		t.Errorf("moved, it is owed by %+v", got)
	}
	if ledger := h.owed(lead, desk.PromiseList{Group: sales.ID}); len(ledger) != 1 || ledger[0].Owner != "" {
		t.Errorf("the ledger says %+v", ledger)
	}
	for _, d := range []time.Duration{8*time.Hour + time.Minute, 2 * time.Hour} {
		h.Clock.Advance(d)
		doJobs(t, h.World, desk.JobPromise, h.Desk.WarnOfPromise)
		b := last[chat.PromiseDue](t, h.World, h.c, chat.KindPromiseDue)
		if want := []chat.AgentID{lead.ID}; !slices.Equal(b.Tell, want) {
			t.Errorf("%s is told to %v, want %v", b.Stage, b.Tell, want)
		}
	}
}

// TestPromise_WhoAcceptsTheChatOwesItInHisGroup: so does what is passed on.
func TestPromise_WhoAcceptsTheChatOwesItInHisGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustHold(chat.Target{Kind: chat.ToAnyone, Group: h.Group.ID})
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key()}))
	h.mustPass(toAgent(h.ben), func(in *desk.Transfer) { in.To.Group = h.billing.ID })
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if p := h.thread().Promise; p == nil || p.Owner != h.ben.ID || p.Group != h.billing.ID {
		t.Errorf("it is owed by %+v", p)
	}
	if ledger := h.owed(h.ben, desk.PromiseList{Owner: h.ben.ID, Group: h.billing.ID}); len(ledger) != 1 {
		t.Errorf("the ledger says %+v", ledger)
	}
}

// TestHold_DoesNotRingWhoGaveItBackForTheSameReason: what is held for a group waits for
// the others in it.
func TestHold_DoesNotRingWhoGaveItBackForTheSameReason(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.ben, h.c, desk.Moving{Key: h.Key(), Group: h.Group.ID, Reason: "a bill"}))
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key()}))
	h.gone()
	h.mustHold(chat.Target{Kind: chat.ToGroup, Group: h.billing.ID}, func(in *desk.Hold) { in.Reason = "a bill" })
	if got, want := h.thread().Excluded, []chat.AgentID{h.ada.ID, h.ben.ID}; !slices.Equal(got, want) {
		t.Errorf("it is kept from %v, want %v", got, want)
	}
	later(h.World, time.Minute, h.ben)
	if who := h.rings(); len(who) != 0 {
		t.Errorf("Ben is back, and it rings %v", who)
	}
	later(h.World, time.Minute, h.ben, h.cleo)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.cleo.ID}) {
		t.Errorf("Cleo is back, and it rings %v", who)
	}
}
