package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const momentColumns = `id, coach, conversation, thread, from_seq, to_seq, kind, word, feedback, at`

func scanMoment(rows *sql.Rows) (m chat.Moment, err error) {
	return m, rows.Scan(&m.ID, &m.Coach, &m.Conversation, &m.Thread, &m.From, &m.To, &m.Kind, &m.Word, &m.Feedback, &m.At)
}

// Moment loads one moment.
func (tx *Tx) Moment(id chat.MomentID) (chat.Moment, error) {
	return first(tx, "moment", `
		SELECT `+momentColumns+`
		FROM moments
		WHERE id = $1`, []any{string(id)}, scanMoment)
}

// Moments loads a coach's newest moments before an id; "" = from the newest.
func (tx *Tx) Moments(coach chat.AgentID, before chat.MomentID, limit int) ([]chat.Moment, error) {
	return list(tx, "load moments", `
		SELECT `+momentColumns+`
		FROM moments
		WHERE coach = $1 AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, []any{string(coach), string(before), limit}, scanMoment)
}

// SaveMoment inserts a moment, or updates its kind, word and use.
func (tx *Tx) SaveMoment(m chat.Moment) error {
	_, err := tx.exec("save moment", `
		INSERT INTO moments (`+momentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE
		SET kind = excluded.kind, word = excluded.word, feedback = excluded.feedback, from_seq = excluded.from_seq, to_seq = excluded.to_seq`,
		string(m.ID), string(m.Coach), string(m.Conversation), string(m.Thread), m.From, m.To, string(m.Kind), m.Word, string(m.Feedback), m.At)
	return err
}

// DeleteMoment forgets a moment.
func (tx *Tx) DeleteMoment(id chat.MomentID) error {
	_, err := tx.exec("delete moment", `
		DELETE FROM moments
		WHERE id = $1`, string(id))
	return err
}

// FreeMoments makes the moments that became a feedback unused again.
func (tx *Tx) FreeMoments(f chat.FeedbackID) error {
	_, err := tx.exec("free moments", `
		UPDATE moments
		SET feedback = ''
		WHERE feedback = $1`, string(f))
	return err
}
