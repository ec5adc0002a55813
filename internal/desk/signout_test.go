package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func TestSignOut_AsksAboutOpenChats(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	in := w.SignIn(ada)
	w.Connect(bob)
	_, c := w.Taken(ada)
	err := w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{})
	wantKind(t, "an open chat", err, chat.Conflict)
	if open, ok := err.(*chat.Error).Detail.(desk.OpenChats); !ok || len(open.Open) != 1 || open.Open[0] != c {
		t.Errorf("it lists %+v", err)
	}
	if _, _, err := w.Desk.Authenticate(t.Context(), in.Secret); err != nil {
		t.Error("signed out before the answer")
	}
	err = w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{Chats: desk.ChatsToAgent, To: "a_nobody"})
	wantKind(t, "a colleague who is not there", err, chat.Missing)
	if err := w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{Chats: desk.ChatsToAgent, To: bob.ID}); err != nil {
		t.Fatal(err)
	}
	if th := w.State(c).Thread; th.Lead != bob.ID {
		t.Errorf("handed over: %+v", th)
	}
	if _, _, err := w.Desk.Authenticate(t.Context(), in.Secret); err == nil {
		t.Error("still signed in")
	}
	in = w.SignIn(bob)
	if err := w.Desk.SignOut(t.Context(), bob, in.Session.ID, desk.SignOut{Chats: desk.ChatsToGroup}); err != nil {
		t.Fatal(err)
	}
	th := w.State(c).Thread
	if b := last[chat.Requeued](t, w, c, chat.KindRequeued); th.State != chat.Queued || !th.Front || b.Cause != chat.SignedOut {
		t.Errorf("back in the queue: %+v, %+v", th, b)
	}
}

// TestSignOut_NothingGoesToWhoIsNotThere: his status says that he accepts, and he
// has not been connected for two days.
func TestSignOut_NothingGoesToWhoIsNotThere(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Disconnect(bob)
	w.Clock.Advance(48 * time.Hour)
	w.Connect(ada)
	in := w.SignIn(ada)
	_, c := w.Taken(ada)
	err := w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{Chats: desk.ChatsToAgent, To: bob.ID})
	wantKind(t, "a colleague who is not connected", err, chat.Conflict)
	if lead := w.State(c).Thread.Lead; lead != ada.ID {
		t.Errorf("it was given to %q", lead)
	}
}

// TestSignOut_AForgottenSignInAnswersNobody: only a device that is connected spares
// the question, whichever node it reaches.
func TestSignOut_AForgottenSignInAnswersNobody(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	old := w.SignIn(ada)
	w.Clock.Advance(3 * 24 * time.Hour)
	in, away := w.SignIn(ada), w.Node("n2")
	check(t, away.RenewAgents(t.Context(), []desk.Present{desktest.Device(old), desktest.Device(in)}))
	check(t, away.CutPresence(t.Context(), desktest.Device(old)))
	_, c := w.Taken(ada)
	wantKind(t, "an old sign-in elsewhere", w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{}), chat.Conflict)
	check(t, away.RenewPresence(t.Context(), []desk.Present{desktest.Device(old)}))
	check(t, w.Desk.SignOut(t.Context(), ada, in.Session.ID, desk.SignOut{}))
	if lead := w.State(c).Thread.Lead; lead != ada.ID {
		t.Errorf("another device is connected, and %q leads", lead)
	}
}
