package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

const day = 24 * time.Hour

func TestSession_EndsAfterFourteenIdleDays(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	secret := w.SignedIn.Secret
	for range 6 {
		w.Clock.Advance(13 * day)
		if _, _, err := w.Desk.Authenticate(t.Context(), secret); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	w.Clock.Advance(14 * day)
	_, _, err := w.Desk.Authenticate(t.Context(), secret)
	wantKind(t, "after 14 idle days", err, chat.Missing)
}

func TestSession_EndsAfterNinetyDaysWhateverHappens(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for range 89 {
		w.Clock.Advance(day)
		if _, _, err := w.Desk.Authenticate(t.Context(), w.SignedIn.Secret); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(day)
	_, _, err := w.Desk.Authenticate(t.Context(), w.SignedIn.Secret)
	wantKind(t, "after 90 days", err, chat.Missing)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open, err := w.Desk.Sessions(t.Context(), w.Owner); err != nil || len(open) != 0 {
		t.Errorf("open sessions: %v, %v", open, err)
	}
}

func TestSession_LastUseIsWrittenAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	seen := func() int64 {
		t.Helper()
		if _, _, err := w.Desk.Authenticate(t.Context(), w.SignedIn.Secret); err != nil {
			t.Fatal(err)
		}
		return must[[]desk.OpenSession](t)(w.Desk.Sessions(t.Context(), w.Owner))[0].SeenAt
	}
	before := seen()
	w.Clock.Advance(50 * time.Second)
	if got := seen(); got != before {
		t.Errorf("written after 50 s")
	}
	w.Clock.Advance(20 * time.Second)
	if got := seen(); got != chat.Micros(w.Clock.Now()) {
		t.Errorf("after 70 s the last use is %d, want now", got)
	}
}

func TestEndSession_SignsOutThatOneAndTellsItsConnections(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	one, two := w.SignIn(ada), w.SignIn(ada)
	wantKind(t, "a colleague's session", w.Desk.EndSession(t.Context(), bob, one.Session.ID), chat.Missing)
	if err := w.Desk.EndSession(t.Context(), ada, one.Session.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.Desk.Authenticate(t.Context(), one.Secret)
	wantKind(t, "the ended session", err, chat.Missing)
	if _, _, err := w.Desk.Authenticate(t.Context(), two.Secret); err != nil {
		t.Errorf("the other session: %v", err)
	}
	if got := ended(w, ada.ID); len(got) != 1 || got[0].Session != one.Session.ID {
		t.Errorf("session.ended: %+v", got)
	}
	wantKind(t, "ended again", w.Desk.EndSession(t.Context(), ada, one.Session.ID), chat.Missing)
}

func TestAuthenticate_NobodyWithoutASession(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for _, secret := range []string{"", "nonsense", string(w.SignedIn.Session.Hash)} {
		_, _, err := w.Desk.Authenticate(t.Context(), secret)
		wantKind(t, "secret", err, chat.Missing)
	}
}

func TestDisabledAgent_IsOutAtOnceAndEverywhere(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	one, two := w.SignIn(ada), w.SignIn(ada)
	link := must[string](t)(w.Desk.SignInTicket(t.Context(), ada.Email))
	yes := true
	after := must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ada.ID, desk.AgentChange{Disabled: &yes}))
	if after.Rights != ada.Rights+1 {
		t.Errorf("rights %d, want one more than %d", after.Rights, ada.Rights)
	}
	for _, in := range []desk.SignedIn{one, two} {
		_, _, err := w.Desk.Authenticate(t.Context(), in.Secret)
		wantKind(t, "a session of a disabled agent", err, chat.Missing)
	}
	if got := ended(w, ada.ID); len(got) != 1 || got[0].Session != "" {
		t.Errorf("session.ended: %+v, want one for all", got)
	}
	_, err := w.Desk.SignInByTicket(t.Context(), link, from("192.0.2.3"))
	wantKind(t, "a link from before", err, chat.Gone)
	// What was authenticated a moment before must not act any more.
	_, err = w.Desk.PostMessage(t.Context(), ada, c, says(w, "one last word"))
	wantKind(t, "a message of a disabled agent", err, chat.Denied)
	wantKind(t, "a read mark of a disabled agent", w.Desk.MarkRead(t.Context(), ada, c, 1), chat.Denied)
	no := false
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ada.ID, desk.AgentChange{Disabled: &no}))
	_, _, err = w.Desk.Authenticate(t.Context(), one.Secret)
	wantKind(t, "an old session after enabling", err, chat.Missing)
}
