// Package files keeps attachments: checked by content, pictures re-encoded
// without metadata, stored on disk with fsync.
//
// It guarantees that a file that Put returned is whole on disk and survives a
// crash at any moment; that no partial file is ever to be seen under an id; and
// that only kinds of the allow-list are stored, whatever they were called. It
// may import chat and nothing else of ours. desk calls it and keeps the rows.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"syscall"
	"time"

	"earshot/internal/chat"
)

// decoders is how many pictures are decoded at once: each may need 4 bytes for
// every one of chat.MaxPixels.
const decoders = 2

// Disk is a store of files in a directory.
type Disk struct {
	root     *os.Root
	decoding chan struct{} // a slot for each picture that is being decoded
}

// Open opens or makes the directory and removes what a crash left half written.
func Open(dir string) (*Disk, error) {
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
	return &Disk{root: root, decoding: make(chan struct{}, decoders)}, nil
}

// Close lets the directory go. What is open stays readable.
func (d *Disk) Close() error { return d.root.Close() }

// Stored tells what Put has stored.
type Stored struct {
	Ref   chat.FileRef
	Thumb bool
}

// Put checks, re-encodes and stores a file under an id and returns after it and
// its directory are on disk. name is what the sender called it. Errors for
// people are chat.Error: too large, type not allowed, broken picture.
func (d *Disk) Put(ctx context.Context, id chat.FileID, name string, r io.Reader) (Stored, error) {
	place, err := placeOf(id)
	if err != nil {
		return Stored{}, err
	}
	data, err := readAll(ctx, r)
	if err != nil {
		return Stored{}, err
	}
	k, err := sniff(data)
	if err != nil {
		return Stored{}, err
	}
	kept := checked{data: data, kind: k}
	if k.picture {
		if kept, err = d.recode(ctx, data, k); err != nil {
			return Stored{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return Stored{}, fmt.Errorf("files: store: %w", err)
	}
	if err := d.store(place, kept); err != nil {
		return Stored{}, forPeople(err)
	}
	name = CleanName(name, kept.kind.mime)
	ref := chat.FileRef{ID: id, Name: name, Type: kept.kind.typeFor(name), Size: int64(len(kept.data)), Width: kept.width, Height: kept.height}
	return Stored{Ref: ref, Thumb: kept.thumb != nil}, nil
}

// checked is a file as it will be stored.
type checked struct {
	data          []byte
	thumb         []byte // nil where there is none
	kind          kind
	width, height int
}

// readAll reads at most chat.MaxFileBytes.
func readAll(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, chat.MaxFileBytes+1))
	if err == nil {
		err = ctx.Err()
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("files: read upload: %w", err)
	case len(data) > chat.MaxFileBytes:
		return nil, chat.Errorf(chat.Invalid, "The file is too large: at most %d MB fit. Nothing was stored.", chat.MaxFileBytes>>20)
	case len(data) == 0:
		return nil, chat.Errorf(chat.Invalid, "The file is empty. Nothing was stored.")
	}
	return data, nil
}

// Get opens a stored file.
func (d *Disk) Get(_ context.Context, id chat.FileID) (io.ReadSeekCloser, error) {
	return d.open(id, "")
}

// GetThumb opens a stored file's thumbnail (JPEG, at most 480 pixels wide and high).
func (d *Disk) GetThumb(_ context.Context, id chat.FileID) (io.ReadSeekCloser, error) {
	return d.open(id, thumbSuffix)
}

func (d *Disk) open(id chat.FileID, suffix string) (io.ReadSeekCloser, error) {
	place, err := placeOf(id)
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(place + suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, chat.Errorf(chat.Missing, "There is no such file.")
	}
	if err != nil {
		return nil, fmt.Errorf("files: open: %w", err)
	}
	return f, nil
}

// Remove deletes a file and its thumbnail; it is no error where there is none.
func (d *Disk) Remove(_ context.Context, id chat.FileID) error {
	place, err := placeOf(id)
	if err != nil {
		return err
	}
	for _, name := range []string{place, place + thumbSuffix} {
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("files: remove: %w", err)
		}
	}
	return nil
}

// Each calls fn for every stored file that is older than a time, so that the
// caller can remove those that no row names: a crash between Put and the row
// leaves such.
func (d *Disk) Each(ctx context.Context, before time.Time, fn func(chat.FileID) error) error {
	err := fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !idForm.MatchString(path.Base(name)) {
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
		return fn(chat.FileID(path.Base(name)))
	})
	if err != nil {
		return fmt.Errorf("files: list: %w", err)
	}
	return nil
}

var idForm = regexp.MustCompile(`^f_[0-9A-Za-z]{8,60}$`)

// placeOf spreads files over directories by the last two characters of the id,
// which are random.
func placeOf(id chat.FileID) (string, error) {
	if !idForm.MatchString(string(id)) {
		return "", chat.Errorf(chat.Missing, "There is no such file.")
	}
	return path.Join(string(id[len(id)-2:]), string(id)), nil
}

// forPeople puts a full or read-only disk into words.
func forPeople(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return chat.Errorf(chat.Unavailable, "The file was not stored: the server's disk is full. Your message is not affected; try the file again later.")
	case errors.Is(err, syscall.EROFS):
		return chat.Errorf(chat.Unavailable, "The file was not stored: the server cannot write to its disk. Try again later.")
	}
	return fmt.Errorf("files: store: %w", err)
}
