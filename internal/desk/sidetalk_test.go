package desk_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// aside is a chat that Ada leads in a group that others may not look into, and
// Billing, a group with a channel of its own, whose people are Bob and Cem.
type aside struct {
	*talking
	visitor desktest.Visitor
	c       chat.ConversationID
	channel chat.ConversationID
}

func newAside(t *testing.T) *aside {
	t.Helper()
	w := &aside{talking: &talking{World: desktest.New(t), t: t, sales: chat.Group{ID: "g_bill", Name: "Billing", Policy: chat.PolicyGroup}}}
	w.SetPolicy(chat.PolicyGroup)
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.sales) })
	w.ada = w.Agent("Ada", chat.Member)
	w.bob, w.cem = w.Agent("Bob", chat.Member, w.sales.ID), w.Agent("Cem", chat.Member, w.sales.ID)
	w.sweep()
	w.visitor, w.c = w.Taken(w.ada)
	w.channel = w.channelOf(w.sales.ID)
	return w
}

func (w *aside) ask(in desk.Asking) chat.SideTalk {
	w.t.Helper()
	in.Key, in.Text, in.Confirmed = w.Key(), "May she return it?", true
	if in.Agent == "" {
		in.Group = w.sales.ID
	}
	if _, err := w.Desk.Ask(w.t.Context(), w.ada, w.c, in); err != nil {
		w.t.Fatal(err)
	}
	all := w.State(w.c).Thread.SideTalks
	return all[len(all)-1]
}

func (w *aside) answer(by chat.Agent, to chat.SideTalk, text string) chat.Event {
	w.t.Helper()
	return w.say(by, to.Talk, desk.Line{Text: text, ReplyTo: to.Message})
}

func (w *aside) side(to chat.SideTalk) chat.SideTalk {
	w.t.Helper()
	now, _ := w.State(w.c).Thread.SideTalk(to.Seq)
	return now
}

// card is what stands on a question, and how many events have told it.
func (w *aside) card(to chat.SideTalk) (card chat.SideCard, told int) {
	w.t.Helper()
	for _, e := range w.Log(to.Talk) {
		if said, err := chat.Decode[chat.Said](e); err == nil && e.Seq == to.Message && said.Side != nil {
			card = *said.Side
		}
		if b, err := chat.Decode[chat.SideCarded](e); e.Kind == chat.KindSideCard && err == nil && b.Target == to.Message {
			told++
		}
	}
	return card, told
}

// notes are the answers that came back to a question, as they are now.
func (w *aside) notes(to chat.SideTalk) (notes []chat.Event) {
	w.t.Helper()
	for _, e := range w.Log(w.c) {
		if said, err := chat.Decode[chat.Said](e); e.Kind == chat.KindNote && err == nil && said.Answer != nil && said.Answer.Side == to.Seq {
			notes = append(notes, e)
		}
	}
	return notes
}

