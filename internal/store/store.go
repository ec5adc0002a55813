// Package store remembers: one Store over one SQLite file, the log and the
// tables beside it.
//
// It guarantees that what [Store.Write] has answered without an error is on
// disk, that the events of a Conversation and the positions of the log have no
// gaps, and that a [Store.Read] sees one moment. It does not decide anything:
// rules are in chat. Only one process at a time has a data directory.
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
	// Now is the clock; time.Now where nil. Times of rows are passed by those
	// who write them.
	Now func() time.Time
	// Committed is told of each batch that is on disk: how many events it added
	// and how long it took from its begin. It must return at once.
	Committed func(events int, took time.Duration)
}

const (
	maxReaders    = 8  // connections for reading
	bufferBatches = 64 // batches that wait for the receiver of Batches
)

// Store is one workspace's database.
type Store struct {
	dir     string
	told    func(events int, took time.Duration) // nil = nobody
	lock    io.Closer
	db      *sql.DB
	readers chan *conn // a nil one has not been opened yet
	writer  *writer
	batches chan []chat.Entry
	due     chan struct{} // a job was stored
	epoch   atomic.Value  // string
	newest  atomic.Int64  // the newest position on disk
	turned  atomic.Int64  // see Turned
	closing chan struct{}
	once    sync.Once
}

// Open opens or creates the database in the directory, migrates it, and starts
// the writer. It refuses a file that another process holds ([HeldError]) or that
// a later program wrote ([NewerError]).
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
	lock, err := lockDir(dir, opt.Now())
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, told: opt.Committed, lock: lock, readers: make(chan *conn, maxReaders),
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

func (s *Store) start(ctx context.Context, version int) error {
	if err := touch(s.dir, fileName); err != nil {
		return err
	}
	db, err := sql.Open(engine, dsn(s.path()))
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	s.db = db
	if err := migrate(ctx, db, version); err != nil {
		return explain(err)
	}
	for range maxReaders {
		s.readers <- nil
	}
	if s.writer, err = newWriter(ctx, s); err != nil {
		return explain(err)
	}
	return s.loadEpoch(ctx)
}

func (s *Store) path() string { return filepath.Join(s.dir, fileName) }

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

// Close answers what waits, stops the writer and closes the file. Reads that run
// are waited for. It may be called twice.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		<-s.writer.done
		for range maxReaders {
			if c := <-s.readers; c != nil {
				err = errors.Join(err, c.close())
			}
		}
		err = errors.Join(err, s.writer.closeConn(), s.db.Close(), s.lock.Close())
	})
	return err
}

// Batches delivers each committed, numbered batch of log entries. There is one
// receiver. Where it is late, batches are dropped: a hole in the positions tells.
func (s *Store) Batches() <-chan []chat.Entry { return s.batches }

// Newest returns the newest position on disk. Since only one process has the
// database, there is nothing after it that a Read could find; who follows the
// log need not begin one to learn that.
func (s *Store) Newest() int64 { return s.newest.Load() }

// Turned counts the changes on disk that routing may go by: of Threads, and facts
// about the team, its groups and settings. Most messages are none.
func (s *Store) Turned() int64 { return s.turned.Load() }

// JobsDue tells that a job was stored. Several collapse into one.
func (s *Store) JobsDue() <-chan struct{} { return s.due }

const epochSetting = "epoch"

// Epoch names this history. A restore makes another one.
func (s *Store) Epoch() string { return s.epoch.Load().(string) }

// NewEpoch gives this history another name: every cursor of before answers
// reset.
func (s *Store) NewEpoch(ctx context.Context) error {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	name := hex.EncodeToString(b)
	if err := s.Write(ctx, func(tx *Tx) error { return tx.SetSetting(epochSetting, name) }); err != nil {
		return err
	}
	s.epoch.Store(name)
	return nil
}

func (s *Store) loadEpoch(ctx context.Context) error {
	var name string
	err := s.Read(ctx, func(tx *Tx) (err error) {
		name, err = tx.Setting(epochSetting)
		return err
	})
	if err == nil && name == "" {
		return s.NewEpoch(ctx)
	}
	s.epoch.Store(name)
	return err
}
