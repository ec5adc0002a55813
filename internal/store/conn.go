package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// connOptions say how connections are set up, how their transactions begin, and
// how long a statement may take; 0 = for ever.
type connOptions struct {
	setup    []string
	begin    string
	patience time.Duration
	// together sends several statements at once; nil where that is no gain.
	together func(*conn, []statement) (at int, err error)
}

// conn is one connection of the database with its prepared statements. One
// goroutine uses it at a time.
type conn struct {
	c        *sql.Conn
	stmts    map[string]*sql.Stmt
	patience time.Duration
	together func(*conn, []statement) (at int, err error)
}

// newConn takes a connection and runs the statements that set it up.
func newConn(ctx context.Context, db *sql.DB, opt connOptions) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: connect: %w", err)
	}
	for _, text := range opt.setup {
		if _, err := c.ExecContext(ctx, text); err != nil {
			return nil, discard(c, fmt.Errorf("store: %s: %w", text, err))
		}
	}
	return &conn{c: c, stmts: map[string]*sql.Stmt{}, patience: opt.patience, together: opt.together}, nil
}

// context bounds one statement. A request's context never reaches one: a
// cancelled statement would take the whole transaction with it.
func (c *conn) context() (context.Context, context.CancelFunc) {
	if c.patience == 0 {
		return context.Background(), func() {}
	}
	return context.WithTimeout(context.Background(), c.patience)
}

// stmt prepares a statement once.
func (c *conn) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := c.stmts[text]; st != nil {
		return st, nil
	}
	st, err := c.c.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	c.stmts[text] = st
	return st, nil
}

func (c *conn) exec(text string, args ...any) (sql.Result, error) {
	ctx, end := c.context()
	defer end()
	return c.execWithin(ctx, text, args...)
}

func (c *conn) execWithin(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// query returns rows, and what is to be called after they are closed.
func (c *conn) query(text string, args ...any) (*sql.Rows, context.CancelFunc, error) {
	ctx, end := c.context()
	st, err := c.stmt(ctx, text)
	if err != nil {
		end()
		return nil, nil, err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		end()
		return nil, nil, err
	}
	return rows, end, nil
}

// value reads a single number.
func (c *conn) value(text string, args ...any) (int64, error) {
	ctx, end := c.context()
	defer end()
	st, err := c.stmt(ctx, text)
	if err != nil {
		return 0, err
	}
	var n int64
	return n, st.QueryRowContext(ctx, args...).Scan(&n)
}

// close ends the connection for good: it does not go back to the pool.
func (c *conn) close() error {
	for _, st := range c.stmts {
		st.Close()
	}
	return discard(c.c, nil)
}

// discard closes the driver's connection beneath, since its state is not known
// or its settings are not those of the pool, and returns err.
func discard(c *sql.Conn, err error) error {
	_ = c.Raw(func(any) error { return driver.ErrBadConn })
	c.Close()
	return err
}