func textOf(t *testing.T, e chat.Event) chat.Said {
	t.Helper()
	said, err := chat.Decode[chat.Said](e)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestAsk_AnAnswerComesBackAsANoteOfItsAuthor(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	to := w.ask(desk.Asking{})
	if to.Talk != w.channel || to.Group != w.sales.ID || to.By != w.ada.ID || to.State() != chat.SideOpen {
		t.Errorf("asked: %+v", to)
	}
	if card, _ := w.card(to); card.Conversation != w.c || card.State != chat.SideOpen {
		t.Errorf("the card: %+v", card)
	}
	if all, _ := mentionsOf(t, w.World, w.bob); len(all) != 1 {
		t.Errorf("who is on shift in the group has %d mentions of the question", len(all))
	}
	first := w.answer(w.bob, to, "Yes, within 60 days.")
	w.say(w.cem, to.Talk, desk.Line{Text: "If it is unused.", ReplyTo: first.Seq}) // a reply to a reply stands under the question
	w.say(w.bob, to.Talk, desk.Line{Text: "not about this"})
	notes := w.notes(to)
	if len(notes) != 2 || notes[0].Actor.Name != "Bob" || textOf(t, notes[0]).Text != "Yes, within 60 days." || notes[1].Actor.Name != "Cem" {
		t.Fatalf("the notes: %+v", notes)
	}
	if all, _ := mentionsOf(t, w.World, w.ada); len(all) != 2 {
		t.Errorf("the asker is called %d times by two answers", len(all))
	}
	card, told := w.card(to)
	if card.State != chat.SideAnswered || told != 2 || cmp.Diff([]chat.AgentID{w.bob.ID, w.cem.ID}, card.Answerers) != "" {
		t.Errorf("answered: %+v, told %d times", card, told)
	}
	must[desk.Done](t)(w.Desk.UseAnswer(t.Context(), w.ada, w.c, w.Key(), to.Seq, notes[0].Seq))
	if card, _ = w.card(to); card.State != chat.SideUsed || w.side(to).Used == 0 {
		t.Errorf("used: %+v", card)
	}
}

func TestAsk_ARetryAsksAndAnswersOnce(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	in := desk.Asking{Key: "ask", Text: "May she?", Agent: w.bob.ID, Confirmed: true}
	for i := range 2 {
		if done, err := w.Desk.Ask(ctx, w.ada, w.c, in); err != nil || done.Again != (i == 1) || len(done.Events) != 1 {
			t.Fatalf("time %d: %+v, %v", i+1, done, err)
		}
	}
	all := w.State(w.c).Thread.SideTalks
	if len(all) != 1 {
		t.Fatalf("asked %d times", len(all))
	}
	to := all[0]
	for i := range 2 {
		done, err := w.Desk.SayInTalk(ctx, w.bob, to.Talk, desk.Line{Key: "answer", Text: "yes", ReplyTo: to.Message})
		if err != nil || done.Again != (i == 1) {
			t.Fatalf("time %d: %+v, %v", i+1, done, err)
		}
	}
	if n := len(w.notes(to)); n != 1 || w.side(to).Answers != 1 {
		t.Errorf("%d notes of one answer", n)
	}
	in.Text = "May he?"
	if _, err := w.Desk.Ask(ctx, w.ada, w.c, in); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the key of another question: %v", err)
	}
	// The second question to the same colleague stands in the same direct talk.
	if again := w.ask(desk.Asking{Agent: w.bob.ID}); again.Talk != to.Talk || again.Message == to.Message {
		t.Errorf("asked again: %+v after %+v", again, to)
	}
}

// Who is asked and may not see the chat is given the question, and nothing else of
// it, on any way; who is let in sees it as a guest.
func TestAsk_WhoMayNotSeeTheChatSeesTheQuestionAlone(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	eva := w.Agent("Eva", chat.Colleague)
	w.visitor.Says("canary of the visitor")
	must[desk.Done](t)(w.Desk.AddNote(ctx, w.ada, w.c, says(w.World, "canary of the team")))
	for name, in := range map[string]desk.Asking{"a group": {Group: w.sales.ID}, "a colleague": {Agent: w.bob.ID}, "of another department": {Agent: eva.ID}} {
		in.Key, in.Text = w.Key(), "May she return it?"
		before := w.headOf(t)
		_, err := w.Desk.Ask(ctx, w.ada, w.c, in)
		var e *chat.Error
		if !errors.As(err, &e) || e.Kind != chat.Conflict {
			t.Fatalf("%s, unconfirmed: %v", name, err)
		}
		blind, ok := e.Detail.(chat.Blind)
		if !ok || len(blind.Agents) == 0 || blind.MayGrant != (in.Agent != "") {
			t.Errorf("%s: %+v", name, e.Detail)
		}
		if after := w.headOf(t); after != before {
			t.Errorf("%s: something was stored", name)
		}
	}
	to := w.ask(desk.Asking{Agent: eva.ID})
	w.answer(eva, to, "yes")
	for _, a := range []chat.Agent{eva, w.bob} {
		_, err := w.Desk.Conversation(ctx, w.now(a), w.c)
		wantKind(t, a.Name+" opens the chat", err, chat.Missing)
		card := must[desk.ReferenceCard](t)(w.Desk.ReferenceCard(ctx, w.now(a), chat.Reference{Conversation: w.c}))
		if diff := cmp.Diff(desk.ReferenceCard{}, card); diff != "" {
			t.Errorf("%s's card (-want +got):\n%s", a.Name, diff)
		}
		if hits, _, err := w.Desk.Search(ctx, w.now(a), desk.Sought{Words: "canary"}); err != nil || len(hits) != 0 {
			t.Errorf("%s finds %+v, %v", a.Name, hits, err)
		}
	}
	opened := must[desk.OpenedTalk](t)(w.Desk.Talk(ctx, w.now(eva), to.Talk))
	for _, e := range opened.Events {
		if strings.Contains(string(e.Body), "canary") {
			t.Errorf("the talk holds %s", e.Body)
		}
	}
	in := desk.Asking{Key: w.Key(), Text: "See for yourself.", Agent: eva.ID, Grant: true}
	must[desk.Done](t)(w.Desk.Ask(ctx, w.ada, w.c, in))
	if card := must[desk.ReferenceCard](t)(w.Desk.ReferenceCard(ctx, w.now(eva), chat.Reference{Conversation: w.c})); !card.Open {
		t.Error("who was let in sees nothing")
	}
	must[desk.Conversation](t)(w.Desk.Conversation(ctx, w.now(eva), w.c))
	_, err := w.Desk.Ask(ctx, w.now(eva), w.c, desk.Asking{Key: w.Key(), Text: "x", Agent: w.bob.ID, Confirmed: true})
	wantKind(t, "a guest asks others", err, chat.Denied)
	_, err = w.Desk.Ask(ctx, w.bob, w.c, desk.Asking{Key: w.Key(), Text: "x", Agent: w.ada.ID, Confirmed: true})
	wantKind(t, "who may not see it asks", err, chat.Missing)
}

