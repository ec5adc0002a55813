package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Log reads at most limit entries after a position, ascending. limit is at most
// 4,096.
func (tx *Tx) Log(after int64, limit int) ([]chat.Entry, error) {
	entries, err := list(tx, "read log", `
		SELECT l.pos, `+eventColumns+`
		FROM log l
		JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
		WHERE l.pos > $1
		ORDER BY l.pos
		LIMIT $2`, []any{after, clamp(limit, 4096)},
		func(rows *sql.Rows) (e chat.Entry, err error) {
			return e, rows.Scan(append([]any{&e.Pos}, eventDests(&e.Event)...)...)
		})
	if err == nil {
		tx.store.engine.followed(entries)
	}
	return entries, err
}

// Head returns the newest position.
func (tx *Tx) Head() (chat.Position, error) {
	var p chat.Position
	_, err := tx.find("head of the log", `
		SELECT h.pos, COALESCE(e.id, '')
		FROM log_head h
		LEFT JOIN log l ON l.pos = h.pos
		LEFT JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
		WHERE h.name = 'log'`, nil, &p.Pos, &p.Event)
	return p, err
}

// At returns the position with the id of the event that stands there now, and
// false where there is none.
func (tx *Tx) At(pos int64) (chat.Position, bool, error) {
	p := chat.Position{Pos: pos}
	found, err := tx.find("event at a position", `
		SELECT e.id
		FROM log l
		JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
		WHERE l.pos = $1`, []any{pos}, &p.Event)
	return p, found, err
}
