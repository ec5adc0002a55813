package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // the driver that the product uses

	"earshot/internal/store"
)

// slowDisk is the p99 of a raw fdatasync above which a round does not count.
const slowDisk = 2 * time.Millisecond

// fdatasyncs measures the disk itself: 4 KiB written over and made durable.
func fdatasyncs(dir string) ([]time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "fdatasync"))
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	all := make([]time.Duration, 0, 500)
	for i := range 500 {
		if _, err := f.WriteAt(page, int64(i%64)*4096); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return nil, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all, nil
}

const producers = 64

// rawCommits is the baseline of the whole path: the same driver, settings and
// schema, and for each message the five rows that it leaves (event, position,
// conversation, command, search), in group commits of one writer, with 64
// producers that each wait for their commit. No rules, no reads, no network.
func rawCommits(ctx context.Context, length time.Duration) (float64, error) {
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(ctx, dir, store.Options{}) // makes the schema
	if err != nil {
		return 0, err
	}
	if err := st.Close(); err != nil {
		return 0, err
	}
	w, err := openRaw(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer w.db.Close()
	defer w.conn.Close()
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var done atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.run(ctx) })
	for i := range producers {
		g.Go(func() error { return w.produce(ctx, i, &done) })
	}
	err = g.Wait()
	return float64(done.Load()) / length.Seconds(), err
}

// rawWriter is a group commit with nothing around it.
type rawWriter struct {
	db    *sql.DB
	conn  *sql.Conn
	queue chan rawInsert
	pos   int64
	stmt  [5]*sql.Stmt
}

type rawInsert struct {
	conversation string
	seq          int64
	done         chan error
}

func openRaw(ctx context.Context, dir string) (*rawWriter, error) {
	dsn := "file:" + filepath.Join(dir, "earshot.db") +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=mmap_size(0)&_pragma=wal_autocheckpoint(4096)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w := &rawWriter{db: db, conn: conn, queue: make(chan rawInsert, 1024)}
	for i := range producers {
		_, err := conn.ExecContext(ctx, `INSERT INTO conversations (id, kind, site, visitor, head, vhead, seen_visitor, seen_team, last_seq, last_kind, last_by, last_by_id, last_name, last_text, last_at, thread)
			VALUES (?, 'customer', 's', 'v', 0, 0, 0, 0, 0, '', '', '', '', '', 0, 't')`, rawConversation(i))
		if err != nil {
			return nil, err
		}
	}
	for i, text := range []string{
		`INSERT INTO events (conversation, seq, vseq, pos, thread, id, kind, actor_kind, actor_id, actor_name, audience, at, said, body) VALUES (?, ?, ?, ?, 't', ?, 'message', 'visitor', 'v', 'Name', 'all', ?, 1, ?)`,
		`INSERT INTO log (pos, conversation, seq) VALUES (?, ?, ?)`,
		`UPDATE conversations SET head = ?, vhead = ?, last_seq = ?, last_text = ?, last_at = ? WHERE id = ?`,
		`INSERT INTO commands (key, actor, hash, conversation, answer) VALUES (?, 'visitor:v', 'hash', ?, '{}')`,
		`INSERT INTO search (rowid, words) VALUES (?, ?)`,
	} {
		if w.stmt[i], err = conn.PrepareContext(ctx, text); err != nil {
			return nil, fmt.Errorf("the schema has moved away from this baseline: %w", err)
		}
	}
	return w, nil
}

func rawConversation(i int) string { return fmt.Sprintf("c_%026d", i) }

func (w *rawWriter) produce(ctx context.Context, i int, done *atomic.Int64) error {
	in := rawInsert{conversation: rawConversation(i), done: make(chan error, 1)}
	for ctx.Err() == nil {
		in.seq++
		select {
		case w.queue <- in:
		case <-ctx.Done():
			return nil
		}
		select {
		case err := <-in.done:
			if err != nil {
				return err
			}
			done.Add(1)
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (w *rawWriter) run(ctx context.Context) error {
	for {
		var batch []rawInsert
		select {
		case in := <-w.queue:
			batch = append(batch, in)
		case <-ctx.Done():
			return nil
		}
		for len(batch) < 256 && len(w.queue) > 0 {
			batch = append(batch, <-w.queue)
		}
		err := w.commit(batch)
		for _, in := range batch {
			in.done <- err
		}
	}
}

func (w *rawWriter) commit(batch []rawInsert) error {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, in := range batch {
		w.pos++
		now := time.Now().UnixMicro()
		id := fmt.Sprintf("e_%026d", w.pos)
		args := [][]any{
			{in.conversation, in.seq, in.seq, w.pos, id, now, `{"text":"` + benchText + `"}`},
			{w.pos, in.conversation, in.seq},
			{in.seq, in.seq, in.seq, benchText, now, in.conversation},
			{id, in.conversation},
			{w.pos, benchText},
		}
		for i, a := range args {
			if _, err := w.stmt[i].ExecContext(ctx, a...); err != nil {
				return err
			}
		}
	}
	_, err := w.conn.ExecContext(ctx, "COMMIT")
	return err
}

const benchText = "I have waited for my parcel for two weeks and the page says that it was delivered."
