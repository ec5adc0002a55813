package desk_test

import (
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// drafted are the drafts that somebody sees, by name, place and words.
func (w *aside) drafted(by chat.Agent) (all []string) {
	w.t.Helper()
	for _, v := range must[[]desk.ReplyView](w.t)(w.Desk.SavedReplies(w.t.Context(), w.now(by))) {
		all = append(all, strings.Join([]string{v.Name, string(v.Scope), v.Text}, "|"))
	}
	return all
}

func TestDraftReplyOfAnswer_TheWordsOfTheAnswerAreNamedAfterTheQuestion(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	sue := w.Agent("Sue", chat.Supervisor)
	to := w.ask(desk.Asking{})
	answer := w.answer(w.bob, to, "Yes, within 60 days.")
	w.answer(w.cem, to, "If it is unused.")
	notes := w.notes(to)
	for who, a := range map[string]chat.Agent{"who answered and may not see the chat": w.bob, "of another department": w.Agent("Eva", chat.Colleague)} {
		_, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.now(a), w.c, w.Key(), notes[0].Seq)
		wantKind(t, who, err, chat.Missing)
	}
	for range 2 {
		draft, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.ada, w.c, "draft", notes[0].Seq)
		if err != nil || !draft.Draft || draft.Name != "May she return it?" || draft.Text != "Yes, within 60 days." || draft.Group != w.Group.ID {
			t.Fatalf("%+v, %v", draft, err)
		}
		if o := draft.Origin; o == nil || o.Kind != chat.FromSideTalk || o.Lines == nil || o.Lines.From != to.Seq || o.Lines.To != notes[0].Seq {
			t.Errorf("made of %+v", o)
		}
	}
	_, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.ada, w.c, w.Key(), notes[1].Seq)
	wantKind(t, "a second draft of one question", err, chat.Conflict)
	if got := strings.Join(w.drafted(sue), "; "); got != "May she return it?|group|Yes, within 60 days." {
		t.Errorf("who may publish it has %q", got)
	}
	if got := w.drafted(w.bob); len(got) != 0 {
		t.Errorf("who answered has %q", got)
	}
	must[desk.Done](t)(w.Desk.RedactInTalk(ctx, w.bob, w.channel, w.Key(), answer.Seq))
	_, _, err = w.Desk.DraftReplyOfAnswer(ctx, w.ada, w.c, w.Key(), notes[0].Seq)
	wantKind(t, "of what was taken back", err, chat.Gone)
}

// A note is no answer, and who leads a chat of a group that he is not in suggests it
// to the team.
func TestDraftReplyOfAnswer_IsOfAnAnswerAndGoesWhereTheAgentMaySuggest(t *testing.T) {
	t.Parallel()
	w := newAside(t)
	ctx := t.Context()
	note := must[desk.Done](t)(w.Desk.AddNote(ctx, w.ada, w.c, says(w.World, "a word of my own"))).Events[0]
	_, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.ada, w.c, w.Key(), note.Seq)
	wantKind(t, "of a note", err, chat.Invalid)
	to := w.ask(desk.Asking{})
	w.answer(w.bob, to, "Yes.")
	ada := w.now(w.ada)
	ada.Groups = []chat.GroupID{w.sales.ID}
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(ada) })
	draft, _, err := w.Desk.DraftReplyOfAnswer(ctx, w.now(w.ada), w.c, w.Key(), w.notes(to)[0].Seq)
	if err != nil || draft.Scope != chat.ScopeTeam || draft.Group != "" {
		t.Errorf("%+v, %v", draft, err)
	}
}
