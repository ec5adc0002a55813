package store

import (
	"database/sql"
	"slices"

	"earshot/internal/chat"
)

// maxReport is how many Threads one look back loads at most.
const maxReport = 20_000

// Begun is a Thread with the event that began it.
type Begun struct {
	Thread chat.Thread
	Event  chat.Event
}

// Begun loads the Threads that began in a span of time (microseconds, the end
// left out), oldest first. Where there are more than limit, at most 20,000, it
// loads the newest.
func (tx *Tx) Begun(from, to int64, limit int) ([]Begun, error) {
	all, err := list(tx, "load threads that began", `
		SELECT `+threadColumns+`, t.conversation, `+eventColumns+`
		FROM threads t
		JOIN events e ON e.conversation = t.conversation AND e.seq = t.first_seq
		WHERE t.started_at >= $1 AND t.started_at < $2
		ORDER BY t.started_at DESC, t.id DESC
		LIMIT $3`, []any{from, to, clamp(limit, maxReport)}, func(rows *sql.Rows) (b Begun, err error) {
		return b, rows.Scan(slices.Concat(threadDests(&b.Thread), []any{&b.Thread.Conversation}, eventDests(&b.Event))...)
	})
	slices.Reverse(all)
	return all, err
}

// ClosedSince loads the Threads that were closed since a time, oldest first.
// Where there are more than limit, at most 20,000, it loads the newest.
func (tx *Tx) ClosedSince(since int64, limit int) ([]chat.Thread, error) {
	all, err := list(tx, "load closed threads", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.state = 'closed' AND t.closed_at >= $1
		ORDER BY t.closed_at DESC, t.id DESC
		LIMIT $2`, []any{since, clamp(limit, maxReport)}, scanThread)
	slices.Reverse(all)
	return all, err
}

// Moves loads the events by which Threads passed to another Group in a span of
// time, oldest first: moves, holds, hand-overs, and the ends of transfers, accepted or not.
// Where there are more than limit, at most 20,000, it loads the newest.
func (tx *Tx) Moves(from, to int64, limit int) ([]chat.Event, error) {
	all, err := list(tx, "load moves", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.kind IN ('thread.moved', 'hold', 'transfer.ended', 'handed') AND e.at >= $1 AND e.at < $2
		ORDER BY e.at DESC, e.conversation DESC, e.seq DESC
		LIMIT $3`, []any{from, to, clamp(limit, maxReport)}, scanEvent)
	slices.Reverse(all)
	return all, err
}

// FirstAvailability returns since when it is known who took chats; 0 = it never
// was.
func (tx *Tx) FirstAvailability() (int64, error) {
	var at int64
	_, err := tx.find("find the first availability", `
		SELECT COALESCE(MIN(began), 0)
		FROM availability`, nil, &at)
	return at, err
}
