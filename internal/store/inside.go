package store

import (
	"errors"
	"reflect"
	"runtime"
)

// errInside is a broken rule of the caller: it would wait for itself.
var errInside = errors.New("store: Read or Write inside a transaction")

// outside refuses a caller that is inside a closure. A closure has no context
// that could carry a mark, so its goroutine's stack is asked: Read, or what runs
// the closures of Write on either engine, stands below every closure. Nothing is asked of it but where its
// functions begin; to print a stack costs as much as a transaction.
func outside() error {
	read, loop, attempt := reflect.ValueOf((*Store).Read).Pointer(), reflect.ValueOf((*writer).loop).Pointer(), reflect.ValueOf((*postgres).attempt).Pointer()
	var calls [64]uintptr
	// The first three are runtime.Callers, this function, and the one that asks,
	// which may be Read.
	for skip := 3; ; skip += len(calls) {
		n := runtime.Callers(skip, calls[:])
		for _, pc := range calls[:n] {
			// A call's address is the one after it.
			if f := runtime.FuncForPC(pc - 1); f != nil && (f.Entry() == read || f.Entry() == loop || f.Entry() == attempt) {
				return errInside
			}
		}
		if n < len(calls) {
			return nil
		}
	}
}
