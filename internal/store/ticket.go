package store

import (
	"database/sql"
	"encoding/hex"

	"earshot/internal/chat"
)

// Ticket is a one-time right: the first start, an invitation, a sign-in link.
type Ticket struct {
	ID        string         `json:"id"`
	Purpose   string         `json:"purpose"` // "setup", "invite", "signin"
	Hash      []byte         `json:"-"`       // SHA-256 of the token
	Agent     chat.AgentID   `json:"agent,omitempty"`
	Email     string         `json:"email,omitempty"`
	Role      chat.Role      `json:"role,omitempty"`
	Groups    []chat.GroupID `json:"groups,omitempty"`
	CreatedAt int64          `json:"created_at"`
	ExpiresAt int64          `json:"expires_at"`
	By        chat.AgentID   `json:"by,omitempty"`
}

const ticketColumns = `id, purpose, hash, agent, email, role, groups, created_at, expires_at, by_agent`

func scanTicket(rows *sql.Rows) (t Ticket, err error) {
	return t, rows.Scan(&t.ID, &t.Purpose, hexBytes{&t.Hash}, &t.Agent, &t.Email, &t.Role, asJSON{&t.Groups}, &t.CreatedAt, &t.ExpiresAt, &t.By)
}

// SaveTicket inserts a ticket.
func (tx *Tx) SaveTicket(t Ticket) error {
	groups, err := toJSON(t.Groups)
	if err != nil {
		return err
	}
	_, err = tx.exec("save ticket", `
		INSERT INTO tickets (id, purpose, hash, agent, email, role, groups, created_at, expires_at, by_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ID, t.Purpose, hex.EncodeToString(t.Hash), string(t.Agent), t.Email, string(t.Role), groups, t.CreatedAt, t.ExpiresAt, string(t.By))
	return err
}

// TicketByHash loads a ticket; missing where it was used or never was.
func (tx *Tx) TicketByHash(hash []byte) (Ticket, error) {
	return first(tx, "link", `
		SELECT `+ticketColumns+`
		FROM tickets
		WHERE hash = $1`, []any{hex.EncodeToString(hash)}, scanTicket)
}

// Tickets loads the tickets of a purpose, newest first.
func (tx *Tx) Tickets(purpose string) ([]Ticket, error) {
	return list(tx, "load tickets", `
		SELECT `+ticketColumns+`
		FROM tickets
		WHERE purpose = $1
		ORDER BY created_at DESC, id DESC`, []any{purpose}, scanTicket)
}

// DeleteTicket removes a ticket; missing where it is not there.
func (tx *Tx) DeleteTicket(id string) error {
	n, err := tx.exec("delete ticket", `
		DELETE FROM tickets
		WHERE id = $1`, id)
	if err == nil && n == 0 {
		err = missing("link")
	}
	return err
}
