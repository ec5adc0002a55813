package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// The limits of a rehearsal. docs/operating.md states them.
const (
	MaxRehearsalDays   = 28
	MaxRehearsalVisits = 20_000 // of more, the newest
)

// What a rehearsal takes for given, since the log does not tell it.
const (
	rehearsedAccept   = 10 * time.Second // until an offer is taken up, or the queue is looked at
	rehearsedReply    = 20 * time.Second // until the first reply
	rehearsedHandling = 8 * time.Minute  // of a chat, where none was finished
)

// RehearsalChange is what is rehearsed: the last days' visits under changed
// rules. What is left out stays as it is now.
type RehearsalChange struct {
	Days   int              `json:"days"`
	Routes *[]routing.Route `json:"routes,omitempty"`
	Groups []GroupRules     `json:"groups,omitempty"`
	Limit  *int             `json:"limit,omitempty"`
	Timing *routing.Timing  `json:"timing,omitempty"`
}

// GroupRules are the changed rules of one group, as a whole.
type GroupRules struct {
	ID    chat.GroupID    `json:"id"`
	Rules json.RawMessage `json:"rules"`
}

// Rehearsed is the outcome of a rehearsal.
type Rehearsed struct {
	// Diff names Conversations.
	Diff sim.Diff `json:"diff"`
	// Notes say in words what the numbers rest on.
	Notes []string `json:"notes"`
}

// rehearsal is what a rehearsal needs, loaded and checked.
type rehearsal struct {
	visits        []sim.Visit
	before, after sim.World
	chats         map[string]rehearsedChat // by the id of the visit
	notes         []string
}

// rehearsedChat is what a visit was.
type rehearsedChat struct {
	conversation chat.ConversationID
	thread       chat.ThreadID
}

func (r *rehearsal) run(ctx context.Context, progress func(done, total int)) (sim.Diff, error) {
	diff, err := sim.Rehearse(ctx, r.visits, r.before, r.after, progress)
	if err != nil {
		return sim.Diff{}, fmt.Errorf("desk: rehearse: %w", err)
	}
	return diff, nil
}

// named turns the ids of visits into those of Conversations, of those that may
// be seen; nil = all.
func (r *rehearsal) named(diff sim.Diff, may func(chat.ThreadID) bool) sim.Diff {
	return diff.Rename(func(id string) (string, bool) {
		c := r.chats[id]
		return string(c.conversation), may == nil || may(c.thread)
	})
}

// prepare checks the change and loads the visits with the world that they met.
func (d *Desk) prepare(ctx context.Context, in RehearsalChange) (*rehearsal, error) {
	if in.Days < 1 || in.Days > MaxRehearsalDays {
		return nil, chat.Errorf(chat.Invalid, "A rehearsal looks back 1 to %d days.", MaxRehearsalDays)
	}
	var r *rehearsal
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := d.situate(tx, nil)
		if err != nil {
			return err
		}
		after, err := in.over(s)
		if err != nil {
			return err
		}
		l := lookBack{s: s, now: s.at, from: s.at.AddDate(0, 0, -in.Days)}
		if err := l.load(tx); err != nil {
			return err
		}
		r = l.rehearsal()
		r.after = after
		r.after.Shifts = r.before.Shifts
		return nil
	})
	return r, err
}

// worldOf is what visits meet under the rules of now. Nobody holds a chat in it,
// and what is remembered of agents begins anew.
func worldOf(s *situation) sim.World {
	w := sim.World{Routes: s.routes, State: routing.State{Limit: s.settings.Limit, Timing: s.settings.Timing},
		Accept: rehearsedAccept, Reply: rehearsedReply, Seed: 1}
	for _, a := range s.state.Agents {
		w.State.Agents = append(w.State.Agents, routing.Agent{ID: a.ID, Name: a.Name, Disabled: a.Disabled, Limit: a.Limit, Skills: a.Skills})
	}
	for _, g := range s.state.Groups {
		g.Full, g.Turns, g.Members = false, 0, append([]routing.Member{}, g.Members...)
		for i := range g.Members {
			g.Members[i].Turn = 0
		}
		w.State.Groups = append(w.State.Groups, g)
	}
	return w
}

// over lays the change over the present rules, and refuses what could not be
// saved.
func (c RehearsalChange) over(s *situation) (sim.World, error) {
	w := worldOf(s)
	if err := c.overGroups(s, &w); err != nil {
		return w, err
	}
	if c.Routes != nil {
		var ids []chat.GroupID
		for _, g := range s.state.Groups {
			ids = append(ids, g.ID)
		}
		for _, r := range *c.Routes {
			if err := r.Check(ids); err != nil {
				return w, err
			}
		}
		w.Routes = *c.Routes
	}
	if c.Limit != nil {
		if *c.Limit < 0 || *c.Limit > chat.MaxLimit {
			return w, chat.Errorf(chat.Invalid, "The limit is a number from 0 to %d; 0 means the default.", chat.MaxLimit)
		}
		w.State.Limit = *c.Limit
	}
	if c.Timing != nil {
		if err := c.Timing.Check(); err != nil {
			return w, err
		}
		w.State.Timing = *c.Timing
	}
	return w, nil
}

func (c RehearsalChange) overGroups(s *situation, w *sim.World) error {
	for _, change := range c.Groups {
		at := -1
		for i := range w.State.Groups {
			if w.State.Groups[i].ID == change.ID {
				at = i
			}
		}
		if at < 0 {
			return chat.Errorf(chat.Invalid, "There is no group %q.", change.ID)
		}
		rules, err := routing.ReadRules(change.Rules)
		if err != nil {
			return err
		}
		if err := rules.Check(); err != nil {
			return err
		}
		members := w.State.Groups[at].Members
		w.State.Groups[at] = routing.ViewGroup(s.groups[change.ID], rules, nil)
		w.State.Groups[at].Members = members
	}
	return nil
}
