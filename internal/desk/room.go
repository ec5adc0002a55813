package desk

import (
	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// roomFor tells how much an agent holds, under the lock that a change of it takes,
// and what one Thread more would cost him. t is nil for one that he begins.
// Whichever bound leaves less room counts: his own limit, or that of the group.
func (d *Desk) roomFor(tx *store.Tx, a chat.Agent, t *chat.Thread, over bool) (chat.Room, error) {
	need := routing.NeedOfNew()
	group := chat.GroupID("")
	if t != nil {
		need, group = routing.ViewThread(*t).NeedHere(a.ID), t.Group
	}
	return d.roomOf(tx, a, group, need, over)
}

// roomOf wants the agent locked, which whoever comes through act.raises has done
// before the Conversation: two who give him one more do so one after the other.
func (d *Desk) roomOf(tx *store.Tx, a chat.Agent, group chat.GroupID, need int, over bool) (chat.Room, error) {
	if err := tx.NeedAgents(a.ID); err != nil {
		return chat.Room{}, err
	}
	threads, err := tx.ThreadsOf(a.ID)
	if err != nil {
		return chat.Room{}, err
	}
	var s situation
	if err := s.loadLimits(tx); err != nil {
		return chat.Room{}, err
	}
	var all routing.State
	for _, t := range threads {
		all.Threads = append(all.Threads, routing.ViewThread(t))
	}
	room := chat.Room{Load: all.Load(a.ID), Need: need, Limit: s.settings.limitOf(a), MayOver: a.Oversees(group), Over: over}
	if !guardRoom {
		room.Load = 0
	}
	if group == "" || !guardRoom {
		return room, nil
	}
	g, err := tx.Group(group)
	if err != nil {
		return room, err
	}
	rules, err := routing.ReadRules(g.Rules)
	if err != nil {
		return room, err
	}
	room.MayOver = room.MayOver || rules.Over
	if held := all.LoadIn(a.ID, group); rules.Limit > 0 && 100*rules.Limit-held < room.Limit-room.Load {
		room.Load, room.Limit = held, 100*rules.Limit
	}
	return room, nil
}

// roomAsMember is what an agent holds, what being a member of a Thread costs him,
// which an invitation has kept, and how many its group lets into it.
func (d *Desk) roomAsMember(tx *store.Tx, a chat.Agent, t *chat.Thread) (chat.Room, error) {
	room, err := d.roomOf(tx, a, t.Group, routing.ViewThread(*t).NeedOfMember(a.ID), a.Oversees(t.Group))
	if err != nil {
		return room, err
	}
	room.Most, err = mostIn(tx, t.Group)
	return room, err
}

// mostIn is how many members beside the lead a group's playbook allows; 0 = it says
// nothing.
func mostIn(tx *store.Tx, g chat.GroupID) (int, error) {
	written, err := tx.Playbook(g)
	return written.Playbook.GroupChat.Most, err
}
