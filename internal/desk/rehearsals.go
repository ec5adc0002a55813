package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// The limits of rehearsals beside each other, of all nodes. docs/operating.md states
// them.
const (
	rehearsalsAtOnce = 2
	keepRehearsals   = time.Hour
	mostRehearsals   = 8 // kept; the oldest finished one goes first
	// tellRehearsal is how often a node says how far one is, and hears that it was
	// cancelled at another node; one of which no word came for loseRehearsal ended with
	// its node.
	tellRehearsal = time.Second
	loseRehearsal = 10 * time.Second
)

// RehearsalState is how far a rehearsal is.
type RehearsalState string

// The states.
const (
	RehearsalRunning   RehearsalState = store.RehearsalRunning
	RehearsalDone      RehearsalState = "done"
	RehearsalCancelled RehearsalState = "cancelled"
	RehearsalFailed    RehearsalState = "failed"
)

// Rehearsal is a rehearsal as it is now.
type Rehearsal struct {
	ID    string         `json:"id"`
	State RehearsalState `json:"state" enum:"running,done,cancelled,failed"`
	// Done counts visits of both runs; Total is all of them.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Diff is there once it is done. Its ids are those of conversations that the
	// reader may open; its spans are nanoseconds.
	Diff *sim.Diff `json:"diff,omitempty"`
	// Notes say in words what the numbers rest on.
	Notes   []string     `json:"notes,omitempty"`
	Because chat.Because `json:"because,omitempty" nullable:"false" doc:"The notes, one by one."`
	Error   string       `json:"error,omitempty"`
}

// errEndedWithNode is how a rehearsal ends whose node stopped, died, or could not say
// a word of it.
var errEndedWithNode = &chat.Error{Kind: chat.Unavailable, Message: "It ended with the server that ran it. Run it again."}

// Rehearse runs the visits of the last days under the rules of now and under
// changed ones, and tells the difference; it takes as long as that takes, unless
// ctx ends. It changes no rule. It is for who runs the server: nobody's rights are
// asked. progress, where not nil, counts the visits of both runs.
func (d *Desk) Rehearse(ctx context.Context, in RehearsalChange, progress func(done, total int)) (Rehearsed, error) {
	s, err := d.enterRehearsal(ctx)
	if err != nil {
		return Rehearsed{}, err
	}
	defer s.leave(func(tx *store.Tx) error { return tx.ForgetRehearsal(s.id) })
	r, err := d.prepare(s.ctx, nil, in)
	if err != nil {
		return Rehearsed{}, s.why(err)
	}
	diff, err := r.run(s.ctx, progress)
	if err != nil {
		return Rehearsed{}, s.why(err)
	}
	return Rehearsed{Diff: r.named(diff), Notes: r.notes.Lines(), Because: r.notes}, nil
}

// StartRehearsal checks a change and begins to rehearse it, beside the caller. It
// changes no rule.
func (d *Desk) StartRehearsal(ctx context.Context, by chat.Agent, in RehearsalChange) (Rehearsal, error) {
	if err := d.mayRehearse(ctx, by); err != nil {
		return Rehearsal{}, err
	}
	// It goes on when the request is over; CancelRehearsal and EndRehearsals end it.
	s, err := d.enterRehearsal(context.WithoutCancel(ctx))
	if err != nil {
		return Rehearsal{}, err
	}
	plan, err := d.prepare(ctx, &by, in)
	if err == nil {
		err = s.plan(plan)
	}
	if err != nil {
		s.leave(func(tx *store.Tx) error { return tx.ForgetRehearsal(s.id) })
		return Rehearsal{}, err
	}
	go func() {
		diff, err := plan.run(s.ctx, s.progress)
		end := s.ended(plan.threads(diff), err)
		s.leave(func(tx *store.Tx) error { return tx.EndRehearsal(end) })
	}()
	return Rehearsal{ID: s.id, State: RehearsalRunning, Total: 2 * len(plan.visits), Notes: plan.notes.Lines(), Because: plan.notes}, nil
}

// mayRehearse admits managers, as of now.
func (d *Desk) mayRehearse(ctx context.Context, by chat.Agent) error {
	return d.store.Read(ctx, func(tx *store.Tx) error {
		_, err := rehearses(tx, by)
		return err
	})
}

// rehearses loads a manager who rehearses.
func rehearses(tx *store.Tx, by chat.Agent) (chat.Agent, error) {
	me, err := present(tx, by.ID)
	if err == nil && !me.Role.Manages() {
		err = chat.Errorf(chat.Denied, "Only owners and admins rehearse rules.")
	}
	return me, err
}