func TestAsk_AnAnswerThatIsChangedChangesItsNote(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to := w.ask(desk.Asking{})
	direct := w.ask(desk.Asking{Agent: w.bob.ID})
	answer := w.answer(w.bob, to, "canary of an answer")
	must[desk.Done](t)(w.Desk.EditInTalk(ctx, w.bob, w.channel, w.Key(), answer.Seq, "until Friday"))
	if said := textOf(t, w.notes(to)[0]); said.Text != "until Friday" || said.Edited == 0 {
		t.Errorf("the note says %+v", said)
	}
	// The chat is over and the visitor has begun another sitting: what is taken back
	// goes nevertheless.
	must[desk.Done](t)(w.Desk.Close(ctx, w.ada, w.c, w.Key()))
	w.visitor.Says("one more thing")
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.bob, w.channel, w.Key(), answer.Seq))
	if said := textOf(t, w.notes(to)[0]); said.Text != "" || said.Emptied == 0 || said.Answer == nil {
		t.Errorf("the note says %+v", said)
	}
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.ada, direct.Talk, w.Key(), direct.Message))
	for _, e := range slices.Concat(w.Log(w.c), w.Log(w.channel), w.Log(direct.Talk)) {
		if body := string(e.Body); strings.Contains(body, "canary") || strings.Contains(body, "until Friday") || e.Conversation != w.channel && strings.Contains(body, "May she") && e.Seq != to.Seq {
			t.Errorf("%s of %s still says %s", e.Kind, e.Conversation, e.Body)
		}
	}
}

// What is changed while it is open: the words go, and the side-talk is over.
func TestAsk_TakingTheQuestionBackEndsIt(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	to := w.ask(desk.Asking{Agent: w.bob.ID})
	must[desk.Done](t)(w.Desk.RedactInTalk(t.Context(), w.ada, to.Talk, w.Key(), to.Message))
	if now := w.side(to); now.State() != chat.SideWithdrawn || now.How != chat.TakenBack || now.Text != "" {
		t.Errorf("taken back: %+v", now)
	}
	if w.answer(w.bob, to, "yes"); len(w.notes(to)) != 0 {
		t.Errorf("what is said under it comes back: %+v", w.notes(to))
	}
}

func TestAsk_WhatIsOverIsAnsweredInTheTalkAlone(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	withdrawn, closed := w.ask(desk.Asking{}), w.ask(desk.Asking{})
	_, err := w.Desk.EndAside(ctx, w.bob, w.c, w.Key(), withdrawn.Seq)
	wantKind(t, "who may not see it withdraws", err, chat.Missing)
	must[desk.Done](t)(w.Desk.EndAside(ctx, w.ada, w.c, w.Key(), withdrawn.Seq))
	if card, _ := w.card(withdrawn); card.State != chat.SideWithdrawn {
		t.Errorf("withdrawn: %+v", card)
	}
	must[desk.Done](t)(w.Desk.Close(ctx, w.ada, w.c, w.Key()))
	w.answer(w.bob, withdrawn, "too late")
	w.answer(w.bob, closed, "too late")
	if n := len(w.notes(withdrawn)) + len(w.notes(closed)); n != 0 {
		t.Errorf("%d answers to what is over came back", n)
	}
	for range 2 { // a job may run twice
		w.cards()
	}
	if card, told := w.card(closed); card.State != chat.SideOver || told != 1 {
		t.Errorf("closed: %+v, told %d times", card, told)
	}
	if card, told := w.card(withdrawn); card.State != chat.SideWithdrawn || told != 1 {
		t.Errorf("what was withdrawn before: %+v, told %d times", card, told)
	}
}

