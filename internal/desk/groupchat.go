package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// SetChatRole makes a member of a conversation an expert or a scribe, or gives him
// back his own voice.
func (d *Desk) SetChatRole(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, who chat.AgentID, role chat.ChatRole) (Done, error) {
	return d.aboutMember(ctx, a, c, key, intent{Act: "role", Agent: who, Text: string(role)}, func(me, to chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.SetRole(s, me, to, role, d.now())
	})
}

// Trust lets an expert speak for some minutes; 0 ends it.
func (d *Desk) Trust(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, who chat.AgentID, minutes int) (Done, error) {
	return d.aboutMember(ctx, a, c, key, intent{Act: "trust", Agent: who, Seq: int64(minutes)}, func(me, to chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.Trust(s, me, to, minutes, d.now())
	})
}

// aboutMember runs a rule that the host asks about a colleague.
func (d *Desk) aboutMember(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, in intent,
	rule func(me, to chat.Agent, s chat.State) ([]chat.Event, error)) (Done, error) {
	return d.do(ctx, a, c, act{key: key, intent: in, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		to, err := answerer(tx, in.Agent)
		if err != nil {
			return nil, err
		}
		return rule(me, to, s)
	}})
}

// colleague loads an agent whom another one names.
func colleague(tx *store.Tx, id chat.AgentID) (chat.Agent, error) {
	to, err := tx.Agent(id)
	switch {
	case chat.IsKind(err, chat.Missing):
		return to, chat.Errorf(chat.Missing, "There is no such colleague.")
	case err == nil && to.Disabled:
		return to, chat.Errorf(chat.Conflict, "The account of %s is disabled.", to.Name)
	}
	return to, err
}

// answerer is colleague of somebody who is to have a part in answering a visitor.
func answerer(tx *store.Tx, id chat.AgentID) (chat.Agent, error) {
	to, err := colleague(tx, id)
	if err == nil && !to.Role.Answers() {
		err = chat.Errorf(chat.Denied, "%s answers no visitors. Let %s see this conversation, or ask in a channel.", to.Name, to.Name)
	}
	return to, err
}

// HandLead passes the lead to a member; who had it stays as a member.
func (d *Desk) HandLead(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, who chat.AgentID) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "hand-lead", Agent: who},
		raises: []chat.AgentID{who},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			to, room, err := d.heir(tx, s, who)
			if err != nil {
				return nil, err
			}
			return chat.HandLead(s, me, to, room, d.now())
		},
	})
}

func (d *Desk) heir(tx *store.Tx, s chat.State, who chat.AgentID) (chat.Agent, chat.Room, error) {
	to, err := answerer(tx, who)
	if err != nil {
		return to, chat.Room{}, err
	}
	room, err := d.roomFor(tx, to, s.OpenThread(), false)
	return to, room, err
}

// LeaveTo ends the agent's part in a conversation. Where he leads it, the member
// whom he names leads it from then on, else the one who has been in it the longest,
// is there and has room; where there is none he is told what to do instead.
func (d *Desk) LeaveTo(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, successor chat.AgentID) (Done, error) {
	sit, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "leave", Agent: successor},
		raises: sit.mayInherit(c, successor),
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			t := s.OpenThread()
			if t == nil || t.Lead != me.ID {
				return chat.Leave(s, me, d.now())
			}
			who := successor
			if who == "" {
				who = sit.heirOf(*t, chat.Micros(d.now()))
			}
			if who == "" {
				return chat.Leave(s, me, d.now())
			}
			to, room, err := d.heir(tx, s, who)
			if err != nil {
				return nil, err
			}
			return chat.LeaveLead(s, me, to, room, d.now())
		},
	})
}

// mayInherit are those who might lead a Conversation next: who is named, else its
// members as they were before it is locked.
func (s *situation) mayInherit(c chat.ConversationID, named chat.AgentID) []chat.AgentID {
	if named != "" {
		return []chat.AgentID{named}
	}
	for _, t := range s.threads {
		if t.Conversation == c {
			return t.Members
		}
	}
	return nil
}

// heirOf asks the router who of a Thread's present members leads it next.
func (s *situation) heirOf(t chat.Thread, now int64) chat.AgentID {
	state := s.state
	state.Threads = append([]routing.Thread{}, state.Threads...)
	for i := range state.Threads {
		if state.Threads[i].ID == t.ID {
			state.Threads[i] = routing.ViewThread(t)
		}
	}
	return state.Heir(t.ID, now)
}

// hushed makes joins and leaves the team's alone where the site does not tell its
// visitors of them.
func hushed(tx *store.Tx, s chat.State, events []chat.Event) error {
	for i, e := range events {
		if e.Kind != chat.KindJoin && e.Kind != chat.KindLeave {
			continue
		}
		site, err := tx.Site(s.Conversation.Site)
		if err != nil {
			return err
		}
		if site.QuietJoins {
			events[i].Audience = chat.ForAgents
		}
	}
	return nil
}