// Rehearsal returns how far a rehearsal is, and its outcome, at whichever node it runs.
func (d *Desk) Rehearsal(ctx context.Context, by chat.Agent, id string) (r Rehearsal, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := rehearses(tx, by)
		if err != nil {
			return err
		}
		row, err := d.findRehearsal(tx, id)
		if err != nil {
			return err
		}
		if r, err = rehearsalOf(row); err != nil || r.State != RehearsalDone {
			return err
		}
		diff, err := outcomeOf(tx, row, me)
		r.Diff = &diff
		return err
	})
	return r, err
}

// findRehearsal loads a rehearsal that is kept. One that nobody has said a word of has
// failed.
func (d *Desk) findRehearsal(tx *store.Tx, id string) (store.Rehearsal, error) {
	row, err := tx.Rehearsal(id)
	if err != nil && !chat.IsKind(err, chat.Missing) {
		return row, err
	}
	now := d.now()
	if row.State == store.RehearsalRunning && row.Seen < chat.Micros(now.Add(-loseRehearsal)) {
		row.State, row.Error = string(RehearsalFailed), errEndedWithNode.Message
		row.Until = row.Seen + keepRehearsals.Microseconds()
	}
	if err != nil || (row.State != store.RehearsalRunning && row.Until <= chat.Micros(now)) {
		return row, chat.Errorf(chat.Missing, "There is no such rehearsal; results are kept for an hour. Run it again.")
	}
	return row, nil
}

func rehearsalOf(row store.Rehearsal) (Rehearsal, error) {
	r := Rehearsal{ID: row.ID, State: RehearsalState(row.State), Done: int(row.Done), Total: int(row.Total), Error: row.Error}
	if len(row.Notes) > 0 {
		if err := json.Unmarshal(row.Notes, &r.Because); err != nil {
			return r, fmt.Errorf("desk: notes of a rehearsal: %w", err)
		}
		r.Notes = r.Because.Lines()
	}
	return r, nil
}

// outcomeOf names the Conversations that a reader may open in place of the Threads of
// an outcome.
func outcomeOf(tx *store.Tx, row store.Rehearsal, me chat.Agent) (diff sim.Diff, err error) {
	if err := json.Unmarshal(row.Outcome, &diff); err != nil {
		return diff, fmt.Errorf("desk: outcome of a rehearsal: %w", err)
	}
	known := map[string]chat.ConversationID{} // empty = not for this reader
	var failed error
	diff = diff.Rename(func(id string) (string, bool) {
		c, looked := known[id]
		if !looked {
			thread, err := tx.Thread(chat.ThreadID(id))
			if err != nil && !chat.IsKind(err, chat.Missing) {
				failed = err
			}
			if err == nil && thread.Access().Admits(me.Viewer()) {
				c = thread.Conversation
			}
			known[id] = c
		}
		return string(c), c != ""
	})
	return diff, failed
}

// CancelRehearsal ends a rehearsal that runs, at whichever node: there it hears of it
// within a second. Cancelling what has ended is no error.
func (d *Desk) CancelRehearsal(ctx context.Context, by chat.Agent, id string) error {
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := rehearses(tx, by); err != nil {
			return err
		}
		row, err := d.findRehearsal(tx, id)
		if err != nil {
			return err
		}
		row.State, row.Until = string(RehearsalCancelled), chat.Micros(d.now().Add(keepRehearsals))
		return tx.EndRehearsal(row)
	})
	if err == nil {
		d.rehearsals.cancel(id)
	}
	return err
}

// EndRehearsals ends every rehearsal of this node and waits for their ends; none
// begins here afterwards.
func (d *Desk) EndRehearsals() { d.rehearsals.end() }

// rehearsals are those that run at this node.
type rehearsals struct {
	mu      sync.Mutex             // guards everything below
	running map[string]*rehearsing // by id
	over    bool
	all     sync.WaitGroup // those that run
}

func (r *rehearsals) add(one *rehearsing) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return chat.Errorf(chat.Unavailable, "The server is stopping.")
	}
	if r.running == nil {
		r.running = map[string]*rehearsing{}
	}
	r.running[one.id] = one
	r.all.Add(1)
	return nil
}

func (r *rehearsals) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, id)
	r.all.Done()
}

func (r *rehearsals) cancel(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one := r.running[id]; one != nil {
		one.cancel(context.Canceled)
	}
}

func (r *rehearsals) end() {
	r.mu.Lock()
	r.over = true
	for _, one := range r.running {
		one.cancel(errEndedWithNode)
	}
	r.mu.Unlock()
	r.all.Wait()
}
