package store

import "context"

// Read runs fn in one read transaction: everything it reads is of one moment.
// ctx ends the wait for a connection. fn calls neither Read nor Write.
//
//go:noinline
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	if err := outside(); err != nil {
		return err
	}
	c, err := s.readers.begin(ctx)
	if err != nil {
		return explain(err)
	}
	healthy := false
	defer func() { s.readers.back(c, healthy) }()
	tx := &Tx{c: c, store: s}
	defer func() { tx.c = nil }()
	err = fn(tx)
	if _, end := c.exec("ROLLBACK"); end == nil {
		healthy = tx.dead == nil
	}
	return explain(err)
}
