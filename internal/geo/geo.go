// Package geo tells in which country an address is, from a file in MaxMind's
// format that the operator names.
//
// It guarantees that it answers only from a file whose every entry it has read,
// that a file which cannot be used never takes the place of one that can, and
// that it keeps and logs no address. It imports nothing of ours. app opens it,
// renews it, and hands its answers to api as a function.
package geo

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// File is a file of countries that may be replaced while it is in use.
type File struct {
	path  string
	table atomic.Pointer[table] // never nil

	mu     sync.Mutex  // guards what the last look found
	seen   fs.FileInfo // nil = nothing was there
	failed string      // why what was there could not be used
}

// About is what a file says of itself.
type About struct {
	Type  string
	Built time.Time
	// Entries are the networks that it knows the country of.
	Entries int
}

// Open reads the file. The error says what is wrong with it, with its path.
func Open(path string) (*File, error) {
	f := &File{path: path}
	var t *table
	seen, err := os.Stat(path)
	if err == nil {
		t, err = load(path, seen)
	}
	if err != nil {
		return nil, err
	}
	f.seen = seen
	f.table.Store(t)
	return f, nil
}

// Country is the country of an address as two capital letters (ISO 3166-1), or
// "" where the file does not know it. An address of a private network is in no
// country, whatever the file says.
func (f *File) Country(a netip.Addr) string {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return ""
	}
	t := f.table.Load()
	code, _ := t.country(t.reader.Lookup(a))
	return code
}

// About describes the file in use.
func (f *File) About() About { return f.table.Load().about }

// Renew looks whether the file was replaced, and goes on with the new one. One
// that cannot be used is tried again at the next look, and the same error about
// it is returned once.
func (f *File) Renew() (renewed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	// The look comes before the reading: who writes on meanwhile is seen at the
	// next look.
	now, err := os.Stat(f.path)
	if err == nil && f.failed == "" && same(f.seen, now) {
		return false, nil
	}
	var t *table
	if err == nil {
		t, err = load(f.path, now)
	}
	if err != nil {
		return false, f.fail(now, err)
	}
	f.seen, f.failed = now, ""
	f.table.Store(t)
	return true, nil
}

func (f *File) fail(now fs.FileInfo, err error) error {
	again := f.failed == err.Error() && (now == nil || same(f.seen, now))
	f.seen, f.failed = now, err.Error()
	if again {
		return nil
	}
	return fmt.Errorf("%w; the one of %s stays in use", err, f.About().Built.Format(time.DateOnly))
}

func same(before, now fs.FileInfo) bool {
	return before != nil && os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}
