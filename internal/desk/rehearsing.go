package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// rehearsing is a rehearsal that runs at this node: it holds one of the places, and
// says a word of it every second. When it cannot any more, or somebody has cancelled
// it, its ctx ends.
type rehearsing struct {
	d      *Desk
	id     string
	ctx    context.Context
	cancel context.CancelCauseFunc
	told   sync.WaitGroup

	mu  sync.Mutex // guards row
	row store.Rehearsal
}

// enterRehearsal takes one of the places. leave gives it back.
func (d *Desk) enterRehearsal(ctx context.Context) (*rehearsing, error) {
	s := &rehearsing{d: d, id: newID("r")}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if err := d.rehearsals.add(s); err != nil {
		return nil, err
	}
	err := s.begin(ctx)
	if err != nil {
		s.cancel(nil)
		d.rehearsals.remove(s.id)
		return nil, err
	}
	s.told.Go(s.tell)
	return s, nil
}

func (s *rehearsing) begin(ctx context.Context) error {
	now := s.d.now()
	s.row = store.Rehearsal{ID: s.id, Begun: chat.Micros(now), Seen: chat.Micros(now)}
	begun := false
	err := s.d.store.Write(ctx, func(tx *store.Tx) (err error) {
		begun, err = tx.BeginRehearsal(s.row, rehearsalsAtOnce, chat.Micros(now.Add(-loseRehearsal)), mostRehearsals-1)
		return err
	})
	if err == nil && !begun {
		err = chat.Errorf(chat.Limited, "%d rehearsals run already. Wait for one, or cancel it.", rehearsalsAtOnce)
	}
	return err
}

// plan says how much it will be, and what it rests on.
func (s *rehearsing) plan(plan *rehearsal) error {
	notes, err := json.Marshal(plan.notes)
	if err != nil {
		return fmt.Errorf("desk: encode the notes of a rehearsal: %w", err)
	}
	s.mu.Lock()
	s.row.Total, s.row.Notes = int64(2*len(plan.visits)), notes
	s.mu.Unlock()
	return s.say()
}

func (s *rehearsing) progress(done, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.row.Done, s.row.Total = int64(done), int64(total)
}

// tell says a word every second, and ends the rehearsal that nobody wants any more, or
// that others must take to have ended by now.
func (s *rehearsing) tell() {
	tick := time.NewTicker(tellRehearsal)
	defer tick.Stop()
	heard := time.Now()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		err := s.say()
		if err == nil {
			heard = time.Now()
		} else if time.Since(heard) > loseRehearsal || errors.Is(err, context.Canceled) || errors.Is(err, errEndedWithNode) {
			s.cancel(err)
		}
	}
}

// say tells all nodes how far it is. The error is context.Canceled where somebody has
// cancelled it, and errEndedWithNode where it has lost its place.
func (s *rehearsing) say() error {
	s.mu.Lock()
	s.row.Seen = chat.Micros(s.d.now())
	row := s.row
	s.mu.Unlock()
	return s.d.store.Write(context.WithoutCancel(s.ctx), func(tx *store.Tx) error {
		goesOn, err := tx.TellRehearsal(row)
		if err != nil || goesOn {
			return err
		}
		is, err := tx.Rehearsal(row.ID)
		if err == nil && is.State == string(RehearsalCancelled) {
			return context.Canceled
		}
		return errEndedWithNode
	})
}

// ended is how it ended, with an outcome or an error.
func (s *rehearsing) ended(diff sim.Diff, err error) store.Rehearsal {
	s.mu.Lock()
	end := s.row
	s.mu.Unlock()
	end.Until = chat.Micros(s.d.now().Add(keepRehearsals))
	if err == nil {
		end.Outcome, err = json.Marshal(diff)
	}
	err = s.why(err)
	var known *chat.Error
	switch {
	case err == nil:
		end.State, end.Done = string(RehearsalDone), end.Total
	case errors.Is(err, context.Canceled):
		end.State = string(RehearsalCancelled)
	case errors.As(err, &known):
		end.State, end.Error = string(RehearsalFailed), known.Message
	default:
		end.State, end.Error = string(RehearsalFailed), err.Error()
	}
	return end
}

// why is what stands behind an error: where the rehearsal was ended, by what.
func (s *rehearsing) why(err error) error {
	if err != nil && s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return err
}

// lastTries is how often the end of a rehearsal is tried to be stored: it has taken
// somebody's minutes.
const lastTries = 3

// leave gives the place back, once nothing is at work any more. Where last cannot be
// stored, nobody hears of it any more, so it ended with its node, and its place is free.
func (s *rehearsing) leave(last func(*store.Tx) error) {
	defer s.d.rehearsals.remove(s.id)
	s.cancel(nil)
	s.told.Wait()
	for range lastTries {
		err := s.d.store.Write(context.WithoutCancel(s.ctx), func(tx *store.Tx) error {
			return errors.Join(last(tx), tx.LeaveRehearsal(s.id))
		})
		if err == nil {
			return
		}
	}
}
