package store

import (
	"context"
	"fmt"
)

// Read runs fn in one read transaction: everything it reads is of one moment.
// ctx ends the wait for a connection. fn calls neither Read nor Write.
//
//go:noinline
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	if err := outside(); err != nil {
		return err
	}
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	healthy := false
	defer func() { s.putReader(c, healthy) }()
	if _, err := c.exec(beginRead); err != nil {
		return explain(fmt.Errorf("store: begin read: %w", err))
	}
	tx := &Tx{c: c, store: s}
	defer func() { tx.c = nil }()
	err = fn(tx)
	if _, end := c.exec("ROLLBACK"); end == nil {
		healthy = tx.dead == nil
	}
	return explain(err)
}

func (s *Store) reader(ctx context.Context) (*conn, error) {
	select {
	case <-s.closing:
		return nil, errClosed()
	default:
	}
	select {
	case c := <-s.readers:
		if c != nil {
			return c, nil
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("store: wait to read: %w", ctx.Err())
	case <-s.closing:
		return nil, errClosed()
	}
	// Not with ctx: a connection that is opened halfway would be lost.
	c, err := newConn(context.WithoutCancel(ctx), s.db, readSetup())
	if err != nil {
		s.readers <- nil
		return nil, explain(err)
	}
	return c, nil
}

// putReader gives a connection back; one in doubt is replaced by the next read.
func (s *Store) putReader(c *conn, healthy bool) {
	if !healthy {
		_ = c.close()
		c = nil
	}
	s.readers <- c
}
