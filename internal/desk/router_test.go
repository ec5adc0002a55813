package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// offering gives the world's group rules: chats are offered, or given directly.
func offering(w *desktest.World, r routing.Rules) {
	w.Group.Rules = r.Raw()
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
}

// later moves the clock, keeps the agents connected, and lets the router decide.
func later(w *desktest.World, by time.Duration, here ...chat.Agent) {
	w.Clock.Advance(by)
	w.Connect(here...)
	w.Route()
}

func last[T any](t *testing.T, w *desktest.World, c chat.ConversationID, k chat.Kind) T {
	t.Helper()
	log := w.Log(c)
	for _, e := range slices.Backward(log) {
		if e.Kind == k {
			return must[T](t)(chat.Decode[T](e))
		}
	}
	t.Fatalf("no %s in %s", k, kinds(log))
	panic("unreachable")
}

// offers plays a conversation in which every decision of the router is made.
func offers(t *testing.T, w *desktest.World) chat.ConversationID {
	t.Helper()
	done := must[desk.Done](t)
	offering(w, routing.Rules{})
	billing := chat.Group{ID: "g_billing", Name: "Billing", Policy: chat.PolicyOpen}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(billing) })
	eve, kim := w.Agent("Eve", chat.Member), w.Agent("Kim", chat.Member)
	w.Clock.Advance(time.Second)
	w.Disconnect(w.Owner)
	later(w, time.Minute, eve, kim)
	v, c := w.Arrives("my order is late")
	w.Route()
	first := last[chat.Offered](t, w, c, chat.KindOffer).Agent
	for _, a := range []chat.Agent{eve, kim} {
		if a.ID == first {
			done(w.Desk.Decline(t.Context(), a, c, w.Key(), ""))
		}
	}
	w.Route()
	later(w, 21*time.Second, eve, kim) // the second one rings in vain, and the round is over
	later(w, 31*time.Second, eve, kim)
	o := last[chat.Offered](t, w, c, chat.KindOffer).Agent
	lead, other := eve, kim
	if o == kim.ID {
		lead, other = kim, eve
	}
	done(w.Desk.Accept(t.Context(), lead, c, w.Key()))
	later(w, 61*time.Second, eve, kim) // the reply is due
	done(w.Desk.PostMessage(t.Context(), lead, c, says(w, "good morning")))
	later(w, 11*time.Minute, eve, kim) // idle
	v.Says("are you there?")
	w.Route() // awake
	// The lead's connection is lost while the visitor waits.
	w.Disconnect(lead)
	later(w, 46*time.Second, other)
	done(w.Desk.Take(t.Context(), other, c, desk.Taking{Key: w.Key()}))
	later(w, time.Second, eve, kim) // the former lead is told
	done(w.Desk.AskBack(t.Context(), lead, c, w.Key()))
	done(w.Desk.Give(t.Context(), other, c, w.Key(), lead.ID))
	done(w.Desk.Move(t.Context(), lead, c, desk.Moving{Key: w.Key(), Group: billing.ID, Reason: "an invoice"}))
	later(w, 11*time.Minute, eve, kim)
	must[desk.VisitorDone](t)(w.Desk.AnswerMail(t.Context(), v.Caller, desk.MailAnswer{Accept: true, Email: "mia@home.example"}))
	return c
}

func TestRouter_OffersExplainsAndAlarms(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{})
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	later(w, 0, ada, bob)
	_, c := w.Arrives("hello")
	w.Route()
	o := last[chat.Offered](t, w, c, chat.KindOffer)
	if o.Agent != ada.ID || o.Why == "" || o.Because.English() != o.Why || o.RunnerUp == nil || o.RunnerUp.Because.English() != o.RunnerUp.Why || o.RunnerUp.Agent != bob.ID || o.Deadline != chat.Micros(w.Clock.Now().Add(20*time.Second)) {
		t.Errorf("offered: %+v", o)
	}
	later(w, 20*time.Second, ada, bob)
	if ended := last[chat.OfferEnded](t, w, c, chat.KindOfferEnded); ended.Agent != ada.ID || ended.How != chat.Expired {
		t.Errorf("the offer ended %+v", ended)
	}
	if o := last[chat.Offered](t, w, c, chat.KindOffer); o.Agent != bob.ID {
		t.Errorf("then it went to %s", o.Agent)
	}
	_, err := w.Desk.Accept(t.Context(), ada, c, w.Key())
	wantKind(t, "accepting an offer that is over", err, chat.Gone)
	later(w, 20*time.Second, ada, bob)
	if a := last[chat.Alarm](t, w, c, chat.KindAlarm); a.Round != 1 || a.Why == "" {
		t.Errorf("the alarm says %+v", a)
	}
	later(w, 31*time.Second, ada, bob) // the second round
	later(w, 20*time.Second, ada, bob)
	agent := must[chat.Agent](t)(agentOf(t, w, ada.ID))
	if agent.Status != chat.Away || agent.Cause != chat.CauseMissed {
		t.Errorf("after two misses Ada is %s because of %q", agent.Status, agent.Cause)
	}
}

