package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"earshot/internal/store"
)

// RestoreOptions are the settings of [Restore].
type RestoreOptions struct {
	Data     string `help:"Directory to make the workspace in. It must be empty or not exist." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of the PostgreSQL database that has the workspace, as for serve." env:"EARSHOT_DATABASE" placeholder:"URL"`
	Check    bool   `help:"Check the copy and restore nothing."`
	// From is the directory of a copy.
	From string `arg:"" type:"path" help:"Directory of the copy."`
}

// Restore makes a workspace from a copy that [Backup] wrote. It refuses a copy
// that is not whole or whose database does not hold together, before it writes
// anything. The workspace gets a new epoch: every client loads anew, and nobody
// goes on from a position that has another meaning now.
func Restore(ctx context.Context, opt RestoreOptions, out io.Writer) error {
	if opt.Database != "" && !opt.Check {
		return errRestoredElsewhere
	}
	m, err := checkCopy(ctx, opt.From)
	if err != nil {
		return fmt.Errorf("restore: %s is refused: %w", opt.From, err)
	}
	if opt.Check {
		fmt.Fprintf(out, "The copy of %s is whole: %d bytes of database, %d files.\n", m.Made.Format("2006-01-02 15:04:05 MST"), m.DatabaseBytes, m.Files)
		return nil
	}
	if entries, err := os.ReadDir(opt.Data); err == nil && len(entries) > 0 {
		return fmt.Errorf("restore: %s is not empty. Stop the server, move the directory away, and try again; nothing was changed", opt.Data)
	}
	partial := opt.Data + ".incomplete"
	if err := errors.Join(os.RemoveAll(partial), os.MkdirAll(filepath.Dir(opt.Data), 0o700)); err != nil {
		return fmt.Errorf("restore: prepare: %w", err)
	}
	if err := os.Mkdir(partial, 0o700); err != nil {
		return fmt.Errorf("restore: make the directory: %w", err)
	}
	if err := restoreTo(ctx, opt, partial); err != nil {
		_ = os.RemoveAll(partial)
		return err
	}
	fmt.Fprintf(out, "Restored the copy of %s to %s. Start the server; every client loads anew.\n", m.Made.Format("2006-01-02 15:04:05 MST"), opt.Data)
	return nil
}

func restoreTo(ctx context.Context, opt RestoreOptions, partial string) error {
	root, err := os.OpenRoot(partial)
	if err != nil {
		return fmt.Errorf("restore: open the directory: %w", err)
	}
	defer root.Close()
	err = eachMember(opt.From, func(name string, _ int64, r io.Reader) error { return receive(root, name, r) })
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := store.BeginEpoch(ctx, partial); err != nil {
		return fmt.Errorf("restore: begin a new epoch: %w", err)
	}
	if err := os.Remove(opt.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("restore: %w", err)
	}
	return appear(partial, opt.Data)
}

// checkCopy reads a copy to its end.
func checkCopy(ctx context.Context, dir string) (manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, os.ErrNotExist) {
		return manifest{}, fmt.Errorf("it holds no %s, so earshot backup did not write it to its end", manifestFile)
	}
	if err != nil {
		return manifest{}, err
	}
	want, err := readManifest(bytes.TrimSpace(text))
	if err != nil {
		return manifest{}, err
	}
	got := newSums()
	err = eachMember(dir, func(name string, size int64, r io.Reader) error {
		got.member(name, size)
		_, err := io.Copy(got.hash, r)
		return err
	})
	if err != nil {
		return manifest{}, err
	}
	if got.total().SHA256 != want.SHA256 {
		return manifest{}, errors.New("its content is not what the backup wrote: a file was changed, lost or added")
	}
	return want, store.Verify(ctx, filepath.Join(dir, databaseFile))
}

// eachMember reads the members of a copy in the order in which they were
// written: the database, then the files by name.
func eachMember(dir string, fn func(name string, size int64, r io.Reader) error) error {
	names := []string{databaseFile}
	found, err := filepath.Glob(filepath.Join(dir, filesDir, "*", "*"))
	if err != nil {
		return err
	}
	for _, f := range found {
		rel, err := filepath.Rel(dir, f)
		if err != nil {
			return err
		}
		names = append(names, filepath.ToSlash(rel))
	}
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil {
			err = fn(name, info.Size(), f)
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return nil
}
