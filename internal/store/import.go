package store

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Import fills an empty database with the rows of a [Export], part by part. What
// a part holds is on disk when Rows returns; after a crash the next Import of the
// same copy goes on behind it. No server starts on the database before Finish.
type Import struct {
	engine engine
	lock   io.Closer
	db     *sql.DB
	c      *conn
	mark   importMark
}

// BeginImport opens the database in a directory, or the one at an address, and
// makes the schema of the copy in it. It refuses a database that holds anything
// but a part of the same copy, which sum names.
func BeginImport(ctx context.Context, dir, address string, schema int64, sum string) (*Import, error) {
	if knows := int64(len(migrationNames)); schema > knows {
		return nil, &NewerError{Has: schema, Knows: knows}
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	i := &Import{mark: importMark{Copy: sum}}
	if i.engine, err = newEngine(dir, address); err != nil {
		return nil, err
	}
	if i.lock, err = lockDir(dir, time.Now()); err != nil {
		return nil, err
	}
	if err := i.open(ctx, schema); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

func (i *Import) open(ctx context.Context, schema int64) (err error) {
	i.db, err = i.engine.open(ctx, int(schema))
	var newer *NewerError
	if errors.As(err, &newer) {
		return fmt.Errorf("store: the copy has schema version %d and the database %d already; name a new, empty database", schema, newer.Has)
	}
	if err != nil {
		return err
	}
	if i.c, err = newConn(ctx, i.db, i.engine.filling()); err != nil {
		return err
	}
	found, err := readMark(ctx, i.c)
	switch {
	case err != nil:
		return err
	case found.Copy == i.mark.Copy:
		i.mark = found
		return nil
	case found.Copy != "" && !found.Done:
		return errors.New("store: the import of another copy into this database was not finished. Import that one, or name a new, empty database")
	}
	if err := i.empty(ctx); err != nil {
		return err
	}
	return i.within(ctx, func() error { return i.saveMark(ctx, i.mark) })
}

// empty refuses a database in which somebody has written.
func (i *Import) empty(ctx context.Context) error {
	for _, table := range exported() {
		sh, err := shapeOf(ctx, i.c, i.engine, table)
		if err != nil {
			return err
		}
		if len(sh.columns) == 0 {
			continue // of a later schema
		}
		var n int
		if err := i.c.c.QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+sh.selection(i.engine)+` LIMIT 1) found`).Scan(&n); err != nil {
			return fmt.Errorf("store: look into %s: %w", table, err)
		}
		if n > 0 {
			return fmt.Errorf("store: the database is not empty: there are %s in it. Name a new, empty one; nothing was changed", table)
		}
	}
	return nil
}

// Close lets the database go.
func (i *Import) Close() (err error) {
	if i.c != nil {
		err = i.c.close()
	}
	if i.db != nil {
		err = errors.Join(err, i.db.Close())
	}
	return errors.Join(err, i.lock.Close())
}

// Parts is how many parts are stored already; Done reports whether the import has
// ended.
func (i *Import) Parts() int { return i.mark.Parts }

// Done reports whether the import was finished, now or by an earlier one.
func (i *Import) Done() bool { return i.mark.Done }

// Rows stores the next part: lines of one table, to the end of r. An error of r
// takes the whole part back.
func (i *Import) Rows(ctx context.Context, table string, r io.Reader) error {
	sh, err := shapeOf(ctx, i.c, i.engine, table)
	if err != nil {
		return err
	}
	if len(sh.columns) == 0 {
		return fmt.Errorf("store: the copy has rows of %q, which is no table of its schema", table)
	}
	return i.advance(ctx, func() error {
		lines := bufio.NewReaderSize(r, 64<<10)
		for {
			rows, end, err := readRows(lines, sh.columns)
			if err == nil && len(rows) > 0 {
				err = i.insert(ctx, sh, rows)
			}
			if err != nil {
				return fmt.Errorf("store: rows of %s: %w", table, err)
			}
			if end {
				return nil
			}
		}
	})
}

// Skip counts a part that holds no rows.
func (i *Import) Skip(ctx context.Context) error {
	return i.advance(ctx, func() error { return nil })
}

func (i *Import) advance(ctx context.Context, fn func() error) error {
	next := i.mark
	next.Parts++
	err := i.within(ctx, func() error {
		if err := fn(); err != nil {
			return err
		}
		return i.saveMark(ctx, next)
	})
	if err != nil {
		return err
	}
	i.mark = next
	return i.engine.filled(ctx, i.c)
}

// within runs fn in a transaction that is on disk when it returns.
func (i *Import) within(ctx context.Context, fn func() error) error {
	if _, err := i.c.execWithin(ctx, i.engine.filling().begin); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	if err := fn(); err != nil {
		_, _ = i.c.exec("ROLLBACK") // the connection ends with the import
		return explain(err)
	}
	if _, err := i.c.execWithin(ctx, "COMMIT"); err != nil {
		return explain(fmt.Errorf("store: commit: %w", err))
	}
	return nil
}

func (i *Import) set(ctx context.Context, name, value string) error {
	if _, err := i.c.execWithin(ctx, `
		INSERT INTO settings (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, name, value); err != nil {
		return fmt.Errorf("store: write setting: %w", err)
	}
	return nil
}

// Each reads what was stored as [Export.Each] reads it.
func (i *Import) Each(ctx context.Context, table string, fn func(line []byte) error) error {
	return eachRow(ctx, i.c, i.engine, table, fn)
}

// Setting reads a setting that was imported; "" where there is none.
func (i *Import) Setting(ctx context.Context, name string) (string, error) {
	return settingOf(ctx, i.c, name)
}

// Finish checks that the log holds together, ends the import and begins a new
// epoch: every cursor of before answers reset. A server may start then.
func (i *Import) Finish(ctx context.Context) error {
	done := i.mark
	done.Done = true
	err := i.within(ctx, func() error {
		if _, err := i.c.execWithin(ctx, `
			UPDATE log_head
			SET pos = (SELECT COALESCE(MAX(pos), 0) FROM log)
			WHERE name = 'log'`); err != nil {
			return fmt.Errorf("store: head of the log: %w", err)
		}
		for _, check := range logChecks() {
			what, err := check.broken(ctx, i.c.c)
			if err != nil {
				return fmt.Errorf("store: %w", err)
			}
			if what != "" {
				return fmt.Errorf("store: what was imported does not hold together: %s. Export again from a workspace that is sound, into a new directory", what)
			}
		}
		if err := i.set(ctx, epochSetting, epochName()); err != nil {
			return err
		}
		return i.saveMark(ctx, done)
	})
	if err != nil {
		return err
	}
	i.mark = done
	return i.engine.finished(ctx, i.c)
}