func agentOf(t *testing.T, w *desktest.World, id chat.AgentID) (a chat.Agent, err error) {
	t.Helper()
	w.Read(func(tx *store.Tx) error {
		a, err = tx.Agent(id)
		return err
	})
	return a, err
}

// TestRouter_NeverAboveTheLimit fills everybody up; the next chat waits until a
// place is free, and has it at once then.
func TestRouter_NeverAboveTheLimit(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Direct: true}})
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	var all []chat.ConversationID
	for range 6 {
		_, c := w.Arrives("hello")
		all = append(all, c)
		w.Route()
	}
	led := func() (n int) {
		for _, c := range all {
			if th := w.State(c).OpenThread(); th != nil && th.Lead == ada.ID {
				n++
			}
		}
		return n
	}
	if n := led(); n != 4 {
		t.Fatalf("Ada leads %d of 6, and her limit is 4", n)
	}
	_, err := w.Desk.Take(t.Context(), ada, all[4], desk.Taking{Key: w.Key(), Over: true})
	wantKind(t, "a take above the limit", err, chat.Conflict)
	full, ok := err.(*chat.Error).Detail.(chat.Full)
	if !ok || full != (chat.Full{Load: 400, Limit: 400}) {
		t.Errorf("it is told %+v", err)
	}
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, all[0], w.Key()))
	w.Route()
	if th := w.State(all[4]).Thread; th.Lead != ada.ID {
		t.Errorf("the place that became free: %+v", th)
	}
	if n := led(); n != 4 {
		t.Errorf("Ada leads %d", n)
	}
}

// TestTake_AboveTheLimitIsMarked: who oversees may, and the event says so.
func TestTake_AboveTheLimitIsMarked(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	sue := w.Agent("Sue", chat.Supervisor)
	w.Connect(sue)
	var c chat.ConversationID
	for range 5 {
		_, c = w.Taken(sue)
	}
	if b := last[chat.Assigned](t, w, c, chat.KindAssign); !b.Over || b.Load != 400 || !w.State(c).Thread.Over {
		t.Errorf("the fifth of four: %+v", b)
	}
}

// TestRouter_WhatWasDecidedIsWhatIsStored: after a round, the situation that is
// loaded holds the Threads that the router's own Apply makes.
func TestRouter_WhatWasDecidedIsWhatIsStored(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{})
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Connect(ada, bob)
	for range 7 {
		w.Arrives("hello")
	}
	for _, by := range []time.Duration{0, 20 * time.Second, 31 * time.Second, 20 * time.Second, 10 * time.Minute} {
		w.Clock.Advance(by)
		w.Connect(ada, bob)
		before := must[routing.State](t)(w.Desk.RoutingState(t.Context()))
		ds, _ := routing.Decide(before, w.Clock.Now())
		before.Apply(ds...)
		must[time.Time](t)(w.Desk.Route(t.Context()))
		after := must[routing.State](t)(w.Desk.RoutingState(t.Context()))
		if diff := cmp.Diff(before.Threads, after.Threads, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("after %s (-applied +stored):\n%s", by, diff)
		}
		if again, _ := routing.Decide(after, w.Clock.Now()); len(again) != 0 {
			t.Fatalf("after %s there is still to do: %+v", by, again)
		}
	}
}

// TestRouter_LostConnectionHandsBackAndIsTold is card B5.
func TestRouter_LostConnectionHandsBackAndIsTold(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}})
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Connect(ada, bob)
	v, c := w.Taken(ada)
	_, quiet := w.Taken(ada)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, quiet, says(w, "done")))
	w.Disconnect(ada)
	later(w, 44*time.Second, bob)
	if th := w.State(c).Thread; th.Lead != ada.ID {
		t.Fatal("taken away within the grace", kinds(w.Log(c)), string(w.Log(c)[len(w.Log(c))-1].Body))
	}
	later(w, 2*time.Second, bob)
	th := w.State(c).Thread
	if th.State != chat.Queued || !th.Front || th.MovedFrom != ada.ID {
		t.Fatalf("after 46 s: %+v", th)
	}
	if w.State(quiet).Thread.Lead != ada.ID {
		t.Error("an answered chat was taken away at once")
	}
	body := last[chat.Requeued](t, w, c, chat.KindRequeued)
	if body.Cause != chat.LostLead || !strings.Contains(body.Why, "Ada") {
		t.Errorf("the team is told %+v", body)
	}
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	if e := view.Events[len(view.Events)-1]; e.Kind != chat.KindRequeued || string(e.Body) != "{}" {
		t.Errorf("the visitor is told %s %s", e.Kind, e.Body)
	}
	later(w, 11*time.Minute, bob)
	if w.State(quiet).Thread.State != chat.Queued {
		t.Error("an answered chat stays with somebody who has been gone for over 10 minutes")
	}
	later(w, time.Second, ada, bob)
	if b := last[chat.LeadBack](t, w, c, chat.KindLeadBack); b.Agent != ada.ID {
		t.Errorf("who is back is told %+v", b)
	}
}

