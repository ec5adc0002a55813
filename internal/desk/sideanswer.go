package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// besideReply finds the customer's Conversation that a reply in a talk may come back
// to: that of the question which it stands under; "" = none. A message's place and
// what it stands for never change, so both are read without a lock.
func besideReply(tx *store.Tx, talk chat.ConversationID, replyTo int64) (chat.ConversationID, error) {
	if replyTo == 0 {
		return "", nil
	}
	above, err := tx.Event(talk, replyTo)
	if chat.IsKind(err, chat.Missing) {
		return "", nil // which the act says itself
	}
	if err != nil {
		return "", err
	}
	said, err := chat.Decode[chat.Said](above)
	if err != nil || said.ReplyTo == 0 {
		said.ReplyTo = replyTo
	}
	return about(tx, talk, said.ReplyTo)
}

// about finds the customer's Conversation that a message of a talk is about.
func about(tx *store.Tx, talk chat.ConversationID, seq int64) (chat.ConversationID, error) {
	is, _, err := tx.Aside(talk, seq)
	return is.Conversation, err
}

// comeBack brings what was said under a question into the Conversation that it is
// about, in the same transaction: both are stored, once, or neither is.
func (d *Desk) comeBack(tx *store.Tx, answers []chat.Event) error {
	var errs error
	for _, e := range answers {
		errs = errors.Join(errs, d.comeBackOne(tx, e))
	}
	return errs
}

func (d *Desk) comeBackOne(tx *store.Tx, answer chat.Event) error {
	said, err := chat.Decode[chat.Said](answer)
	if err != nil || said.ReplyTo == 0 {
		return err
	}
	asked, found, err := tx.Aside(answer.Conversation, said.ReplyTo)
	if err != nil || !found {
		return err
	}
	s, err := tx.Lock(asked.Conversation)
	if err != nil {
		return err
	}
	side, found := s.Thread.SideTalk(asked.Seq)
	if !found {
		return nil // of a Thread that is over
	}
	call, err := calledBack(tx, s, side)
	if err != nil {
		return err
	}
	notes, err := chat.ComeBack(side, answer, call, d.now())
	if err != nil || len(notes) == 0 {
		return err
	}
	if notes, err = appendTo(tx, &s, notes); err != nil {
		return err
	}
	if err := tx.SaveAside(answer.Conversation, answer.Seq, store.Aside{Conversation: asked.Conversation, Seq: notes[0].Seq}); err != nil {
		return err
	}
	return errors.Join(d.showSide(tx, asked.Conversation, side.Seq, answer.Actor), d.tellMentioned(tx, notes))
}

// calledBack is whom an answer calls: the asker, or who leads where the asker may
// not see the Thread any more.
func calledBack(tx *store.Tx, s chat.State, side chat.SideTalk) (chat.AgentID, error) {
	asker, err := tx.Agent(side.By)
	if err != nil {
		return "", err
	}
	if asker.Disabled || !s.Access().Admits(asker.Viewer()) {
		return s.Thread.Lead, nil
	}
	return asker.ID, nil
}

// asideOf loads what a message of a talk stands for, with the state of its
// Conversation, which is locked.
func asideOf(tx *store.Tx, talk chat.ConversationID, seq int64) (is chat.Event, s chat.State, found bool, err error) {
	at, found, err := tx.Aside(talk, seq)
	if err != nil || !found {
		return is, s, false, err
	}
	if s, err = tx.Lock(at.Conversation); err != nil {
		return is, s, false, err
	}
	is, err = tx.Event(at.Conversation, at.Seq)
	return is, s, err == nil, err
}

// rewordAside lets the note of an answer follow its new words.
func (d *Desk) rewordAside(tx *store.Tx, edit chat.Event) error {
	b, err := chat.Decode[chat.Edited](edit)
	if err != nil {
		return err
	}
	note, s, found, err := asideOf(tx, edit.Conversation, b.Target)
	if err != nil || !found {
		return err
	}
	e, said, err := chat.EditAnswer(note, edit.Actor, b.Text, d.now())
	if err != nil || e.Kind == "" {
		return err
	}
	if err := tx.ReplaceBody(note.Conversation, note.Seq, said); err != nil {
		return err
	}
	_, err = appendTo(tx, &s, []chat.Event{e})
	return err
}

// JobSideCards is the kind of the jobs that tell the talks where something was
// asked that the Thread is closed; app hands them to [Desk.SideCards].
const JobSideCards = "side.cards"

// closedSide is a question whose card is to say that it is over.
type closedSide struct {
	Talk    chat.ConversationID `json:"talk"`
	Message int64               `json:"message"`
	Card    chat.SideCard       `json:"card"`
}

// sidesClosed stores the job where a Thread was closed in which something was asked.
// Closing locks one Conversation, and talks do not stand in its order.
func sidesClosed(tx *store.Tx, s chat.State, events []chat.Event) error {
	for _, e := range events {
		if e.Kind != chat.KindClosed || s.Thread == nil || s.Thread.ID != e.Thread {
			continue
		}
		var closed []closedSide
		for _, one := range s.Thread.SideTalks {
			if one.How == chat.SideClosed {
				closed = append(closed, closedSide{one.Talk, one.Message, one.Card(e.Conversation)})
			}
		}
		if len(closed) == 0 {
			continue
		}
		body, err := json.Marshal(closed)
		if err != nil {
			return fmt.Errorf("desk: encode job: %w", err)
		}
		if err := tx.Enqueue(store.Job{Kind: JobSideCards, Key: string(e.ID), Due: e.At, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

// SideCards does the job. What is over stays so, and a card that says it already
// stays as it is: the job may run any number of times.
func (d *Desk) SideCards(ctx context.Context, job []byte) error {
	var closed []closedSide
	if err := json.Unmarshal(job, &closed); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobSideCards, err)
	}
	for _, one := range closed {
		err := d.write(ctx, func(tx *store.Tx) error {
			return d.recard(tx, one.Talk, one.Message, one.Card, chat.System())
		})
		if err != nil {
			return err
		}
	}
	return nil
}
