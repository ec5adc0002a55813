package store

import (
	"database/sql"

	"earshot/internal/chat"
)

func scanGroup(rows *sql.Rows) (g chat.Group, err error) {
	return g, rows.Scan(&g.ID, &g.Name, &g.Policy)
}

// Groups loads every group by name.
func (tx *Tx) Groups() ([]chat.Group, error) {
	return list(tx, "load groups", `
		SELECT id, name, policy
		FROM groups
		ORDER BY name, id`, nil, scanGroup)
}

// Group loads one group.
func (tx *Tx) Group(id chat.GroupID) (chat.Group, error) {
	return first(tx, "group", `
		SELECT id, name, policy
		FROM groups
		WHERE id = $1`, []any{string(id)}, scanGroup)
}

// SaveGroup inserts or updates a group.
func (tx *Tx) SaveGroup(g chat.Group) error {
	_, err := tx.exec("save group", `
		INSERT INTO groups (id, name, policy)
		VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, policy = excluded.policy`, string(g.ID), g.Name, string(g.Policy))
	return err
}
