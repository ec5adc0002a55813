package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"earshot/internal/store"
)

// RestoreOptions are the settings of [Restore].
type RestoreOptions struct {
	Data     string `help:"Directory to make the workspace in. It must be empty or not exist." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of an empty PostgreSQL database to restore into, as for serve." env:"EARSHOT_DATABASE" placeholder:"URL"`
	S3       S3     `embed:"" prefix:"s3-" envprefix:"EARSHOT_S3_"`
	Check    bool   `help:"Check the copy and restore nothing."`
	// From is the directory of a copy.
	From string `arg:"" type:"path" help:"Directory of the copy."`
}

// Restore makes a workspace from a copy that [Backup] wrote. It refuses a copy
// that is not whole or whose database does not hold together, before it writes
// anything. The workspace gets a new epoch: every client loads anew, and nobody
// goes on from a position that has another meaning now.
func Restore(ctx context.Context, opt RestoreOptions, out, progress io.Writer) error {
	m, err := checkCopy(ctx, opt.From)
	if err != nil {
		return fmt.Errorf("restore: %s is refused: %w", opt.From, err)
	}
	switch {
	case opt.Check:
		fmt.Fprintf(out, "The copy of %s is whole: %s, %d files.\n", m.when(), m.database(), m.Files)
		return nil
	case m.Format == linesFormat:
		return importCopy(ctx, ImportOptions{Data: opt.Data, Database: opt.Database, S3: opt.S3, From: opt.From}, m, out, progress)
	case opt.Database != "":
		return errors.New("restore: this copy holds the pages of a database of SQLite. Restore it without --database into a new directory, " +
			"then bring it over: earshot export --data THAT-DIRECTORY TO, and earshot import --database … TO. Nothing was changed")
	}
	if err := restorePages(ctx, opt); err != nil {
		return err
	}
	fmt.Fprintf(out, "Restored the copy of %s to %s. Start the server; every client loads anew.\n", m.when(), opt.Data)
	return nil
}

// restorePages brings a copy of a file of SQLite back, whole or not at all.
func restorePages(ctx context.Context, opt RestoreOptions) error {
	if err := opt.S3.check(); err != nil {
		return fmt.Errorf("restore: %w", err)
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
	return nil
}

func restoreTo(ctx context.Context, opt RestoreOptions, partial string) error {
	root, err := os.OpenRoot(partial)
	if err != nil {
		return fmt.Errorf("restore: open the directory: %w", err)
	}
	defer root.Close()
	bucket := opt.S3.Endpoint != ""
	err = eachMember(opt.From, func(name string, _ int64, r io.Reader) error {
		if bucket && name != databaseFile {
			return nil
		}
		return receive(root, name, r)
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := store.BeginEpoch(ctx, partial); err != nil {
		return fmt.Errorf("restore: begin a new epoch: %w", err)
	}
	if bucket {
		if err := restoreFiles(ctx, opt, partial); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	if err := os.Remove(opt.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("restore: %w", err)
	}
	return appear(partial, opt.Data)
}

// restoreFiles brings the files of a copy into the bucket of the workspace.
func restoreFiles(ctx context.Context, opt RestoreOptions, partial string) error {
	st, err := store.Open(ctx, partial, store.Options{})
	if err != nil {
		return err
	}
	key, err := sealKey(ctx, st)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	bucket, err := opt.S3.place(ctx, key)
	if err != nil {
		return err
	}
	defer bucket.Close()
	return eachMember(opt.From, func(name string, _ int64, r io.Reader) error {
		inside, is := strings.CutPrefix(name, filesDir+"/")
		if !is {
			return nil
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return bucket.Bring(ctx, inside, data)
	})
}

// checkCopy reads a copy to its end.
func checkCopy(ctx context.Context, dir string) (manifest, error) {
	want, err := manifestOf(dir)
	if err != nil {
		return manifest{}, err
	}
	if want.Format == linesFormat {
		if want, err = checkLines(dir); err == nil {
			err = checkListed(dir, want)
		}
		return want, err
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
