package desk

import (
	"context"
	"maps"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Watch makes the agent watch the open Thread silently. It leaves nothing in the
// customer Conversation: what there is to know is a fact of the watcher's own, and
// of the lead's as far as the group has agreed that he knows.
func (d *Desk) Watch(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.observe(ctx, a, c, key, intent{Act: "watch"}, func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		t := s.OpenThread()
		var e chat.Etiquette
		var by chat.AgentID
		invited := false
		if t != nil {
			watches, err := tx.WatchesOf(t.ID)
			if err != nil || slices.ContainsFunc(watches, func(w chat.Watch) bool { return w.Watcher == me.ID }) {
				return nil, err
			}
			if e, err = etiquetteOf(tx, t.Group); err != nil {
				return nil, err
			}
			e = e.At(d.now())
			if by, invited, err = tx.WatchInvite(t.ID, me.ID); err != nil {
				return nil, err
			}
		}
		if err := chat.MayWatch(s, me, e, invited); err != nil {
			return nil, err
		}
		if err := oneMore(tx, me.ID); err != nil {
			return nil, err
		}
		return beginWatch(tx, me.ID, *t, e, by, chat.Micros(d.now()))
	})
}

// Unwatch ends the agent's watching. What he does not watch answers no event.
func (d *Desk) Unwatch(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.observe(ctx, a, c, key, intent{Act: "unwatch"}, func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		t := s.OpenThread()
		if t == nil {
			return nil, nil
		}
		watches, err := tx.WatchesOf(t.ID)
		if err != nil {
			return nil, err
		}
		out := facts{}
		if err := out.end(tx, *t, watches, chat.Micros(d.now()), func(w chat.Watch) chat.WatchEnd {
			if w.Watcher == me.ID {
				return chat.WatchStopped
			}
			return ""
		}); err != nil {
			return nil, err
		}
		return out.tellOthers(tx, me.ID)
	})
}

// WatchMe asks a colleague to watch a Thread that the agent takes part in: it lets
// him, whatever the etiquette says. It opens no door that is closed to him.
func (d *Desk) WatchMe(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, colleague chat.AgentID) (Done, error) {
	return d.observe(ctx, a, c, key, intent{Act: "watch-me", Agent: colleague}, func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		to, err := tx.Agent(colleague)
		if chat.IsKind(err, chat.Missing) {
			err = chat.Errorf(chat.Missing, "There is no such colleague.")
		}
		if err != nil {
			return nil, err
		}
		if err := chat.InviteToWatch(s, me, to); err != nil {
			return nil, err
		}
		if err := oneMoreInvite(tx, s.Thread.ID, to); err != nil {
			return nil, err
		}
		invite := store.WatchInvite{Thread: s.Thread.ID, Agent: to.ID, Conversation: c, By: me.ID, At: chat.Micros(d.now())}
		if err := tx.SaveWatchInvite(invite); err != nil {
			return nil, err
		}
		body := chat.WatchInvited{Conversation: c, Thread: s.Thread.ID, By: me.ID, ByName: me.Name}
		return nil, tell(tx, chat.AgentConversation(to.ID), d.fact(chat.KindWatchInvited, me.Actor(), body))
	})
}

// oneMore refuses an agent who watches as much as he can. Who is let watch a chat that
// he led watches it in any case.
func oneMore(tx *store.Tx, a chat.AgentID) error {
	mine, err := tx.WatchesBy(a)
	if err != nil {
		return err
	}
	return chat.OneMoreWatch(len(mine))
}

// oneMoreInvite refuses one more than fit; asking the same colleague again is none.
func oneMoreInvite(tx *store.Tx, t chat.ThreadID, to chat.Agent) error {
	_, again, err := tx.WatchInvite(t, to.ID)
	if err != nil || again {
		return err
	}
	ofChat, err := tx.CountWatchInvites(t)
	if err != nil {
		return err
	}
	of, err := tx.WatchInvites(to.ID)
	if err != nil {
		return err
	}
	return chat.OneMoreWatchInvite(to, ofChat, len(of))
}