// Nobody waits for an answer from a group that there is not any more, and its successor,
// whom the asker did not choose, reads nothing. What was answered stays where it is.
func TestAsk_AQuestionToADeletedGroupEndsBeforeItsChannel(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	open, answered := w.ask(desk.Asking{}), w.ask(desk.Asking{})
	direct := w.ask(desk.Asking{Agent: w.bob.ID})
	w.answer(w.bob, answered, "yes")
	if err := w.Desk.DeleteGroup(ctx, w.Owner, w.sales.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.sweep()
	}
	if now := w.side(open); now.State() != chat.SideWithdrawn || now.How != chat.GroupDeleted {
		t.Errorf("the question that nobody answered: %+v", now)
	}
	if card, told := w.card(open); card.State != chat.SideWithdrawn || told != 1 {
		t.Errorf("its card: %+v, told %d times", card, told)
	}
	if now := w.side(answered); now.State() != chat.SideAnswered {
		t.Errorf("the question that was answered: %+v", now)
	}
	if now := w.side(direct); now.State() != chat.SideOpen {
		t.Errorf("the question to a colleague of it: %+v", now)
	}
	ended := 0
	for _, e := range w.Log(w.c) {
		if e.Kind == chat.KindSideEnded {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("the asker reads %d times that it is over", ended)
	}
	for _, e := range w.Log(w.channelOf(w.Group.ID)) {
		if strings.Contains(string(e.Body), "May she") {
			t.Errorf("the successor's channel has %s", e.Body)
		}
	}
}

// cards runs the jobs that tell talks what is over, without ending them.
func (w *aside) cards() {
	w.t.Helper()
	var jobs []store.Job
	w.Write(func(tx *store.Tx) (err error) {
		jobs, err = tx.ClaimJobs(1<<62, 0, 100)
		return err
	})
	for _, j := range jobs {
		if j.Kind != desk.JobSideCards {
			continue
		}
		if err := w.Desk.SideCards(w.t.Context(), j.Body); err != nil {
			w.t.Fatal(err)
		}
	}
}

// A chat that passes to somebody else takes its questions along; where the asker may
// not see it any more, an answer calls who leads.
func TestAsk_ThePassedOnChatTakesItsQuestionsAlong(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_far", Name: "Far", Policy: chat.PolicyGroup})
	})
	dan := w.Agent("Dan", chat.Member, "g_far")
	to, slow := w.ask(desk.Asking{}), w.ask(desk.Asking{Agent: w.bob.ID})
	must[desk.Done](t)(w.Desk.Move(ctx, w.ada, w.c, desk.Moving{Key: w.Key(), Group: "g_far", Reason: "theirs"}))
	must[desk.Done](t)(w.Desk.Take(ctx, w.now(dan), w.c, desk.Taking{Key: w.Key()}))
	_, err := w.Desk.Conversation(ctx, w.now(w.ada), w.c)
	wantKind(t, "the asker opens what has gone", err, chat.Missing)
	w.answer(w.bob, to, "yes")
	if notes := w.notes(to); len(notes) != 1 || cmp.Diff([]chat.AgentID{dan.ID}, textOf(t, notes[0]).Mentions) != "" {
		t.Errorf("the answer: %+v", notes)
	}
	must[desk.Done](t)(w.Desk.TellAside(ctx, w.now(dan), w.c, w.Key(), slow.Seq, "I have asked a colleague."))
	must[desk.Done](t)(w.Desk.EndAside(ctx, w.now(dan), w.c, w.Key(), to.Seq))
}

