package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

const (
	temporary   = "incoming"
	thumbSuffix = ".thumb"
)

// disk is a shelf in a directory.
type disk struct{ root *os.Root }

// Open opens or makes a store in a directory and removes what a crash left half
// written.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: make directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("files: open directory: %w", err)
	}
	if err := root.RemoveAll(temporary); err != nil {
		return nil, fmt.Errorf("files: sweep: %w", err)
	}
	if err := root.Mkdir(temporary, 0o700); err != nil {
		return nil, fmt.Errorf("files: make directory: %w", err)
	}
	return newStore(&disk{root}), nil
}

func (d *disk) close() error { return d.root.Close() }

func (d *disk) open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	return d.root.Open(name)
}

func (d *disk) remove(_ context.Context, name string) error {
	if err := d.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *disk) each(ctx context.Context, before time.Time, fn func(string) error) error {
	return fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(name)
	})
}

// put returns after both names are on disk.
func (d *disk) put(_ context.Context, place string, c checked) error {
	dir := path.Dir(place)
	if err := d.makeDir(dir); err != nil {
		return err
	}
	if c.thumb != nil {
		if err := d.write(place+thumbSuffix, c.thumb); err != nil {
			return err
		}
	}
	if err := d.write(place, c.data); err != nil {
		return err
	}
	return d.syncDir(dir)
}

// link makes a hard link, which is cheap since content never changes under its name.
// A file system that has none gets a copy.
func (d *disk) link(_ context.Context, from, to string) error {
	// Whoever looks for files without a row goes by this time, which both names share.
	now := time.Now()
	if err := d.root.Chtimes(from, now, now); err != nil {
		return err
	}
	dir := path.Dir(to)
	if err := d.makeDir(dir); err != nil {
		return err
	}
	if err := d.root.Link(from, to); err != nil {
		data, unread := d.root.ReadFile(from)
		if unread != nil {
			return errors.Join(err, unread)
		}
		if err := d.write(to, data); err != nil {
			return err
		}
	}
	return d.syncDir(dir)
}

// write puts whole, synced content under a name with one rename.
func (d *disk) write(name string, data []byte) error {
	temp := path.Join(temporary, strings.ReplaceAll(name, "/", "-"))
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		// The first error is the one to tell; the sweep at the next start
		// removes what stays.
		_ = d.root.Remove(temp)
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// makeDir makes a directory durably: its own name must not be lost with the
// files in it.
func (d *disk) makeDir(dir string) error {
	err := d.root.Mkdir(dir, 0o700)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	return d.syncDir(".")
}

func (d *disk) syncDir(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	err = f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
