package desk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// The limits of rehearsals beside each other. docs/operating.md states them.
const (
	rehearsalsAtOnce = 2
	keepRehearsals   = time.Hour
	mostRehearsals   = 8 // kept; the oldest finished one goes first
)

// RehearsalState is how far a rehearsal is.
type RehearsalState string

// The states.
const (
	RehearsalRunning   RehearsalState = "running"
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

// rehearsals are those that run, and those that ended within the last hour. A
// restart forgets them.
type rehearsals struct {
	mu      sync.Mutex // guards everything below
	all     []*kept    // the oldest first
	running [rehearsalsAtOnce]*slot
	ended   bool
	slots   sync.WaitGroup // those that are taken
}

// slot is the place of a rehearsal that runs.
type slot struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// kept is one rehearsal; what changes is guarded by rehearsals.mu.
type kept struct {
	now    Rehearsal
	plan   *rehearsal
	diff   sim.Diff // names visits
	until  time.Time
	cancel context.CancelFunc
}

// enter takes one of the slots. leave gives it back.
func (r *rehearsals) enter(ctx context.Context) (*slot, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.running[:], nil)
	switch {
	case r.ended:
		return nil, chat.Errorf(chat.Unavailable, "The server is stopping.")
	case i < 0:
		return nil, chat.Errorf(chat.Limited, "%d rehearsals run already. Wait for one, or cancel it.", rehearsalsAtOnce)
	}
	s := &slot{}
	s.ctx, s.cancel = context.WithCancel(ctx)
	r.running[i] = s
	r.slots.Add(1)
	return s, nil
}

func (r *rehearsals) leave(s *slot) {
	s.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running[slices.Index(r.running[:], s)] = nil
	r.slots.Done()
}

// Rehearse runs the visits of the last days under the rules of now and under
// changed ones, and tells the difference; it takes as long as that takes, unless
// ctx ends. It saves nothing. It is for who runs the server: nobody's rights are
// asked. progress, where not nil, counts the visits of both runs.
func (d *Desk) Rehearse(ctx context.Context, in RehearsalChange, progress func(done, total int)) (Rehearsed, error) {
	s, err := d.rehearsals.enter(ctx)
	if err != nil {
		return Rehearsed{}, err
	}
	defer d.rehearsals.leave(s)
	r, err := d.prepare(s.ctx, nil, in)
	if err != nil {
		return Rehearsed{}, err
	}
	diff, err := r.run(s.ctx, progress)
	if err != nil {
		return Rehearsed{}, err
	}
	return Rehearsed{Diff: r.named(diff, nil), Notes: r.notes.Lines(), Because: r.notes}, nil
}

// StartRehearsal checks a change and begins to rehearse it, beside the caller. It
// saves nothing.
func (d *Desk) StartRehearsal(ctx context.Context, by chat.Agent, in RehearsalChange) (Rehearsal, error) {
	if err := d.mayRehearse(ctx, by); err != nil {
		return Rehearsal{}, err
	}
	// It goes on when the request is over; CancelRehearsal and EndRehearsals end it.
	s, err := d.rehearsals.enter(context.WithoutCancel(ctx))
	if err != nil {
		return Rehearsal{}, err
	}
	plan, err := d.prepare(ctx, &by, in)
	if err != nil {
		d.rehearsals.leave(s)
		return Rehearsal{}, err
	}
	one := &kept{plan: plan, cancel: s.cancel,
		now: Rehearsal{ID: newID("r"), State: RehearsalRunning, Total: 2 * len(plan.visits), Notes: plan.notes.Lines(), Because: plan.notes}}
	begun := one.now
	d.rehearsals.add(one, d.now())
	go func() {
		defer d.rehearsals.leave(s)
		diff, err := plan.run(s.ctx, func(done, total int) { d.rehearsals.progress(one, done, total) })
		d.rehearsals.end(one, diff, err, d.now().Add(keepRehearsals))
	}()
	return begun, nil
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

// add keeps a rehearsal. Those that ended long ago go.
func (r *rehearsals) add(one *kept, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now, mostRehearsals-1)
	r.all = append(r.all, one)
}

// forget drops what ended an hour ago, and the oldest that are more than most. The
// caller holds mu.
func (r *rehearsals) forget(now time.Time, most int) {
	var left []*kept
	for i, one := range r.all {
		runs := one.now.State == RehearsalRunning
		if runs || (now.Before(one.until) && len(r.all)-i <= most) {
			left = append(left, one)
		}
	}
	r.all = left
}

func (r *rehearsals) progress(one *kept, done, total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.now.Done, one.now.Total = done, total
}

func (r *rehearsals) end(one *kept, diff sim.Diff, err error, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.diff, one.until = diff, until
	// Only the names of what was rehearsed are needed any more.
	one.plan = &rehearsal{chats: one.plan.chats}
	var known *chat.Error
	switch {
	case err == nil:
		one.now.State, one.now.Done = RehearsalDone, one.now.Total
	case errors.Is(err, context.Canceled):
		one.now.State = RehearsalCancelled
	case errors.As(err, &known):
		one.now.State, one.now.Error = RehearsalFailed, known.Message
	default:
		one.now.State, one.now.Error = RehearsalFailed, err.Error()
	}
}

// find returns a rehearsal as it is now.
func (r *rehearsals) find(id string, now time.Time) (*kept, Rehearsal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now, mostRehearsals)
	for _, one := range r.all {
		if one.now.ID == id {
			return one, one.now, nil
		}
	}
	return nil, Rehearsal{}, chat.Errorf(chat.Missing, "There is no such rehearsal; results are kept for an hour. Run it again.")
}

// Rehearsal returns how far a rehearsal is, and its outcome.
func (d *Desk) Rehearsal(ctx context.Context, by chat.Agent, id string) (Rehearsal, error) {
	if err := d.mayRehearse(ctx, by); err != nil {
		return Rehearsal{}, err
	}
	one, now, err := d.rehearsals.find(id, d.now())
	if err != nil || now.State != RehearsalDone {
		return now, err
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := tx.Agent(by.ID)
		if err != nil {
			return err
		}
		var failed error
		diff := one.plan.named(one.diff, func(t chat.ThreadID) bool {
			thread, err := tx.Thread(t)
			if err != nil && !chat.IsKind(err, chat.Missing) {
				failed = err
			}
			return err == nil && thread.Access().Admits(me.Viewer())
		})
		now.Diff = &diff
		return failed
	})
	return now, err
}

// CancelRehearsal ends a rehearsal that runs. Cancelling what has ended is no
// error.
func (d *Desk) CancelRehearsal(ctx context.Context, by chat.Agent, id string) error {
	if err := d.mayRehearse(ctx, by); err != nil {
		return err
	}
	one, _, err := d.rehearsals.find(id, d.now())
	if err == nil {
		one.cancel()
	}
	return err
}

// EndRehearsals cancels every rehearsal and waits for their ends; none begins
// afterwards.
func (d *Desk) EndRehearsals() {
	d.rehearsals.mu.Lock()
	d.rehearsals.ended = true
	for _, s := range d.rehearsals.running {
		if s != nil {
			s.cancel()
		}
	}
	d.rehearsals.mu.Unlock()
	d.rehearsals.slots.Wait()
}
