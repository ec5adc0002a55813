package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func (*sqlite) columnsOf() string { return `SELECT name, pk FROM pragma_table_info($1)` }

func (*sqlite) positions() string { return `log` }

// look holds the directory: what nobody writes needs no copy of its own.
func (q *sqlite) look() (*sql.DB, io.Closer, error) {
	path := filepath.Join(q.dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("store: there is no workspace: %w", err)
	}
	lock, err := lockDir(q.dir, time.Now())
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open(sqliteDriver, dsn(path))
	if err != nil {
		return nil, lock, fmt.Errorf("store: open: %w", err)
	}
	return db, lock, nil
}

func (q *sqlite) looking() connOptions { return q.readers() }

func (*sqlite) filling() connOptions { return connOptions{setup: writeSetup(), begin: beginWrite} }

// ownPosition stands in the event's row, too.
func (*sqlite) ownPosition(pos any) any { return pos }

func (*sqlite) index(_ context.Context, c *conn, events []logRow) error {
	for _, e := range events {
		pos, _ := e.pos.(int64)
		if words := indexed(e.text); e.said && words != "" {
			if err := changeWords(c, wordsChange{pos: pos, words: words}); err != nil {
				return fmt.Errorf("index words: %w", err)
			}
		}
	}
	return nil
}

// filled keeps the write-ahead log short.
func (*sqlite) filled(_ context.Context, c *conn) error { return c.emptyLog() }

func (*sqlite) finished(_ context.Context, c *conn) error { return c.emptyLog() }
