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

	"earshot/internal/chat"
)

// Look opens the files in a directory to read them, and leaves alone what a server
// that has the directory is writing there.
func Look(dir string) (*Store, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("files: open directory: %w", err)
	}
	return newStore(&disk{root}), nil
}

// Names are what a file's content and, where there is one, its thumbnail are
// called in every place.
func Names(id chat.FileID, thumb bool) ([]string, error) {
	place, err := placeOf(id)
	if err != nil {
		return nil, err
	}
	if thumb {
		return []string{place, place + thumbSuffix}, nil
	}
	return []string{place}, nil
}

// Content opens what has a name; fs.ErrNotExist where there is nothing.
func (s *Store) Content(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if err := isName(name); err != nil {
		return nil, err
	}
	f, err := s.shelf.open(ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("files: open %s: %w", name, err)
	}
	return f, err
}

// Bring stores content of another place under its name there. It was checked when
// somebody sent it, and is for good when Bring returns.
func (s *Store) Bring(ctx context.Context, name string, data []byte) error {
	if err := isName(name); err != nil {
		return err
	}
	if err := s.shelf.put(ctx, name, checked{data: data}); err != nil {
		return fmt.Errorf("files: bring %s: %w", name, err)
	}
	return nil
}

func isName(name string) error {
	id := chat.FileID(strings.TrimSuffix(path.Base(name), thumbSuffix))
	if place, err := placeOf(id); err != nil || strings.TrimSuffix(name, thumbSuffix) != place {
		return fmt.Errorf("files: %q is no name of a file", name)
	}
	return nil
}
