package store

import (
	"context"
	"fmt"
	"sync/atomic"
)

// request is a closure on its way through the writer.
type request struct {
	fn    func(*Tx) error
	taken atomic.Bool // by the writer, or by its caller who went away
	err   error       // the writer's until done is sent
	done  chan error
}

// Write runs fn in a transaction and returns after it is on disk. fn may run
// twice, see [Tx.NeedAgents], and does no I/O; it calls neither Read nor Write. ctx ends the wait in
// the queue alone: once fn has begun, the answer is that of its commit. A panic
// of fn is returned as an error.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := outside(); err != nil {
		return err
	}
	return withAgents(ctx, s.engine.write, fn)
}

func (w *writer) write(ctx context.Context, fn func(*Tx) error) error {
	r := &request{fn: fn, done: make(chan error, 1)}
	if err := w.enqueue(ctx, r); err != nil {
		return err
	}
	select {
	case err := <-r.done:
		return err
	case <-w.done:
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return fmt.Errorf("store: wait to write: %w", ctx.Err())
		}
	}
	select {
	case err := <-r.done:
		return err
	case <-w.done:
	}
	select {
	case err := <-r.done:
		return err
	default:
		return errClosed()
	}
}

func (w *writer) enqueue(ctx context.Context, r *request) error {
	select {
	case <-w.s.closing:
		return errClosed()
	case <-ctx.Done():
		return fmt.Errorf("store: wait to write: %w", ctx.Err())
	default:
	}
	select {
	case w.queue <- r:
		return nil
	case <-w.s.closing:
		return errClosed()
	case <-ctx.Done():
		return fmt.Errorf("store: wait to write: %w", ctx.Err())
	}
}
