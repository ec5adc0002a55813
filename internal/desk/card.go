package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// KnownCustomer is a card: a colleague's chat, or one that waits, whose visitor the
// reader has helped before.
type KnownCustomer struct {
	Conversation chat.ConversationID `json:"conversation"`
	Thread       chat.ThreadID       `json:"thread"`
	Visitor      string              `json:"visitor" doc:"The visitor's name."`
	Lead         chat.AgentID        `json:"lead,omitempty" doc:"Who has it now; absent while it waits."`
	Helped       int64               `json:"helped" doc:"When the reader last helped him, in microseconds."`
	Maybe        bool                `json:"maybe" doc:"Only a typed address says that it is the same person."`
	Notes        []string            `json:"notes" doc:"The reader's own newest notes of then, newest first."`
}

// KnownCustomers are an agent's open cards, newest first, each judged as of now.
func (d *Desk) KnownCustomers(ctx context.Context, a chat.Agent) ([]KnownCustomer, error) {
	all := []KnownCustomer{}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		cards, err := tx.Cards(a.ID, maxCards)
		if err != nil {
			return err
		}
		for _, c := range cards {
			one, shown, err := showCard(tx, a.Viewer(), c)
			if err != nil {
				return err
			}
			if shown {
				all = append(all, one)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// showCard answers a card as its reader may see it now, and whether he may: the
// chat and the sitting that he knows the visitor from.
func showCard(tx *store.Tx, v chat.Viewer, c store.Card) (KnownCustomer, bool, error) {
	s, err := tx.State(c.Conversation)
	if err != nil {
		return KnownCustomer{}, false, err
	}
	t := s.OpenThread()
	if t == nil || t.ID != c.Thread || !t.Access().Admits(v) || t.TakesPart(v.Agent) {
		return KnownCustomer{}, false, nil
	}
	basis, err := tx.Thread(c.Basis)
	if err != nil {
		return KnownCustomer{}, false, err
	}
	ok, err := seesSitting(tx, v, basis.Conversation, basis.ID)
	if err != nil || !ok {
		return KnownCustomer{}, false, err
	}
	visitor, err := tx.Visitor(s.Conversation.Visitor)
	if err != nil {
		return KnownCustomer{}, false, err
	}
	one := KnownCustomer{Conversation: c.Conversation, Thread: c.Thread, Visitor: visitor.Name, Lead: t.Lead, Maybe: c.Maybe}
	if one.Helped, err = helpedUntil(tx, v.Agent, basis); err != nil {
		return one, false, err
	}
	one.Notes, err = ownNotes(tx, v, basis)
	return one, err == nil, err
}

func helpedUntil(tx *store.Tx, a chat.AgentID, basis chat.Thread) (int64, error) {
	past, err := tx.Helped(basis.Conversation, manyHelped)
	for _, h := range past {
		if h.Agent == a && h.Thread == basis.ID {
			return h.Until, err
		}
	}
	return basis.StartedAt, err
}

func ownNotes(tx *store.Tx, v chat.Viewer, basis chat.Thread) ([]string, error) {
	notes, err := tx.NotesBy(v.Agent, basis.Conversation, basis.ID, maxCardNotes)
	texts := []string{}
	for _, e := range notes {
		said, errBody := chat.Decode[chat.Said](e)
		if errBody == nil && said.Text != "" && chat.Visible(e, basis.Access(), v) {
			texts = append(texts, said.Text)
		}
	}
	return texts, err
}

// EndCard puts an agent's card away, on all his devices. One that is over ends
// without a word.
func (d *Desk) EndCard(ctx context.Context, a chat.Agent, t chat.ThreadID, how string) error {
	if how != chat.CardDismissed && how != chat.CardOpened {
		return chat.Errorf(chat.Invalid, "A card is dismissed or opened.")
	}
	return d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		thread, err := tx.Thread(t)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = d.endCard(tx, me, thread.Conversation, t, how)
		return err
	})
}

func (d *Desk) endCard(tx *store.Tx, me chat.Agent, c chat.ConversationID, t chat.ThreadID, how string) (bool, error) {
	ended, err := tx.EndCard(t, me.ID, how)
	if err != nil || !ended {
		return false, err
	}
	body := chat.Knows{Conversation: c, Thread: t, How: how}
	return true, tell(tx, chat.AgentConversation(me.ID), d.fact(chat.KindKnowsEnded, me.Actor(), body))
}

// OfferContext adds what an agent knows of a visitor; see [chat.OfferContext]. It
// uses his card up; without one there is nothing to answer.
func (d *Desk) OfferContext(ctx context.Context, a chat.Agent, c chat.ConversationID, key, text string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "context", Text: text},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			events, err := chat.OfferContext(s, me, text, d.now())
			if err != nil {
				return nil, err
			}
			open, err := d.endCard(tx, me, c, s.Thread.ID, chat.CardOffered)
			if err == nil && !open {
				err = chat.Errorf(chat.Gone, "This card was answered already. Open the conversation and write a note; your text is kept.")
			}
			return append(events, chat.LowerByAnswer(s, me, false, d.now())...), err
		},
	})
}
