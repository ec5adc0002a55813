package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"earshot/internal/chat"
)

const (
	maxWriters = 16 // connections for writing at once
	maxTries   = 5  // of a closure that lost against another one
	// writePatience is how long a caller waits for a connection, and then for each
	// statement; readPatience is for statements that look at much.
	writePatience = 2500 * time.Millisecond
	readPatience  = 10 * time.Second
	connectWithin = 2 * time.Second
)

// postgres is the engine of a workspace on many machines. Writes are ordinary
// transactions that run at the same time; what they must not see change they
// lock. Positions are given after the commit, see numberer.
type postgres struct {
	config   *pgx.ConnConfig
	s        *Store
	writers  *pool
	numberer *numberer
	own      ownEvents
	asked    *statements
}

// newPostgres reads the address of a database. Nothing is connected yet.
func newPostgres(address string) (*postgres, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("store: the address of the database cannot be read: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWithin
	}
	for name, value := range map[string]string{
		"application_name":   "earshot",
		"synchronous_commit": synchronousCommit,
		// A node that stands still must not hold others up.
		"idle_in_transaction_session_timeout": "5s",
		"lock_timeout":                        "2s",
	} {
		config.RuntimeParams[name] = value
	}
	for name, value := range silence() {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	config.DialFunc = dialPostgres
	asked := &statements{}
	config.Tracer = asked
	return &postgres{config: config, asked: asked, own: ownEvents{ids: map[chat.EventID]bool{}}}, nil
}

var postgresMigrator = migrator{engine: "postgres", dialect: goose.DialectPostgres, spell: strings.NewReplacer("/* clustered */", "",
	// Texts are in the order of their bytes, whatever language the database speaks.
	" TEXT NOT NULL", ` TEXT COLLATE "C" NOT NULL`),
	beyond: map[string]func(context.Context, *sql.Tx) error{fileNames: nameFilesInPostgres}}

// migrationLock is the key of the advisory lock that a node holds while it
// migrates.
const migrationLock = 0x65617273686f74

// open migrates under a lock: of nodes that start together one does it, and the
// others find it done.
func (p *postgres) open(ctx context.Context, version int) (*sql.DB, error) {
	db := stdlib.OpenDB(*p.config)
	err := p.prepare(ctx, db, version)
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func (p *postgres) prepare(ctx context.Context, db *sql.DB, version int) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: the database cannot be reached: %w", err)
	}
	defer c.Close()
	var encoding string
	if err := c.QueryRowContext(ctx, `SELECT current_setting('server_encoding')`).Scan(&encoding); err != nil {
		return fmt.Errorf("store: ask for the encoding: %w", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("store: the database holds %s and cannot keep every text; make one with ENCODING 'UTF8'", encoding)
	}
	for _, text := range []string{`SET lock_timeout = 0`, fmt.Sprintf(`SELECT pg_advisory_lock(%d)`, migrationLock)} {
		if _, err := c.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("store: wait for the lock of migrations: %w", err)
		}
	}
	err = postgresMigrator.migrate(ctx, db, version)
	// The lock ends with the connection, which the pool must not get.
	return discard(c, err)
}

func (p *postgres) start(_ context.Context, s *Store) error {
	p.s = s
	p.writers = newPool(s.db, connOptions{begin: `BEGIN ISOLATION LEVEL READ COMMITTED`, patience: writePatience, together: together}, maxWriters, s.closing)
	p.numberer = newNumberer(s)
	return nil
}

func (p *postgres) stop() error { return p.writers.close() }

func (p *postgres) close() error { return p.numberer.close() }

func (*postgres) readers() connOptions {
	return connOptions{begin: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`, patience: readPatience}
}

// lost is every error: after its first one a transaction does nothing any more.
func (*postgres) lost(err error) bool { return sqlState(err) != "" || unreachable(err) }

// rowLock leaves alone those who refer to the row.
func (*postgres) rowLock() string { return ` FOR NO KEY UPDATE` }

func (*postgres) backup(context.Context, string) error {
	return errors.New("store: a database of PostgreSQL is copied by its own pg_dump")
}

func (p *postgres) write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := p.attempt(ctx, fn)
		if !again(err) || try == maxTries {
			return explain(err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// pause lets the others go first, each for another time.
func pause(ctx context.Context, try int) error {
	t := time.NewTimer(rand.N(time.Duration(try) * 10 * time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: wait to write again: %w", ctx.Err())
	}
}

// attempt runs a closure in a transaction of its own. An error means that nothing
// of it is stored, or, where the commit itself was not answered, that nobody
// knows.
//
//go:noinline
func (p *postgres) attempt(ctx context.Context, fn func(*Tx) error) error {
	waits, end := context.WithTimeout(ctx, writePatience)
	defer end()
	c, err := p.writers.begin(waits)
	if err != nil {
		return overrun(ctx, err)
	}
	healthy := false
	defer func() { p.writers.back(c, healthy) }()
	began := time.Now()
	tx := &Tx{c: c, store: p.s, batch: &batch{changed: changed{}}}
	err = protect(tx, fn)
	if err == nil {
		err = tx.flush()
	}
	tx.c = nil
	if tx.dead != nil {
		err = tx.dead
	}
	if err != nil {
		_, end := c.exec("ROLLBACK")
		healthy = end == nil
		return err
	}
	p.own.add(tx.batch.ids)
	if err := p.commit(c); err != nil {
		p.own.remove(tx.batch.ids)
		return err
	}
	healthy = true
	p.committed(tx.batch, time.Since(began))
	return nil
}

func (p *postgres) commit(c *conn) error {
	_, err := c.exec("COMMIT")
	if err != nil && sqlState(err) == "" {
		return fmt.Errorf("%w: %w", errUnanswered(), err)
	}
	if err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// committed tells of what is on disk.
func (p *postgres) committed(b *batch, took time.Duration) {
	if p.s.told != nil {
		p.s.told(b.added, took)
	}
	p.s.turned.Add(b.turned)
	p.s.publish(nil, b.jobs)
	if b.added > 0 {
		p.numberer.ring()
	}
}
