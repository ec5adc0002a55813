package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Hook loads where a Group's notices go; false = nowhere.
func (tx *Tx) Hook(g chat.GroupID) (chat.Hook, bool, error) {
	h := chat.Hook{Group: g}
	var text int64
	found, err := tx.find("load hook", `
		SELECT url, kinds, language, with_text
		FROM hooks
		WHERE group_id = $1`, []any{string(g)}, &h.URL, asJSON{&h.Kinds}, &h.Language, &text)
	h.Text = text != 0
	return h, found, err
}

// SaveHook keeps where a Group's notices go.
func (tx *Tx) SaveHook(h chat.Hook, at int64) error {
	kinds, err := toJSON(h.Kinds)
	if err != nil {
		return err
	}
	_, err = tx.exec("save hook", `
		INSERT INTO hooks (group_id, url, kinds, language, with_text, at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (group_id) DO UPDATE
		SET url = excluded.url, kinds = excluded.kinds, language = excluded.language, with_text = excluded.with_text, at = excluded.at`,
		string(h.Group), h.URL, kinds, h.Language, bit(h.Text), at)
	return err
}

// DropHook forgets it.
func (tx *Tx) DropHook(g chat.GroupID) error {
	_, err := tx.exec("drop hook", `
		DELETE FROM hooks
		WHERE group_id = $1`, string(g))
	return err
}

// HookNotice is what a hook is told, and what became of it.
type HookNotice struct {
	ID           string              `json:"id"`
	Group        chat.GroupID        `json:"-"`
	Kind         chat.HookKind       `json:"kind"`
	Conversation chat.ConversationID `json:"conversation,omitempty"`
	At           int64               `json:"at"`
	AnsweredAt   int64               `json:"answered_at,omitempty"`
	Tries        int                 `json:"tries"`
	Outcome      string              `json:"outcome,omitempty"`
	Reason       string              `json:"reason,omitempty"`
}

const noticeColumns = `id, group_id, kind, conversation, at, answered_at, tries, outcome, reason`

func scanNotice(rows *sql.Rows) (n HookNotice, err error) {
	return n, rows.Scan(&n.ID, &n.Group, &n.Kind, &n.Conversation, &n.At, &n.AnsweredAt, &n.Tries, &n.Outcome, &n.Reason)
}

// AddNotice stores what a hook is to be told, and reports whether it was not to be told
// already.
func (tx *Tx) AddNotice(n HookNotice) (bool, error) {
	rows, err := tx.exec("add notice", `
		INSERT INTO hook_notices (id, group_id, kind, conversation, at, answered_at, tries, outcome, reason)
		VALUES ($1, $2, $3, $4, $5, 0, 0, '', '')
		ON CONFLICT (id) DO NOTHING`, n.ID, string(n.Group), string(n.Kind), string(n.Conversation), n.At)
	return rows > 0, err
}

// Notice loads one.
func (tx *Tx) Notice(id string) (HookNotice, error) {
	return first(tx, "notice", `
		SELECT `+noticeColumns+`
		FROM hook_notices
		WHERE id = $1`, []any{id}, scanNotice)
}

// Notices loads what a Group's hook was told, the newest first.
func (tx *Tx) Notices(g chat.GroupID, limit int) ([]HookNotice, error) {
	return list(tx, "load notices", `
		SELECT `+noticeColumns+`
		FROM hook_notices
		WHERE group_id = $1
		ORDER BY at DESC, id DESC
		LIMIT $2`, []any{string(g), clamp(limit, maxSpan)}, scanNotice)
}

// AnswerNotice notes what became of one more try.
func (tx *Tx) AnswerNotice(id, outcome, reason string, at int64) error {
	_, err := tx.exec("answer notice", `
		UPDATE hook_notices
		SET answered_at = $1, tries = tries + 1, outcome = $2, reason = $3
		WHERE id = $4`, at, outcome, reason, id)
	return err
}

// ForgetNotices removes those from before a time.
func (tx *Tx) ForgetNotices(before int64) error {
	_, err := tx.exec("forget notices", `
		DELETE FROM hook_notices
		WHERE at < $1`, before)
	return err
}
