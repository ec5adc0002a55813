package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// look does the jobs that look for who knows a visitor, and returns how many there
// were.
func look(t *testing.T, w *desktest.World) (n int) {
	t.Helper()
	var due []store.Job
	now := chat.Micros(w.Clock.Now())
	w.Write(func(tx *store.Tx) (err error) {
		due, err = tx.ClaimJobs(now, now+1, 100)
		return err
	})
	for _, j := range due {
		if j.Kind != desk.JobKnowers {
			continue
		}
		n++
		for range 2 { // a job may run twice
			if err := w.Desk.Knowers(t.Context(), j.Body); err != nil {
				t.Fatal(err)
			}
		}
		w.Write(func(tx *store.Tx) error { return tx.FinishJob(j.ID) })
	}
	return n
}

func cardsOf(t *testing.T, w *desktest.World, a chat.Agent) []desk.KnownCustomer {
	t.Helper()
	return must[[]desk.KnownCustomer](t)(w.Desk.KnownCustomers(t.Context(), a))
}

func take(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) {
	t.Helper()
	must[desk.Done](t)(w.Desk.Take(t.Context(), a, c, desk.Taking{Key: w.Key(), Over: true}))
}

func TestKnowers_WhoHelpedBeforeGetsOneCardAndTellsTheLead(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, eve, ctx := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Eve", chat.Member), t.Context()
	v, c := w.Taken(ada)
	if n := look(t, w); n != 0 {
		t.Errorf("%d jobs for somebody who is new", n)
	}
	must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, says(w, "VAT number is on file")))
	w.Clock.Advance(time.Hour)
	must[desk.Done](t)(w.Desk.Close(ctx, ada, c, w.Key()))
	ended := chat.Micros(w.Clock.Now())
	w.Clock.Advance(24 * time.Hour)
	v.Says("hello again")
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 1 || cards[0].Lead != "" || cards[0].Helped != ended || cards[0].Maybe || !slices.Equal(cards[0].Notes, []string{"VAT number is on file"}) {
		t.Fatalf("while he waits Ada has %+v", cards)
	}
	take(t, w, bob, c)
	look(t, w)
	if got := kinds(w.Log(chat.AgentConversation(ada.ID))); got != "knows" {
		t.Errorf("Ada is told %q, want one card", got)
	}
	for _, a := range []chat.Agent{bob, eve, w.Owner} {
		if cards := cardsOf(t, w, a); len(cards) != 0 {
			t.Errorf("%s has %+v", a.Name, cards)
		}
	}
	done := must[desk.Done](t)(w.Desk.OfferContext(ctx, ada, c, "k1", "He is exempt from VAT."))
	if again := must[desk.Done](t)(w.Desk.OfferContext(ctx, ada, c, "k1", "He is exempt from VAT.")); !again.Again || kinds(done.Events) != "whisper" {
		t.Errorf("offered %q, again %v", kinds(done.Events), again.Again)
	}
	for _, who := range []chat.Agent{ada, bob, eve, w.Owner} {
		events, _, err := w.Desk.Events(ctx, who, c, desk.Span{Limit: 100})
		heard := strings.Contains(asText(t, events), "exempt from VAT")
		if want := who.ID == ada.ID || who.ID == bob.ID; heard != want || err != nil {
			t.Errorf("%s hears it: %v, want %v (%v)", who.Name, heard, want, err)
		}
	}
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("the card is still there: %+v", cards)
	}
	_, err := w.Desk.OfferContext(ctx, ada, c, w.Key(), "once more")
	wantKind(t, "without a card", err, chat.Gone)
	must[desk.Done](t)(w.Desk.Requeue(ctx, bob, c, w.Key()))
	take(t, w, eve, c)
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("a second card: %+v", cards)
	}
	if cards := cardsOf(t, w, bob); len(cards) != 0 {
		t.Errorf("a card for this very thread: %+v", cards)
	}
}

func TestKnowers_CardEndsWhenItIsPutAwayAndWithItsThread(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, ctx := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), t.Context()
	v, c := w.Taken(ada)
	again := func() {
		t.Helper()
		must[desk.Done](t)(w.Desk.Close(ctx, w.Owner, c, w.Key()))
		v.Says("again")
		look(t, w)
	}
	must[desk.Done](t)(w.Desk.Join(ctx, w.Owner, c, w.Key()))
	again()
	cards := cardsOf(t, w, ada)
	if len(cards) != 1 {
		t.Fatalf("cards %+v", cards)
	}
	for _, how := range []string{chat.CardOffered, "", "x"} {
		wantKind(t, "ended as "+how, w.Desk.EndCard(ctx, ada, cards[0].Thread, how), chat.Invalid)
	}
	for range 2 {
		if err := w.Desk.EndCard(ctx, ada, cards[0].Thread, chat.CardDismissed); err != nil {
			t.Fatal(err)
		}
	}
	if got := kinds(w.Log(chat.AgentConversation(ada.ID))); got != "knows knows.ended" {
		t.Errorf("Ada is told %q", got)
	}
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("put away: %+v", cards)
	}
	take(t, w, bob, c)
	must[desk.Done](t)(w.Desk.Join(ctx, w.Owner, c, w.Key()))
	again()
	if cards := cardsOf(t, w, ada); len(cards) != 1 {
		t.Fatalf("in the next sitting: %+v", cards)
	}
	take(t, w, ada, c)
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("of his own chat: %+v", cards)
	}
	must[desk.Done](t)(w.Desk.Close(ctx, ada, c, w.Key()))
	if cards := cardsOf(t, w, bob); len(cards) != 0 {
		t.Errorf("of a chat that is over: %+v", cards)
	}
}

