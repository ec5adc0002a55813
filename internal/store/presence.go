package store

import (
	"database/sql"
	"strings"
	"time"

	"earshot/internal/chat"
)

// Present is somebody with a live connection: an agent on one of his devices, or a
// visitor.
type Present struct {
	Agent chat.AgentID
	// Session is the sign-in of the agent's device; empty where he has none.
	Session chat.SessionID
	Visitor chat.VisitorID
}

const (
	agentLease   = "agent:"
	visitorLease = "visitor:"
	afterAgents  = "agent;"            // the first text after every one that begins with agentLease
	keepLeases   = time.Hour           // of visitors, and of what a newer lease of the same device says
	keepAgents   = 15 * 24 * time.Hour // more than any time that routing goes by
	leasesAtOnce = 1000
	forEver      = 1 << 60
)

func (p Present) who() string {
	if p.Agent != "" {
		return agentLease + string(p.Agent)
	}
	return visitorLease + string(p.Visitor)
}

// RenewPresence writes a node's leases in one statement for each 1,000; at is
// microseconds. A device whose sign-in has ended is given none. Old leases are
// removed: after an hour, but the newest one of a device after 15 days.
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
		WHERE at < $1 AND (who >= $2 OR at < $3
			OR at < (SELECT MAX(l.at) FROM leases l WHERE l.who = leases.who AND l.session = leases.session))`,
		at-keepLeases.Microseconds(), visitorLease, at-keepAgents.Microseconds())
	return err
}

// renew asks for the sign-in in the statement itself: a node that has not heard yet
// that it ended must not bring its device back.
func (tx *Tx) renew(node string, who []Present, at int64) error {
	var p params
	name, when := p.add(node), p.add(at)
	rows := make([]string, len(who))
	for i, w := range who {
		rows[i] = "(" + p.add(w.who()) + ", " + p.add(string(w.Session)) + ")"
	}
	_, err := tx.exec("renew presence", `
		WITH here (who, session) AS (VALUES `+strings.Join(rows, ", ")+`)
		INSERT INTO leases (who, session, node, at)
		SELECT h.who, h.session, `+name+`, CAST(`+when+` AS BIGINT)
		FROM here h
		WHERE h.session = '' OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = h.session)
		ON CONFLICT (who, session, node) DO UPDATE
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

// CutPresence notes that an agent's device has no connection to a node any more; at
// is microseconds. It is for the node itself to say.
func (tx *Tx) CutPresence(node string, p Present, at int64) error {
	_, err := tx.exec("cut presence", `
		UPDATE leases
		SET down_at = $1
		WHERE node = $2 AND down_at = 0 AND who = $3 AND session = $4`, at, node, p.who(), string(p.Session))
	return err
}

// Life is the last sign of life on any node, and when the last connection was cut: 0
// while one holds. Both are microseconds.
type Life struct{ AliveAt, DownAt int64 }

// with adds a lease. One that was not renewed since a time holds no connection: its
// node died without a word.
func (l Life) with(at, down, holds int64) Life {
	if down == 0 && at < holds {
		down = at
	}
	switch {
	case l == Life{}:
		l.DownAt = down
	case down == 0 || l.DownAt == 0:
		l.DownAt = 0
	default:
		l.DownAt = max(l.DownAt, down)
	}
	l.AliveAt = max(l.AliveAt, at)
	return l
}

// Lives loads the agents with a lease since a time; each one's life is the newest of
// all his devices. A lease holds a connection where it was renewed since holds.
func (tx *Tx) Lives(since, holds int64) (map[chat.AgentID]Life, error) {
	lives := map[chat.AgentID]Life{}
	err := tx.each("load signs of life", `
		SELECT who, at, down_at
		FROM leases
		WHERE who >= $1 AND who < $2 AND at >= $3`, []any{agentLease, afterAgents, since},
		func(rows *sql.Rows) error {
			var who string
			var at, down int64
			if err := rows.Scan(&who, &at, &down); err != nil {
				return err
			}
			if unleased && down == 0 {
				at = forEver
			}
			id := agentOf(who)
			lives[id] = lives[id].with(at, down, holds)
			return nil
		})
	return lives, err
}

func agentOf(who string) chat.AgentID { return chat.AgentID(strings.TrimPrefix(who, agentLease)) }

// signedIn narrows leases to those whose device is signed in, or needs not be.
const signedIn = `(l.session = '' OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = l.session))`

// PresentAgents loads agents with a lease since a time, with their newest one. A
// device whose sign-in has ended does not count.
func (tx *Tx) PresentAgents(since int64) (map[chat.AgentID]int64, error) {
	present := map[chat.AgentID]int64{}
	if unleased {
		since = 0
	}
	err := tx.each("load present agents", `
		SELECT l.who, MAX(l.at)
		FROM leases l
		WHERE l.who >= $1 AND l.who < $2 AND l.at >= $3 AND `+signedIn+`
		GROUP BY l.who`, []any{agentLease, afterAgents, since},
		func(rows *sql.Rows) error {
			var who string
			var at int64
			err := rows.Scan(&who, &at)
			present[agentOf(who)] = at
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
