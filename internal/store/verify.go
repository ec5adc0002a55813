package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// DamagedError tells what is wrong with a database file.
type DamagedError struct {
	Path string
	What string
}

// Error implements error.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("store: %s is not a sound copy: %s. Nothing was changed; use another backup", e.Path, e.What)
}

// Verify reads a database file to its end and returns a [DamagedError] where it
// does not hold together: a page, an index, a gap in the numbers of a
// Conversation or in the log, a head that is not the last number. A write-ahead
// log that lies beside it belongs to it. The file is not changed.
func Verify(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("store: verify: %w", err)
	}
	dir, err := os.MkdirTemp("", "earshot-verify-")
	if err != nil {
		return fmt.Errorf("store: verify: %w", err)
	}
	defer os.RemoveAll(dir)
	uri, err := toVerify(path, dir)
	if err != nil {
		return fmt.Errorf("store: verify: %w", err)
	}
	db, err := sql.Open(sqliteDriver, uri)
	if err != nil {
		return fmt.Errorf("store: verify: %w", err)
	}
	defer db.Close()
	for _, check := range checks() {
		if what, err := check.broken(ctx, db); err != nil || what != "" {
			return damaged(path, what, err)
		}
	}
	return nil
}

// damaged tells a broken file from a broken disk.
func damaged(path, what string, err error) error {
	if err == nil {
		return &DamagedError{Path: path, What: what}
	}
	switch code(err) {
	case 1, codeCorrupt, codeNotADB, codeIO, codeCantOpen:
		return &DamagedError{Path: path, What: err.Error()}
	}
	return fmt.Errorf("store: verify: %w", err)
}

// toVerify names the file so that nothing is written beside it. With a
// write-ahead log it is copied first, since reading that one writes.
func toVerify(path, dir string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	log, err := os.Stat(path + walSuffix)
	if errors.Is(err, os.ErrNotExist) || err == nil && log.Size() == 0 {
		return untouched(path), nil
	}
	if err != nil {
		return "", err
	}
	staged := filepath.Join(dir, fileName)
	return dsn(staged), errors.Join(copyFile(path, staged), copyFile(path+walSuffix, staged+walSuffix))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// check is a statement whose first row, where there is one, tells what is wrong.
type check struct {
	what string
	text string
	ok   string // the one row of a sound database, where it always answers
}

// asker is a database, or one connection of it.
type asker interface {
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

func (c check) broken(ctx context.Context, db asker) (string, error) {
	var found sql.NullString
	err := db.QueryRowContext(ctx, c.text).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) || err == nil && c.ok != "" && found.String == c.ok {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.what, err)
	}
	return c.what + " " + found.String, nil
}

// checks are asked in this order: the file first, then what we promise of it.
func checks() []check {
	return append(append(fileChecks(), check{what: "its schema version is", text: `
			SELECT MAX(version_id)
			FROM goose_db_version
			HAVING MAX(version_id) > ` + fmt.Sprint(len(migrationNames))}), append(logChecks(), rowChecks()...)...)
}

// logChecks are about what we promise, on either engine.
func logChecks() []check {
	return []check{
		{what: "the events have gaps in conversation", text: `
			SELECT conversation
			FROM events
			GROUP BY conversation
			HAVING COUNT(*) <> MAX(seq) OR MIN(seq) <> 1
			LIMIT 1`},
		{what: "the visitor's numbers have gaps in conversation", text: `
			SELECT conversation
			FROM events
			WHERE vseq > 0
			GROUP BY conversation
			HAVING COUNT(DISTINCT vseq) <> MAX(vseq) OR COUNT(*) <> MAX(vseq)
			LIMIT 1`},
		{what: "the numbers end elsewhere than the events of conversation", text: `
			SELECT c.id
			FROM conversations c
			WHERE c.head <> COALESCE((SELECT MAX(e.seq) FROM events e WHERE e.conversation = c.id), 0)
				OR c.vhead <> COALESCE((SELECT MAX(e.vseq) FROM events e WHERE e.conversation = c.id), 0)
			LIMIT 1`},
		{what: "there are events without their conversation", text: `
			SELECT e.conversation
			FROM events e
			WHERE NOT EXISTS (SELECT 1 FROM conversations c WHERE c.id = e.conversation)
			LIMIT 1`},
		{what: "the log has gaps before position", text: `
			SELECT MAX(pos)
			FROM log
			HAVING COUNT(*) <> COALESCE(MAX(pos), 0)`},
		{what: "the head of the log is not its last position but", text: `
			SELECT h.pos
			FROM log_head h
			WHERE h.pos <> COALESCE((SELECT MAX(pos) FROM log), 0)`},
		{what: "the log has another event, or none, at position", text: `
			SELECT l.pos
			FROM log l
			LEFT JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
			WHERE e.id IS NULL
			LIMIT 1`},
		{what: "the log and the events differ in number: more events by", text: `
			SELECT n
			FROM (SELECT (SELECT COUNT(*) FROM events) - (SELECT COUNT(*) FROM log) AS n) counted
			WHERE n <> 0`},
	}
}
