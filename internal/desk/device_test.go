package desk_test

import (
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// renewed lets time pass while nodes renew what is connected to them every 4 s.
func renewed(t *testing.T, w *desktest.World, by time.Duration, here map[*desk.Desk][]desk.Present) {
	t.Helper()
	const every = 4 * time.Second
	for ; by > 0; by -= every {
		w.Clock.Advance(min(every, by))
		for d, who := range here {
			check(t, d.RenewAgents(t.Context(), who))
		}
		w.Route()
	}
}

// rings reports whether a chat that comes now is offered to an agent.
func rings(w *desktest.World, a chat.Agent) bool {
	_, c := w.Arrives("hello")
	w.Route()
	_, is := w.State(c).Thread.OfferTo(a.ID)
	return is
}

// TestDevice_ACutOneLosesNothingWhileAnotherHolds: of two devices at two nodes one
// is cut, and then the other one.
func TestDevice_ACutOneLosesNothingWhileAnotherHolds(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{}})
	ada, away := w.Agent("Ada", chat.Member), w.Node("n2")
	laptop, phone := desktest.Device(w.SignIn(ada)), desktest.Device(w.SignIn(ada))
	check(t, w.Desk.RenewAgents(t.Context(), []desk.Present{laptop}))
	check(t, away.RenewAgents(t.Context(), []desk.Present{phone}))
	visitor, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "What is it about?")))
	visitor.Says("My order") // and waits for an answer
	check(t, w.Desk.CutPresence(t.Context(), laptop))
	renewed(t, w, time.Minute, map[*desk.Desk][]desk.Present{w.Desk: nil, away: {phone}})
	if lead := w.State(c).Thread.Lead; lead != ada.ID || !rings(w, ada) {
		t.Fatalf("a minute after her laptop was cut %q leads; her phone is connected", lead)
	}
	check(t, away.CutPresence(t.Context(), phone))
	w.Clock.Advance(3 * time.Second)
	if rings(w, ada) {
		t.Error("3 s after the last device was cut she is offered a chat")
	}
	renewed(t, w, 41*time.Second, map[*desk.Desk][]desk.Present{w.Desk: nil, away: nil})
	if lead := w.State(c).Thread.Lead; lead != ada.ID {
		t.Error("taken away within 45 s")
	}
	renewed(t, w, 2*time.Second, map[*desk.Desk][]desk.Present{w.Desk: nil})
	if th := w.State(c).Thread; th.Lead != "" {
		t.Errorf("45 s after her last sign of life %s still leads", th.Lead)
	}
}

// TestDevice_SignedOutIsNotWaitedFor: another node still has its connection, and
// renews it before it hears.
func TestDevice_SignedOutIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desktest.World, chat.Agent, desk.SignedIn) error{
		"revoked": func(w *desktest.World, a chat.Agent, in desk.SignedIn) error {
			return w.Desk.EndSession(t.Context(), a, in.Session.ID)
		},
		"signed out": func(w *desktest.World, a chat.Agent, in desk.SignedIn) error {
			return w.Desk.SignOut(t.Context(), a, in.Session.ID, desk.SignOut{})
		},
	} {
		w := desktest.New(t)
		offering(w, routing.Rules{Distribution: routing.Distribution{}})
		ada, away := w.Agent("Ada", chat.Member), w.Node("n2")
		in := w.SignIn(ada)
		check(t, away.RenewAgents(t.Context(), []desk.Present{desktest.Device(in)}))
		if !rings(w, ada) {
			t.Fatalf("%s: she is not offered a chat while she is connected", name)
		}
		check(t, end(w, ada, in))
		check(t, away.RenewAgents(t.Context(), []desk.Present{desktest.Device(in)}))
		if rings(w, ada) {
			t.Errorf("%s: she is offered a chat at once after it", name)
		}
		inbox := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), w.Owner, "my"))
		if slices.Contains(inbox.Present, ada.ID) {
			t.Errorf("%s: her colleagues read that she is connected", name)
		}
	}
}

