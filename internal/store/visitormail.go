package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// VisitorMail is a mail of what a visitor had not read: the replies of a Conversation
// that lie behind After, up to UpTo (vseq). Times are microseconds.
type VisitorMail struct {
	ID           string
	Conversation chat.ConversationID
	Address      string
	After, UpTo  int64
	At           int64
	Tries        int
	TriedAt      int64 // when the newest try began
	// Outcome is what the mail server answered; "" = nothing yet.
	Outcome string
	Reason  string
}

// MailOver is the outcome of a mail whose replies were read, or taken back, before it was
// sent.
const MailOver = "over"

// AddVisitorMail keeps what is about to be mailed.
func (tx *Tx) AddVisitorMail(m VisitorMail) error {
	return tx.put("add visitor mail", `
		INSERT INTO visitor_mails (id, conversation, address, after_vseq, upto_vseq, at, tries, tried_at, outcome, reason)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', '')`,
		m.ID, string(m.Conversation), m.Address, m.After, m.UpTo, m.At)
}

// TryVisitorMail notes that it is sent now: what became of it is not known any more.
func (tx *Tx) TryVisitorMail(id string, at int64) error {
	_, err := tx.exec("try visitor mail", `
		UPDATE visitor_mails
		SET outcome = '', reason = '', tries = tries + 1, tried_at = $1
		WHERE id = $2`, at, id)
	return err
}

// AnswerVisitorMail keeps what became of it.
func (tx *Tx) AnswerVisitorMail(id, outcome, reason string) error {
	_, err := tx.exec("answer visitor mail", `
		UPDATE visitor_mails
		SET outcome = $1, reason = $2
		WHERE id = $3`, outcome, reason, id)
	return err
}

// VisitorMails loads the newest of a Conversation that were sent or are under way,
// ascending.
func (tx *Tx) VisitorMails(c chat.ConversationID, limit int) ([]VisitorMail, error) {
	return list(tx, "load visitor mails", `
		SELECT id, conversation, address, after_vseq, upto_vseq, at, tries, tried_at, outcome, reason
		FROM (
			SELECT *
			FROM visitor_mails m
			WHERE m.conversation = $1 AND m.outcome <> $2
			ORDER BY m.at DESC, m.id DESC
			LIMIT $3
		) newest
		ORDER BY at, id`, []any{string(c), MailOver, clamp(limit, maxSpan)},
		func(rows *sql.Rows) (m VisitorMail, err error) {
			return m, rows.Scan(&m.ID, &m.Conversation, &m.Address, &m.After, &m.UpTo, &m.At, &m.Tries, &m.TriedAt, &m.Outcome, &m.Reason)
		})
}

// LastSign is when a visitor gave a sign of life: he acted, or a page of his was
// connected.
func (tx *Tx) LastSign(id chat.VisitorID) (at int64, err error) {
	_, err = tx.find("load a visitor's last sign", `
		SELECT CASE WHEN v.seen > l.at THEN v.seen ELSE l.at END
		FROM visitors v, (SELECT COALESCE(MAX(at), 0) AS at FROM leases WHERE who = $1) l
		WHERE v.id = $2`, []any{visitorLease + string(id), string(id)}, &at)
	return at, err
}
