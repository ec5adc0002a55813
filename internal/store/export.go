package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// Export is a workspace as it is at one moment, to be read table by table. On
// SQLite it holds the data directory, so that nobody writes; on PostgreSQL nodes
// go on writing, and what they write is not in it.
type Export struct {
	// Epoch names the history that is read. Schema is its version.
	Epoch  string
	Schema int64

	engine engine
	lock   io.Closer // nil where none is needed
	db     *sql.DB
	c      *conn
}

// OpenExport opens the database in a directory, or the one at an address, and
// changes nothing in it. It refuses a directory that another process holds
// ([HeldError]) and a schema that is not the one of this program.
func OpenExport(ctx context.Context, dir, address string) (*Export, error) {
	return openExport(ctx, dir, address, int64(len(migrationNames)))
}

func openExport(ctx context.Context, dir, address string, knows int64) (*Export, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	s := &Export{}
	if s.engine, err = newEngine(dir, address); err != nil {
		return nil, err
	}
	if err := s.open(ctx, knows); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Export) open(ctx context.Context, knows int64) (err error) {
	if s.db, s.lock, err = s.engine.look(); err != nil {
		return err
	}
	if s.c, err = newConn(ctx, s.db, s.engine.looking()); err != nil {
		return fmt.Errorf("store: the database cannot be reached: %w", err)
	}
	if _, err := s.c.execWithin(ctx, s.engine.looking().begin); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	if s.Schema, err = schemaVersion(ctx, s.c); err != nil {
		return fmt.Errorf("store: there is no workspace: %w", err)
	}
	switch {
	case s.Schema > knows:
		return &NewerError{Has: s.Schema, Knows: knows}
	case s.Schema < knows:
		return fmt.Errorf("store: the database has schema version %d and this program version %d; start earshot serve of this program once, which brings it up to date, or use the program that served it last", s.Schema, knows)
	}
	m, err := readMark(ctx, s.c)
	if err == nil {
		err = m.unfinished()
	}
	if err != nil {
		return err
	}
	s.Epoch, err = settingOf(ctx, s.c, epochSetting)
	return err
}

// Close ends it. The database is as it was.
func (s *Export) Close() (err error) {
	if s.c != nil {
		err = s.c.close()
	}
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// Tables are the names of what is to be read, in the order in which it can be
// written elsewhere.
func (s *Export) Tables() []string { return exported() }

// Count is how many rows a table has.
func (s *Export) Count(ctx context.Context, table string) (n int64, err error) {
	from := quote(table)
	if table == logTable {
		from = s.engine.positions() + ` l`
	}
	if err := s.c.c.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+from).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count %s: %w", table, err)
	}
	return n, nil
}

// Each calls fn with every row of a table as a line of JSON, in the order of its
// key. The line is valid until fn returns.
func (s *Export) Each(ctx context.Context, table string, fn func(line []byte) error) error {
	return eachRow(ctx, s.c, s.engine, table, fn)
}

func eachRow(ctx context.Context, c *conn, e engine, table string, fn func(line []byte) error) error {
	sh, err := shapeOf(ctx, c, e, table)
	if err != nil {
		return err
	}
	if len(sh.columns) == 0 {
		return fmt.Errorf("store: there is no table %s", table)
	}
	rows, err := c.c.QueryContext(ctx, sh.selection(e))
	if err != nil {
		return fmt.Errorf("store: read %s: %w", table, err)
	}
	defer rows.Close()
	w := newLineWriter(sh.columns)
	row, into := make([]any, len(sh.columns)), make([]any, len(sh.columns))
	for i := range row {
		into[i] = &row[i]
	}
	for n := int64(1); rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("store: read %s: %w", table, err)
		}
		if pos := slices.Index(sh.columns, posColumn); table == logTable && row[pos] != n {
			return fmt.Errorf("store: the log has a gap: position %d is missing. Bring back a backup that restore --check accepts", n)
		}
		line, err := w.line(row)
		if err != nil {
			return fmt.Errorf("store: a row of %s: %w", table, err)
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: read %s: %w", table, err)
	}
	return nil
}
