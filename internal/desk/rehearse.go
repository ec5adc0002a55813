package desk

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/chat"
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

// Rehearsed is the outcome of a rehearsal.
type Rehearsed struct {
	// Diff names Conversations.
	Diff sim.Diff `json:"diff"`
	// Notes say in words what the numbers rest on.
	Notes   []string     `json:"notes"`
	Because chat.Because `json:"because,omitempty"` // the same, one by one
}

// rehearsal is what a rehearsal needs, loaded and checked.
type rehearsal struct {
	visits        []sim.Visit
	before, after sim.World
	chats         map[string]rehearsedChat // by the id of the visit
	notes         chat.Because
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

// named turns the ids of visits into those of Conversations.
func (r *rehearsal) named(diff sim.Diff) sim.Diff {
	return diff.Rename(func(id string) (string, bool) { return string(r.chats[id].conversation), true })
}

// threads turns them into those of Threads.
func (r *rehearsal) threads(diff sim.Diff) sim.Diff {
	return diff.Rename(func(id string) (string, bool) { return string(r.chats[id].thread), true })
}

// prepare checks the change and loads the visits with the world that they met.
// Nil is who runs the server: he may change what an owner may.
func (d *Desk) prepare(ctx context.Context, by *chat.Agent, in RehearsalChange) (*rehearsal, error) {
	if in.Days < 1 || in.Days > MaxRehearsalDays {
		return nil, chat.Errorf(chat.Invalid, "A rehearsal looks back 1 to %d days.", MaxRehearsalDays)
	}
	var r *rehearsal
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me := chat.Agent{Role: chat.Owner}
		if by != nil {
			var err error
			if me, err = rehearses(tx, *by); err != nil {
				return err
			}
		}
		s, err := d.situate(tx, nil)
		if err != nil {
			return err
		}
		before := termsOf(s)
		after, err := in.over(before, me)
		if err != nil {
			return err
		}
		l := lookBack{s: s, now: s.at, from: s.at.AddDate(0, 0, -in.Days)}
		if err := l.load(tx); err != nil {
			return err
		}
		l.tellOfPeople(before, after)
		r = l.rehearsal()
		r.before, r.after = before.world(l.shifts), after.world(l.shifts)
		return nil
	})
	return r, err
}
