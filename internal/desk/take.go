package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// Taking is what an agent says with a take: Over asks for one above his limit,
// which is for those who may.
type Taking struct {
	Key  string
	Over bool
}

// Take takes a queued Conversation. Exactly one agent wins; the others get a
// conflict with chat.Holder. Who has no room gets one with chat.Full, and whom
// the group's agreement forbids it is told which sentence does.
func (d *Desk) Take(ctx context.Context, a chat.Agent, c chat.ConversationID, in Taking) (Done, error) {
	s, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "take"},
		raises: []chat.AgentID{a.ID},
		full:   true,
		rule: func(tx *store.Tx, me chat.Agent, state chat.State) ([]chat.Event, error) {
			return d.take(tx, s, me, state, in.Over, s.forbidden(me, state.OpenThread()))
		},
	})
}

// take asks the agreement and the limit, then the rule. forbids is the sentence of
// the group's agreement that is against it; who oversees may pass over it, as over
// the limit, where he says so.
func (d *Desk) take(tx *store.Tx, s *situation, me chat.Agent, state chat.State, over bool, forbids chat.Because) ([]chat.Event, error) {
	t := state.OpenThread()
	if t == nil || t.State != chat.Queued {
		return chat.Take(state, me, chat.Given{}, d.now())
	}
	if !over || !me.Oversees(t.Group) {
		if err := s.agreed(tx, me, t, forbids); err != nil {
			return nil, err
		}
	}
	room, err := d.roomFor(tx, me, t, over)
	if err != nil {
		return nil, err
	}
	return chat.Take(state, me, chat.Given{Room: room, Skipped: s.olderThan(t, me.ID)}, d.now())
}

// forbidden is the sentence that the agreement of a Thread's group has against the
// agent taking it; nil = none.
func (s *situation) forbidden(me chat.Agent, t *chat.Thread) chat.Because {
	if t == nil {
		return nil
	}
	g := s.rules[t.Group].Share
	if g == nil || s.threads[t.ID].State != chat.Queued {
		return nil
	}
	_, forbids := routing.Share(*g, me.ID, t.ID, s.state, s.at)
	return forbids
}

// agreed refuses what the agreement forbids. How many chats one has at once is
// counted again under the lock.
func (s *situation) agreed(tx *store.Tx, me chat.Agent, t *chat.Thread, forbids chat.Because) error {
	if g := s.rules[t.Group].Share; forbids == nil && g != nil && g.Most > 0 {
		threads, err := tx.ThreadsOf(me.ID)
		if err != nil {
			return err
		}
		var now routing.State
		for _, one := range threads {
			now.Threads = append(now.Threads, routing.ViewThread(one))
		}
		if n := now.Holds(me.ID); n+1 > g.Most {
			forbids = g.TooMany(n)
		}
	}
	if forbids == nil {
		return nil
	}
	return chat.Errorf(chat.Denied, "Your team has agreed: %s", forbids.English())
}

// olderThan counts those of the group that stand before a Thread and that the
// agent might have taken. Messages stand before messages alone.
func (s *situation) olderThan(t *chat.Thread, a chat.AgentID) int {
	n := 0
	for _, other := range s.threads {
		live := stands(other) || (other.State == chat.Queued && other.Held == nil && t.Mode == chat.Mail)
		if other.Group == t.Group && live && other.ID != t.ID && s.placeNow(other) < s.placeNow(*t) && !slices.Contains(other.Excluded, a) {
			n++
		}
	}
	return n
}

// TakeNext takes the first Conversation in the queues of the agent's own groups
// that he may take; missing where there is none.
func (d *Desk) TakeNext(ctx context.Context, a chat.Agent, key string) (Done, error) {
	if err := checkKey(key); err != nil {
		return Done{}, err
	}
	hash, err := d.fingerprint(ctx, intent{Act: "take-next"})
	if err != nil {
		return Done{}, err
	}
	s, err := d.current(ctx)
	if err != nil {
		return Done{}, err
	}
	done, err := d.takeNext(ctx, s, a, s.queueFor(a), key, hash)
	if !chat.IsKind(err, chat.Missing) {
		return done, err
	}
	// Of who has come at another node this one may not have heard.
	if s, err = d.fresh(ctx); err != nil {
		return Done{}, err
	}
	return d.takeNext(ctx, s, a, s.queueFor(a), key, hash)
}

// takeNext goes through the queue from its head and takes the first that is still
// free under its lock, that the agreement allows and that there is room for. Where
// there is none the first refusal is the answer. Each is tried in a transaction of its
// own: the queue has another order than locks have, and whoever held one Conversation
// while he waits for the next could wait for ever.
func (d *Desk) takeNext(ctx context.Context, s *situation, a chat.Agent, queue []candidate, key string, hash []byte) (Done, error) {
	var refused error
	refuse := func(err error) {
		if refused == nil {
			refused = err
		}
	}
	full := map[fullness]bool{}
	for _, one := range queue {
		kind := fullnessOf(one.thread)
		if full[kind] {
			continue
		}
		if one.forbids != nil {
			refuse(chat.Errorf(chat.Denied, "Your team has agreed: %s", one.forbids.English()))
			continue
		}
		done, err := d.takeOne(ctx, s, a, one.thread, key, hash)
		switch {
		case err == nil && (done.Again || len(done.Events) > 0):
			return done, nil
		case chat.IsKind(err, chat.Denied), chat.IsKind(err, chat.Conflict):
			full[kind] = true
			refuse(err)
		case err != nil:
			return Done{}, err
		}
	}
	return d.tookNothing(ctx, a, key, hash, refused)
}

