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
	afterAgents  = "agent;"            // the first text after every one that begins with agentLease
	keepLeases   = time.Hour           // of visitors
	keepAgents   = 15 * 24 * time.Hour // more than any time that routing goes by
	leasesAtOnce = 1000
)

func (p Present) who() string {
	if p.Agent != "" {
		return agentLease + string(p.Agent)
	}
	return visitorLease + string(p.Visitor)
}

// RenewPresence writes a node's leases in one statement for each 1,000; at is
// microseconds. Old ones are removed: visitors' after an hour, agents' after 15 days.
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
		WHERE at < $1 AND who >= $2 OR at < $3`, at-keepLeases.Microseconds(), visitorLease, at-keepAgents.Microseconds())
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
		SET at = excluded.at, down_at = 0`, p.args...)
	return err
}

// EndPresence notes that a node's leases of agents that are older than a time have
// no connection any more; at is microseconds. It is for the node itself to say.
func (tx *Tx) EndPresence(node string, before, at int64) error {
	_, err := tx.exec("end presence", `
		UPDATE leases
		SET down_at = $1
		WHERE node = $2 AND down_at = 0 AND at < $3 AND who >= $4 AND who < $5`, at, node, before, agentLease, afterAgents)
	return err
}

// CutPresence notes that an agent has no connection to a node any more; at is
// microseconds. It is for the node itself to say.
func (tx *Tx) CutPresence(node string, a chat.AgentID, at int64) error {
	_, err := tx.exec("cut presence", `
		UPDATE leases
		SET down_at = $1
		WHERE node = $2 AND down_at = 0 AND who = $3`, at, node, Present{Agent: a}.who())
	return err
}

// Life is an agent's last sign of life on any node, and when the last of his
// connections was cut: 0 while one holds. Both are microseconds.
type Life struct{ AliveAt, DownAt int64 }

// Lives loads the agents with a lease since a time.
func (tx *Tx) Lives(since int64) (map[chat.AgentID]Life, error) {
	lives := map[chat.AgentID]Life{}
	err := tx.each("load signs of life", `
		SELECT who, at, down_at
		FROM leases
		WHERE who >= $1 AND who < $2 AND at >= $3
		ORDER BY who, at`, []any{agentLease, afterAgents, since},
		func(rows *sql.Rows) error {
			var who string
			var at, down int64
			if err := rows.Scan(&who, &at, &down); err != nil {
				return err
			}
			id := chat.AgentID(strings.TrimPrefix(who, agentLease))
			l, known := lives[id]
			switch {
			case !known:
				l.DownAt = down
			case down == 0 || l.DownAt == 0:
				l.DownAt = 0
			default:
				l.DownAt = max(l.DownAt, down)
			}
			l.AliveAt = max(l.AliveAt, at)
			lives[id] = l
			return nil
		})
	return lives, err
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

// LeftQueue loads Conversations that are queued, that no agent has had, that are
// not answered by e-mail, and whose visitor showed no sign of life since a time, with the last one.
func (tx *Tx) LeftQueue(since int64, limit int) (map[chat.ConversationID]int64, error) {
	left := map[chat.ConversationID]int64{}
	err := tx.each("load who left the queue", `
		SELECT t.conversation, v.seen, COALESCE((SELECT MAX(l.at) FROM leases l WHERE l.who = $1 || v.id), 0)
		FROM threads t
		JOIN conversations c ON c.id = t.conversation
		JOIN visitors v ON v.id = c.visitor
		WHERE t.state = 'queued' AND t.taken_at = 0 AND t.mode <> 'mail' AND v.seen < $2
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
