package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"

	"earshot/internal/chat"
)

// sqliteDriver is the driver's name in database/sql.
const sqliteDriver = "sqlite"

// sqlite is the engine of a workspace on one machine: a file, which one
// writer changes. See writer for how.
type sqlite struct {
	dir    string
	writer *writer
}

var sqliteMigrator = migrator{engine: "sqlite", dialect: goose.DialectSQLite3, spell: strings.NewReplacer("/* clustered */", "WITHOUT ROWID"),
	beyond: map[string]func(context.Context, *sql.Tx) error{fileNames: nameFilesInSQLite}}

func (q *sqlite) open(ctx context.Context, version int) (*sql.DB, error) {
	if err := touch(q.dir, fileName); err != nil {
		return nil, err
	}
	db, err := sql.Open(sqliteDriver, dsn(filepath.Join(q.dir, fileName)))
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := sqliteMigrator.migrate(ctx, db, version); err != nil {
		db.Close()
		return nil, explain(err)
	}
	return db, nil
}

func (q *sqlite) start(ctx context.Context, s *Store) (err error) {
	q.writer, err = newWriter(ctx, s)
	return explain(err)
}

// stop comes after the Store has said that it closes.
func (q *sqlite) stop() error {
	<-q.writer.done
	return nil
}

func (q *sqlite) close() error { return q.writer.closeConn() }

func (q *sqlite) write(ctx context.Context, fn func(*Tx) error) error { return q.writer.write(ctx, fn) }

func (*sqlite) readers() connOptions { return connOptions{setup: readSetup(), begin: "BEGIN DEFERRED"} }

func (*sqlite) lost(err error) bool { return killsBatch(err) }

// rowLock is nothing: one writer has all of the database.
func (*sqlite) rowLock() string { return "" }

// number gives an event its position at once. There is one writer, so it is
// final; it is taken back with its closure.
func (*sqlite) number(tx *Tx, e chat.Event, text string, _ bool) (int64, error) {
	pos := tx.batch.number(e)
	tx.index(pos, text, false)
	_, err := tx.exec("append to log", `
		INSERT INTO log (pos, conversation, seq)
		VALUES ($1, $2, $3)`, pos, string(e.Conversation), e.Seq)
	return pos, err
}

func (*sqlite) numbered(context.Context) error { return nil }

// followed tells nothing new: only this process writes.
func (*sqlite) followed([]chat.Entry) {}

// reachable is a file that was opened.
func (*sqlite) reachable() bool { return true }

func (*sqlite) grown(s *Store, pos int64) bool { return pos < s.newest.Load() }

func (*sqlite) statements() int64 { return 0 }

// settled is known without asking: only this process writes.
func (*sqlite) settled(s *Store, pos int64) bool { return pos >= s.newest.Load() }

func (*sqlite) reindex(tx *Tx, e chat.Event, before, after string) error {
	var pos int64
	if _, err := tx.find("position of event", `
		SELECT pos
		FROM events
		WHERE conversation = $1 AND seq = $2`, []any{string(e.Conversation), e.Seq}, &pos); err != nil {
		return err
	}
	tx.index(pos, before, true)
	tx.index(pos, after, false)
	return nil
}

// The primary result codes of SQLite that the store tells apart.
const (
	codeNoMemory  = 7
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIO        = 10
	codeCorrupt   = 11
	codeFull      = 13
	codeCantOpen  = 14
	codeNotADB    = 26
)

// code returns the primary result code of an error, 0 where it has none.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// sqliteSentence is what a person is told of a broken disk or file; "" where an
// error is none of that.
func sqliteSentence(err error) string {
	switch code(err) {
	case codeFull:
		return "The server's disk is full, so nothing was stored. Your text is kept here; send it again when there is room."
	case codeReadOnly:
		return "The server's database is read-only, so nothing was stored. Your text is kept here; send it again later."
	case codeIO, codeCantOpen, codeNoMemory, codeInterrupt:
		return "The server's disk does not answer as it should, so nothing was stored. Your text is kept here; send it again later."
	case codeCorrupt, codeNotADB:
		return "The server's database file is damaged, so nothing was stored. Your text is kept here; the operator has to restore a backup."
	}
	return ""
}

// killsBatch reports whether after this error nothing is known of the
// transaction any more: SQLite may have rolled it back as a whole.
func killsBatch(err error) bool {
	switch code(err) {
	case codeFull, codeIO, codeNoMemory, codeInterrupt, codeCorrupt:
		return true
	}
	return false
}

// dsn names a database file. Every connection of it gets these settings;
// readSetup and writeSetup add their own.
func dsn(path string) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)",
		"mmap_size(0)", "secure_delete(1)", "temp_store(2)", "wal_autocheckpoint(0)"} {
		q.Add("_pragma", p)
	}
	q.Set("_txlock", "immediate")
	return fileURI(path, q)
}

func fileURI(path string, q url.Values) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return strings.Replace(u.String(), "file:///", "file:/", 1)
}

// writeSetup and readSetup are run on a new connection of the writer and of the
// readers.
func writeSetup() []string {
	return []string{"PRAGMA cache_size = -16000", "PRAGMA journal_size_limit = 67108864"}
}

func readSetup() []string {
	return []string{"PRAGMA cache_size = -4000", "PRAGMA query_only = 1"}
}

// beginWrite takes the writer's lock at once: a transaction that reads first and
// writes then could find it taken.
const beginWrite = "BEGIN IMMEDIATE"
