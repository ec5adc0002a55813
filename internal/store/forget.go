package store

import (
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
)

// EmptyEdits takes the texts out of the edit events of a message: they hold
// what it said before and after. Each keeps its place and its target.
func (tx *Tx) EmptyEdits(c chat.ConversationID, target int64) error {
	edits, err := list(tx, "load edits", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq > $2 AND e.kind = $3
		ORDER BY e.seq`, []any{string(c), target, string(chat.KindEdit)}, scanEvent)
	if err != nil {
		return err
	}
	for _, e := range edits {
		body, err := chat.Decode[chat.Edited](e)
		if err != nil || body.Target != target {
			continue
		}
		body.Text, body.Former = "", ""
		if e.Body, err = json.Marshal(body); err != nil {
			return fmt.Errorf("store: empty edits: %w", err)
		}
		if _, err := tx.exec("empty edits", `
			UPDATE events
			SET body = $1
			WHERE conversation = $2 AND seq = $3`, string(e.Body), string(c), e.Seq); err != nil {
			return err
		}
		tx.batch.replace(e)
	}
	return nil
}

// DeleteExpired removes sessions, with what is pushed to their devices, and tickets
// that ended before a time (microseconds), and sign-ins of visitors that ended long before.
func (tx *Tx) DeleteExpired(before int64) error {
	if _, err := tx.exec("drop subscriptions of expired sessions", `
		DELETE FROM subscriptions
		WHERE session IN (SELECT id FROM sessions WHERE expires_at <= $1)`, before); err != nil {
		return err
	}
	if _, err := tx.exec("delete expired sessions", `
		DELETE FROM sessions
		WHERE expires_at <= $1`, before); err != nil {
		return err
	}
	_, err := tx.exec("delete expired tickets", `
		DELETE FROM tickets
		WHERE expires_at <= $1`, before)
	if err != nil {
		return err
	}
	return tx.deleteSignIns(before)
}
