package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const maxEvents = 500

// Conversation is one Conversation as an agent opens it.
type Conversation struct {
	Position chat.Position
	Row      chat.Row      // with reader fields
	Threads  []chat.Thread // oldest first, those the agent may see
	Events   []chat.Event  // the newest ones the agent may see, ascending
	More     bool          // there are older ones
}

// Conversation loads one with its newest 50 visible events.
func (d *Desk) Conversation(ctx context.Context, a chat.Agent, id chat.ConversationID) (Conversation, error) {
	var c Conversation
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		c, err = open(tx, a.Viewer(), id)
		return err
	})
	if err != nil {
		return Conversation{}, err
	}
	return c, nil
}

func open(tx *store.Tx, v chat.Viewer, id chat.ConversationID) (c Conversation, err error) {
	if c.Position, err = tx.Head(); err != nil {
		return c, err
	}
	if _, err = visibleState(tx, v, id); err != nil {
		return c, err
	}
	if c.Row, err = rowOf(tx, v, id); err != nil {
		return c, err
	}
	threads, err := tx.Threads(id)
	if err != nil {
		return c, err
	}
	seen := newEyes(tx, v)
	c.Threads = make([]chat.Thread, 0, len(threads))
	for _, t := range threads {
		seen.places[t.ID] = t.Access()
		if t.Access().Admits(v) {
			c.Threads = append(c.Threads, t)
		}
	}
	c.Events, c.More, err = backward(tx, seen, id, c.Row.Conversation.Head+1, pageOfEvents)
	return c, err
}

func rowOf(tx *store.Tx, v chat.Viewer, id chat.ConversationID) (chat.Row, error) {
	rows, err := tx.Rows([]chat.ConversationID{id})
	if err != nil {
		return chat.Row{}, err
	}
	if len(rows) != 1 {
		return chat.Row{}, missingConversation()
	}
	rows[0].Read, rows[0].Unread, err = tx.Unread(id, v)
	return rows[0], err
}

// Events loads visible events of a Conversation before or after a seq.
func (d *Desk) Events(ctx context.Context, a chat.Agent, id chat.ConversationID, span store.Span) (events []chat.Event, more bool, err error) {
	if span.Limit == 0 {
		span.Limit = pageOfEvents
	}
	if span.Limit < 0 || span.Limit > maxEvents || span.Before < 0 || span.After < 0 {
		return nil, false, chat.Errorf(chat.Invalid, "Ask for 1 to %d events before or after a number.", maxEvents)
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := readableState(tx, a.Viewer(), id)
		if err != nil {
			return err
		}
		seen := newEyes(tx, a.Viewer())
		if span.After > 0 && span.Before == 0 {
			events, more, err = forward(tx, seen, id, span.After, span.Limit)
			return err
		}
		if span.Before == 0 {
			span.Before = s.Conversation.Head + 1
		}
		events, more, err = backward(tx, seen, id, span.Before, span.Limit)
		return err
	})
	return events, more, err
}

// backward collects the last visible events before a seq, ascending. It reads
// in steps, since others may stand between.
func backward(tx *store.Tx, seen *eyes, id chat.ConversationID, before int64, limit int) ([]chat.Event, bool, error) {
	var kept []chat.Event
	for len(kept) <= limit && before > 1 {
		events, err := tx.Events(id, store.Span{Before: before, Limit: scanStep})
		if err != nil {
			return nil, false, err
		}
		if len(events) == 0 {
			break
		}
		before = events[0].Seq
		visible, err := seen.filter(events)
		if err != nil {
			return nil, false, err
		}
		kept = slices.Concat(visible, kept)
	}
	if len(kept) > limit {
		return kept[len(kept)-limit:], true, nil
	}
	return slices.Clip(append([]chat.Event{}, kept...)), false, nil
}

// forward collects the first visible events after a seq, ascending.
func forward(tx *store.Tx, seen *eyes, id chat.ConversationID, after int64, limit int) ([]chat.Event, bool, error) {
	kept := []chat.Event{}
	for len(kept) <= limit {
		events, err := tx.Events(id, store.Span{After: after, Limit: scanStep})
		if err != nil {
			return nil, false, err
		}
		if len(events) == 0 {
			return kept, false, nil
		}
		after = events[len(events)-1].Seq
		visible, err := seen.filter(events)
		if err != nil {
			return nil, false, err
		}
		kept = append(kept, visible...)
	}
	return kept[:limit], true, nil
}
