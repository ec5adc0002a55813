package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// DraftReplyOfAnswer makes a draft of what colleagues answered a question: the words
// of the note, under the words of the question, for the group of the chat, or for
// the team where the agent is not of that group. Who may see the note may.
func (d *Desk) DraftReplyOfAnswer(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, note int64) (ReplyView, bool, error) {
	means := struct {
		Conversation chat.ConversationID
		Note         int64
	}{c, note}
	return d.draftReply(ctx, a, key, means, func(tx *store.Tx, me chat.Agent) (NewReplyDraft, error) {
		return answerAsDraft(tx, me, c, note)
	})
}

func answerAsDraft(tx *store.Tx, me chat.Agent, c chat.ConversationID, note int64) (in NewReplyDraft, err error) {
	// Whether he may see the note at all comes before what it is.
	lines, t, err := mark(tx, me, Stretch{Conversation: c, From: note, To: note})
	if err != nil {
		return in, err
	}
	e, err := tx.Event(c, note)
	if err != nil {
		return in, err
	}
	said, err := chat.Decode[chat.Said](e)
	switch {
	case err != nil:
		return in, err
	case said.Answer == nil || said.Answer.Due != 0:
		return in, chat.Errorf(chat.Invalid, "This is no answer of a colleague. Suggest it as words of your own.")
	case said.Text == "":
		return in, chat.Errorf(chat.Gone, "This answer was taken back, so there is nothing to keep.")
	}
	question, err := tx.Event(c, said.Answer.Side)
	if err != nil {
		return in, err
	}
	asked, err := chat.Decode[chat.Said](question)
	if whole := (chat.Lines{Conversation: c, Thread: lines.Thread, From: question.Seq, To: note}); whole.Check() == nil {
		lines = whole
	}
	in = NewReplyDraft{Scope: chat.ScopeGroup, Group: t.Group, Name: chat.NameFor(asked.Text), Text: said.Text,
		Origin: &chat.ReplyOrigin{Kind: chat.FromSideTalk, ID: string(question.ID), Lines: &lines}}
	if !me.InGroup(t.Group) && !me.Oversees(t.Group) {
		in.Scope, in.Group = chat.ScopeTeam, ""
	}
	return in, err
}
