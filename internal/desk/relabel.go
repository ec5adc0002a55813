package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobRelabel brings the Threads of a Group that are over in line with it.
const JobRelabel = "relabel"

const (
	relabelPage  = 500 // Threads that are looked at together
	relabelBatch = 100 // Threads that are changed in one transaction
	// relabelSlack is what must be left of a job's time for another page.
	relabelSlack = 10 * time.Second
)

type relabelBody struct {
	Group chat.GroupID `json:"group"`
}

// relabelLater stores the job. It says no more than the group: the job looks at
// what is, so that of several changes in a row the last one counts, and a run that
// is repeated does nothing.
func (d *Desk) relabelLater(tx *store.Tx, g chat.GroupID) error {
	body, err := json.Marshal(relabelBody{Group: g})
	if err != nil {
		return fmt.Errorf("desk: encode job: %w", err)
	}
	return tx.Enqueue(store.Job{Kind: JobRelabel, Key: string(g), Due: chat.Micros(d.now()), Body: body})
}

// relabelOpen brings the open Threads of a group in line at once, in the
// transaction that changes the group.
func (d *Desk) relabelOpen(tx *store.Tx, by chat.Agent, from chat.GroupID, to chat.Group) error {
	all, err := tx.OpenThreads()
	if err != nil {
		return err
	}
	return d.relabel(tx, by.Actor(), to, slices.DeleteFunc(all, func(t chat.Thread) bool { return t.Group != from }))
}

// Relabel does the job: each Thread of the group that is not seen as the group
// says gets an event that makes it so. Threads of a deleted group become its
// successor's. It looks at the state alone and may be run at any time; what does
// not fit into the job's time is another job.
func (d *Desk) Relabel(ctx context.Context, job []byte) error {
	var body relabelBody
	if err := json.Unmarshal(job, &body); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobRelabel, err)
	}
	ends, bounded := ctx.Deadline()
	for after, more := chat.ThreadID(""), true; more; {
		if bounded && time.Until(ends) < relabelSlack {
			return d.store.Write(ctx, func(tx *store.Tx) error { return d.relabelLater(tx, body.Group) })
		}
		var err error
		if after, more, err = d.relabelNext(ctx, body.Group, after); err != nil {
			return err
		}
	}
	return nil
}

// relabelNext looks through a page of Threads beside the writer, and changes
// those that are behind. It returns where the next page begins.
func (d *Desk) relabelNext(ctx context.Context, id chat.GroupID, after chat.ThreadID) (chat.ThreadID, bool, error) {
	var behind []chat.Thread
	more := false
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		target, err := successorOf(tx, id)
		if err != nil {
			return err
		}
		page, err := tx.ThreadsInGroup(id, after, relabelPage)
		if err != nil {
			return err
		}
		if more = len(page) == relabelPage; len(page) > 0 {
			after = page[len(page)-1].ID
		}
		behind = slices.DeleteFunc(page, func(t chat.Thread) bool { return seenAs(t, target) })
		return nil
	})
	if err != nil {
		return after, false, err
	}
	for some := range slices.Chunk(behind, relabelBatch) {
		if err := d.relabelSome(ctx, id, some); err != nil {
			return after, false, err
		}
	}
	return after, more, nil
}

func (d *Desk) relabelSome(ctx context.Context, id chat.GroupID, some []chat.Thread) error {
	return d.write(ctx, func(tx *store.Tx) error {
		target, err := successorOf(tx, id)
		if err != nil {
			return err
		}
		return d.relabel(tx, chat.System(), target, some)
	})
}

// relabel brings Threads in line with the group that has them now, in the order
// of locks. Each is judged as it is under the lock.
func (d *Desk) relabel(tx *store.Tx, by chat.Actor, to chat.Group, threads []chat.Thread) error {
	order, err := orderOf(tx, to.ID)
	if err != nil {
		return err
	}
	of := map[chat.ConversationID][]chat.ThreadID{}
	for _, t := range threads {
		of[t.Conversation] = append(of[t.Conversation], t.ID)
	}
	for _, c := range slices.Sorted(maps.Keys(of)) {
		s, err := tx.Lock(c)
		if err != nil {
			return err
		}
		for _, id := range of[c] {
			if err := d.relabelOne(tx, &s, id, by, to, order); err != nil {
				return err
			}
		}
	}
	return nil
}

// relabelOne changes one Thread. What waits in a deleted group goes to the other
// queue like anything that is handed on; what an agent leads he keeps.
func (d *Desk) relabelOne(tx *store.Tx, s *chat.State, id chat.ThreadID, by chat.Actor, to chat.Group, o chat.Order) error {
	former := s.Thread == nil || s.Thread.ID != id
	t := s.Thread
	if former {
		loaded, err := tx.Thread(id)
		if err != nil {
			return err
		}
		t = &loaded
	}
	if t.State == chat.Queued && t.Group != to.ID && t.Held == nil { // what waits for somebody goes on waiting for him
		there, err := destination(tx, *s, to, o)
		if err != nil {
			return err
		}
		_, err = appendTo(tx, s, []chat.Event{chat.Pass(*s, chat.Agent{}, there, "", chat.Says("move.deleted", to.Name), d.now())})
		return err
	}
	e, changes := chat.SetPolicy(*t, to, by, d.now())
	if !changes {
		return nil
	}
	if former { // the state knows the newest Thread alone
		if err := tx.RelabelThread(id, to.ID, to.Policy, to.Stub); err != nil {
			return err
		}
	}
	_, err := appendTo(tx, s, []chat.Event{e})
	return err
}

// seenAs reports whether a Thread is the group's and seen as it says.
func seenAs(t chat.Thread, g chat.Group) bool {
	return t.Group == g.ID && t.Policy == g.Policy && t.Stub == g.Stub
}

// successorOf loads the group that has a group's chats: itself, where it is not
// deleted.
func successorOf(tx *store.Tx, id chat.GroupID) (chat.Group, error) {
	g, err := tx.Group(id)
	for hops := 0; err == nil && g.Deleted && hops < maxHops; hops++ {
		g, err = tx.Group(g.Successor)
	}
	return g, err
}