// TestDevice_AKilledNodeLeavesNoGhost: nobody comes back to the process that takes
// its place, one to another.
func TestDevice_AKilledNodeLeavesNoGhost(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	gone := []desk.Present{desktest.Device(w.SignIn(ada)), desktest.Device(w.SignIn(ada)), desktest.Device(w.SignIn(bob))}
	back := desktest.Device(w.SignIn(bob))
	check(t, w.Desk.RenewAgents(t.Context(), append(gone, back)))
	_, lost := w.Taken(ada)
	_, kept := w.Taken(bob)
	w.Clock.Advance(2 * time.Second)
	w.Desk = w.Node("n1-again")
	here := map[*desk.Desk][]desk.Present{w.Desk: {back}}
	renewed(t, w, 30*time.Second, here)
	if lead := w.State(lost).Thread.Lead; lead != ada.ID {
		t.Error("30 s after the new start she has no time left to come back")
	}
	renewed(t, w, 6*time.Second, here)
	inbox := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), w.Owner, "my"))
	if !slices.Equal(inbox.Present, []chat.AgentID{bob.ID}) || w.State(lost).Thread.Lead != "" || w.State(kept).Thread.Lead != bob.ID {
		t.Errorf("36 s after the new start %v are present, her chat is %q's, his is %q's", inbox.Present, w.State(lost).Thread.Lead, w.State(kept).Thread.Lead)
	}
	for _, a := range must[desk.Board](t)(w.Desk.Board(t.Context(), w.Owner)).Agents {
		if want := map[chat.AgentID]int{bob.ID: 1}[a.Agent]; a.Devices != want {
			t.Errorf("the board counts %d devices of %s, want %d", a.Devices, a.Agent, want)
		}
	}
	if all := must[[]desk.OpenSession](t)(w.Desk.Sessions(t.Context(), bob)); len(all) != 2 || !slices.ContainsFunc(all, func(s desk.OpenSession) bool { return s.ID == back.Session && s.Connected }) ||
		!slices.ContainsFunc(all, func(s desk.OpenSession) bool { return s.ID == gone[2].Session && !s.Connected }) {
		t.Errorf("his devices: %+v", all)
	}
}

// TestDevice_ADeadNodeDoesNotHideACut: the lease that a killed process left behind
// does not say for ever that she is connected.
func TestDevice_ADeadNodeDoesNotHideACut(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{}})
	ada, again := w.Agent("Ada", chat.Member), w.Node("n1-again")
	device := desktest.Device(w.SignIn(ada))
	check(t, w.Desk.RenewAgents(t.Context(), []desk.Present{device}))
	renewed(t, w, 50*time.Second, map[*desk.Desk][]desk.Present{again: {device}})
	check(t, again.CutPresence(t.Context(), device))
	w.Clock.Advance(3 * time.Second)
	if rings(w, ada) {
		t.Error("3 s after her only connection was cut she is offered a chat")
	}
}

// TestDevice_IsMobileWhereAllAre: what the board says of who answers from a phone.
func TestDevice_IsMobileWhereAllAre(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	token := must[string](t)(w.Desk.SignInTicket(t.Context(), ada.Email))
	phone := desktest.Device(must[desk.SignedIn](t)(w.Desk.SignInByTicket(t.Context(), token, desk.Device{UserAgent: "Safari, iOS", Mobile: true})))
	laptop := desktest.Device(w.SignIn(ada))
	for _, c := range []struct {
		here    []desk.Present
		devices int
		mobile  bool
	}{{nil, 0, false}, {[]desk.Present{phone}, 1, true}, {[]desk.Present{phone, laptop}, 2, false}} {
		check(t, w.Desk.RenewAgents(t.Context(), c.here))
		for _, a := range must[desk.Board](t)(w.Desk.Board(t.Context(), w.Owner)).Agents {
			if a.Agent == ada.ID && (a.Devices != c.devices || a.Mobile != c.mobile) {
				t.Errorf("with %d devices: %d, mobile %v", c.devices, a.Devices, a.Mobile)
			}
		}
	}
}

