package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const maxMoveReason = 500

// Move hands the open Thread to another group's queue, before those who have not
// talked. A group that owns its chats asks why.
func (d *Desk) Move(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, to chat.GroupID, reason string) (Done, error) {
	reason = chat.CleanLine(reason, maxMoveReason)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "move", Group: to, Text: reason},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			group, err := tx.Group(to)
			if chat.IsKind(err, chat.Missing) {
				err = chat.Errorf(chat.Missing, "There is no such group.")
			}
			if err != nil {
				return nil, err
			}
			if err := explained(tx, s.OpenThread(), reason); err != nil {
				return nil, err
			}
			if err := mayCross(tx, me, s.OpenThread(), group); err != nil {
				return nil, err
			}
			o, err := orderOf(tx, to)
			if err != nil {
				return nil, err
			}
			there, err := destination(tx, s, group, o)
			if err != nil {
				return nil, err
			}
			return chat.Move(s, me, there, reason, d.now())
		},
	})
}

// destination is a group as the visitor of a Conversation knows it.
func destination(tx *store.Tx, s chat.State, to chat.Group, o chat.Order) (chat.Destination, error) {
	v, err := tx.Visitor(s.Conversation.Visitor)
	return chat.Destination{Group: to, Public: to.PublicName(v.Language), Order: o}, err
}

// explained refuses a move out of a group that owns its chats without a reason.
func explained(tx *store.Tx, t *chat.Thread, reason string) error {
	if t == nil || reason != "" {
		return nil
	}
	g, err := tx.Group(t.Group)
	if err != nil {
		return err
	}
	rules, err := routing.ReadRules(g.Rules)
	if err == nil && rules.Line == routing.EndToEnd {
		err = chat.Errorf(chat.Invalid, "%s answers its chats from start to end. Say why this one goes elsewhere.", g.Name)
	}
	return err
}

// mayCross refuses to pass a Thread to another group where its own, or that one,
// does not let the agent.
func mayCross(tx *store.Tx, me chat.Agent, t *chat.Thread, to chat.Group) error {
	if t == nil || t.Group == to.ID {
		return nil
	}
	from, err := tx.Group(t.Group)
	if err != nil {
		return err
	}
	own, err := tx.Playbook(from.ID)
	if err != nil {
		return err
	}
	its, err := tx.Playbook(to.ID)
	if err != nil {
		return err
	}
	return chat.MayCross(me, chat.Crossing{From: from, To: to, Out: own.Playbook.Transfer.Out, Into: its.Playbook.Transfer.Into})
}

// Give gives a Thread back to the colleague who has asked for it.
func (d *Desk) Give(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, to chat.AgentID) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "give", Agent: to},
		raises: []chat.AgentID{to},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			other, err := present(tx, to)
			if err != nil {
				return nil, err
			}
			room, err := d.roomFor(tx, other, s.OpenThread(), false)
			if err != nil {
				return nil, err
			}
			return chat.Give(s, me, other, room, d.now())
		},
	})
}

// SetOwner makes an agent the one whom this visitor is always given to where he
// can be; "" = nobody in particular.
func (d *Desk) SetOwner(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, owner chat.AgentID) (Done, error) {
	var changed *chat.Visitor
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "owner", Agent: owner},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			changed = nil
			v, err := tx.Visitor(s.Conversation.Visitor)
			if err != nil || v.Owner == owner {
				return nil, err
			}
			if owner != "" {
				if _, err := present(tx, owner); err != nil {
					return nil, err
				}
			}
			v.Owner = owner
			changed = &v
			return []chat.Event{chat.Fact(chat.KindVisitor, me.Actor(), chat.ForAgents, chat.Micros(d.now()), v)}, nil
		},
		after: func(tx *store.Tx, _ []chat.Event) error {
			if changed == nil {
				return nil
			}
			return tx.SaveVisitor(*changed)
		},
	})
}
