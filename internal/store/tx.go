package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"earshot/internal/chat"
)

// Tx is a transaction. It is valid inside its closure alone.
type Tx struct {
	c     *conn // nil after the closure
	store *Store
	batch *batch // nil in a read transaction
	dead  error  // the first error after which it is lost
	// touched are the Conversations that this closure has changed.
	touched []chat.ConversationID
	locked  []lockedRow
	waiting []statement // see put
}

var (
	errOver     = errors.New("store: transaction used after its closure")
	errReadOnly = errors.New("store: change in a read transaction")
)

// note says at what an error came, and remembers one after which the transaction is
// lost, even where the closure goes on.
func (tx *Tx) note(what string, err error) error {
	err = fmt.Errorf("store: %s: %w", what, err)
	if tx.dead == nil && tx.store.engine.lost(err) {
		tx.dead = err
	}
	return err
}

// exec changes rows and returns how many.
func (tx *Tx) exec(what, text string, args ...any) (int64, error) {
	if tx.c == nil {
		return 0, errOver
	}
	if tx.batch == nil {
		return 0, errReadOnly
	}
	if err := tx.flush(); err != nil {
		return 0, err
	}
	r, err := tx.c.exec(text, args...)
	if err != nil {
		return 0, tx.note(what, err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, tx.note(what, err)
	}
	return n, nil
}

// each calls scan for every row. All rows are read before it returns, since the
// next statement may come only then.
func (tx *Tx) each(what, text string, args []any, scan func(*sql.Rows) error) error {
	if tx.c == nil {
		return errOver
	}
	if err := tx.flush(); err != nil {
		return err
	}
	rows, end, err := tx.c.query(text, args...)
	if err != nil {
		return tx.note(what, err)
	}
	defer end()
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return tx.note(what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return tx.note(what, err)
	}
	return nil
}

// Alone reports whether nobody else writes meanwhile, so that what was read holds.
func (tx *Tx) Alone() bool { return tx.store.engine.rowLock() == "" }

// hold locks the rows of a statement until the commit, where others could change
// them meanwhile.
func (tx *Tx) hold(what, text string, args ...any) error {
	lock := tx.store.engine.rowLock()
	if lock == "" {
		return nil
	}
	return tx.each(what, text+lock, args, func(*sql.Rows) error { return nil })
}

// find reads one row into dests; false where there is none.
func (tx *Tx) find(what, text string, args []any, dests ...any) (found bool, err error) {
	err = tx.each(what, text, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dests...)
	})
	return found, err
}

// list reads all rows. The list is never nil, so that its JSON is never null.
func list[T any](tx *Tx, what, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	all := []T{}
	err := tx.each(what, text, args, func(rows *sql.Rows) error {
		one, err := scan(rows)
		all = append(all, one)
		return err
	})
	return all, err
}

// first reads the first row; missing where there is none.
func first[T any](tx *Tx, noun, text string, args []any, scan func(*sql.Rows) (T, error)) (T, error) {
	all, err := list(tx, "load "+noun, text, args, scan)
	if err == nil && len(all) == 0 {
		err = missing(noun)
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// asJSON scans a column that holds JSON.
type asJSON struct{ into any }

// Scan implements sql.Scanner.
func (j asJSON) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("JSON column holds %T", src)
	}
	return json.Unmarshal([]byte(text), j.into)
}

// toJSON encodes a value for a column.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
