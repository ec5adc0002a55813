package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const savedReplyColumns = `id, scope, grp, agent, name, text, language, files, draft, origin, created, changed, changed_by, version`

func scanSavedReply(rows *sql.Rows) (r chat.SavedReply, err error) {
	var origin chat.ReplyOrigin
	err = rows.Scan(&r.ID, &r.Scope, &r.Group, &r.By, &r.Name, &r.Text, &r.Language, asJSON{&r.Files}, &r.Draft, asJSON{&origin},
		&r.Created, &r.Changed, &r.ChangedBy, &r.Version)
	if origin.Kind != "" {
		r.Origin = &origin
	}
	if len(r.Files) == 0 {
		r.Files = nil
	}
	return r, err
}

// SavedReply loads one saved reply.
func (tx *Tx) SavedReply(id chat.SavedReplyID) (chat.SavedReply, error) {
	return first(tx, "saved reply", `
		SELECT `+savedReplyColumns+`
		FROM saved_replies
		WHERE id = $1`, []any{string(id)}, scanSavedReply)
}

// SavedReplies loads an agent's own, and those of every group and of the team:
// whoever asks keeps what the rule lets him see.
func (tx *Tx) SavedReplies(a chat.AgentID) ([]chat.SavedReply, error) {
	return list(tx, "load saved replies", `
		SELECT `+savedReplyColumns+`
		FROM saved_replies
		WHERE scope <> $1 OR agent = $2
		ORDER BY id`, []any{string(chat.ScopeOwn), string(a)}, scanSavedReply)
}

// RepliesBeside loads those of the place where a reply stands, itself among them.
func (tx *Tx) RepliesBeside(r chat.SavedReply) ([]chat.SavedReply, error) {
	return list(tx, "load replies of a place", `
		SELECT `+savedReplyColumns+`
		FROM saved_replies
		WHERE scope = $1 AND grp = $2 AND ($1 <> $3 OR agent = $4)
		ORDER BY id`, []any{string(r.Scope), string(r.Group), string(chat.ScopeOwn), string(r.By)}, scanSavedReply)
}

// RepliesFrom loads what was made of something, by its id.
func (tx *Tx) RepliesFrom(origin string) ([]chat.SavedReply, error) {
	return list(tx, "load replies of an origin", `
		SELECT `+savedReplyColumns+`
		FROM saved_replies
		WHERE origin_id = $1 AND origin_id <> ''
		ORDER BY id`, []any{origin}, scanSavedReply)
}

// PutSavedReply inserts a saved reply or replaces it.
func (tx *Tx) PutSavedReply(r chat.SavedReply) error {
	origin := chat.ReplyOrigin{}
	if r.Origin != nil {
		origin = *r.Origin
	}
	files, err := toJSON(r.Files)
	if err != nil {
		return err
	}
	from, err := toJSON(origin)
	if err != nil {
		return err
	}
	_, err = tx.exec("save saved reply", `
		INSERT INTO saved_replies (`+savedReplyColumns+`, origin_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (id) DO UPDATE
		SET scope = excluded.scope, grp = excluded.grp, agent = excluded.agent, name = excluded.name, text = excluded.text,
			language = excluded.language, files = excluded.files, draft = excluded.draft, changed = excluded.changed,
			changed_by = excluded.changed_by, version = excluded.version`,
		string(r.ID), string(r.Scope), string(r.Group), string(r.By), r.Name, r.Text, r.Language, files, bit(r.Draft), from,
		r.Created, r.Changed, string(r.ChangedBy), r.Version, origin.ID)
	return err
}

// DeleteSavedReply forgets a saved reply, and how it was used.
func (tx *Tx) DeleteSavedReply(id chat.SavedReplyID) error {
	for _, text := range []string{
		`DELETE FROM reply_uses WHERE reply = $1`,
		`DELETE FROM reply_weeks WHERE reply = $1`,
		`DELETE FROM saved_replies WHERE id = $1`,
	} {
		if _, err := tx.exec("delete saved reply", text, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// InheritReplies gives the replies of a deleted group to its successor. Two of one
// name may then stand there.
func (tx *Tx) InheritReplies(from, to chat.GroupID) error {
	_, err := tx.exec("inherit replies", `
		UPDATE saved_replies
		SET grp = $1
		WHERE scope = $2 AND grp = $3`, string(to), string(chat.ScopeGroup), string(from))
	return err
}
