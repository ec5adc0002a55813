//go:build !linux

package app

import "syscall"

// impatient does nothing where the system has no such setting; WebSockets are
// watched by their own pings there.
func impatient(_, _ string, _ syscall.RawConn) error { return nil }
