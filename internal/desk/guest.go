package desk

import (
	"context"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Grant lets a colleague see the present Thread though its policy says no. He
// reads and writes notes; see [chat.Access.AsGuest].
func (d *Desk) Grant(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, guest chat.AgentID) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "grant", Agent: guest},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			to, err := colleague(tx, guest)
			if err != nil {
				return nil, err
			}
			return chat.Grant(s, me, []chat.Agent{to}, d.now())
		},
	})
}

// Revoke ends what was granted.
func (d *Desk) Revoke(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, guest chat.AgentID) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "revoke", Agent: guest},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			from, err := tx.Agent(guest)
			if err != nil {
				return nil, err
			}
			return chat.Revoke(s, me, from, d.now())
		},
	})
}

func namesOf(people []chat.Agent) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}
