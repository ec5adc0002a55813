package desk_test

import (
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// wantGone looks for words that were taken back in all that is stored, and in what a
// reader of the chat is given.
func (w *aside) wantGone(words, stays string) {
	w.t.Helper()
	stored := w.Stored()
	stored["the conversation as it is read"] = asText(w.t, must[desk.Conversation](w.t)(w.Desk.Conversation(w.t.Context(), w.now(w.ada), w.c)))
	found := false
	for where, rows := range stored {
		if strings.Contains(rows, words) {
			w.t.Errorf("%s still holds %q", where, words)
		}
		found = found || strings.Contains(rows, stays)
	}
	if !found {
		w.t.Errorf("nothing holds %q: the search proves nothing", stays)
	}
}

// The question stands in the Thread, too, and that may be over and another one begun.
func TestTakeBack_AQuestionLeavesNoWordInAFormerThread(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	must[desk.Done](t)(w.Desk.Ask(ctx, w.ada, w.c, desk.Asking{Key: w.Key(), Text: "canaryquestion", Agent: w.bob.ID, Confirmed: true}))
	to := w.State(w.c).Thread.SideTalks[0]
	former := w.State(w.c).Thread.ID
	must[desk.Done](t)(w.Desk.Close(ctx, w.ada, w.c, w.Key()))
	w.visitor.Says("last-words-of-all")
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.ada, to.Talk, w.Key(), to.Message))
	w.wantGone("canaryquestion", "last-words-of-all")
	open := must[desk.Conversation](t)(w.Desk.Conversation(ctx, w.now(w.ada), w.c))
	for _, thread := range open.Threads {
		if side, found := thread.SideTalk(to.Seq); thread.ID == former && (!found || side.State() != chat.SideOver || side.Text != "") {
			t.Errorf("the former thread has %+v", side)
		}
	}
}
