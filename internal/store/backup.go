package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// pagesAtOnce is how much of a backup is copied between two commits: 1 MiB.
const pagesAtOnce = 256

// backupTries is how often a backup is begun where the writer's connection has
// to be replaced under it.
const backupTries = 3

// backup is a copy that the writer makes, a few pages after each commit. What is
// committed meanwhile is put into the copy too, since it is made over the
// writer's own connection: it is never begun anew for that.
type backup struct {
	ctx  context.Context
	path string
	copy pageCopier // nil before the first step
	done chan error
}

// pageCopier copies the pages of a database into another file.
type pageCopier interface {
	// step copies some pages and reports whether there are more.
	step(pages int) (more bool, err error)
	end() error
}

// errBackupAgain tells that the writer's connection went away under a backup.
var errBackupAgain = errors.New("store: the database connection was replaced during the backup")

// Backup writes a consistent copy of the database to a file that must not exist.
// It holds everything that was acknowledged before it began. The file appears
// whole and on disk, or not at all. One backup is made at a time.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := outside(); err != nil {
		return err
	}
	return s.engine.backup(ctx, path)
}

func (q *sqlite) backup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("store: backup: %s is there already; name a new file", path)
	}
	partial := path + ".part"
	for range backupTries {
		if err = os.RemoveAll(partial); err != nil {
			return fmt.Errorf("store: backup: %w", err)
		}
		if err = q.writer.copyPages(ctx, partial); err == nil {
			return appear(partial, path)
		}
		if !errors.Is(err, errBackupAgain) {
			break
		}
	}
	return errors.Join(explain(err), os.RemoveAll(partial))
}

func (w *writer) copyPages(ctx context.Context, path string) error {
	if err := touch(filepath.Dir(path), filepath.Base(path)); err != nil {
		return err
	}
	b := &backup{ctx: ctx, path: path, done: make(chan error, 1)}
	select {
	case w.backups <- b:
	case <-ctx.Done():
		return fmt.Errorf("store: backup: %w", ctx.Err())
	case <-w.s.closing:
		return errClosed()
	}
	return <-b.done
}

// appear puts a file on disk and gives it its name.
func appear(partial, path string) error {
	f, err := os.OpenFile(partial, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("store: sync copy: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("store: sync copy: %w", err)
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("store: name copy: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// beginBackup takes a backup on; the steps follow between the batches.
func (w *writer) beginBackup(b *backup) {
	w.backup = b
	if w.c == nil {
		w.endBackup(errBackupAgain)
		return
	}
	var err error
	if b.copy, err = w.c.copyTo(b.path); err != nil {
		w.endBackup(fmt.Errorf("store: begin backup: %w", err))
	}
}

func (w *writer) stepBackup() {
	if w.backup == nil {
		return
	}
	if err := w.backup.ctx.Err(); err != nil {
		w.endBackup(fmt.Errorf("store: backup: %w", err))
		return
	}
	more, err := w.backup.copy.step(pagesAtOnce)
	if err != nil {
		w.endBackup(fmt.Errorf("store: copy pages: %w", err))
	} else if !more {
		w.endBackup(nil)
	}
}

// endBackup answers the caller of a backup, where one is made.
func (w *writer) endBackup(err error) {
	if w.backup == nil {
		return
	}
	if w.backup.copy != nil {
		err = errors.Join(err, w.backup.copy.end())
	}
	w.backup.done <- err
	w.backup = nil
}
