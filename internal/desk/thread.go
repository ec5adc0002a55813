package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Join makes the agent a member of the open Thread.
func (d *Desk) Join(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "join"},
		raises: []chat.AgentID{a.ID},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			t := s.OpenThread()
			if t == nil {
				return chat.Join(s, me, chat.Room{}, d.now())
			}
			room, err := d.roomAsMember(tx, me, t)
			if err != nil {
				return nil, err
			}
			return chat.Join(s, me, room, d.now())
		},
	})
}

// Leave ends the agent's part in a conversation; see LeaveTo.
func (d *Desk) Leave(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.LeaveTo(ctx, a, c, key, "")
}

// Requeue puts a Conversation that the agent leads back into the queue, at its
// old place.
func (d *Desk) Requeue(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "requeue"},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return d.requeue(tx, s, me, me, chat.PutBack)
		},
	})
}

// requeue asks the rule with the order of the Thread's queue.
func (d *Desk) requeue(tx *store.Tx, s chat.State, lead, by chat.Agent, cause string) ([]chat.Event, error) {
	var o chat.Order
	if t := s.OpenThread(); t != nil {
		var err error
		if o, err = orderOf(tx, t.Group); err != nil {
			return nil, err
		}
	}
	return chat.Requeue(s, lead, by, cause, o, d.now())
}

// Close ends the open Thread.
func (d *Desk) Close(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "close"},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			v, err := tx.Visitor(s.Conversation.Visitor)
			if err != nil {
				return nil, err
			}
			return chat.Close(s, me.Actor(), chat.Resolved, v.Seen, d.now())
		},
	})
}
