package desk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// A further question stands under the first one, also where its author is not in the
// channel, calls who has answered, and what is answered to it comes back behind it.
func TestAskFurther_StandsUnderTheQuestionAndInTheChat(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to := w.ask(desk.Asking{})
	further := func(key, text string) desk.Done {
		t.Helper()
		return must[desk.Done](t)(w.Desk.AskFurther(ctx, w.ada, w.c, key, to.Seq, text))
	}
	called := func(a chat.Agent) int {
		all, _ := mentionsOf(t, w.World, a)
		return len(all)
	}
	further("before", "She has the receipt.")
	if called(w.bob) != 2 || called(w.cem) != 2 {
		t.Errorf("before an answer those on shift are called: Bob %d times, Cem %d times, want 2 each", called(w.bob), called(w.cem))
	}
	w.answer(w.bob, to, "Then yes.")
	must[desk.Done](t)(w.Desk.UseAnswer(ctx, w.ada, w.c, w.Key(), to.Seq, w.notes(to)[1].Seq))
	for i := range 2 {
		if done := further("after", "And in August?"); done.Again != (i == 1) || len(done.Events) != 1 {
			t.Errorf("time %d: %+v", i+1, done)
		}
	}
	if called(w.bob) != 3 || called(w.cem) != 2 {
		t.Errorf("after an answer who gave it is called: Bob %d times, Cem %d times, want 3 and 2", called(w.bob), called(w.cem))
	}
	if card, _ := w.card(to); card.State != chat.SideOpen || cmp.Diff([]chat.AgentID{w.bob.ID}, card.Answerers) != "" {
		t.Errorf("the card: %+v", card)
	}
	var stands chat.Event
	for _, e := range w.Log(w.channel) {
		if e.Kind == chat.KindMessage {
			stands = e
		}
	}
	if said := textOf(t, stands); said.Text != "And in August?" || said.ReplyTo != to.Message || stands.Actor.Agent() != w.ada.ID {
		t.Errorf("in the channel stands %+v %+v", stands.Actor, said)
	}
	w.say(w.cem, to.Talk, desk.Line{Text: "In August, too.", ReplyTo: stands.Seq})
	var texts []string
	for _, n := range w.notes(to) {
		texts = append(texts, n.Actor.Name+": "+textOf(t, n).Text)
	}
	want := []string{"Ada: She has the receipt.", "Bob: Then yes.", "Ada: And in August?", "Cem: In August, too."}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("in the chat (-want +got):\n%s", diff)
	}
	if now := w.side(to); now.State() != chat.SideAnswered || now.Answers != 2 {
		t.Errorf("answered again: %+v", now)
	}
	direct := w.ask(desk.Asking{Agent: w.bob.ID})
	must[desk.Done](t)(w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), direct.Seq, "no, wait"))
	log := w.Log(direct.Talk)
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.ada, direct.Talk, w.Key(), log[len(log)-1].Seq))
	if said := textOf(t, w.notes(direct)[0]); said.Text != "" || said.Emptied == 0 || !w.side(direct).Live() {
		t.Errorf("taken back: %+v, %+v", said, w.side(direct))
	}
	_, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.ada, w.c, w.Key(), w.notes(to)[0].Seq)
	wantKind(t, "a draft of a question", err, chat.Invalid)
}

func TestAskFurther_IsForWhoMayAskAndOfWhatIsNotOver(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to := w.ask(desk.Asking{Agent: w.bob.ID})
	_, err := w.Desk.AskFurther(ctx, w.bob, w.c, w.Key(), to.Seq, "and?")
	wantKind(t, "who may not see the chat", err, chat.Missing)
	must[desk.Done](t)(w.Desk.Ask(ctx, w.ada, w.c, desk.Asking{Key: w.Key(), Text: "look", Agent: w.cem.ID, Grant: true}))
	_, err = w.Desk.AskFurther(ctx, w.now(w.cem), w.c, w.Key(), to.Seq, "and?")
	wantKind(t, "a guest", err, chat.Denied)
	_, err = w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), to.Seq+1, "and?")
	wantKind(t, "of another question", err, chat.Missing)
	must[desk.Done](t)(w.Desk.EndAside(ctx, w.ada, w.c, w.Key(), to.Seq))
	before := len(w.Log(to.Talk))
	_, err = w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), to.Seq, "and?")
	wantKind(t, "of what is over", err, chat.Gone)
	if after := len(w.Log(to.Talk)); after != before {
		t.Errorf("it stands in the talk all the same: %d events, %d before", after, before)
	}
}
