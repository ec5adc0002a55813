package desk

import (
	"sync"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// keepDuty keeps what routing remembers of agents in step with the events of a
// Conversation whose state they have led to: whom he was given, and what he
// missed in a row; and what suggestions go by.
func keepDuty(tx *store.Tx, s chat.State, events []chat.Event) error {
	for _, e := range events {
		if err := keepOne(tx, s, e); err != nil {
			return err
		}
		if err := keepPromise(tx, s, e); err != nil {
			return err
		}
	}
	return keepPrecedents(tx, s, events)
}

func keepOne(tx *store.Tx, s chat.State, e chat.Event) error {
	switch e.Kind {
	case chat.KindStarted:
		b, err := chat.Decode[chat.Started](e)
		if err != nil || b.Lead == "" {
			return err
		}
		return given(tx, b.Lead, store.Assignment{At: e.At, Thread: e.Thread, Agent: b.Lead, Group: b.Group, Cause: causeBegan, Over: b.Over})
	case chat.KindAssign:
		b, err := chat.Decode[chat.Assigned](e)
		if err != nil {
			return err
		}
		if b.Cause == chat.ByAccepting || b.Cause == chat.ByTaking || b.Cause == chat.ByTransfer {
			if err := missed(tx, b.Lead, 0); err != nil {
				return err
			}
		}
		return given(tx, b.Lead, store.Assignment{At: e.At, Thread: e.Thread, Agent: b.Lead, Group: b.Access.After.Group, Cause: b.Cause,
			Waited: b.WaitedMS * 1000, Held: b.Load, Skipped: b.Skipped, Over: b.Over})
	case chat.KindOfferEnded:
		b, err := chat.Decode[chat.OfferEnded](e)
		switch {
		case err != nil:
			return err
		case b.Transfer != 0 || b.By != "": // a colleague chose him, not the turn
		case b.How == chat.Expired && s.Thread != nil && s.Thread.Held != nil: // it goes on waiting for him
		case b.How == chat.Expired:
			return missed(tx, b.Agent, 1)
		case b.How == chat.Declined:
			return missed(tx, b.Agent, 0)
		}
	case chat.KindRequeued:
		b, err := chat.Decode[chat.Requeued](e)
		if err != nil || b.Cause != chat.MissedReply {
			return err
		}
		return missed(tx, b.Previous, 1)
	case chat.KindMessage:
		// The lead's first reply ends his row of misses.
		if t := s.Thread; t != nil && t.ID == e.Thread && t.Lead != "" && t.Lead == e.Actor.Agent() && t.RepliedAt == e.At {
			return missed(tx, t.Lead, 0)
		}
	}
	return nil
}

func given(tx *store.Tx, a chat.AgentID, one store.Assignment) error {
	duty, err := tx.Duty(a)
	if err != nil {
		return err
	}
	duty.AssignedAt = one.At
	if err := tx.SaveDuty(a, duty); err != nil {
		return err
	}
	return tx.AddAssignment(one)
}

// missed adds one to an agent's row of misses; 0 ends the row.
func missed(tx *store.Tx, a chat.AgentID, more int) error {
	duty, err := tx.Duty(a)
	if err != nil || (more == 0 && duty.Misses == 0) {
		return err
	}
	duty.Misses += more
	if more == 0 {
		duty.Misses = 0
	}
	return tx.SaveDuty(a, duty)
}

// passed forgets who typed where a Thread has passed to somebody else: his signs
// count anew.
func (d *Desk) passed(c chat.ConversationID, events []chat.Event) {
	for _, e := range events {
		switch e.Kind {
		case chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindStarted:
			d.typing.forget(c)
		}
	}
}

// typists remembers since when leads type: it puts their first reply off, once.
// It is not stored; a restart forgets it, and then a reply is due a minute
// earlier.
type typists struct {
	mu    sync.Mutex // guards began
	began map[chat.ConversationID]typist
}

type typist struct {
	agent chat.AgentID
	at    int64
}

const maxTypists = 10_000

// heard notes a sign of typing. Only the first one of an agent counts; one who
// begins again after forget counts anew.
func (t *typists) heard(c chat.ConversationID, a chat.AgentID, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.began[c].agent == a {
		return
	}
	if t.began == nil || len(t.began) >= maxTypists {
		t.began = map[chat.ConversationID]typist{}
	}
	t.began[c] = typist{a, at}
}

// forget ends what was remembered of a Conversation: it has passed to somebody.
func (t *typists) forget(c chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.began, c)
}

func (t *typists) since(c chat.ConversationID, lead chat.AgentID) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.began[c]; one.agent == lead {
		return one.at
	}
	return 0
}