// TestRouter_ARestartTakesNothingAway: while the server was down nobody could show
// life.
func TestRouter_ARestartTakesNothingAway(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Disconnect(ada)
	_, c := w.Taken(ada)
	w.Clock.Advance(3 * time.Hour)
	w.Desk = w.Restart()
	w.Route()
	if w.State(c).Thread.Lead != ada.ID {
		t.Fatal("handed back at the start", kinds(w.Log(c)), string(w.Log(c)[len(w.Log(c))-1].Body))
	}
	w.Clock.Advance(46 * time.Second)
	w.Route()
	if w.State(c).Thread.State != chat.Queued {
		t.Error("a ghost leads a chat 46 s after the start")
	}
}

// TestRouter_RoundRobinRemembersOverARestart is Olark's known unfairness.
func TestRouter_RoundRobinRemembersOverARestart(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.RoundRobin, Direct: true}})
	ada, bob, kim := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Kim", chat.Member)
	var got []chat.AgentID
	for range 6 {
		w.Connect(ada, bob, kim)
		_, c := w.Arrives("hello")
		w.Route()
		got = append(got, w.State(c).Thread.Lead)
		must[desk.Done](t)(w.Desk.Close(t.Context(), agentNamed(got[len(got)-1], ada, bob, kim), c, w.Key()))
		w.Clock.Advance(30 * time.Minute)
		w.Desk = w.Restart()
	}
	if !slices.Equal(got[:3], got[3:]) || got[0] == got[1] || got[1] == got[2] {
		t.Errorf("turns: %v", got)
	}
}

func agentNamed(id chat.AgentID, all ...chat.Agent) chat.Agent {
	return all[slices.IndexFunc(all, func(a chat.Agent) bool { return a.ID == id })]
}

func TestRouter_NoInputWarnsThenAway(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	if err := w.Desk.NoteInput(t.Context(), ada, w.SignIn(ada).Session); err != nil {
		t.Fatal(err)
	}
	for range 9 {
		w.Route()
		later(w, time.Minute, ada)
	}
	own := w.Log(chat.AgentConversation(ada.ID))
	if len(own) != 1 || own[0].Kind != chat.KindIdling {
		t.Fatalf("her own log after 9 minutes: %s", kinds(own))
	}
	later(w, time.Minute, ada)
	if a := must[chat.Agent](t)(agentOf(t, w, ada.ID)); a.Status != chat.Away || a.Cause != chat.CauseNoInput {
		t.Errorf("after 10 minutes she is %s, %q", a.Status, a.Cause)
	}
}

func TestStatus_EndsByItself(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, kim := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Kim", chat.Member)
	until := chat.Micros(w.Clock.Now().Add(10 * time.Minute))
	must[chat.Agent](t)(w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: chat.Away, Reason: "lunch", Until: until}))
	must[chat.Agent](t)(w.Desk.SetStatus(t.Context(), bob, desk.NewStatus{Status: chat.Away, Until: until}))
	must[chat.Agent](t)(w.Desk.SetStatus(t.Context(), kim, desk.NewStatus{Status: chat.Accepting, Lease: 2 * time.Minute}))
	w.Connect(ada)
	for id, want := range map[chat.AgentID]chat.Status{ada.ID: chat.Away, bob.ID: chat.Away, kim.ID: chat.Accepting} {
		endStatus(t, w, id)
		if a := must[chat.Agent](t)(agentOf(t, w, id)); a.Status != want {
			t.Errorf("too early: %s is %s", a.Name, a.Status)
		}
	}
	w.Clock.Advance(10 * time.Minute)
	for id, want := range map[chat.AgentID]chat.Status{ada.ID: chat.Accepting, bob.ID: chat.Offline, kim.ID: chat.Offline} {
		endStatus(t, w, id)
		a := must[chat.Agent](t)(agentOf(t, w, id))
		if a.Status != want || a.Until != 0 || a.Lease != 0 || a.Cause == "" {
			t.Errorf("%s is %+v, want %s", a.Name, a, want)
		}
	}
	_, err := w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: chat.Away, Lease: time.Second})
	wantKind(t, "a lease of a second", err, chat.Invalid)
}

func endStatus(t *testing.T, w *desktest.World, id chat.AgentID) {
	t.Helper()
	if err := w.Desk.EndStatus(t.Context(), []byte(`{"agent":"`+string(id)+`"}`)); err != nil {
		t.Fatal(err)
	}
}
