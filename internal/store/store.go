// Package store remembers: one Store over a file of SQLite or a database of
// PostgreSQL, the log and the tables beside it.
//
// It guarantees that what [Store.Write] has answered without an error is on
// disk, that the events of a Conversation and the positions of the log have no
// gaps, and that a [Store.Read] sees one moment. It does not decide anything:
// rules are in chat. Only one process at a time has a data directory; many may
// have one database of PostgreSQL.
//
// It may import chat. The packages desk, stream, jobs and app call it.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/chat"
)

// Options are the settings of a Store.
type Options struct {
	// Database is the address of a database of PostgreSQL; "" = the workspace is a
	// file in the data directory.
	Database string
	// Now is the clock; time.Now where nil. Times of rows are passed by those
	// who write them.
	Now func() time.Time
	// Committed is told of each batch that is on disk: how many events it added
	// and how long it took from its begin. It must return at once.
	Committed func(events int, took time.Duration)
	// Failed is told of what failed in the background and is tried again.
	Failed func(error)
	// StrictLocks makes locks that are taken in a wrong order errors. For tests.
	StrictLocks bool
}

const (
	maxReaders    = 8  // connections for reading at once
	bufferBatches = 64 // batches that wait for the receiver of Batches
)

// Store is one workspace's database.
type Store struct {
	dir     string
	engine  engine
	told    func(events int, took time.Duration) // nil = nobody
	failed  func(error)                          // nil = nobody
	strict  bool
	lock    io.Closer
	db      *sql.DB
	readers *pool
	batches chan []chat.Entry
	due     chan struct{} // a job was stored
	epoch   atomic.Value  // string
	newest  atomic.Int64  // the newest position on disk
	turned  atomic.Int64  // see Turned
	closing chan struct{}
	once    sync.Once
}

// Open opens or creates the database in the directory, or the one that opt names,
// migrates it, and takes writes. It refuses a directory that another process holds
// ([HeldError]) and a database that a later program wrote ([NewerError]).
func Open(ctx context.Context, dir string, opt Options) (*Store, error) {
	return open(ctx, dir, opt, len(migrationNames))
}

func open(ctx context.Context, dir string, opt Options, version int) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	engine, err := newEngine(dir, opt.Database)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir, opt.Now())
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, told: opt.Committed, failed: opt.Failed, strict: opt.StrictLocks, lock: lock, engine: engine,
		batches: make(chan []chat.Entry, bufferBatches), due: make(chan struct{}, 1), closing: make(chan struct{})}
	if err := s.start(ctx, version); err != nil {
		if s.db != nil {
			s.db.Close()
		}
		lock.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) start(ctx context.Context, version int) (err error) {
	if s.db, err = s.engine.open(ctx, version); err != nil {
		return err
	}
	s.readers = newPool(s.db, s.engine.readers(), maxReaders, s.closing)
	if err = s.engine.start(ctx, s); err != nil {
		return err
	}
	return s.loadEpoch(ctx)
}

// touch makes the file, readable for its owner alone, and makes its name last.
func touch(dir, name string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("store: database file: %w", err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store: sync directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("store: sync directory: %w", err)
	}
	return nil
}

// Close answers what waits, stops writing and closes the database. Reads that run
// are waited for. It may be called twice.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		err = errors.Join(s.engine.stop(), s.readers.close(), s.engine.close(), s.db.Close(), s.lock.Close())
	})
	return err
}

// Batches delivers each committed, numbered batch of log entries. There is one
// receiver. Where it is late, batches are dropped: a hole in the positions tells.
func (s *Store) Batches() <-chan []chat.Entry { return s.batches }

// publish tells the receiver of Batches and the runner of jobs.
func (s *Store) publish(entries []chat.Entry, jobs bool) {
	if len(entries) > 0 {
		select {
		case s.batches <- entries:
		default:
		}
	}
	if jobs {
		select {
		case s.due <- struct{}{}:
		default:
		}
	}
}

// Settled reports whether it is known without a Read that nothing follows a
// position of the log. Where other processes may have written, it never is.
func (s *Store) Settled(pos int64) bool { return s.engine.settled(s, pos) }

// Grown reports without a Read whether the log goes on behind a position. What other
// processes wrote it knows within 200 ms, and not while the database is away.
func (s *Store) Grown(pos int64) bool { return s.engine.grown(s, pos) }

// Statements counts the statements that a server of databases was asked by this
// process; 0 on a file.
func (s *Store) Statements() int64 { return s.engine.statements() }

// Reachable reports whether the database answers; it is known within three seconds
// that it does not, and within one that it does again.
func (s *Store) Reachable() bool { return s.engine.reachable() }

// Numbered waits until every event that was committed before the call has its
// position. Writes do not wait for it, nor does what a viewer is shown; whoever
// goes through the log to its end may.
func (s *Store) Numbered(ctx context.Context) error { return explain(s.engine.numbered(ctx)) }

// Turned counts the changes on disk that routing may go by: of Threads, and facts
// about the team, its groups and settings. Most messages are none. What another
// node changed counts once this one has read it from the log.
func (s *Store) Turned() int64 { return s.turned.Load() }

// JobsDue tells that a job was stored. Several collapse into one.
func (s *Store) JobsDue() <-chan struct{} { return s.due }

const epochSetting = "epoch"

// Epoch names this history. A restore makes another one.
func (s *Store) Epoch() string { return s.epoch.Load().(string) }

// NewEpoch gives this history another name: every cursor of before answers
// reset.
func (s *Store) NewEpoch(ctx context.Context) error {
	name := epochName()
	if err := s.Write(ctx, func(tx *Tx) error { return tx.SetSetting(epochSetting, name) }); err != nil {
		return err
	}
	s.epoch.Store(name)
	return nil
}

func epochName() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// loadEpoch names a new history the first time, and refuses one of which only a
// part is here.
func (s *Store) loadEpoch(ctx context.Context) error {
	var name, mark string
	load := func(tx *Tx) (err error) {
		if mark, err = tx.Setting(importSetting); err == nil {
			name, err = tx.Setting(epochSetting)
		}
		return err
	}
	err := s.Read(ctx, load)
	if err == nil {
		err = complete(mark)
	}
	if err == nil && name == "" {
		fresh := epochName()
		err = s.Write(ctx, func(tx *Tx) (err error) {
			name, err = tx.KeepSetting(epochSetting, fresh)
			return err
		})
	}
	s.epoch.Store(name)
	return err
}