// takeOne takes a Conversation where it waits for the agent still: since the queue was
// read it may have gone to a group that is not his. Else it answers no events.
func (d *Desk) takeOne(ctx context.Context, s *situation, a chat.Agent, t chat.Thread, key string, hash []byte) (done Done, err error) {
	err = d.write(ctx, func(tx *store.Tx) error {
		done = Done{}
		me, err := takes(tx, a.ID)
		if err != nil {
			return err
		}
		if done, err = tookBefore(tx, me, key, hash); err != nil || done.Again {
			return err
		}
		state, err := tx.Lock(t.Conversation)
		if err != nil {
			return err
		}
		if now := state.OpenThread(); now == nil || now.ID != t.ID || !waitsFor(*now, me) {
			return nil
		}
		events, err := d.take(tx, s, me, state, false, nil)
		if err != nil {
			return err
		}
		if events, err = appendTo(tx, &state, events); err != nil {
			return err
		}
		d.passed(state.Conversation.ID, events)
		if err := remember(tx, key, agentOwner(me.ID), hash, state.Conversation.ID, events); err != nil {
			return err
		}
		done.Events, err = newEyes(tx, me.Viewer()).filter(events)
		return err
	})
	return done, err
}

// takes loads who takes, under his lock.
func takes(tx *store.Tx, a chat.AgentID) (chat.Agent, error) {
	if err := tx.LockAgents(a); err != nil {
		return chat.Agent{}, err
	}
	return present(tx, a)
}

// tookBefore is what the same command took when it came before.
func tookBefore(tx *store.Tx, me chat.Agent, key string, hash []byte) (Done, error) {
	events, again, err := earlier(tx, key, agentOwner(me.ID), hash)
	if err != nil || !again {
		return Done{}, err
	}
	seen, err := newEyes(tx, me.Viewer()).filter(events)
	return Done{Events: seen, Again: true}, err
}

// tookNothing is the answer where nothing in the queue could be taken: what the
// command took when it came before, else why not.
func (d *Desk) tookNothing(ctx context.Context, a chat.Agent, key string, hash []byte, refused error) (done Done, err error) {
	if refused == nil {
		refused = chat.Errorf(chat.Missing, "Nobody is waiting in your groups.")
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		done, err = tookBefore(tx, me, key, hash)
		if err == nil && !done.Again {
			err = refused
		}
		return err
	})
	return done, err
}

// fullness is what a refusal for want of room holds for: chats of a group that
// cost the same.
type fullness struct {
	group chat.GroupID
	mode  chat.Mode
}

func fullnessOf(t chat.Thread) fullness { return fullness{t.Group, t.Mode} }

// candidate is a Thread that an agent might take next, and the sentence of the
// agreement that forbids it.
type candidate struct {
	thread  chat.Thread
	forbids chat.Because
	place   int64
}

// queueFor lists what waits in an agent's own groups and is not excluded for him,
// in the order that the router serves it.
func (s *situation) queueFor(me chat.Agent) []candidate {
	var all []candidate
	forbids := map[chat.GroupID]map[chat.ThreadID]chat.Because{}
	for _, g := range me.Groups {
		if share := s.rules[g].Share; share != nil {
			forbids[g] = routing.Shares(*share, me.ID, g, s.state, s.at)
		}
	}
	for _, t := range s.threads {
		if waitsFor(t, me) {
			all = append(all, candidate{t, forbids[t.Group][t.ID], s.placeNow(t)})
		}
	}
	slices.SortFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.place, y.place), cmp.Compare(x.thread.ID, y.thread.ID))
	})
	return all
}

// waitsFor reports whether a Thread waits in a group of the agent's and he may
// have it.
func waitsFor(t chat.Thread, me chat.Agent) bool {
	mine := t.Held == nil || t.Held.Agent == me.ID || t.Held.Agent == ""
	return t.State == chat.Queued && mine && me.InGroup(t.Group) && !slices.Contains(t.Excluded, me.ID) && t.Access().Admits(me.Viewer())
}

// stands reports whether a Thread stands in the queue before others: a message that
// is answered by mail, and a chat that waits for one colleague, do not.
func stands(t chat.Thread) bool {
	return t.State == chat.Queued && t.Held == nil && t.Mode != chat.Mail
}

// placeNow is a Thread's place under the present priorities: the stored one is of
// when it came.
func (s *situation) placeNow(t chat.Thread) int64 {
	return chat.PlaceInQueue(t.QueuedAt, t.Priority, t.Front, s.order(t.Group))
}
