package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// pool lends connections, the one that was used last first: so few are open where
// little happens, and their statements are prepared.
type pool struct {
	db      *sql.DB
	opt     connOptions
	closing <-chan struct{}
	room    chan struct{} // a place for each connection that may be lent

	mu   sync.Mutex
	idle []*conn // guarded by mu
}

func newPool(db *sql.DB, opt connOptions, size int, closing <-chan struct{}) *pool {
	return &pool{db: db, opt: opt, closing: closing, room: make(chan struct{}, size)}
}

// begin lends a connection with a transaction begun. ctx ends the wait for a
// place; once there is one, its deadline alone counts, and that only where a
// statement may be given up.
func (p *pool) begin(ctx context.Context) (*conn, error) {
	return p.lend(ctx, func(bound context.Context, c *conn) error {
		_, err := c.execWithin(bound, p.opt.begin)
		return err
	})
}

// ask reads one row by a statement that needs no transaction.
func (p *pool) ask(ctx context.Context, text string, dests ...any) error {
	c, err := p.lend(ctx, func(bound context.Context, c *conn) error {
		st, err := c.stmt(bound, text)
		if err != nil {
			return err
		}
		return st.QueryRowContext(bound).Scan(dests...)
	})
	if err == nil {
		p.back(c, true)
	}
	return err
}

// lend lends a connection on which the first statement has succeeded.
func (p *pool) lend(ctx context.Context, first func(context.Context, *conn) error) (*conn, error) {
	if err := p.enter(ctx); err != nil {
		return nil, err
	}
	bound, end := p.bound(ctx)
	defer end()
	for {
		c, used, err := p.take(bound)
		if err == nil {
			if err = first(bound, c); err == nil {
				return c, nil
			}
			_ = c.close()
		}
		// One that was used may have died since: another one will tell.
		if !used || bound.Err() != nil {
			<-p.room
			return nil, fmt.Errorf("store: first statement: %w", err)
		}
	}
}

func (p *pool) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	bound := context.WithoutCancel(ctx)
	if by, ok := ctx.Deadline(); ok && p.opt.patience > 0 {
		return context.WithDeadline(bound, by)
	}
	return bound, func() {}
}

func (p *pool) enter(ctx context.Context) error {
	select {
	case <-p.closing:
		return errClosed()
	default:
	}
	select {
	case p.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: wait for the database: %w", ctx.Err())
	case <-p.closing:
		return errClosed()
	}
}

// take reports whether the connection was used before.
func (p *pool) take(ctx context.Context) (c *conn, used bool, err error) {
	if c := p.last(); c != nil {
		return c, true, nil
	}
	c, err = newConn(ctx, p.db, p.opt)
	return c, false, err
}

func (p *pool) last() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return c
}

// back takes a connection back; one in doubt is closed, and the next caller gets
// another one.
func (p *pool) back(c *conn, healthy bool) {
	if healthy {
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
	} else {
		_ = c.close()
	}
	<-p.room
}

// close waits for what is lent and ends every connection.
func (p *pool) close() (err error) {
	for range cap(p.room) {
		p.room <- struct{}{}
	}
	for c := p.last(); c != nil; c = p.last() {
		if e := c.close(); e != nil {
			err = e
		}
	}
	return err
}
