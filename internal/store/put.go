package store

import "fmt"

// statement is one whose turn comes with the next question, or before the commit.
type statement struct {
	what, text string
	args       []any
	one        bool // it has to change one row
}

// put changes rows where nobody has to know before the next question that it did:
// where each statement is a journey to the server, such ones make it together. An
// error may come of a later one.
func (tx *Tx) put(what, text string, args ...any) error {
	return tx.later(statement{what: what, text: text, args: args})
}

// putOne is put of what has to change exactly one row.
func (tx *Tx) putOne(what, text string, args ...any) error {
	return tx.later(statement{what: what, text: text, args: args, one: true})
}

func (tx *Tx) later(s statement) error {
	switch {
	case tx.c == nil:
		return errOver
	case tx.batch == nil:
		return errReadOnly
	case tx.c.together != nil:
		tx.waiting = append(tx.waiting, s)
		return nil
	}
	n, err := tx.exec(s.what, s.text, s.args...)
	if err == nil {
		err = s.changed(n)
	}
	return err
}

func (s statement) changed(n int64) error {
	if s.one && n != 1 {
		return fmt.Errorf("store: %s: %d rows were changed and not one", s.what, n)
	}
	return nil
}

// flush sends what waits.
func (tx *Tx) flush() error {
	all := tx.waiting
	tx.waiting = nil
	if len(all) == 0 {
		return nil
	}
	at, err := tx.c.together(tx.c, all)
	if err != nil {
		return tx.note(all[at].what, err)
	}
	return nil
}
