package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const shadowColumns = `id, trainee, coach, conversation, thread, anchor, text, grade, word, created, graded, version`

func scanShadow(rows *sql.Rows) (s chat.Shadow, err error) {
	return s, rows.Scan(&s.ID, &s.Trainee, &s.Coach, &s.Conversation, &s.Thread, &s.Anchor, &s.Text, &s.Grade, &s.Word, &s.Created, &s.Graded, &s.Version)
}

// Shadow loads one shadow reply.
func (tx *Tx) Shadow(id chat.ShadowID) (chat.Shadow, error) {
	return first(tx, "shadow reply", `
		SELECT `+shadowColumns+`
		FROM shadows
		WHERE id = $1`, []any{string(id)}, scanShadow)
}

// ShadowAt reports whether a trainee has a shadow reply to a message already.
func (tx *Tx) ShadowAt(trainee chat.AgentID, c chat.ConversationID, anchor int64) (bool, error) {
	return tx.find("look for a shadow reply", `
		SELECT 1
		FROM shadows
		WHERE trainee = $1 AND conversation = $2 AND anchor = $3`, []any{string(trainee), string(c), anchor}, new(int))
}

// ShadowsOf loads a trainee's newest shadow replies before an id.
func (tx *Tx) ShadowsOf(trainee chat.AgentID, before chat.ShadowID, limit int) ([]chat.Shadow, error) {
	return list(tx, "load own shadow replies", `
		SELECT `+shadowColumns+`
		FROM shadows
		WHERE trainee = $1 AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, []any{string(trainee), string(before), limit}, scanShadow)
}

// ShadowsFor loads the newest shadow replies before an id that a coach is to
// grade, or has graded.
func (tx *Tx) ShadowsFor(coach chat.AgentID, before chat.ShadowID, limit int) ([]chat.Shadow, error) {
	return list(tx, "load shadow replies to grade", `
		SELECT `+shadowColumns+`
		FROM shadows
		WHERE coach = $1 AND coach <> '' AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, []any{string(coach), string(before), limit}, scanShadow)
}

// SaveShadow inserts a shadow reply, or updates its coach and grade.
func (tx *Tx) SaveShadow(s chat.Shadow) error {
	_, err := tx.exec("save shadow reply", `
		INSERT INTO shadows (`+shadowColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE
		SET coach = excluded.coach, grade = excluded.grade, word = excluded.word, graded = excluded.graded, version = excluded.version`,
		string(s.ID), string(s.Trainee), string(s.Coach), string(s.Conversation), string(s.Thread), s.Anchor, s.Text, string(s.Grade), s.Word,
		s.Created, s.Graded, s.Version)
	return err
}

// DeleteShadow forgets a shadow reply.
func (tx *Tx) DeleteShadow(id chat.ShadowID) error {
	_, err := tx.exec("delete shadow reply", `
		DELETE FROM shadows
		WHERE id = $1`, string(id))
	return err
}

// FirstReply loads the team's first message to the visitor after a seq of a
// Thread; missing where there is none.
func (tx *Tx) FirstReply(c chat.ConversationID, t chat.ThreadID, after int64) (chat.Event, error) {
	return first(tx, "reply", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq > $2 AND e.thread = $3 AND e.kind = $4 AND e.actor_kind = $5
		ORDER BY e.seq
		LIMIT 1`, []any{string(c), after, string(t), string(chat.KindMessage), string(chat.ByAgent)}, scanEvent)
}
