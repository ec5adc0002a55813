package store

import (
	"context"
	"database/sql"
	"time"
)

// Node is a process that serves the workspace, as it said of itself last. Since, when
// it began, and Seen are microseconds of the database's clock; Ahead is by how many
// microseconds its own clock is ahead of that.
type Node struct {
	Name, Version string
	Since, Seen   int64
	Ahead         int64
	Health        []byte // JSON
}

// keepNodes is how long a node is remembered that was not seen any more.
const keepNodes = 24 * time.Hour

// Alone reports whether no other process can serve this workspace.
func (s *Store) Alone() bool { return s.engine.alone() }

// Clock asks the database for its time. It answers by how much this machine's clock is
// ahead of it, as exactly as half of the time that asking took.
func (s *Store) Clock(ctx context.Context) (ahead, took time.Duration, err error) {
	err = s.Read(ctx, func(tx *Tx) error {
		began := time.Now()
		now, err := s.engine.clock(tx)
		took = time.Since(began)
		ahead = began.Add(took / 2).Sub(now)
		return err
	})
	return ahead, took, err
}

// SaveNode stores what a node says of itself, and forgets those who were not seen for a
// day.
func (tx *Tx) SaveNode(n Node) error {
	if _, err := tx.exec("save node", `
		INSERT INTO nodes (name, version, since_at, seen_at, ahead, health)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE
		SET version = excluded.version, seen_at = excluded.seen_at, ahead = excluded.ahead, health = excluded.health`,
		n.Name, n.Version, n.Since, n.Seen, n.Ahead, string(n.Health)); err != nil {
		return err
	}
	_, err := tx.exec("forget nodes", `
		DELETE FROM nodes
		WHERE seen_at < $1`, n.Seen-keepNodes.Microseconds())
	return err
}

// EndNode forgets a node that stops.
func (tx *Tx) EndNode(name string) error {
	_, err := tx.exec("end node", `
		DELETE FROM nodes
		WHERE name = $1`, name)
	return err
}

const nodeColumns = `name, version, since_at, seen_at, ahead, health`

// Nodes loads the nodes by name.
func (tx *Tx) Nodes() ([]Node, error) {
	return list(tx, "load nodes", `
		SELECT `+nodeColumns+`
		FROM nodes
		ORDER BY name`, nil, scanNode)
}

func scanNode(rows *sql.Rows) (n Node, err error) {
	return n, rows.Scan(&n.Name, &n.Version, &n.Since, &n.Seen, &n.Ahead, (*rawText)(&n.Health))
}