// Two at once, as on two nodes: whatever comes first, each answer came back once or
// after the end, and never half.
func TestAsk_Races(t *testing.T) {
	t.Parallel()
	for range 12 {
		w := newAside(t)
		ctx := t.Context()
		other := w.Node("other")
		to := w.ask(desk.Asking{})
		acts := []func() error{
			func() error {
				return second(w.Desk.SayInTalk(ctx, w.bob, to.Talk, desk.Line{Key: "bob", Text: "yes", ReplyTo: to.Message}))
			},
			func() error {
				return second(other.SayInTalk(ctx, w.bob, to.Talk, desk.Line{Key: "bob", Text: "yes", ReplyTo: to.Message}))
			},
			func() error {
				return second(other.SayInTalk(ctx, w.cem, to.Talk, desk.Line{Key: "cem", Text: "no", ReplyTo: to.Message}))
			},
			func() error { return second(w.Desk.Close(ctx, w.ada, w.c, "close")) },
			func() error { return second(other.EndAside(ctx, w.ada, w.c, "end", to.Seq)) },
			func() error {
				return second(other.Ask(ctx, w.ada, w.c, desk.Asking{Key: "again", Text: "And he?", Agent: w.bob.ID, Confirmed: true}))
			},
		}
		var wg sync.WaitGroup
		for _, act := range acts {
			wg.Go(func() {
				if err := act(); err != nil && !chat.IsKind(err, chat.Gone) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.cards()
		replies := 0
		for _, e := range w.Log(to.Talk) {
			if said, err := chat.Decode[chat.Said](e); err == nil && e.Kind == chat.KindMessage && said.ReplyTo == to.Message {
				replies++
			}
		}
		side, notes := w.side(to), w.notes(to)
		if replies != 2 || len(notes) != side.Answers || len(notes) > 2 || side.Live() {
			t.Fatalf("%d replies, %d notes, %+v", replies, len(notes), side)
		}
		seqs := map[int64]bool{}
		for _, n := range notes {
			if said := textOf(t, n); seqs[said.Answer.Seq] || n.Seq > w.headWhenOver(side) {
				t.Fatalf("a note twice, or after the end: %+v of %+v", notes, side)
			} else {
				seqs[said.Answer.Seq] = true
			}
		}
		if card, _ := w.card(to); !card.Same(side.Card(w.c)) {
			t.Fatalf("the card says %+v, the side-talk %+v", card, side)
		}
	}
}

// headWhenOver is the seq of the event that ended a side-talk.
func (w *aside) headWhenOver(side chat.SideTalk) int64 {
	w.t.Helper()
	for _, e := range w.Log(w.c) {
		b, err := chat.Decode[chat.SideChanged](e)
		if e.Kind == chat.KindClosed || e.Kind == chat.KindSideEnded && err == nil && b.Side == side.Seq {
			return e.Seq
		}
	}
	w.t.Fatalf("nothing ended %+v", side)
	return 0
}

// What is noted as used is an answer of that question: not another note, another
// question's answer, a further question, or one that was taken back.
func TestAsk_OnlyAnAnswerOfTheQuestionIsUsed(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	to, other := w.ask(desk.Asking{}), w.ask(desk.Asking{Agent: w.bob.ID})
	w.answer(w.bob, to, "yes")
	w.answer(w.bob, other, "no")
	note := must[desk.Done](t)(w.Desk.AddNote(ctx, w.ada, w.c, says(w.World, "a note"))).Events[0].Seq
	further := must[desk.Done](t)(w.Desk.AskFurther(ctx, w.ada, w.c, w.Key(), to.Seq, "and he?")).Events[0].Seq
	back := w.answer(w.cem, to, "never")
	gone := w.notes(to)[2].Seq
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.cem, w.channel, w.Key(), back.Seq))
	for what, seq := range map[string]int64{"a note": note, "nothing": 4000, "another question's": w.notes(other)[0].Seq, "a further question": further, "the question": to.Seq} {
		_, err := w.Desk.UseAnswer(ctx, w.ada, w.c, w.Key(), to.Seq, seq)
		wantKind(t, what, err, chat.Missing)
	}
	_, err := w.Desk.UseAnswer(ctx, w.ada, w.c, w.Key(), to.Seq, gone)
	wantKind(t, "what was taken back", err, chat.Gone)
	if w.side(to).Used != 0 {
		t.Error("something that is no answer is used")
	}
	must[desk.Done](t)(w.Desk.UseAnswer(ctx, w.ada, w.c, w.Key(), to.Seq, w.notes(to)[0].Seq))
	if w.side(to).Used == 0 {
		t.Error("the answer is not used")
	}
}
