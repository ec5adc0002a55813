// Package files keeps attachments: checked by content, pictures re-encoded
// without metadata, stored on disk with fsync or in an S3-compatible bucket.
//
// It guarantees that a file that Put returned is whole and there for good, after a
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
	"path"
	"regexp"
	"strings"
	"syscall"
	"time"

	"earshot/internal/chat"
)

// decoders is how many pictures are decoded at once: each may need 4 bytes for
// every one of chat.MaxPixels.
const decoders = 2

// Store checks files and keeps them, on disk or in an S3-compatible bucket.
type Store struct {
	shelf    shelf
	decoding chan struct{} // a slot for each picture that is being decoded
}

// shelf is where checked content lies under names.
type shelf interface {
	// put returns after the thumbnail, where there is one, and the file are there
	// for good. The file appears last: where it is, its thumbnail is too.
	put(ctx context.Context, name string, c checked) error
	// open fails with fs.ErrNotExist where there is nothing.
	open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// link makes content appear under another name, too, without storing it twice
	// where that is possible. From then on either name is removed without the other,
	// and the new one counts as new. It fails with fs.ErrNotExist where there is nothing.
	link(ctx context.Context, from, to string) error
	// remove is no error where there is nothing.
	remove(ctx context.Context, name string) error
	// each calls fn for every name that is older.
	each(ctx context.Context, before time.Time, fn func(name string) error) error
	close() error
}

func newStore(s shelf) *Store { return &Store{shelf: s, decoding: make(chan struct{}, decoders)} }

// Close lets the place go. What is open stays readable.
func (s *Store) Close() error { return s.shelf.close() }

// Stored tells what Put has stored.
type Stored struct {
	Ref   chat.FileRef
	Thumb bool
}

// Put checks, re-encodes and stores a file under an id and returns after it is
// there for good. name is what the sender called it. Errors for
// people are chat.Error: too large, type not allowed, broken picture.
func (s *Store) Put(ctx context.Context, id chat.FileID, name string, r io.Reader) (Stored, error) {
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
		if kept, err = s.recode(ctx, data, k); err != nil {
			return Stored{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return Stored{}, fmt.Errorf("files: store: %w", err)
	}
	if err := s.shelf.put(ctx, place, kept); err != nil {
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
func (s *Store) Get(ctx context.Context, id chat.FileID) (io.ReadSeekCloser, error) {
	return s.open(ctx, id, "")
}

// GetThumb opens a stored file's thumbnail (JPEG, at most 480 pixels wide and high).
func (s *Store) GetThumb(ctx context.Context, id chat.FileID) (io.ReadSeekCloser, error) {
	return s.open(ctx, id, thumbSuffix)
}

func (s *Store) open(ctx context.Context, id chat.FileID, suffix string) (io.ReadSeekCloser, error) {
	place, err := placeOf(id)
	if err != nil {
		return nil, err
	}
	f, err := s.shelf.open(ctx, place+suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, chat.Errorf(chat.Missing, "There is no such file.")
	}
	if errors.Is(err, ErrAway) {
		return nil, chat.Errorf(chat.Unavailable, "The file cannot be read now: the place where files are kept does not answer. Try again later.")
	}
	if err != nil {
		return nil, fmt.Errorf("files: open: %w", err)
	}
	return f, nil
}

// Link stores a file, and its thumbnail where there is one, under another id: on disk
// as another name of the same bytes. Each is removed without the other. It returns
// after the new one is there for good.
func (s *Store) Link(ctx context.Context, from, to chat.FileID, thumb bool) error {
	old, err := placeOf(from)
	if err != nil {
		return err
	}
	place, err := placeOf(to)
	if err != nil {
		return err
	}
	// The file appears last, as when it is put.
	if thumb {
		err = s.shelf.link(ctx, old+thumbSuffix, place+thumbSuffix)
	}
	if err == nil {
		err = s.shelf.link(ctx, old, place)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return chat.Errorf(chat.Missing, "There is no such file.")
	}
	if err != nil {
		return forPeople(err)
	}
	return nil
}

// Remove deletes a file and its thumbnail; it is no error where there is none.
func (s *Store) Remove(ctx context.Context, id chat.FileID) error {
	place, err := placeOf(id)
	if err != nil {
		return err
	}
	for _, name := range []string{place, place + thumbSuffix} {
		if err := s.shelf.remove(ctx, name); err != nil {
			return fmt.Errorf("files: remove: %w", err)
		}
	}
	return nil
}

// Each calls fn for every stored file that is older than a time, so that the
// caller can remove those that no row names: a crash between Put and the row
// leaves such.
func (s *Store) Each(ctx context.Context, before time.Time, fn func(chat.FileID) error) error {
	err := s.shelf.each(ctx, before, func(name string) error {
		if base := path.Base(name); idForm.MatchString(base) {
			return fn(chat.FileID(base))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("files: list: %w", err)
	}
	return nil
}

// Copy calls fn with the name, the size in bytes and the content of every stored
// file and thumbnail. One that is removed meanwhile may be left out.
func (s *Store) Copy(ctx context.Context, fn func(name string, size int64, r io.Reader) error) error {
	// What is stored meanwhile has no row in a copy of the rows made before.
	err := s.shelf.each(ctx, time.Now().Add(time.Minute), func(name string) error {
		if !idForm.MatchString(strings.TrimSuffix(path.Base(name), thumbSuffix)) {
			return nil
		}
		f, err := s.shelf.open(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		size, err := f.Seek(0, io.SeekEnd)
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err != nil {
			return err
		}
		return fn(name, size, f)
	})
	if err != nil {
		return fmt.Errorf("files: copy: %w", err)
	}
	return nil
}

// ErrAway is what a place that does not answer fails with.
var ErrAway = errors.New("files: the place where files are kept does not answer")

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
	case errors.Is(err, ErrAway):
		return chat.Errorf(chat.Unavailable, "The file was not stored: the place where files are kept does not answer. Your message is not affected; try the file again later.")
	case errors.Is(err, syscall.EROFS):
		return chat.Errorf(chat.Unavailable, "The file was not stored: the server cannot write to its disk. Try again later.")
	}
	return fmt.Errorf("files: store: %w", err)
}
