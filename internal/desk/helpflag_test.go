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
		"WHERE IS MY ORDER NOW":         chat.HelpCapitals,
		"Where is MY order now":         "",
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

// TestHelp_RisesWhereMoreIsPromisedThanTheGroupAllows: whatever way the words take to
// the visitor, and his own next answer does not lower it.
func TestHelp_RisesWhereMoreIsPromisedThanTheGroupAllows(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ben := w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member)
	say := func(a chat.Agent, c chat.ConversationID, text string) {
		t.Helper()
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), a, c, desk.Message{Key: w.Key(), Text: text, Seen: 1000}))
	}
	flag := func(c chat.ConversationID) chat.Help {
		if h := w.State(c).Thread.Help; h != nil {
			h.Since = 0
			return *h
		}
		return chat.Help{}
	}
	_, c := w.Taken(ada)
	if say(ada, c, "We refund 5,000 €"); flag(c) != (chat.Help{}) {
		t.Errorf("no sum is set, and it is flagged: %+v", flag(c))
	}
	etiquette(w, chat.Etiquette{HelpRefund: 200})
	for text, sum := range map[string]string{
		"We refund 200.01 € at once":              "200.01",
		"Wir erstatten Ihnen 1.250,50 EUR zurück": "1250.50",
		"We refund 200 €":                         "",
		"The price is 900 €":                      "",
		"We refund order 4711":                    "",
	} {
		_, c := w.Taken(ada)
		want := chat.Help{}
		if sum != "" {
			want = chat.Help{Cause: chat.HelpRefund, Reason: sum, By: ada.ID}
		}
		if say(ada, c, text); flag(c) != want {
			t.Errorf("%q flags %+v, want %+v", text, flag(c), want)
		}
	}
	v, c := w.Taken(ada)
	v.Says("CAN I HAVE MY MONEY BACK")
	if flag(c).Cause != chat.HelpCapitals {
		t.Errorf("the shouting flags %+v", flag(c))
	}
	promised := chat.Help{Cause: chat.HelpRefund, Reason: "300", By: ada.ID}
	if say(ada, c, "Yes, I refund 300 €"); flag(c) != promised {
		t.Errorf("the answer that lowers the one flag raises %+v, want %+v", flag(c), promised)
	}
	if say(ada, c, "It takes three days"); flag(c) != promised {
		t.Errorf("her own next answer leaves %+v", flag(c))
	}
	must[desk.Done](t)(w.Desk.Join(t.Context(), ben, c, w.Key()))
	if say(ben, c, "I look after it"); flag(c) != (chat.Help{}) {
		t.Errorf("a colleague's answer leaves %+v", flag(c))
	}
	_, c = w.Taken(ada)
	come(t, w, ada, ben, c, chat.Expert)
	said := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ben, c, desk.Message{Key: w.Key(), Text: "We refund 250 €", Seen: 1000}))
	if flag(c) != (chat.Help{}) {
		t.Errorf("a proposal flags %+v before the visitor has it", flag(c))
	}
	must[desk.Done](t)(w.Desk.Release(t.Context(), ada, c, w.Key(), said.Events[0].Seq, ""))
	if want := (chat.Help{Cause: chat.HelpRefund, Reason: "250", By: ben.ID}); flag(c) != want {
		t.Errorf("a released proposal flags %+v, want %+v", flag(c), want)
	}
	_, c = w.Taken(ada)
	say(ada, c, "We refund you")
	seq := w.State(c).Conversation.Head
	must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, w.Key(), seq, "We refund you 201 USD"))
	if flag(c).Reason != "201" {
		t.Errorf("an edit flags %+v", flag(c))
	}
}

func flagOf(w *desktest.World, c chat.ConversationID) chat.Help {
	if h := w.State(c).Thread.Help; h != nil {
		return *h
	}
	return chat.Help{}
}

// TestHelp_AProposalThatNobodyHasReleasedLowersNothing: neither the visitor nor who
// asked has an answer yet. Released, or from an expert who is trusted, it is one.
func TestHelp_AProposalThatNobodyHasReleasedLowersNothing(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ben := w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member)
	propose := func(c chat.ConversationID) int64 {
		t.Helper()
		said := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ben, c, desk.Message{Key: w.Key(), Text: "restart it", Seen: 1000}))
		return said.Events[0].Seq
	}
	for cause, raise := range map[chat.HelpCause]func(desktest.Visitor, chat.ConversationID){
		chat.HelpAsked: func(_ desktest.Visitor, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), "what now"))
		},
		chat.HelpCapitals: func(v desktest.Visitor, _ chat.ConversationID) { v.Says("WHERE IS MY ORDER NOW") },
	} {
		v, c := w.Taken(ada)
		come(t, w, ada, ben, c, chat.Expert)
		raise(v, c)
		seq := propose(c)
		if got := flagOf(w, c).Cause; got != cause {
			t.Errorf("%s: a proposal leaves %q", cause, got)
		}
		must[desk.Done](t)(w.Desk.JumpIn(t.Context(), ben, c, desk.Message{Key: w.Key(), Text: "restart it, I say"}))
		if got := flagOf(w, c).Cause; got != cause {
			t.Errorf("%s: a proposal by jumping in again leaves %q", cause, got)
		}
		must[desk.Done](t)(w.Desk.Release(t.Context(), ada, c, w.Key(), seq, ""))
		if got := flagOf(w, c); got != (chat.Help{}) {
			t.Errorf("%s: released, it leaves %+v", cause, got)
		}
		raise(v, c)
		must[desk.Done](t)(w.Desk.Trust(t.Context(), ada, c, w.Key(), ben.ID, 5))
		if got := flagOf(w, c).Cause; got != cause {
			t.Errorf("%s: being trusted leaves %q", cause, got)
		}
		propose(c)
		if got := flagOf(w, c); got != (chat.Help{}) {
			t.Errorf("%s: words of who is trusted leave %+v", cause, got)
		}
	}
}

// TestHelpSettled_NotByWhoOnlyReads: who was let in to read says no more of the flag
// than of the chat.
func TestHelpSettled_NotByWhoOnlyReads(t *testing.T) {
	t.Parallel()
	w, ada, bob, _, c := locked(t)
	must[desk.Done](t)(w.Desk.AddNote(t.Context(), ada, c, calls(w, "@Bob please read this", true, bob.ID)))
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), "the refund"))
	_, err := w.Desk.HelpSettled(t.Context(), bob, c, w.Key())
	wantKind(t, "by a guest", err, chat.Denied)
	must[desk.Done](t)(w.Desk.HelpSettled(t.Context(), ada, c, w.Key()))
	if h := w.State(c).Thread.Help; h != nil {
		t.Errorf("lowered by its lead: %+v", h)
	}
}
