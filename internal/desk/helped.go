package desk

import (
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// keepHelped notes who takes part in which sitting, and has those looked for who
// know the visitor of one that begins or passes to somebody.
func keepHelped(tx *store.Tx, s chat.State, events []chat.Event) error {
	if s.Conversation.Kind != chat.FormCustomer {
		return nil
	}
	for _, e := range events {
		for _, a := range helpers(s, e) {
			if err := tx.Helps(e.Conversation, e.Thread, a, e.At); err != nil {
				return err
			}
		}
		if e.Kind != chat.KindStarted && e.Kind != chat.KindAssign {
			continue
		}
		if err := lookForKnowers(tx, s, e); err != nil {
			return err
		}
	}
	return nil
}

// helpers are those whose part in a sitting an event begins, proves or ends.
func helpers(s chat.State, e chat.Event) []chat.AgentID {
	var body struct {
		Lead     chat.AgentID `json:"lead"`
		Previous chat.AgentID `json:"previous"`
		Agent    chat.AgentID `json:"agent"`
	}
	switch e.Kind {
	case chat.KindStarted, chat.KindAssign, chat.KindJoin, chat.KindLeave, chat.KindRequeued, chat.KindMoved:
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return nil
		}
	case chat.KindClosed:
		if t := s.Thread; t != nil && t.ID == e.Thread {
			return named(append([]chat.AgentID{t.Lead}, t.Members...))
		}
	}
	return named([]chat.AgentID{body.Lead, body.Previous, body.Agent})
}

func named(all []chat.AgentID) []chat.AgentID {
	kept := make([]chat.AgentID, 0, len(all))
	for _, a := range all {
		if a != "" {
			kept = append(kept, a)
		}
	}
	return kept
}

// lookForKnowers stores the job, unless nobody can know the visitor: his first
// sitting, no address, no other visitor who is the same person.
func lookForKnowers(tx *store.Tx, s chat.State, e chat.Event) error {
	if s.Thread == nil || s.Thread.ID != e.Thread {
		return nil
	}
	if s.Thread.Number == 1 {
		v, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil {
			return err
		}
		people, _, err := tx.Person(v.ID)
		if err != nil || v.Email == "" && len(people) == 1 {
			return err
		}
	}
	return knowersLater(tx, s.Conversation.ID, e)
}

type knowersBody struct {
	Conversation chat.ConversationID `json:"conversation"`
}

// knowersLater stores the job under a key of its own: one that runs already may
// have looked before this event.
func knowersLater(tx *store.Tx, c chat.ConversationID, e chat.Event) error {
	body, err := json.Marshal(knowersBody{Conversation: c})
	if err != nil {
		return fmt.Errorf("desk: encode job: %w", err)
	}
	return tx.Enqueue(store.Job{Kind: JobKnowers, Key: string(e.ID), Due: e.At, Body: body})
}
