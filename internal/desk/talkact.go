package desk

import (
	"context"
	"errors"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// NewChannel is a channel that an agent makes.
type NewChannel struct {
	Key, Name, Topic string
	Closed           bool
	With             []chat.AgentID
}

// MakeChannel makes a channel with its maker in it.
func (d *Desk) MakeChannel(ctx context.Context, a chat.Agent, in NewChannel) (chat.ConversationID, Done, error) {
	in.With = slices.Compact(slices.Sorted(slices.Values(in.With)))
	meant := intent{Act: "channel", Text: in.Name, Body: in.with("")}
	return d.beginTalk(ctx, a, in.Key, meant, []chat.AgentID{a.ID}, chat.FormChannel, func(tx *store.Tx, me chat.Agent) ([]chat.Event, error) {
		n, err := tx.CountChannels()
		if err != nil {
			return nil, err
		}
		if n >= chat.MaxChannels {
			return nil, chat.Errorf(chat.Limited, "There are %d channels; a workspace has at most that many. Archive some first.", chat.MaxChannels)
		}
		with, err := colleagues(tx, in.With)
		if err != nil {
			return nil, err
		}
		return chat.MakeChannel(me, chat.NewTalk{Name: in.Name, Topic: in.Topic, Closed: in.Closed, With: with}, d.now())
	})
}

func (in NewChannel) with(key string) NewChannel {
	in.Key = key
	return in
}

// OpenDirect opens the direct talk of the agent and others, making it the first
// time.
func (d *Desk) OpenDirect(ctx context.Context, a chat.Agent, key string, with []chat.AgentID) (chat.ConversationID, Done, error) {
	people, err := chat.People(a.ID, with)
	if err != nil {
		return "", Done{}, err
	}
	return d.beginTalk(ctx, a, key, intent{Act: "direct", Body: people}, people, chat.FormDirect, func(tx *store.Tx, me chat.Agent) ([]chat.Event, error) {
		if _, err := colleagues(tx, people); err != nil {
			return nil, err
		}
		return chat.OpenDirect(me, people, d.now()), nil
	})
}

// beginTalk makes a talk, under the locks of agents who could make the same one
// or send the same key at the same time.
func (d *Desk) beginTalk(ctx context.Context, a chat.Agent, key string, meant intent, locks []chat.AgentID, form chat.Form,
	rule func(*store.Tx, chat.Agent) ([]chat.Event, error)) (c chat.ConversationID, done Done, err error) {
	if err := checkKey(key); err != nil {
		return "", Done{}, err
	}
	hash, err := d.fingerprint(ctx, meant)
	if err != nil {
		return "", Done{}, err
	}
	err = d.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAgents(locks...); err != nil {
			return err
		}
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		c, done, err = madeBefore(tx, me, key, hash, form, locks)
		if err != nil || c != "" {
			return err
		}
		events, err := rule(tx, me)
		if err != nil {
			return err
		}
		s, err := newTalk(tx, form)
		if err != nil {
			return err
		}
		if events, err = appendTo(tx, &s, events); err != nil {
			return err
		}
		c, done = s.Conversation.ID, Done{Events: events}
		return remember(tx, key, agentOwner(me.ID), hash, c, events)
	})
	if err != nil {
		return "", Done{}, err
	}
	return c, done, nil
}

// madeBefore finds the talk that the same key has made, or that these people have
// already.
func madeBefore(tx *store.Tx, me chat.Agent, key string, hash []byte, form chat.Form, people []chat.AgentID) (chat.ConversationID, Done, error) {
	events, again, err := earlier(tx, key, agentOwner(me.ID), hash)
	if err != nil {
		return "", Done{}, err
	}
	if again {
		c := events[0].Conversation
		s, err := tx.State(c)
		if err != nil {
			return "", Done{}, err
		}
		seen, err := seenBy(tx, me.Viewer(), s, events)
		return c, Done{Events: seen, Again: true}, err
	}
	if form != chat.FormDirect {
		return "", Done{}, nil
	}
	c, found, err := tx.DirectTalk(people)
	if err != nil || !found {
		return "", Done{}, err
	}
	return c, Done{Events: []chat.Event{}, Again: true}, nil
}

func newTalk(tx *store.Tx, form chat.Form) (chat.State, error) {
	s := chat.State{Conversation: chat.Conversation{ID: chat.ConversationID(newID("c")), Kind: form}}
	return s, tx.NewConversation(s.Conversation)
}

