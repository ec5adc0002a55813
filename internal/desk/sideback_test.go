package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
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

func (w *aside) puts(a chat.Agent, groups ...chat.GroupID) {
	w.t.Helper()
	a.Groups = groups
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
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

// An answer that was wrong is none: the question waits again, for whoever reads it, and
// the visitor may be told so.
func TestTakeBack_AnAnswerOpensItsQuestionAgain(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to := w.ask(desk.Asking{})
	bobs, cems := w.answer(w.bob, to, "within 60 days"), w.answer(w.cem, to, "if it is unused")
	second := w.answer(w.bob, to, "with the receipt")
	before := w.side(to)
	must[desk.Done](t)(w.Desk.UseAnswer(ctx, w.ada, w.c, w.Key(), to.Seq, w.notes(to)[0].Seq))
	back := func(by chat.Agent, e chat.Event) {
		must[desk.Done](t)(w.Desk.RedactInTalk(ctx, by, w.channel, w.Key(), e.Seq))
	}
	back(w.bob, second)
	if side := w.side(to); side.Answers != 2 || side.Last != w.notes(to)[1].Seq || side.Answered != before.Answered || side.State() != chat.SideUsed {
		t.Errorf("one of three taken back: %+v", side)
	}
	back(w.bob, bobs)
	side := w.side(to)
	card, _ := w.card(to)
	if side.Answers != 1 || cmp.Diff([]chat.AgentID{w.cem.ID}, side.Answerers) != "" || !card.Same(side.Card(w.c)) {
		t.Errorf("two of three taken back: %+v, the card says %+v", side, card)
	}
	back(w.cem, cems)
	side = w.side(to)
	if card, _ = w.card(to); side.State() != chat.SideOpen || side.Answered != 0 || side.Used != 0 || card.State != chat.SideOpen || len(card.Answerers) != 0 {
		t.Errorf("all taken back: %+v, the card says %+v", side, card)
	}
	must[desk.Done](t)(w.Desk.TellAside(ctx, w.ada, w.c, w.Key(), to.Seq, "I have asked a colleague."))
	w.answer(w.cem, to, "in its box")
	if card, _ = w.card(to); w.side(to).State() != chat.SideAnswered || card.State != chat.SideAnswered {
		t.Errorf("answered again: %+v, the card says %+v", w.side(to), card)
	}
}

// A further question that is taken back asks nothing any more, and the answers before it
// stay answers. What is over says so still, without whom it names no longer.
func TestTakeBack_AFurtherQuestionAndWhatIsOver(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to := w.ask(desk.Asking{Agent: w.bob.ID})
	answer := w.answer(w.bob, to, "yes")
	must[desk.Done](t)(w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), to.Seq, "Which invoice?"))
	if side := w.side(to); side.State() != chat.SideOpen {
		t.Fatalf("asked further: %+v", side)
	}
	further := w.Log(to.Talk)[w.State(to.Talk).Conversation.Head-2]
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.ada, to.Talk, w.Key(), further.Seq))
	if card, _ := w.card(to); w.side(to).State() != chat.SideAnswered || card.State != chat.SideAnswered {
		t.Errorf("the further question taken back: %+v, the card says %+v", w.side(to), card)
	}
	former := w.State(w.c).Thread.ID
	must[desk.Done](t)(w.Desk.Close(ctx, w.ada, w.c, w.Key()))
	w.visitor.Says("one more thing")
	w.cards()
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.bob, to.Talk, w.Key(), answer.Seq))
	if card, _ := w.card(to); card.State != chat.SideOver || len(card.Answerers) != 0 {
		t.Errorf("the answer to what is over taken back: the card says %+v", card)
	}
	for _, thread := range must[desk.Conversation](t)(w.Desk.Conversation(ctx, w.now(w.ada), w.c)).Threads {
		if side, _ := thread.SideTalk(to.Seq); thread.ID == former && (side.Answers != 0 || side.State() != chat.SideOver) {
			t.Errorf("the former thread has %+v", side)
		}
	}
}

// Who has left the group, or whose talk has let go of its old words, reaches his message
// no more; its words are his still, in the conversation and, where they stand, in the
// talk.
func TestTakeBack_WhatIsOutOfReachIsTakenBackInTheConversation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	t.Run("an answer of who has left the group", func(t *testing.T) {
		t.Parallel()
		w := newAside(t)
		to := w.ask(desk.Asking{})
		w.answer(w.bob, to, "canaryanswer")
		w.puts(w.bob, w.Group.ID)
		_, err := w.Desk.RedactInTalk(ctx, w.now(w.bob), w.channel, w.Key(), w.State(w.channel).Conversation.Head-1)
		wantKind(t, "in the channel", err, chat.Missing)
		note := w.notes(to)[0].Seq
		_, err = w.Desk.RedactMessage(ctx, w.ada, w.c, w.Key(), note)
		wantKind(t, "the asker takes it back", err, chat.Denied)
		for i := range 2 {
			done, err := w.Desk.RedactMessage(ctx, w.now(w.bob), w.c, "back", note)
			if err != nil || done.Again != (i == 1) {
				t.Fatalf("time %d: %+v, %v", i+1, done, err)
			}
		}
		if card, _ := w.card(to); w.side(to).State() != chat.SideOpen || card.State != chat.SideOpen {
			t.Errorf("taken back: %+v, the card says %+v", w.side(to), card)
		}
		w.wantGone("canaryanswer", "May she return it")
		_, err = w.Desk.RedactMessage(ctx, w.now(w.bob), w.c, w.Key(), note)
		wantKind(t, "taken back twice", err, chat.Gone)
	})
	t.Run("an answer whose time was over in the talk", func(t *testing.T) {
		t.Parallel()
		w := newAside(t)
		w.puts(w.bob, w.Group.ID)
		to := w.ask(desk.Asking{Agent: w.bob.ID})
		w.answer(w.bob, to, "canaryanswer")
		if err := w.Desk.SetTalkSettings(ctx, w.Owner, desk.TalkSettings{KeepDays: 1}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(49 * time.Hour)
		w.sweep()
		head := w.State(to.Talk).Conversation.Head
		must[desk.Done](t)(w.Desk.RedactMessage(ctx, w.bob, w.c, w.Key(), w.notes(to)[0].Seq))
		w.wantGone("canaryanswer", "hello")
		if now := w.State(to.Talk).Conversation.Head; now != head {
			t.Errorf("%d events in the talk of what was gone there", now-head)
		}
	})
	t.Run("a question, and another one, of an asker who is not in the channel", func(t *testing.T) {
		t.Parallel()
		w := newAside(t)
		must[desk.Done](t)(w.Desk.Ask(ctx, w.ada, w.c, desk.Asking{Key: w.Key(), Text: "canaryfirst", Group: w.sales.ID, Confirmed: true}))
		to := w.State(w.c).Thread.SideTalks[0]
		w.answer(w.bob, to, "which one?")
		further := must[desk.Done](t)(w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), to.Seq, "canarysecond"))
		must[desk.Done](t)(w.Desk.RedactMessage(ctx, w.ada, w.c, w.Key(), further.Events[0].Seq))
		w.wantGone("canarysecond", "canaryfirst")
		if w.side(to).State() != chat.SideAnswered {
			t.Errorf("the further question taken back: %+v", w.side(to))
		}
		must[desk.Done](t)(w.Desk.RedactMessage(ctx, w.ada, w.c, w.Key(), to.Seq))
		w.wantGone("canaryfirst", "which one?")
		if side := w.side(to); side.State() != chat.SideWithdrawn || side.How != chat.TakenBack {
			t.Errorf("the question taken back: %+v", side)
		}
	})
}
