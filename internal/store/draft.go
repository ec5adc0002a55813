package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Draft is an unsent text of an agent.
type Draft struct {
	Conversation chat.ConversationID `json:"conversation"`
	Voice        chat.Voice          `json:"voice"`
	Text         string              `json:"text"`
	Version      int64               `json:"version"`
}

// Drafts loads an agent's drafts.
func (tx *Tx) Drafts(a chat.AgentID) ([]Draft, error) {
	return list(tx, "load drafts", `
		SELECT conversation, voice, text, version
		FROM drafts
		WHERE agent = $1 AND text <> ''
		ORDER BY conversation, voice`, []any{string(a)},
		func(rows *sql.Rows) (d Draft, err error) {
			return d, rows.Scan(&d.Conversation, &d.Voice, &d.Text, &d.Version)
		})
}

// SaveDraft stores a draft and returns its new version; an empty text deletes
// it. The row of a deleted one keeps its version, so that versions only rise and
// a draft that was sent does not come back from another device.
func (tx *Tx) SaveDraft(a chat.AgentID, d Draft) (int64, error) {
	if _, err := tx.exec("save draft", `
		INSERT INTO drafts (agent, conversation, voice, text, version)
		VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (agent, conversation, voice) DO UPDATE
		SET text = excluded.text, version = drafts.version + 1`, string(a), string(d.Conversation), string(d.Voice), d.Text); err != nil {
		return 0, err
	}
	var version int64
	_, err := tx.find("version of draft", `
		SELECT version
		FROM drafts
		WHERE agent = $1 AND conversation = $2 AND voice = $3`, []any{string(a), string(d.Conversation), string(d.Voice)}, &version)
	return version, err
}
