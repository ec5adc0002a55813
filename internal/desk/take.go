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
	s, err := d.situation(ctx)
	if err != nil {
		return Done{}, err
	}
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "take"},
		rule: func(tx *store.Tx, me chat.Agent, state chat.State) ([]chat.Event, error) {
			return d.take(tx, s, me, state, in.Over)
		},
	})
}

// take asks the agreement and the limit, then the rule.
func (d *Desk) take(tx *store.Tx, s *situation, me chat.Agent, state chat.State, over bool) ([]chat.Event, error) {
	t := state.OpenThread()
	if t == nil || t.State != chat.Queued {
		return chat.Take(state, me, chat.Given{}, d.now())
	}
	if err := s.agreed(me, t); err != nil && !(over && me.Role.Oversees()) {
		return nil, err
	}
	room, err := d.roomFor(tx, me, t, over)
	if err != nil {
		return nil, err
	}
	return chat.Take(state, me, chat.Given{Room: room, Skipped: s.olderThan(t, me.ID)}, d.now())
}

// agreed refuses a take that the agreement of the Thread's group forbids.
func (s *situation) agreed(me chat.Agent, t *chat.Thread) error {
	g := s.rules[t.Group].Share
	if g == nil || !s.waits(t.ID) {
		return nil
	}
	if allowed, sentence := routing.Share(*g, me.ID, t.ID, s.state, s.at); !allowed {
		return chat.Errorf(chat.Denied, "Your team has agreed: %s", sentence)
	}
	return nil
}

func (s *situation) waits(id chat.ThreadID) bool { return s.threads[id].State == chat.Queued }

// olderThan counts those of the group that stand before a Thread and that the
// agent might have taken.
func (s *situation) olderThan(t *chat.Thread, a chat.AgentID) int {
	n := 0
	for _, other := range s.threads {
		if other.Group == t.Group && other.State == chat.Queued && other.ID != t.ID && other.Place < t.Place && !slices.Contains(other.Excluded, a) {
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
	s, err := d.fresh(ctx)
	if err != nil {
		return Done{}, err
	}
	return d.takeNext(ctx, s, a, key, hash)
}

func (d *Desk) takeNext(ctx context.Context, s *situation, a chat.Agent, key string, hash []byte) (Done, error) {
	var done Done
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		events, again, err := earlier(tx, key, agentOwner(me.ID), hash)
		if err == nil && !again {
			events, err = d.takeFirst(tx, s, me, key, hash)
		}
		if err != nil {
			return err
		}
		seen, err := newEyes(tx, me.Viewer()).filter(events)
		done = Done{Events: seen, Again: again}
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

// takeFirst goes through the queue from its head and takes the first that is
// still free under its lock. What the agreement forbids is passed over; the
// limit ends the search.
func (d *Desk) takeFirst(tx *store.Tx, s *situation, me chat.Agent, key string, hash []byte) ([]chat.Event, error) {
	var refused error
	for _, t := range s.queueFor(me) {
		state, err := tx.Lock(t.Conversation)
		if err != nil {
			return nil, err
		}
		// Since the queue was read it may have gone to a group that is not his.
		if now := state.OpenThread(); now == nil || now.ID != t.ID || !waitsFor(*now, me) {
			continue
		}
		events, err := d.take(tx, s, me, state, false)
		switch {
		case chat.IsKind(err, chat.Denied):
			if refused == nil {
				refused = err
			}
			continue
		case err != nil:
			return nil, err
		}
		if events, err = appendTo(tx, &state, events); err != nil {
			return nil, err
		}
		return events, remember(tx, key, agentOwner(me.ID), hash, t.Conversation, events)
	}
	if refused != nil {
		return nil, refused
	}
	return nil, chat.Errorf(chat.Missing, "Nobody is waiting in your groups.")
}

// queueFor lists what waits in an agent's own groups and is not excluded for him,
// in the order of the queue.
func (s *situation) queueFor(me chat.Agent) []chat.Thread {
	var all []chat.Thread
	for _, t := range s.threads {
		if waitsFor(t, me) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(x, y chat.Thread) int { return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.ID, y.ID)) })
	return all
}

// waitsFor reports whether a Thread waits in a group of the agent's and he may
// have it.
func waitsFor(t chat.Thread, me chat.Agent) bool {
	return t.State == chat.Queued && me.InGroup(t.Group) && !slices.Contains(t.Excluded, me.ID) && t.Access().Admits(me.Viewer())
}
