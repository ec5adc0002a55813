package desk

import (
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// actedHere reports whether an agent did some of the events where they stand, so that he
// has seen what else there is. Of a question and an answer aside the copy comes by itself.
func actedHere(tx *store.Tx, who chat.AgentID, events []chat.Event) (bool, error) {
	for _, e := range events {
		if e.Actor.Agent() != who {
			continue
		}
		if copied, err := fromElsewhere(tx, e); err != nil || !copied {
			return err == nil, err
		}
	}
	return false, nil
}

// fromElsewhere reports whether an event is a question or an answer aside that was
// written in another Conversation, or follows a change of it there.
func fromElsewhere(tx *store.Tx, e chat.Event) (bool, error) {
	said := e
	if target := changed(e); target != 0 {
		var err error
		if said, err = tx.Event(e.Conversation, target); err != nil {
			return false, err
		}
	}
	if !slices.Contains([]chat.Kind{chat.KindNote, chat.KindMessage}, said.Kind) {
		return false, nil
	}
	b, err := chat.Decode[chat.Said](said)
	return b.Answer != nil || b.Side != nil && said.ID == e.ID, err
}

// changed is the message that an event rewords or takes back; 0 = none.
func changed(e chat.Event) int64 {
	switch e.Kind {
	case chat.KindEdit:
		b, _ := chat.Decode[chat.Edited](e)
		return b.Target
	case chat.KindRedact:
		b, _ := chat.Decode[chat.Redacted](e)
		return b.Target
	}
	return 0
}
