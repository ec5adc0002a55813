package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
)

// named is a message or note with files, as it stood in the index and as it is to.
type named struct {
	pos           int64
	conversation  string
	seq           int64
	before, after string
}

// namedFiles are all of them. They are read to the end before any is changed.
func namedFiles(ctx context.Context, tx *sql.Tx) (all []named, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT l.pos, e.conversation, e.seq, e.kind, e.body
		FROM events e, log l
		WHERE l.conversation = e.conversation AND l.seq = e.seq AND e.said = 1 AND e.body LIKE '%"files":[%'`)
	if err != nil {
		return nil, fmt.Errorf("store: files that were said: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n named
		var e chat.Event
		var body string
		if err := rows.Scan(&n.pos, &n.conversation, &n.seq, &e.Kind, &body); err != nil {
			return nil, fmt.Errorf("store: files that were said: %w", err)
		}
		e.Body = json.RawMessage(body)
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return nil, err
		}
		n.before = said.Text
		n.after, _ = saidIn(e)
		all = append(all, n)
	}
	return all, rows.Err()
}