// TestInput_OnAnyDeviceKeepsTheAgentAndTakesTheWarningBackOnAll: the newest input
// counts, and each device knows its own.
func TestInput_OnAnyDeviceKeepsTheAgentAndTakesTheWarningBackOnAll(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	laptop, phone := w.SignIn(ada), w.SignIn(ada)
	here := []desk.Present{desktest.Device(laptop), desktest.Device(phone)}
	touch := func(in desk.SignedIn) {
		t.Helper()
		_, session, err := w.Desk.Authenticate(t.Context(), in.Secret)
		check(t, err)
		check(t, w.Desk.NoteInput(t.Context(), ada, session))
	}
	pass := func(by time.Duration) { renewed(t, w, by, map[*desk.Desk][]desk.Present{w.Desk: here}) }
	awayAt := func() int64 {
		t.Helper()
		return must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), ada, "my")).AwayAt
	}
	check(t, w.Desk.RenewAgents(t.Context(), here))
	touch(laptop)
	first := chat.Micros(w.Clock.Now())
	pass(20 * time.Second)
	touch(phone) // so soon after that the agent's own is not written again
	second := chat.Micros(w.Clock.Now())
	for _, s := range must[[]desk.OpenSession](t)(w.Desk.Sessions(t.Context(), ada)) {
		if want := map[chat.SessionID]int64{laptop.Session.ID: first, phone.Session.ID: second}[s.ID]; s.InputAt != want || !s.Connected {
			t.Errorf("%+v, want connected and its input at %d", s, want)
		}
	}
	pass(9 * time.Minute)
	own := w.Log(chat.AgentConversation(ada.ID))
	if b := last[chat.IdleWarned](t, w, chat.AgentConversation(ada.ID), chat.KindIdling); b.Deadline < first+600_000_000 || awayAt() != b.Deadline {
		t.Fatalf("9 minutes after her last key: %s, away at %d of %d", kinds(own), awayAt(), first)
	}
	touch(phone)
	if b := last[chat.IdleWarned](t, w, chat.AgentConversation(ada.ID), chat.KindIdling); b.Deadline != 0 || awayAt() != 0 {
		t.Errorf("after a key on the phone the warning holds: %+v, %d", b, awayAt())
	}
	touch(phone)
	if more := w.Log(chat.AgentConversation(ada.ID)); len(more) != len(own)+1 {
		t.Errorf("told again without a warning: %s", kinds(more))
	}
	pass(2 * time.Minute)
	if a := must[chat.Agent](t)(agentOf(t, w, ada.ID)); a.Status != chat.Accepting {
		t.Errorf("two minutes after a key she is %s", a.Status)
	}
}

// TestInput_BetweenTheDecisionAndItsWritingNobodyIsWarned: the key came first.
func TestInput_BetweenTheDecisionAndItsWritingNobodyIsWarned(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	in := w.SignIn(ada)
	check(t, w.Desk.NoteInput(t.Context(), ada, in.Session))
	w.Clock.Advance(9 * time.Minute)
	w.Connect(ada)
	check(t, w.Desk.RouteAfter(t.Context(), func() { check(t, w.Desk.NoteInput(t.Context(), ada, in.Session)) }))
	if own := w.Log(chat.AgentConversation(ada.ID)); slices.ContainsFunc(own, func(e chat.Event) bool { return e.Kind == chat.KindIdling }) {
		t.Errorf("warned: %s", kinds(own))
	}
}

// TestInput_RightAfterTheWarningCounts: where the times are short, too.
func TestInput_RightAfterTheWarningCounts(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	must[desk.RoutingSettings](t)(w.Desk.SetRouting(t.Context(), w.Owner, desk.RoutingSettings{Timing: desk.Timing{InputWarn: 20, Input: 25}}))
	ada := w.Agent("Ada", chat.Member)
	in := w.SignIn(ada)
	here := map[*desk.Desk][]desk.Present{w.Desk: {desktest.Device(in)}}
	check(t, w.Desk.RenewAgents(t.Context(), here[w.Desk]))
	w.Route() // she accepts from here on
	check(t, w.Desk.NoteInput(t.Context(), ada, in.Session))
	renewed(t, w, 20*time.Second, here)
	if b := last[chat.IdleWarned](t, w, chat.AgentConversation(ada.ID), chat.KindIdling); b.Deadline == 0 {
		t.Fatal("not warned")
	}
	check(t, w.Desk.NoteInput(t.Context(), ada, in.Session))
	renewed(t, w, 10*time.Second, here)
	if a := must[chat.Agent](t)(agentOf(t, w, ada.ID)); a.Status != chat.Accepting {
		t.Errorf("10 s after her key she is %s", a.Status)
	}
}
