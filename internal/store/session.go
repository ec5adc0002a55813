package store

import (
	"database/sql"
	"encoding/hex"

	"earshot/internal/chat"
)

// Session is a sign-in of an agent. Hash is the SHA-256 of the cookie.
type Session struct {
	ID        chat.SessionID `json:"id"`
	Agent     chat.AgentID   `json:"agent"`
	Hash      []byte         `json:"-"`
	Device    string         `json:"device"`
	Mobile    bool           `json:"mobile"` // a phone or a tablet
	Address   string         `json:"address"`
	CreatedAt int64          `json:"created_at"`
	SeenAt    int64          `json:"seen_at"`
	ExpiresAt int64          `json:"expires_at"`
	InputAt   int64          `json:"input_at"` // the last key or click there; 0 = none; see [Tx.NoteInput]
}

const sessionColumns = `id, agent, hash, device, mobile, address, created_at, seen_at, expires_at, input_at`

func scanSession(rows *sql.Rows) (s Session, err error) {
	return s, rows.Scan(&s.ID, &s.Agent, hexBytes{&s.Hash}, &s.Device, &s.Mobile, &s.Address, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.InputAt)
}

// SaveSession inserts or updates a session, all but its last input.
func (tx *Tx) SaveSession(s Session) error {
	_, err := tx.exec("save session", `
		INSERT INTO sessions (id, agent, hash, device, mobile, address, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE
		SET device = excluded.device, address = excluded.address, seen_at = excluded.seen_at, expires_at = excluded.expires_at`,
		string(s.ID), string(s.Agent), hex.EncodeToString(s.Hash), s.Device, bit(s.Mobile), s.Address, s.CreatedAt, s.SeenAt, s.ExpiresAt)
	return err
}

// SessionByHash loads a session.
func (tx *Tx) SessionByHash(hash []byte) (Session, error) {
	return first(tx, "session", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE hash = $1`, []any{hex.EncodeToString(hash)}, scanSession)
}

// Sessions loads an agent's sessions, newest first.
func (tx *Tx) Sessions(a chat.AgentID) ([]Session, error) {
	return list(tx, "load sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE agent = $1
		ORDER BY created_at DESC, id DESC`, []any{string(a)}, scanSession)
}

// noWayBack is when the connections of a device are cut whose sign-in ends: so long
// ago that nothing waits for a reload of its page.
const noWayBack = 1

// DeleteSession removes an agent's session; missing where it is not his. Its device
// is connected to no node any more, and nothing is pushed to it.
func (tx *Tx) DeleteSession(a chat.AgentID, id chat.SessionID) error {
	n, err := tx.exec("delete session", `
		DELETE FROM sessions
		WHERE id = $1 AND agent = $2`, string(id), string(a))
	if err == nil && n == 0 {
		err = missing("session")
	}
	if err == nil {
		err = tx.DropSubscription(id, "")
	}
	if err != nil {
		return err
	}
	_, err = tx.exec("end presence of session", `
		UPDATE leases
		SET down_at = $1
		WHERE who = $2 AND session = $3`, noWayBack, Present{Agent: a}.who(), string(id))
	return err
}
