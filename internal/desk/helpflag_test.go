package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func TestHelp_IsAskedForAndSettled(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	_, err := w.Desk.AskForHelp(t.Context(), bob, c, w.Key(), "me")
	wantKind(t, "who is not in it", err, chat.Denied)
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), "refund above\nmy limit"))
	flag := w.State(c).Thread.Help
	if flag == nil || flag.Cause != chat.HelpAsked || flag.By != ada.ID || flag.Reason != "refund above my limit" || flag.Since != chat.Micros(w.Clock.Now()) {
		t.Fatalf("the flag is %+v", flag)
	}
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "one moment", Seen: 100}))
	if w.State(c).Thread.Help == nil {
		t.Error("her own words have lowered her flag")
	}
	wall := must[[]desk.WallChat](t)(w.Desk.Wall(t.Context(), bob))
	if len(wall) != 1 || wall[0].Row.Thread.Help == nil || !wall[0].MayWatch || wall[0].MayTakeOver {
		t.Errorf("the wall shows %+v", wall)
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	must[desk.Done](t)(w.Desk.Whisper(t.Context(), bob, c, desk.Message{Key: w.Key(), Text: "go ahead"}))
	if b := last[chat.HelpCleared](t, w, c, chat.KindHelpCleared); w.State(c).Thread.Help != nil || b.How != chat.HelpByAnswer || b.By != bob.ID {
		t.Errorf("after the whisper: %+v", b)
	}
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), ""))
	must[desk.Done](t)(w.Desk.HelpSettled(t.Context(), ada, c, w.Key()))
	if w.State(c).Thread.Help != nil {
		t.Error("not lowered by hand")
	}
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), ""))
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	if w.State(c).Thread.Help != nil {
		t.Error("not lowered by the close")
	}
}

func TestHelp_RisesByItself(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	if _, err := w.Desk.SetHelpWords(t.Context(), w.Owner, []string{"Anwältin", "cancel", "解約"}); err != nil {
		t.Fatal(err)
	}
	flagged := func(c chat.ConversationID) chat.HelpCause {
		if h := w.State(c).Thread.Help; h != nil {
			return h.Cause
		}
		return ""
	}
	for text, want := range map[string]chat.HelpCause{
		"I will CANCEL!":                chat.HelpWord,
		"cancellation policy":           "",
		"meine anwaltin schreibt Ihnen": chat.HelpWord,
		"すぐに解約したい":                      chat.HelpWord,
		"why? when? how?":               chat.HelpQuestions,
		"really??? why":                 "",
	} {
		v, c := w.Taken(ada)
		v.Says(text)
		if got := flagged(c); got != want {
			t.Errorf("%q flags %q, want %q", text, got, want)
		}
	}
	v, c := w.Taken(ada)
	v.Says("what is this?")
	v.Says("hello?")
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "a thing", Seen: 100}))
	v.Says("which one?")
	v.Says("sure?")
	if got := flagged(c); got != "" {
		t.Errorf("questions that were answered count: %q", got)
	}
	v.Says("yes?")
	if got := flagged(c); got != chat.HelpQuestions {
		t.Errorf("the third question without an answer flags %q", got)
	}
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "yes", Seen: 100}))
	if got := flagged(c); got != "" {
		t.Errorf("still flagged %q after the answer", got)
	}
}

func TestHelp_RisesWhereAVisitorWaitsTooLong(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{HelpAfter: 60})
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada) // with nobody there a chat is a message, which may wait
	_, c := w.Taken(ada)
	sweep := func() {
		t.Helper()
		if err := w.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(time.Minute)
	if sweep(); w.State(c).Thread.Help != nil {
		t.Error("flagged after a minute, want later")
	}
	w.Clock.Advance(time.Second)
	if sweep(); w.State(c).Thread.Help == nil || w.State(c).Thread.Help.Cause != chat.HelpWaiting {
		t.Errorf("the flag is %+v", w.State(c).Thread.Help)
	}
	head := w.State(c).Conversation.Head
	if sweep(); w.State(c).Conversation.Head != head {
		t.Error("it is flagged twice")
	}
	etiquette(w, chat.Etiquette{HelpAfter: -1})
	_, quiet := w.Taken(ada)
	w.Clock.Advance(time.Hour)
	if sweep(); w.State(quiet).Thread.Help != nil {
		t.Error("flagged though the group never wants it")
	}
}
