package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// FilledReply is a saved reply as it goes into a composer: its words with every value
// in its place, and files that can be sent once.
type FilledReply struct {
	Text  string         `json:"text"`
	Files []chat.FileRef `json:"files"`
	// Blanks are the variables that neither have a value nor a fallback.
	Blanks []string `json:"blanks" doc:"Variables that neither have a value nor a fallback: they stand in the text in double braces, and while one does the message is not sent."`
	// Left are those that a talk of the team has not: they were left out.
	Left []string `json:"left,omitempty" doc:"In a talk of the team, where there is no visitor: variables that have neither a value nor a fallback, and were left out."`
}

// FillReply fills a saved reply in for a Conversation or a talk that the agent may see.
func (d *Desk) FillReply(ctx context.Context, a chat.Agent, c chat.ConversationID, id chat.SavedReplyID) (out FilledReply, err error) {
	var held []store.File
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		s, err := readableState(tx, me.Viewer(), c)
		if err != nil {
			return err
		}
		r, err := replyFor(tx, me, id, chat.ReplyUse)
		if err != nil {
			return err
		}
		subject, err := replySubject(tx, me, s)
		if err != nil {
			return err
		}
		if s.Talk == nil {
			out.Text, out.Blanks = chat.FillIn(r.Text, subject.Values())
		} else {
			out.Text, out.Left = chat.FillInTalk(r.Text, subject.Values())
		}
		for _, ref := range r.Files {
			f, err := tx.File(ref.ID)
			if err != nil {
				return err
			}
			held = append(held, f)
		}
		return nil
	})
	if err != nil {
		return FilledReply{}, err
	}
	out.Files, err = d.linkFiles(ctx, a, c, held)
	return out, err
}

func replySubject(tx *store.Tx, me chat.Agent, s chat.State) (chat.ReplySubject, error) {
	if s.Talk != nil {
		return chat.ReplySubject{Agent: me}, nil
	}
	v, err := tx.Visitor(s.Conversation.Visitor)
	if err != nil {
		return chat.ReplySubject{}, err
	}
	site, err := tx.Site(v.Site)
	if err != nil && !chat.IsKind(err, chat.Missing) {
		return chat.ReplySubject{}, err
	}
	subject := chat.ReplySubject{Visitor: v, Agent: me, Site: site.Name}
	if s.Thread != nil {
		g, err := tx.Group(s.Thread.Group)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			return subject, err
		}
		subject.Group = g.Name
	}
	return subject, nil
}

// PreviewReply fills a text in with values that its writer made up, and refuses what
// could not be saved.
func (d *Desk) PreviewReply(text string, values map[string]string) (FilledReply, error) {
	out := FilledReply{Files: []chat.FileRef{}}
	if _, err := chat.Variables(text); err != nil {
		return out, err
	}
	out.Text, out.Blanks = chat.FillIn(text, values)
	return out, nil
}

// usedReplies loads the saved replies that a message says it was made of. One that
// is not there any more, or that the agent may not use, is left out: it was words of
// his own by then.
func usedReplies(tx *store.Tx, me chat.Agent, used []chat.UsedReply) ([]chat.SavedReply, error) {
	var all []chat.SavedReply
	for _, u := range used {
		r, err := replyFor(tx, me, u.ID, chat.ReplyUse)
		if chat.IsKind(err, chat.Missing) || chat.IsKind(err, chat.Denied) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// noteReplies notes with a message which replies it was made of, each once. The rows
// are written in the order of their ids, as others write them at the same time.
func noteReplies(tx *store.Tx, me chat.AgentID, events []chat.Event, found []chat.SavedReply, used []chat.UsedReply) error {
	at := slices.IndexFunc(events, func(e chat.Event) bool {
		return e.Kind == chat.KindMessage || e.Kind == chat.KindNote || e.Kind == chat.KindProposal
	})
	if at < 0 {
		return nil
	}
	edited := map[chat.SavedReplyID]bool{}
	for _, u := range used {
		edited[u.ID] = edited[u.ID] || u.Edited
	}
	ids := make([]chat.SavedReplyID, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	slices.Sort(ids)
	e := events[at]
	for _, id := range slices.Compact(ids) {
		use := store.ReplyUse{Reply: id, Conversation: e.Conversation, Seq: e.Seq, Agent: me, Edited: edited[id], At: e.At}
		if err := tx.UseReply(use); err != nil {
			return err
		}
	}
	return nil
}
