package store

import (
	"database/sql"
	"slices"
)

// RehearsalRunning is the State of a Rehearsal that nobody has ended yet.
const RehearsalRunning = "running"

// Rehearsal is a rehearsal as its node said of it last, at Seen. While it holds one of
// the places it may be at work, whatever its State; Slot 0 = it is not. Once it has
// ended it is kept until Until. Times are microseconds.
type Rehearsal struct {
	ID                 string
	Slot               int64
	State              string
	Done, Total        int64
	Begun, Seen, Until int64
	Notes, Outcome     []byte // JSON; empty = none
	Error              string
}

// BeginRehearsal gives a rehearsal one of so many places, of all nodes; false where
// none is free. Who has held one and said no word since a time has lost it. Of those
// that run no more the newest keep are left.
func (tx *Tx) BeginRehearsal(r Rehearsal, places, since int64, keep int) (begun bool, err error) {
	if _, err := tx.exec("free places of rehearsals", `
		UPDATE rehearsals
		SET slot = 0
		WHERE slot > 0 AND seen_at < $1`, since); err != nil {
		return false, err
	}
	taken, err := list(tx, "places of rehearsals", `
		SELECT slot
		FROM rehearsals
		WHERE slot > 0`, nil, func(rows *sql.Rows) (slot int64, err error) { return slot, rows.Scan(&slot) })
	if err != nil {
		return false, err
	}
	for r.Slot = 1; slices.Contains(taken, r.Slot); r.Slot++ {
	}
	if r.Slot > places {
		return false, nil
	}
	if _, err := tx.exec("forget rehearsals", `
		DELETE FROM rehearsals
		WHERE slot = 0 AND id NOT IN (SELECT k.id FROM rehearsals k ORDER BY k.begun_at DESC, k.id DESC LIMIT $1)`, keep); err != nil {
		return false, err
	}
	// Another node that takes the same place meanwhile makes this closure run again.
	_, err = tx.exec("begin rehearsal", `
		INSERT INTO rehearsals (id, slot, state, done, total, begun_at, seen_at, until_at, notes, outcome, error)
		VALUES ($1, $2, $3, 0, $4, $5, $5, 0, '', '', '')`, r.ID, r.Slot, RehearsalRunning, r.Total, r.Begun)
	return err == nil, err
}

// TellRehearsal is a word of the node that runs it; false where somebody has ended it,
// or it lost its place.
func (tx *Tx) TellRehearsal(r Rehearsal) (goesOn bool, err error) {
	n, err := tx.exec("tell of a rehearsal", `
		UPDATE rehearsals
		SET done = $1, total = $2, notes = $3, seen_at = $4
		WHERE id = $5 AND state = $6 AND slot > 0`, r.Done, r.Total, string(r.Notes), r.Seen, r.ID, RehearsalRunning)
	return n > 0, err
}

// EndRehearsal stores how one ended that runs; one that somebody has ended already
// stays as it is. It is kept until a time.
func (tx *Tx) EndRehearsal(r Rehearsal) error {
	_, err := tx.exec("end rehearsal", `
		UPDATE rehearsals
		SET state = $1, done = $2, outcome = $3, error = $4, until_at = $5
		WHERE id = $6 AND state = $7`, r.State, r.Done, string(r.Outcome), r.Error, r.Until, r.ID, RehearsalRunning)
	return err
}

// LeaveRehearsal gives its place back: its node has stopped working at it.
func (tx *Tx) LeaveRehearsal(id string) error {
	_, err := tx.exec("leave rehearsal", `
		UPDATE rehearsals
		SET slot = 0
		WHERE id = $1`, id)
	return err
}

// ForgetRehearsal removes one.
func (tx *Tx) ForgetRehearsal(id string) error {
	_, err := tx.exec("forget rehearsal", `
		DELETE FROM rehearsals
		WHERE id = $1`, id)
	return err
}

// ForgetOldRehearsals removes those that are not kept any more, and those of which
// nobody has said a word since a time.
func (tx *Tx) ForgetOldRehearsals(now, since int64) error {
	_, err := tx.exec("forget old rehearsals", `
		DELETE FROM rehearsals
		WHERE (state <> $1 AND until_at <= $2) OR seen_at < $3`, RehearsalRunning, now, since)
	return err
}

// Rehearsal loads a rehearsal.
func (tx *Tx) Rehearsal(id string) (Rehearsal, error) {
	return first(tx, "rehearsal", `
		SELECT id, slot, state, done, total, begun_at, seen_at, until_at, notes, outcome, error
		FROM rehearsals
		WHERE id = $1`, []any{id}, func(rows *sql.Rows) (r Rehearsal, err error) {
		return r, rows.Scan(&r.ID, &r.Slot, &r.State, &r.Done, &r.Total, &r.Begun, &r.Seen, &r.Until,
			(*rawText)(&r.Notes), (*rawText)(&r.Outcome), &r.Error)
	})
}
