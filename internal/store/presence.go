package store

import (
	"database/sql"
	"strings"
	"time"

	"earshot/internal/chat"
)

// Present is somebody with a live connection.
type Present struct {
	Agent   chat.AgentID
	Visitor chat.VisitorID
}

const (
	agentLease   = "agent:"
	visitorLease = "visitor:"
	afterAgents  = "agent;" // the first text after every one that begins with agentLease
	keepLeases   = time.Hour
	leasesAtOnce = 1000
)

func (p Present) who() string {
	if p.Agent != "" {
		return agentLease + string(p.Agent)
	}
	return visitorLease + string(p.Visitor)
}

// RenewPresence writes a node's leases in one statement for each 1,000; at is
// microseconds. Leases that are older than an hour are removed.
func (tx *Tx) RenewPresence(node string, who []Present, at int64) error {
	for len(who) > 0 {
		n := min(len(who), leasesAtOnce)
		if err := tx.renew(node, who[:n], at); err != nil {
			return err
		}
		who = who[n:]
	}
	_, err := tx.exec("remove old leases", `
		DELETE FROM leases
		WHERE at < $1`, at-keepLeases.Microseconds())
	return err
}

func (tx *Tx) renew(node string, who []Present, at int64) error {
	var p params
	name, when := p.add(node), p.add(at)
	rows := make([]string, len(who))
	for i, w := range who {
		rows[i] = "(" + p.add(w.who()) + ", " + name + ", " + when + ")"
	}
	_, err := tx.exec("renew presence", `
		INSERT INTO leases (who, node, at)
		VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (who, node) DO UPDATE
		SET at = excluded.at`, p.args...)
	return err
}

// PresentAgents loads agents with a lease since a time, with their newest one.
func (tx *Tx) PresentAgents(since int64) (map[chat.AgentID]int64, error) {
	present := map[chat.AgentID]int64{}
	err := tx.each("load present agents", `
		SELECT who, MAX(at)
		FROM leases
		WHERE who >= $1 AND who < $2 AND at >= $3
		GROUP BY who`, []any{agentLease, afterAgents, since},
		func(rows *sql.Rows) error {
			var who string
			var at int64
			err := rows.Scan(&who, &at)
			present[chat.AgentID(strings.TrimPrefix(who, agentLease))] = at
			return err
		})
	return present, err
}

// LeftQueue loads Conversations that are queued, that no agent has had, and
// whose visitor showed no sign of life since a time, with the last one.
func (tx *Tx) LeftQueue(since int64, limit int) (map[chat.ConversationID]int64, error) {
	left := map[chat.ConversationID]int64{}
	err := tx.each("load who left the queue", `
		SELECT t.conversation, v.seen, COALESCE((SELECT MAX(l.at) FROM leases l WHERE l.who = $1 || v.id), 0)
		FROM threads t
		JOIN conversations c ON c.id = t.conversation
		JOIN visitors v ON v.id = c.visitor
		WHERE t.state = 'queued' AND t.taken_at = 0 AND v.seen < $2
			AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.who = $1 || v.id AND l.at >= $2)
		ORDER BY t.queued_at, t.conversation
		LIMIT $3`, []any{visitorLease, since, clamp(limit, maxSpan)},
		func(rows *sql.Rows) error {
			var c chat.ConversationID
			var seen, lease int64
			err := rows.Scan(&c, &seen, &lease)
			left[c] = max(seen, lease)
			return err
		})
	return left, err
}
