package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Accept takes up an open offer. Of all who were asked the first one wins; a late
// one is told so.
func (d *Desk) Accept(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "accept"},
		raises: []chat.AgentID{a.ID},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			t := s.OpenThread()
			if t != nil && t.Transfer != nil {
				return d.acceptPassed(tx, me, s)
			}
			room, err := d.roomFor(tx, me, t, false)
			if err != nil {
				return nil, err
			}
			return chat.Accept(s, me, chat.Given{Room: room}, d.now())
		},
	})
}

// Decline refuses an open offer; reason is for who passed the Thread on.
func (d *Desk) Decline(ctx context.Context, a chat.Agent, c chat.ConversationID, key, reason string) (Done, error) {
	reason = chat.CleanLine(reason, maxMoveReason)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "decline", Text: reason},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.Decline(s, me, reason, d.now())
		},
	})
}
