package desk

import (
	"context"
	"reflect"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// AgentChange changes an agent: nil fields stay.
type AgentChange = chat.AgentChange

// Team lists every agent.
func (d *Desk) Team(ctx context.Context) ([]chat.Agent, error) {
	var all []chat.Agent
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Agents()
		return err
	})
	return all, err
}

// ChangeAgent changes an agent. Managers change anybody below them; everybody
// changes his own name and topics. Disabling ends every session of the agent and puts what
// he leads back into the queue.
func (d *Desk) ChangeAgent(ctx context.Context, by chat.Agent, id chat.AgentID, in AgentChange) (chat.Agent, error) {
	var changed chat.Agent
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, by.ID)
		if err != nil {
			return err
		}
		if in.Role != nil && !in.Role.Answers() {
			// Nobody gives him a chat meanwhile.
			if err := tx.LockAgents(id); err != nil {
				return err
			}
		}
		before, err := tx.Agent(id)
		if err != nil {
			return err
		}
		owners, err := countOwners(tx)
		if err != nil {
			return err
		}
		if changed, err = chat.ChangeAgent(me, before, in, owners); err != nil || reflect.DeepEqual(before, changed) {
			return err
		}
		if err := hasNoChats(tx, before, changed); err != nil {
			return err
		}
		return d.saveAgent(tx, me, before, changed)
	})
	if err != nil {
		return chat.Agent{}, err
	}
	return changed, nil
}

// hasNoChats refuses to make somebody a colleague who still answers visitors: only
// people can say who has his chats.
func hasNoChats(tx *store.Tx, before, after chat.Agent) error {
	if after.Role.Answers() || !before.Role.Answers() {
		return nil
	}
	open, err := concerning(tx, before)
	if err == nil && len(open) > 0 {
		err = chat.Errorf(chat.Conflict, "%s still has a part in %d chats, or owes an answer there. Hand them on first; nothing was changed.", before.Name, len(open))
	}
	return err
}

func (d *Desk) saveAgent(tx *store.Tx, me, before, after chat.Agent) error {
	if err := tx.SaveAgent(after); err != nil {
		return err
	}
	if after.Disabled && !before.Disabled {
		if err := d.dismiss(tx, me, after); err != nil {
			return err
		}
		if err := d.endSessions(tx, me, after); err != nil {
			return err
		}
	}
	return tell(tx, chat.TeamConversation, d.fact(chat.KindAgent, me.Actor(), after))
}

// lockLed locks Conversations that an agent led when they were looked for, and returns
// those that he leads now: before its lock somebody at another node may have taken one.
func lockLed(tx *store.Tx, led []chat.ConversationID, lead chat.AgentID) (states []chat.State, err error) {
	for _, c := range led {
		s, err := tx.Lock(c)
		if err != nil {
			return nil, err
		}
		if t := s.OpenThread(); t != nil && t.Lead == lead {
			states = append(states, s)
		}
	}
	return states, nil
}

// ledBy lists the open Conversations that an agent leads, by id.
func ledBy(tx *store.Tx, a chat.Agent) ([]chat.ConversationID, error) {
	var led []chat.ConversationID
	q := store.ListQuery{List: store.ListMy, Viewer: a.Viewer(), Limit: maxRows}
	for {
		page, err := tx.Inbox(q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			if row.Thread != nil && row.Thread.Lead == a.ID {
				led = append(led, row.Conversation.ID)
			}
		}
		if q.After = page.Next; q.After == "" {
			slices.Sort(led)
			return led, nil
		}
	}
}
