package desk

import (
	"earshot/internal/chat"
	"earshot/internal/store"
)

// emptyAside lets the customer's Conversation follow what was taken back in a talk:
// the note of an answer is taken back, too, so that the question waits again where there
// is no other, and a side-talk whose question it was is over, and its words are gone.
func (d *Desk) emptyAside(tx *store.Tx, redact chat.Event) error {
	b, err := chat.Decode[chat.Redacted](redact)
	if err != nil {
		return err
	}
	is, s, found, err := asideOf(tx, redact.Conversation, b.Target)
	if err != nil || !found {
		return err
	}
	events, err := d.emptyAsideOf(tx, is, redact.Actor)
	if err != nil || len(events) == 0 {
		return err
	}
	if events, err = appendTo(tx, &s, events); err != nil {
		return err
	}
	return d.leftAside(tx, is, events)
}

// takeBackAside takes what somebody has asked or answered aside back from the
// Conversation, and from the talk where its words stand still. Both are locked.
func (d *Desk) takeBackAside(tx *store.Tx, me chat.Agent, is chat.Event) ([]chat.Event, error) {
	if err := chat.MayTakeBackAside(is, me.Actor()); err != nil {
		return nil, err
	}
	talk, seq := is.Aside()
	s, err := tx.Lock(talk)
	if err != nil {
		return nil, err
	}
	message, err := tx.Event(talk, seq)
	if err != nil {
		return nil, err
	}
	there, empty, err := chat.TakeBackThere(message, me.Actor(), d.now())
	if err != nil {
		return nil, err
	}
	if len(there) > 0 {
		if err := d.emptyMessage(tx, message, empty); err != nil {
			return nil, err
		}
		if _, err := appendTo(tx, &s, there); err != nil {
			return nil, err
		}
	}
	return d.emptyAsideOf(tx, is, me.Actor())
}

// emptyAsideOf takes the words out of the Conversation, and answers what is to be
// appended there.
func (d *Desk) emptyAsideOf(tx *store.Tx, is chat.Event, by chat.Actor) ([]chat.Event, error) {
	notes, err := tx.NotesOf(is.Conversation, is.Thread)
	if err != nil {
		return nil, err
	}
	events, empty, err := chat.TakeBackAside(is, notes, by, d.now())
	if err != nil || len(events) == 0 {
		return nil, err
	}
	return events, d.emptyMessage(tx, is, empty)
}

// leftAside shows what is left of a side-talk of which something was taken back: in its
// Thread, which may be a former one, and on its card.
func (d *Desk) leftAside(tx *store.Tx, is chat.Event, events []chat.Event) error {
	s, err := tx.Lock(is.Conversation)
	if err != nil {
		return err
	}
	in := s.Thread
	if is.Thread != in.ID {
		if in, err = tx.RetellThread(is.Thread, events); err != nil {
			return err
		}
	}
	said, err := chat.Decode[chat.Said](is)
	if err != nil || said.Answer == nil {
		return err // the card went with the question
	}
	side, _ := in.SideTalk(said.Answer.Side)
	return d.recard(tx, side.Talk, side.Message, side.Card(is.Conversation), events[0].Actor)
}

// talkBeside finds the talk where a question or an answer of a Conversation stands, too;
// "" = none. That never changes, so it is read without a lock.
func talkBeside(tx *store.Tx, c chat.ConversationID, seq int64) (chat.ConversationID, error) {
	e, err := tx.Event(c, seq)
	if chat.IsKind(err, chat.Missing) {
		return "", nil // which the act says itself
	}
	if err != nil {
		return "", err
	}
	talk, _ := e.Aside()
	return talk, nil
}
