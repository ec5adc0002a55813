package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"time"

	"earshot/internal/chat"
)

// engine is what the two databases do differently: *sqlite is a file with one
// writer, *postgres a server with many. All that is particular to one stands in
// the files that bear its name and in migrations/*.<engine>.sql; the statements
// are written once, in PostgreSQL's spelling, which both read.
type engine interface {
	// open opens the database and brings its schema to a version.
	open(ctx context.Context, version int) (*sql.DB, error)
	// start takes writes from now on.
	start(ctx context.Context, s *Store) error
	// write is [Store.Write].
	write(ctx context.Context, fn func(*Tx) error) error
	// stop answers what waits, once the Store has said that it closes; close ends
	// the connections after the last reader.
	stop() error
	close() error
	// readers says how connections for reading are set up.
	readers() connOptions
	// lost reports whether after an error of a statement the transaction is lost,
	// even where the closure goes on.
	lost(err error) bool
	// rowLock ends a SELECT whose rows nobody else is to change before the commit.
	rowLock() string

	// number appends an event to the log and notes the words of its text, where it
	// is said; 0 where its position follows after the commit.
	number(tx *Tx, e chat.Event, text string, said bool) (pos int64, err error)
	// numbered waits until all that is committed has its position.
	numbered(ctx context.Context) error
	// settled reports whether it is known that nothing follows a position.
	settled(s *Store, pos int64) bool
	// grown reports whether something follows it, as of a moment ago.
	grown(s *Store, pos int64) bool
	// statements counts what a server of databases was asked.
	statements() int64
	// followed is told of entries that were read from the log.
	followed(entries []chat.Entry)
	// reachable reports whether the database answered when it was last asked.
	reachable() bool
	// reindex notes that an event says something else.
	reindex(tx *Tx, e chat.Event, before, after string) error
	// found is the table of positions before one where the parts of a search occur.
	found(p *params, parts []asked, q Sought) string
	// occurs selects a row for each place where one part of a search occurs.
	occurs(part asked) (text string, args []any)

	// alone reports whether no other process can have the database.
	alone() bool
	// clock asks the database for its time.
	clock(tx *Tx) (time.Time, error)
	// health asks what it is, how large, and what waits for its position.
	health(tx *Tx) (Health, error)

	// wanted are the settings that the promise of the store rests on.
	wanted() []want
	// backup writes a copy of the database to a file.
	backup(ctx context.Context, path string) error

	mover
}

// mover is what an engine does to be read as a whole and to be filled.
type mover interface {
	// look opens the database as it is; what is returned with it keeps it still.
	look() (*sql.DB, io.Closer, error)
	// looking and filling say how the one connection for it is set up.
	looking() connOptions
	filling() connOptions
	// columnsOf selects the columns of the table $1 with their places in its key, 0
	// where they are not in it.
	columnsOf() string
	// positions is the table of all positions, with those that are still to be given.
	positions() string
	// ownPosition is what stands in the row of an event at a position.
	ownPosition(pos any) any
	// index makes events be found.
	index(ctx context.Context, c *conn, events []logRow) error
	// filled comes after each commit, finished after the last one.
	filled(ctx context.Context, c *conn) error
	finished(ctx context.Context, c *conn) error
}

// errorSentence is what a person is told of a database that does not work; ""
// where an error is none of its own.
func errorSentence(err error) string {
	if s := sqliteSentence(err); s != "" {
		return s
	}
	return postgresSentence(err)
}

// newEngine chooses by the address of the database; "" = the file in a directory.
func newEngine(dir, address string) (engine, error) {
	if address == "" {
		return &sqlite{dir: dir}, nil
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("store: the address of a database begins with postgres://, as in postgres://user:password@host/name")
	}
	return newPostgres(address)
}
