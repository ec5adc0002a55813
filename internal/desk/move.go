package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const maxMoveReason = 500

// Moving is what an agent says when he hands a Conversation to another group's queue.
type Moving struct {
	Key   string
	Group chat.GroupID
	// Reason is a code of the group's playbook, or words where it has none.
	Reason  string
	Answers map[string]string // by the id of the playbook's question
}

// Move hands the open Thread to another group's queue, before those who have not
// talked. It needs whatever asking that group would need.
func (d *Desk) Move(ctx context.Context, a chat.Agent, c chat.ConversationID, in Moving) (Done, error) {
	pass := Transfer{To: chat.Target{Kind: chat.ToGroup, Group: in.Group}, Reason: in.Reason, Answers: in.Answers}.clean()
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "move", Group: in.Group, Text: pass.meant()},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			m := pass.newTransfer()
			if s.OpenThread() == nil {
				return chat.Move(s, me, m, chat.Order{}, d.now())
			}
			if _, err := fill(tx, s, &m); err != nil {
				return nil, err
			}
			o, err := orderOf(tx, m.Group.ID)
			if err != nil {
				return nil, err
			}
			now := d.now() // one moment for all of it
			events, err := chat.Move(s, me, m, o, now)
			if err != nil {
				return nil, err
			}
			return append(events, alarmHops(s, now)...), nil
		},
	})
}

// destination is a group as the visitor of a Conversation knows it.
func destination(tx *store.Tx, s chat.State, to chat.Group, o chat.Order) (chat.Destination, error) {
	v, err := tx.Visitor(s.Conversation.Visitor)
	return chat.Destination{Group: to, Public: to.PublicName(v.Language), Order: o}, err
}

// fill loads what the rule of passing the open Thread on goes by, whichever way it
// goes: the target, what its group and the Thread's own say, and the visitor.
func fill(tx *store.Tx, s chat.State, m *chat.NewTransfer) (v chat.Visitor, err error) {
	t := s.OpenThread()
	if err := findTarget(tx, t, m); err != nil {
		return v, err
	}
	if m.Leaves, err = leaving(tx, t.Group); err != nil {
		return v, err
	}
	if m.Given, err = givenChats(tx, m.Group.ID); err != nil {
		return v, err
	}
	v, err = tx.Visitor(s.Conversation.Visitor)
	m.Public = m.Group.PublicName(v.Language)
	return v, err
}

// givenChats are the members of a group to whom its queue gives chats.
func givenChats(tx *store.Tx, g chat.GroupID) ([]chat.AgentID, error) {
	agents, err := tx.Agents()
	var who []chat.AgentID
	for _, a := range agents {
		if !a.Disabled && a.InGroup(g) && a.Classes[g] != chat.ClassSupervisor {
			who = append(who, a.ID)
		}
	}
	return who, err
}

// leaving is what a group says about its chats' going to another one.
func leaving(tx *store.Tx, id chat.GroupID) (chat.Leaving, error) {
	from, err := tx.Group(id)
	if err != nil {
		return chat.Leaving{}, err
	}
	rules, err := routing.ReadRules(from.Rules)
	if err != nil {
		return chat.Leaving{}, err
	}
	written, err := tx.Playbook(id)
	return chat.Leaving{From: from, Out: written.Playbook.Transfer.Out, Owns: rules.Line == routing.EndToEnd}, err
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
