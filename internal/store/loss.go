package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// The second condition lets the database use the index of what was lost alone.
const losses = `
		SELECT ` + threadColumns + `, t.conversation
		FROM threads t
		WHERE t.taken_from = $1 AND t.taken_from <> ''
		ORDER BY t.id`

// Losses loads what an agent is told of the Threads that he lost with his
// connection, whether or not he may see them.
func (tx *Tx) Losses(a chat.AgentID) ([]chat.Loss, error) {
	return list(tx, "load losses", losses, []any{string(a)}, func(rows *sql.Rows) (chat.Loss, error) {
		t, err := scanThread(rows)
		return t.Loss(), err
	})
}