// observe runs a command that makes facts of the agent alone and none in the
// customer Conversation, whose lock decides races. He and the colleague whom it names
// are locked as well: how much each watches, and is asked to, is counted in all
// Conversations.
func (d *Desk) observe(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, in intent,
	fn func(*store.Tx, chat.Agent, chat.State) ([]chat.Event, error)) (Done, error) {
	if err := checkKey(key); err != nil {
		return Done{}, err
	}
	in.Conversation = c
	hash, err := d.fingerprint(ctx, in)
	if err != nil {
		return Done{}, err
	}
	var done Done
	people := slices.DeleteFunc([]chat.AgentID{a.ID, in.Agent}, func(id chat.AgentID) bool { return id == "" })
	err = d.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAgents(people...); err != nil {
			return err
		}
		me, s, err := lockFor(tx, a.ID, c)
		if err != nil {
			return err
		}
		events, again, err := earlier(tx, key, agentOwner(me.ID), hash)
		if err == nil && !again {
			events, err = observeLocked(tx, me, s, key, hash, fn)
		}
		done = Done{Events: events, Again: again || len(events) == 0}
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

func observeLocked(tx *store.Tx, me chat.Agent, s chat.State, key string, hash []byte, fn func(*store.Tx, chat.Agent, chat.State) ([]chat.Event, error)) ([]chat.Event, error) {
	if !s.Access().Admits(me.Viewer()) {
		return nil, missingConversation()
	}
	facts, err := fn(tx, me, s)
	if err != nil {
		return nil, err
	}
	own := chat.AgentConversation(me.ID)
	events, err := noted(tx, own, facts...)
	if err != nil {
		return nil, err
	}
	return events, remember(tx, key, agentOwner(me.ID), hash, own, events)
}

// beginWatch stores a watch, tells the lead what he may know, and returns the fact
// for the watcher. Whom somebody asked watches openly.
func beginWatch(tx *store.Tx, watcher chat.AgentID, t chat.Thread, e chat.Etiquette, by chat.AgentID, at int64) ([]chat.Event, error) {
	before, err := tx.WatchesOf(t.ID)
	if err != nil {
		return nil, err
	}
	w := chat.Watch{ID: chat.WatchID(newID("w")), Watcher: watcher, Conversation: t.Conversation, Thread: t.ID, Lead: t.Lead, Group: t.Group,
		Invited: by, Began: at}
	w.Told = toldOf(w, e)
	if err := tx.SaveWatch(w); err != nil {
		return nil, err
	}
	out := facts{}
	out.lead(t, before, append(slices.Clone(before), w), w.Began)
	out.add(watcher, chat.KindWatch, w.Began, w)
	return out.tellOthers(tx, watcher)
}

// toldOf is what the lead is told of a watch: as the group has agreed, and everything
// of whom somebody asked.
func toldOf(w chat.Watch, e chat.Etiquette) chat.Told {
	if w.Invited != "" {
		return chat.TellNames
	}
	return e.TellsLead()
}

func etiquetteOf(tx *store.Tx, g chat.GroupID) (chat.Etiquette, error) {
	group, err := tx.Group(g)
	return group.Etiquette, err
}

// facts are what agents are told, by whom it is for.
type facts map[chat.AgentID][]chat.Event

func (f facts) add(to chat.AgentID, kind chat.Kind, at int64, body any) {
	if to != "" {
		f[to] = append(f[to], chat.Fact(kind, chat.System(), chat.ForAgents, at, body))
	}
}

// lead tells the lead how many watch, where what he may know has changed. Of who
// watches unknown to him he gets no fact at all: an empty one would tell.
func (f facts) lead(t chat.Thread, before, after []chat.Watch, at int64) {
	was, is := chat.TellLead(t, before), chat.TellLead(t, after)
	if was.Count != is.Count || !slices.Equal(was.Names, is.Names) {
		f.add(t.Lead, chat.KindWatched, at, is)
	}
}

// end ends those watches for which how says so, and collects the facts about it.
func (f facts) end(tx *store.Tx, t chat.Thread, watches []chat.Watch, at int64, how func(chat.Watch) chat.WatchEnd) error {
	var rest []chat.Watch
	for _, w := range watches {
		end := how(w)
		if end == "" {
			rest = append(rest, w)
			continue
		}
		w.Ended, w.How = at, end
		if err := tx.SaveWatch(w); err != nil {
			return err
		}
		f.add(w.Watcher, chat.KindWatchEnded, at, chat.WatchEnded{Conversation: w.Conversation, Thread: w.Thread, How: end})
	}
	f.lead(t, watches, rest, at)
	return nil
}

// tell appends the facts, agents in the order of their ids.
func (f facts) tell(tx *store.Tx) error {
	for _, a := range slices.Sorted(maps.Keys(f)) {
		if err := tell(tx, chat.AgentConversation(a), f[a]...); err != nil {
			return err
		}
	}
	return nil
}

// tellOthers appends the facts of everybody but one agent and returns his: they
// are what his command answers.
func (f facts) tellOthers(tx *store.Tx, me chat.AgentID) ([]chat.Event, error) {
	own := f[me]
	delete(f, me)
	return own, f.tell(tx)
}
