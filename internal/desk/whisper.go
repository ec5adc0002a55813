package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Whisper says something to the lead and to those who watch openly; of the lead,
// to the latter.
func (d *Desk) Whisper(ctx context.Context, a chat.Agent, c chat.ConversationID, in Message) (Done, error) {
	if err := chat.CheckText(in.Text, len(in.Files)); err != nil {
		return Done{}, err
	}
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "whisper", Text: in.Text, Files: in.Files},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			m, err := d.newMessage(tx, c, in, agentOwner(me.ID))
			if err != nil {
				return nil, err
			}
			watches, err := watchesOf(tx, s)
			if err != nil {
				return nil, err
			}
			now := d.now()
			events, err := chat.Whisper(s, me, m, watches, now)
			return append(events, chat.LowerByAnswer(s, me, false, now)...), err
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			if err := holdFiles(tx, events, in.Files); err != nil {
				return err
			}
			return whispered(tx, c, a.ID, events[0].At)
		},
	})
}

func watchesOf(tx *store.Tx, s chat.State) ([]chat.Watch, error) {
	if t := s.OpenThread(); t != nil {
		return tx.WatchesOf(t.ID)
	}
	return nil, nil
}

// whispered counts a watcher's whisper. Whoever has whispered is known by name.
func whispered(tx *store.Tx, c chat.ConversationID, who chat.AgentID, at int64) error {
	s, err := tx.Lock(c)
	if err != nil {
		return err
	}
	before, err := watchesOf(tx, s)
	if err != nil {
		return err
	}
	after := append([]chat.Watch(nil), before...)
	out := facts{}
	for i := range after {
		if after[i].Watcher != who {
			continue
		}
		after[i].Whispered++
		if err := tx.SaveWatch(after[i]); err != nil {
			return err
		}
		if after[i].Whispered == 1 { // from now on he is known
			out.add(who, chat.KindWatch, at, after[i])
		}
	}
	out.lead(*s.Thread, before, after, at)
	return out.tell(tx)
}

// JumpIn makes the agent a member, with a first line to the visitor where he has
// written one.
func (d *Desk) JumpIn(ctx context.Context, a chat.Agent, c chat.ConversationID, in Message) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "jump-in", Text: in.Text},
		raises: []chat.AgentID{a.ID},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			room := chat.Room{}
			if t := s.OpenThread(); t != nil {
				var err error
				if room, err = d.roomAsMember(tx, me, t); err != nil {
					return nil, err
				}
			}
			events, err := chat.JumpIn(s, me, room, in.Text, d.now())
			if err != nil || len(events) == 0 {
				return nil, err
			}
			help, err := d.answered(tx, s, me, in.Text, events)
			return append(events, help...), err
		},
	})
}

// JumpOut ends the agent's membership; he goes on watching, as far as the group
// has agreed to it.
func (d *Desk) JumpOut(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "jump-out"},
		raises: []chat.AgentID{a.ID}, // not what he has to do, but what he watches
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.Leave(s, me, d.now())
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			if len(events) == 0 {
				return nil
			}
			return d.watchOn(tx, a.ID, c)
		},
	})
}

// watchOn lets who has just left watch.
func (d *Desk) watchOn(tx *store.Tx, id chat.AgentID, c chat.ConversationID) error {
	me, s, err := lockFor(tx, id, c)
	if err != nil {
		return err
	}
	if !s.Access().Admits(me.Viewer()) {
		return chat.Errorf(chat.Denied, "You could not see this conversation from outside. Leave it instead; nothing was changed.")
	}
	e, err := etiquetteOf(tx, s.Thread.Group)
	if err != nil {
		return err
	}
	by, invited, err := tx.WatchInvite(s.Thread.ID, id)
	if err != nil {
		return err
	}
	if err := chat.MayWatch(s, me, e.At(d.now()), invited); err != nil {
		return err
	}
	if err := oneMore(tx, id); err != nil {
		return err
	}
	facts, err := beginWatch(tx, id, *s.Thread, e, by, chat.Micros(d.now()))
	if err != nil {
		return err
	}
	return tell(tx, chat.AgentConversation(id), facts...)
}

// TakingOver is what an agent says with a take-over: from whom, and why.
type TakingOver struct {
	Key    string
	From   chat.AgentID
	Reason string
}

// TakeOver makes the agent the lead in place of another, who is not asked and
// stays as one who watches. Who comes second gets a conflict with chat.Holder.
func (d *Desk) TakeOver(ctx context.Context, a chat.Agent, c chat.ConversationID, in TakingOver) (Done, error) {
	in.Reason = chat.CleanLine(in.Reason, maxMoveReason)
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "take-over", Agent: in.From, Text: in.Reason},
		raises: []chat.AgentID{a.ID},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			t := s.OpenThread()
			if t == nil {
				return chat.TakeOver(s, me, in.From, in.Reason, chat.Etiquette{}, chat.Room{}, d.now())
			}
			e, err := etiquetteOf(tx, t.Group)
			if err != nil {
				return nil, err
			}
			room, err := d.roomFor(tx, me, t, me.Oversees(t.Group))
			if err != nil {
				return nil, err
			}
			now := d.now() // one moment for all of it
			events, err := chat.TakeOver(s, me, in.From, in.Reason, e, room, now)
			if err != nil || len(events) == 0 {
				return nil, err
			}
			former, err := tx.Agent(in.From)
			if err != nil {
				return nil, err
			}
			events = append(events, chat.LetStay(events, former, me.Actor(), now)...)
			return append(events, chat.LowerByAnswer(s, me, false, now)...), nil
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			if len(events) == 0 {
				return nil
			}
			s, err := tx.Lock(c)
			if err != nil {
				return err
			}
			// So the former lead learns how it goes on.
			return letWatch(tx, in.From, *s.Thread, a.ID, events[0].At)
		},
	})
}
