package store

import (
	"context"
	"database/sql"
	"fmt"
)

// conn is one connection of the database with its prepared statements. One
// goroutine uses it at a time.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

// newConn takes a connection and runs the statements that set it up.
func newConn(ctx context.Context, db *sql.DB, setup []string) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: connect: %w", err)
	}
	for _, text := range setup {
		if _, err := c.ExecContext(ctx, text); err != nil {
			return nil, discard(c, fmt.Errorf("store: %s: %w", text, err))
		}
	}
	return &conn{c: c, stmts: map[string]*sql.Stmt{}}, nil
}

// stmt prepares a statement once. A request's context never reaches one: a
// cancelled statement would take the whole batch with it.
func (c *conn) stmt(text string) (*sql.Stmt, error) {
	if st := c.stmts[text]; st != nil {
		return st, nil
	}
	st, err := c.c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	c.stmts[text] = st
	return st, nil
}

func (c *conn) exec(text string, args ...any) (sql.Result, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(context.Background(), args...)
}

func (c *conn) query(text string, args ...any) (*sql.Rows, error) {
	st, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.Background(), args...)
}

// value reads a single number.
func (c *conn) value(text string, args ...any) (int64, error) {
	st, err := c.stmt(text)
	if err != nil {
		return 0, err
	}
	var n int64
	return n, st.QueryRowContext(context.Background(), args...).Scan(&n)
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
	_ = c.Raw(func(any) error { return errBadConn })
	c.Close()
	return err
}