func TestKnowers_NamesNothingThatItsReaderMayNotSee(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_hidden", Name: "Hidden", Policy: chat.PolicyGroup})
	})
	ada, hid, ctx := w.Agent("Ada", chat.Member), w.Agent("Hid", chat.Member, "g_hidden"), t.Context()
	_, one := comes(t, w, "Mia", "mia@home.example", w.Group.ID)
	take(t, w, ada, one)
	must[desk.Done](t)(w.Desk.Close(ctx, ada, one, w.Key()))
	look(t, w)
	_, two := comes(t, w, "canary-name", "MIA@home.example", "g_hidden")
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("Ada has a card for what she may not see: %+v", cards)
	}
	if got := w.Log(chat.AgentConversation(ada.ID)); strings.Contains(asText(t, got), string(two)) {
		t.Errorf("Ada's log names it: %s", asText(t, got))
	}
	take(t, w, hid, two)
	must[desk.Done](t)(w.Desk.Close(ctx, hid, two, w.Key()))
	_, three := comes(t, w, "Mia", "mia@home.example", w.Group.ID)
	look(t, w)
	if cards := cardsOf(t, w, hid); len(cards) != 0 {
		t.Errorf("Hid has a card for what he may not see: %+v", cards)
	}
	cards := cardsOf(t, w, ada)
	if len(cards) != 1 || cards[0].Conversation != three || !cards[0].Maybe {
		t.Fatalf("Ada has %+v", cards)
	}
	must[desk.Done](t)(w.Desk.Move(ctx, w.Owner, three, desk.Moving{Key: w.Key(), Group: "g_hidden", Reason: "a complaint"}))
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("of a chat that went out of her sight: %+v", cards)
	}
}

// She led a sitting that others have now, whom she may not look at: that one is no
// reason for a card.
func TestKnowers_ASittingOutOfSightIsNoReason(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_hidden", Name: "Hidden", Policy: chat.PolicyGroup})
	})
	ada, hid, ctx := w.Agent("Ada", chat.Member), w.Agent("Hid", chat.Member, "g_hidden"), t.Context()
	_, one := comes(t, w, "Mia", "", w.Group.ID)
	take(t, w, ada, one)
	must[desk.Done](t)(w.Desk.Move(ctx, ada, one, desk.Moving{Key: w.Key(), Group: "g_hidden", Reason: "a complaint"}))
	take(t, w, hid, one)
	must[desk.Done](t)(w.Desk.Close(ctx, hid, one, w.Key()))
	_, two := comes(t, w, "Mia", "", w.Group.ID)
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, w.Owner, two, w.Key(), one))
	look(t, w)
	if cards, told := cardsOf(t, w, ada), kinds(w.Log(chat.AgentConversation(ada.ID))); len(cards) != 0 || told != "" {
		t.Errorf("Ada has %+v and is told %q", cards, told)
	}
	must[desk.Done](t)(w.Desk.Grant(ctx, w.Owner, one, w.Key(), ada.ID))
	must[desk.Done](t)(w.Desk.UnlinkPerson(ctx, w.Owner, two, w.Key(), personOf(t, w, w.Owner, two).Links[0].ID))
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, w.Owner, two, w.Key(), one))
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 1 {
		t.Fatalf("since she may look again: %+v", cards)
	}
	must[desk.Done](t)(w.Desk.Revoke(ctx, w.Owner, one, w.Key(), ada.ID))
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Errorf("and not any more: %+v", cards)
	}
}

func TestKnowers_ALinkMakesMaybeCertain(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	_, one := comes(t, w, "Mia", "", w.Group.ID)
	take(t, w, ada, one)
	must[desk.Done](t)(w.Desk.Close(ctx, ada, one, w.Key()))
	_, two := comes(t, w, "Mia", "", w.Group.ID)
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 0 {
		t.Fatalf("two strangers: %+v", cards)
	}
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, w.Owner, two, w.Key(), one))
	look(t, w)
	if cards := cardsOf(t, w, ada); len(cards) != 1 || cards[0].Conversation != two || cards[0].Maybe {
		t.Errorf("after the link: %+v", cards)
	}
}
