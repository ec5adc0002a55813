package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Restore makes the database of a directory that has none from a copy, which it
// verifies first, and begins a new epoch.
func Restore(ctx context.Context, from, dir string) error {
	path := filepath.Join(dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("store: restore: %s is there already; move it away first, nothing was changed", path)
	}
	if err := Verify(ctx, from); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("store: restore: %w", err)
	}
	if err := copyFile(from, path); err != nil {
		return fmt.Errorf("store: restore: %w", err)
	}
	if _, err := os.Stat(from + walSuffix); err == nil {
		if err := copyFile(from+walSuffix, path+walSuffix); err != nil {
			return fmt.Errorf("store: restore: %w", err)
		}
	}
	return BeginEpoch(ctx, dir)
}

// BeginEpoch opens the database of a directory, which brings it up to date, and
// gives its history another name: every cursor of before answers reset. Call it
// after a restore.
func BeginEpoch(ctx context.Context, dir string) error {
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.NewEpoch(ctx); err != nil {
		return err
	}
	return s.Close()
}
