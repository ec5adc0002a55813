//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"errors"
	"io"
	"time"
)

// lockDir refuses: without a lock of the system two processes could write one
// database.
func lockDir(string, time.Time) (io.Closer, error) {
	return nil, errors.New("store: this operating system has no file lock that Earshot can use; run it on Linux, macOS or a BSD")
}