// colleagues loads agents whom another one names.
func colleagues(tx *store.Tx, ids []chat.AgentID) ([]chat.Agent, error) {
	all := make([]chat.Agent, 0, len(ids))
	for _, id := range ids {
		a, err := colleague(tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// ChangeTalk renames a channel, changes its topic, closes or opens it.
func (d *Desk) ChangeTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, in chat.TalkChange) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.change", Body: in}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.ChangeTalk(s, me, in, d.now())
	}})
}

// ArchiveTalk ends a channel, or brings it back.
func (d *Desk) ArchiveTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, on bool) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.archive", Body: on}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.ArchiveTalk(s, me, on, d.now())
	}})
}

// JoinTalk lets the agent into an open channel.
func (d *Desk) JoinTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.join"}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.JoinTalk(s, me, d.now())
	}})
}

// LeaveTalk takes the agent out of a channel.
func (d *Desk) LeaveTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.leave"}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.LeaveTalk(s, me, d.now())
	}})
}

// AddToTalk adds colleagues to a channel.
func (d *Desk) AddToTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, who []chat.AgentID) (Done, error) {
	who = slices.Compact(slices.Sorted(slices.Values(who)))
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.add", Body: who}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		all, err := colleagues(tx, who)
		if err != nil {
			return nil, err
		}
		return chat.AddToTalk(s, me, all, d.now())
	}})
}

// RemoveFromTalk takes a member out of a channel: he cannot see a closed one any
// more, on any device, from that moment.
func (d *Desk) RemoveFromTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, who chat.AgentID) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.remove", Agent: who}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		out, err := tx.Agent(who)
		if err != nil {
			return nil, err
		}
		return chat.RemoveFromTalk(s, me, out, d.now())
	}})
}

// addGroupChannel makes a group's own channel, where it has none.
func (d *Desk) addGroupChannel(tx *store.Tx, by chat.Actor, g chat.Group) error {
	_, found, err := tx.GroupChannel(g.ID)
	if err != nil || found {
		return err
	}
	s, err := newTalk(tx, chat.FormChannel)
	if err != nil {
		return err
	}
	_, err = appendTo(tx, &s, chat.MakeGroupChannel(by, g, d.now()))
	return err
}

// keepChannels makes the channels of groups that are older than channels, archives
// those of groups that were deleted, and takes those out whose accounts have ended.
func (d *Desk) keepChannels(ctx context.Context) error {
	var without []chat.GroupID
	var deleted, disabled []chat.ConversationID
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if without, err = tx.GroupsWithoutChannel(); err != nil {
			return err
		}
		if deleted, err = tx.ChannelsOfDeletedGroups(); err != nil {
			return err
		}
		disabled, err = tx.ChannelsOfDisabled()
		return err
	})
	if err != nil {
		return err
	}
	if len(without) > 0 {
		err = d.missingChannels(ctx)
	}
	ended := d.eachTalk(ctx, deleted, d.loseAsides, func(_ *store.Tx, s chat.State) ([]chat.Event, error) {
		return chat.EndGroupChannel(s, chat.System(), d.now()), nil
	})
	left := d.eachTalk(ctx, disabled, nothingBefore, func(tx *store.Tx, s chat.State) ([]chat.Event, error) {
		team, err := tx.Agents()
		return chat.LeaveWithAccount(s, team, d.now()), err
	})
	return errors.Join(err, ended, left)
}

func nothingBefore(context.Context, chat.ConversationID) error { return nil }

// eachTalk plays a rule in talks one by one, after what comes before it elsewhere:
// whoever deletes a group or an account holds other locks, and talks do not stand in
// their order.
func (d *Desk) eachTalk(ctx context.Context, all []chat.ConversationID, before func(context.Context, chat.ConversationID) error, rule func(*store.Tx, chat.State) ([]chat.Event, error)) error {
	for _, c := range all {
		if err := before(ctx, c); err != nil {
			return err
		}
		err := d.write(ctx, func(tx *store.Tx) error {
			s, err := tx.Lock(c)
			if err != nil {
				return err
			}
			events, err := rule(tx, s)
			if err != nil {
				return err
			}
			_, err = appendTo(tx, &s, events)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// missingChannels makes what is missing. The team's lock keeps two nodes from
// making the same one.
func (d *Desk) missingChannels(ctx context.Context) error {
	return d.write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Lock(chat.TeamConversation); err != nil {
			if chat.IsKind(err, chat.Missing) {
				return nil // before the first start there is nobody to talk
			}
			return err
		}
		without, err := tx.GroupsWithoutChannel()
		if err != nil {
			return err
		}
		for _, g := range without {
			if err := d.addGroupChannel(tx, chat.System(), chat.Group{ID: g}); err != nil {
				return err
			}
		}
		return nil
	})
}
