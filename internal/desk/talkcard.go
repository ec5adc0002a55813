package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// ReferenceCard is what a reader may see of a Conversation, or of a message of
// one, that somebody refers to, as of now. Open is false where he may see nothing,
// whether or not there is anything.
type ReferenceCard struct {
	Open bool      `json:"open"`
	Kind chat.Form `json:"kind,omitempty" enum:"customer,channel,direct"`
	// Of a customer's: whose, where it is, and who has it.
	Visitor string           `json:"visitor,omitempty"`
	Group   chat.GroupID     `json:"group,omitempty"`
	State   chat.ThreadState `json:"state,omitempty"`
	Lead    chat.AgentID     `json:"lead,omitempty"`
	// Of a talk's: what it is called.
	Talk *chat.TalkHead `json:"talk,omitempty"`
	// Last is the newest line, where no message is named.
	Last *chat.Line `json:"last,omitempty"`
	// Message is the one that is named, as far as he may see it.
	Message *chat.Event `json:"message,omitempty"`
}

// ReferenceCard answers a reference with its reader's own rights.
func (d *Desk) ReferenceCard(ctx context.Context, a chat.Agent, ref chat.Reference) (card ReferenceCard, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		card, err = cardOf(tx, a.Viewer(), ref)
		return err
	})
	return card, err
}

func cardOf(tx *store.Tx, v chat.Viewer, ref chat.Reference) (ReferenceCard, error) {
	s, err := readableState(tx, v, ref.Conversation)
	if chat.IsKind(err, chat.Missing) {
		return ReferenceCard{}, nil
	}
	if err != nil {
		return ReferenceCard{}, err
	}
	card := ReferenceCard{Open: true, Kind: s.Conversation.Kind}
	switch s.Conversation.Kind {
	case chat.FormCustomer:
		visitor, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil {
			return card, err
		}
		card.Visitor, card.Group, card.State, card.Lead = visitor.Name, s.Thread.Group, s.Thread.State, s.Thread.Lead
	case chat.FormChannel, chat.FormDirect:
		head := s.Talk.Head(s.Conversation.Kind)
		card.Talk = &head
	case chat.FormReserved:
		return ReferenceCard{}, nil
	}
	if ref.Seq == 0 {
		card.Last = &s.Conversation.Last
		return card, nil
	}
	e, err := tx.Event(ref.Conversation, ref.Seq)
	if chat.IsKind(err, chat.Missing) {
		return card, nil
	}
	if err != nil {
		return card, err
	}
	ok, err := newEyes(tx, v).see(e)
	if ok {
		card.Message = &e
	}
	return card, err
}
