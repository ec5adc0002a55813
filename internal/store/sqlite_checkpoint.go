package store

import (
	"context"
	"database/sql"
	"fmt"

	driver "modernc.org/sqlite"
)

// maxLogPages bounds the write-ahead log: 16 MiB and one batch. Without a
// restart by the writer it grows for as long as somebody reads at all times.
const maxLogPages = 4096

// boundLog copies the write-ahead log into the database and begins it anew once
// it is long enough. It runs between two commits, so that the log does not grow
// meanwhile. Readers that still need the old one let it try again later.
func (w *writer) boundLog() {
	if w.c == nil {
		return
	}
	w.pages += w.c.pagesWritten()
	if w.pages < maxLogPages {
		return
	}
	w.pages = maxLogPages * 3 / 4
	if busy, err := w.c.restartLog(); err == nil && !busy {
		w.pages = 0
	}
}

// pagesWritten returns how many pages went into the log since the last call.
func (c *conn) pagesWritten() (n int) {
	_ = c.c.Raw(func(dc any) (err error) {
		n, _, err = dc.(driver.DBStatus).Status(driver.DBStatusCacheWrite, true)
		return err
	})
	return n
}

// restartLog waits at most 100 ms for readers.
func (c *conn) restartLog() (busy bool, err error) {
	if _, err := c.value("PRAGMA busy_timeout = 100"); err != nil {
		return false, fmt.Errorf("store: checkpoint: %w", err)
	}
	busy, err = c.checkpoint("PRAGMA wal_checkpoint(RESTART)")
	if _, err := c.value("PRAGMA busy_timeout = 5000"); err != nil {
		return false, fmt.Errorf("store: checkpoint: %w", err)
	}
	return busy, err
}

func (c *conn) checkpoint(pragma string) (bool, error) {
	var busy, pages, copied int64
	err := c.c.QueryRowContext(context.Background(), pragma).Scan(&busy, &pages, &copied)
	if err != nil && err != sql.ErrNoRows {
		return false, fmt.Errorf("store: checkpoint: %w", err)
	}
	return busy != 0, nil
}

// emptyLog copies all of the write-ahead log into the database and cuts it off,
// as the last thing before the end.
func (c *conn) emptyLog() error {
	_, err := c.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
