package store

import (
	"bytes"
	"errors"
	"runtime"
)

// errInside is a broken rule of the caller: it would wait for itself.
var errInside = errors.New("store: Read or Write inside a transaction")

// enter marks this goroutine as running a closure and returns the function that
// unmarks it. A closure has no context that could carry the mark, and a nested
// Write would wait for the batch that it is in.
func (s *Store) enter() (leave func(), err error) {
	me := goroutine()
	if _, taken := s.inside.LoadOrStore(me, struct{}{}); taken {
		return nil, errInside
	}
	return func() { s.inside.Delete(me) }, nil
}

// outside refuses a caller that is inside a closure.
func (s *Store) outside() error {
	if _, taken := s.inside.Load(goroutine()); taken {
		return errInside
	}
	return nil
}

// goroutine returns the number of the running goroutine, which stands in the
// first line of its stack: "goroutine 12 [running]".
func goroutine() uint64 {
	var buf [32]byte
	line := buf[:runtime.Stack(buf[:], false)]
	var n uint64
	for _, b := range bytes.TrimPrefix(line, []byte("goroutine ")) {
		if b < '0' || b > '9' {
			break
		}
		n = n*10 + uint64(b-'0')
	}
	return n
}
