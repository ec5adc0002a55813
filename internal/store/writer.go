package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

const (
	maxBatch = 256  // closures that one commit takes
	maxQueue = 1024 // closures that wait; more wait to be queued
)

// writer is the one goroutine that changes a database of SQLite. It takes what queued
// during the last commit, runs each closure in a savepoint, commits once, and
// answers all.
type writer struct {
	s       *Store
	queue   chan *request
	answers chan []*request
	backups chan *backup
	done    chan struct{}

	// The rest belongs to the writer's goroutine.
	setup  []string // of its connection
	c      *conn    // nil where it could not be opened again
	head   int64    // the newest position
	states states
	pages  int // written to the write-ahead log since its last restart
	taken  []*request
	backup *backup
}

func newWriter(ctx context.Context, s *Store) (*writer, error) {
	w := &writer{s: s, queue: make(chan *request, maxQueue), answers: make(chan []*request, 4),
		backups: make(chan *backup), done: make(chan struct{}), setup: writeSetup()}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	go w.answer()
	go w.loop()
	return w, nil
}

// answer tells the callers of each committed batch, so that the writer does not.
func (w *writer) answer() {
	defer close(w.done)
	for rs := range w.answers {
		for _, r := range rs {
			r.done <- r.err
		}
	}
}

//go:noinline
func (w *writer) loop() {
	stopped := false
	defer func() {
		if !stopped {
			w.revive()
		}
	}()
	for w.turn() {
	}
	w.endBackup(errClosed())
	stopped = true
	close(w.answers)
}

// revive goes on after a closure ended the writer's goroutine by
// runtime.Goexit, as a failed test does.
func (w *writer) revive() {
	rs := w.taken
	for _, r := range rs {
		r.err = errors.New("store: a closure of the batch ended its goroutine")
	}
	w.reconnect()
	go func() {
		w.answers <- rs
		w.loop()
	}()
}

// turn does one batch, or one step of a backup, or both; false when the Store
// closes and nothing waits.
func (w *writer) turn() bool {
	if w.backup != nil {
		select {
		case r := <-w.queue:
			w.do(w.collect(r))
		default:
		}
		w.stepBackup()
		return true
	}
	select {
	case r := <-w.queue:
		w.do(w.collect(r))
	case b := <-w.backups:
		w.beginBackup(b)
	case <-w.s.closing:
		select {
		case r := <-w.queue:
			w.do(w.collect(r))
		default:
			return false
		}
	}
	return true
}

// collect takes what waits, leaving out those whose callers went away.
func (w *writer) collect(r *request) []*request {
	// Who is about to queue may: a commit costs as much as many closures. Where
	// nobody is, this returns at once.
	runtime.Gosched()
	var rs []*request
	for {
		if r.taken.CompareAndSwap(false, true) {
			rs = append(rs, r)
		}
		if len(rs) == maxBatch {
			return rs
		}
		select {
		case r = <-w.queue:
		default:
			return rs
		}
	}
}

// do answers each request by a commit: the common one, or, where that batch
// died, one of its own.
func (w *writer) do(rs []*request) {
	if len(rs) == 0 {
		return
	}
	w.taken = rs
	if err := w.attempt(rs); err != nil {
		w.reconnect()
		for _, r := range rs {
			if err := w.attempt([]*request{r}); err != nil {
				r.err = explain(err)
				w.reconnect()
			}
		}
	}
	w.taken = nil
	if !ackEarly {
		w.answers <- rs
	}
	w.boundLog()
}

// attempt runs the requests in one transaction. An error means that nothing of
// it is stored.
func (w *writer) attempt(rs []*request) error {
	if w.c == nil {
		if err := w.connect(context.Background()); err != nil {
			return err
		}
	}
	began := time.Now()
	if _, err := w.c.exec(beginWrite); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	b := &batch{head: w.head, states: w.states, changed: changed{}}
	for _, r := range rs {
		if err := w.run(b, r); err != nil {
			return err
		}
	}
	acknowledgeEarly(rs)
	if err := b.finish(w.c); err != nil {
		return err
	}
	if _, err := w.c.exec("COMMIT"); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	if w.s.told != nil {
		w.s.told(b.added, time.Since(began))
	}
	w.head = b.head
	w.s.newest.Store(b.head)
	w.s.turned.Add(b.turned)
	w.states.keep(b.changed)
	w.s.publish(b.entries, b.jobs)
	return nil
}

// run runs one closure in a savepoint. An error means that the batch is dead; a
// closure's own error stays with its request.
func (w *writer) run(b *batch, r *request) error {
	if _, err := w.c.exec("SAVEPOINT closure"); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	before := b.mark()
	tx := &Tx{c: w.c, store: w.s, batch: b}
	r.err = explain(protect(tx, r.fn))
	tx.c = nil
	if tx.dead != nil {
		return tx.dead
	}
	if r.err != nil {
		b.rewind(before, tx.touched)
		if _, err := w.c.exec("ROLLBACK TO closure"); err != nil {
			return fmt.Errorf("store: roll back closure: %w", err)
		}
	}
	if _, err := w.c.exec("RELEASE closure"); err != nil {
		return fmt.Errorf("store: release closure: %w", err)
	}
	return nil
}

// protect turns a panic of the closure into an error.
func protect(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a closure: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

// connect opens the writer's connection and learns the newest position.
func (w *writer) connect(ctx context.Context) error {
	c, err := newConn(ctx, w.s.db, connOptions{setup: w.setup})
	if err != nil {
		return err
	}
	if w.head, err = c.value("SELECT pos FROM log_head WHERE name = 'log'"); err != nil {
		_ = c.close()
		return fmt.Errorf("store: head of the log: %w", err)
	}
	w.c, w.states = c, states{}
	w.s.newest.Store(w.head)
	return nil
}

// reconnect leaves a connection of which nothing is known any more. Where the
// new one cannot be opened, the next batch tries again.
func (w *writer) reconnect() {
	w.endBackup(errBackupAgain)
	old := w.c
	if old != nil {
		_, _ = old.exec("ROLLBACK")
	}
	w.c = nil
	_ = w.connect(context.Background())
	if old != nil {
		_ = old.close()
	}
}

func (w *writer) closeConn() error {
	if w.c == nil {
		return nil
	}
	// A log that cannot be emptied is read again at the next start.
	_ = w.c.emptyLog()
	return w.c.close()
}
