package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// HeldByReply is the Seq of a file that a saved reply holds and no event.
const HeldByReply = -1

// File is an uploaded file. Seq is the event that holds it; 0 = not sent yet,
// [HeldByReply] = never, since it is a saved reply's.
type File struct {
	chat.FileRef
	Conversation chat.ConversationID
	Seq          int64
	Owner        string // command actor: "agent:…", "visitor:…"; or "reply:…", which holds it
	CreatedAt    int64
	Thumb        bool // a thumbnail stands beside it
}

const fileColumns = `id, name, type, size, width, height, conversation, seq, owner, created_at, thumb`

func scanFile(rows *sql.Rows) (f File, err error) {
	return f, rows.Scan(&f.ID, &f.Name, &f.Type, &f.Size, &f.Width, &f.Height, &f.Conversation, &f.Seq, &f.Owner, &f.CreatedAt, &f.Thumb)
}

// SaveFile inserts or updates a file.
func (tx *Tx) SaveFile(f File) error {
	_, err := tx.exec("save file", `
		INSERT INTO files (id, name, type, size, width, height, conversation, seq, owner, created_at, thumb)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, conversation = excluded.conversation, seq = excluded.seq, thumb = excluded.thumb`,
		string(f.ID), f.Name, f.Type, f.Size, f.Width, f.Height, string(f.Conversation), f.Seq, f.Owner, f.CreatedAt, bit(f.Thumb))
	return err
}

// GiveFile saves a file as somebody else's.
func (tx *Tx) GiveFile(f File, owner string) error {
	if err := tx.SaveFile(f); err != nil {
		return err
	}
	_, err := tx.exec("give file", `
		UPDATE files
		SET owner = $1
		WHERE id = $2`, owner, string(f.ID))
	return err
}

// File loads a file.
func (tx *Tx) File(id chat.FileID) (File, error) {
	return first(tx, "file", `
		SELECT `+fileColumns+`
		FROM files
		WHERE id = $1`, []any{string(id)}, scanFile)
}

// UnsentFiles loads files that no event holds and that are older than a time,
// oldest first.
func (tx *Tx) UnsentFiles(before int64, limit int) ([]File, error) {
	return list(tx, "load unsent files", `
		SELECT `+fileColumns+`
		FROM files
		WHERE seq = 0 AND created_at < $1
		ORDER BY created_at
		LIMIT $2`, []any{before, clamp(limit, maxSpan)}, scanFile)
}

// DeleteFile removes a file's row.
func (tx *Tx) DeleteFile(id chat.FileID) error {
	_, err := tx.exec("delete file", `
		DELETE FROM files
		WHERE id = $1`, string(id))
	return err
}
