package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Subscription is where and how the browser of a device wants to be reached when no
// page is open. What is in it is a secret, its session and agent apart.
type Subscription struct {
	Session  chat.SessionID
	Agent    chat.AgentID
	Endpoint string
	P256DH   string
	Auth     string
	At       int64
}

const subscriptionColumns = `session, agent, endpoint, p256dh, auth, at`

func scanSubscription(rows *sql.Rows) (s Subscription, err error) {
	return s, rows.Scan(&s.Session, &s.Agent, &s.Endpoint, &s.P256DH, &s.Auth, &s.At)
}

// SaveSubscription keeps the subscription of a device. A browser has one at a time:
// where it was another sign-in's, it is that one's no longer. Nothing is proven of it
// yet.
func (tx *Tx) SaveSubscription(s Subscription) error {
	if _, err := tx.exec("move subscription", `
		DELETE FROM subscriptions
		WHERE endpoint = $1 AND session <> $2`, s.Endpoint, string(s.Session)); err != nil {
		return err
	}
	_, err := tx.exec("save subscription", `
		INSERT INTO subscriptions (session, agent, endpoint, p256dh, auth, at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (session) DO UPDATE
		SET agent = excluded.agent, endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, at = excluded.at,
			sent_at = 0, answered_at = 0, outcome = '', shown_at = 0`,
		string(s.Session), string(s.Agent), s.Endpoint, s.P256DH, s.Auth, s.At)
	return err
}

// Subscriptions loads those of an agent's devices that are signed in.
func (tx *Tx) Subscriptions(a chat.AgentID) ([]Subscription, error) {
	return list(tx, "load subscriptions", `
		SELECT `+subscriptionColumns+`
		FROM subscriptions
		WHERE agent = $1
		ORDER BY session`, []any{string(a)}, scanSubscription)
}

// DropSubscription forgets the subscription of a device. With an endpoint it does so
// only where it is still that one: the browser may have another since.
func (tx *Tx) DropSubscription(id chat.SessionID, endpoint string) error {
	_, err := tx.exec("drop subscription", `
		DELETE FROM subscriptions
		WHERE session = $1 AND ($2 = '' OR endpoint = $2)`, string(id), endpoint)
	return err
}
