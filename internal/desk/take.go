package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const takePage = 20

// Take takes a queued Conversation. Exactly one agent wins; the others get a
// conflict with chat.Holder.
func (d *Desk) Take(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "take"},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.Take(s, me, d.now())
		},
	})
}

// TakeNext takes the oldest queued Conversation that the agent may take;
// missing where the queue is empty.
func (d *Desk) TakeNext(ctx context.Context, a chat.Agent, key string) (Done, error) {
	if err := checkKey(key); err != nil {
		return Done{}, err
	}
	hash, err := d.fingerprint(ctx, intent{Act: "take-next"})
	if err != nil {
		return Done{}, err
	}
	var done Done
	err = d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		events, again, err := earlier(tx, key, agentOwner(me.ID), hash)
		if err == nil && !again {
			events, err = d.takeOldest(tx, me, key, hash)
		}
		if err != nil {
			return err
		}
		seen, err := newEyes(tx, me.Viewer()).filter(events)
		done = Done{Events: seen, Again: again}
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

// takeOldest goes through the queue from its head and takes the first that is
// still free under its lock.
func (d *Desk) takeOldest(tx *store.Tx, me chat.Agent, key string, hash []byte) ([]chat.Event, error) {
	q := store.ListQuery{List: store.ListQueue, Viewer: me.Viewer(), Limit: takePage}
	for {
		page, err := tx.Inbox(q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			events, err := d.takeOne(tx, me, row.Conversation.ID)
			if err != nil {
				return nil, err
			}
			if len(events) > 0 {
				return events, remember(tx, key, agentOwner(me.ID), hash, row.Conversation.ID, events)
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil, chat.Errorf(chat.Missing, "Nobody is waiting.")
		}
	}
}

// takeOne answers no events where somebody else was first.
func (d *Desk) takeOne(tx *store.Tx, me chat.Agent, c chat.ConversationID) ([]chat.Event, error) {
	s, err := tx.Lock(c)
	if err != nil {
		return nil, err
	}
	events, err := chat.Take(s, me, d.now())
	if chat.IsKind(err, chat.Conflict) || chat.IsKind(err, chat.Gone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return appendTo(tx, &s, events)
}
