package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const groupColumns = `id, name, policy, names, private, stub, deleted, successor, rules, etiquette`

func scanGroup(rows *sql.Rows) (g chat.Group, err error) {
	err = rows.Scan(&g.ID, &g.Name, &g.Policy, asJSON{&g.Names}, &g.Private, &g.Stub, &g.Deleted, &g.Successor, (*rawText)(&g.Rules), asJSON{&g.Etiquette})
	if len(g.Names) == 0 {
		g.Names = nil
	}
	if len(g.Rules) == 0 {
		g.Rules = nil
	}
	return g, err
}

// Groups loads every group by name, deleted ones included: what was theirs is
// still shown.
func (tx *Tx) Groups() ([]chat.Group, error) {
	return list(tx, "load groups", `
		SELECT `+groupColumns+`
		FROM groups
		ORDER BY name, id`, nil, scanGroup)
}

// Group loads one group.
func (tx *Tx) Group(id chat.GroupID) (chat.Group, error) {
	return first(tx, "group", `
		SELECT `+groupColumns+`
		FROM groups
		WHERE id = $1`, []any{string(id)}, scanGroup)
}

// SaveGroup inserts or updates a group.
func (tx *Tx) SaveGroup(g chat.Group) error {
	if g.Names == nil {
		g.Names = map[string]string{}
	}
	names, err := toJSON(g.Names)
	if err != nil {
		return err
	}
	etiquette, err := toJSON(g.Etiquette)
	if err != nil {
		return err
	}
	_, err = tx.exec("save group", `
		INSERT INTO groups (id, name, policy, names, private, stub, deleted, successor, rules, etiquette)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, policy = excluded.policy, names = excluded.names, private = excluded.private, stub = excluded.stub,
			deleted = excluded.deleted, successor = excluded.successor, rules = excluded.rules, etiquette = excluded.etiquette`,
		string(g.ID), g.Name, string(g.Policy), names, bit(g.Private), bit(g.Stub), bit(g.Deleted), string(g.Successor), string(g.Rules), etiquette)
	return err
}

// FullQueues loads the groups whose queue takes no more.
func (tx *Tx) FullQueues() ([]chat.GroupID, error) {
	return list(tx, "load full queues", `
		SELECT id
		FROM groups
		WHERE queue_full = 1
		ORDER BY id`, nil, func(rows *sql.Rows) (g chat.GroupID, err error) { return g, rows.Scan(&g) })
}

// SetQueueFull notes whether a group's queue takes no more.
func (tx *Tx) SetQueueFull(g chat.GroupID, full bool) error {
	_, err := tx.exec("set queue full", `
		UPDATE groups
		SET queue_full = $1
		WHERE id = $2`, bit(full), string(g))
	return err
}

// OpenByGroup counts the Threads of each group that are not closed.
func (tx *Tx) OpenByGroup() (map[chat.GroupID]int, error) {
	counts := map[chat.GroupID]int{}
	err := tx.each("count open threads by group", `
		SELECT grp, COUNT(*)
		FROM threads
		WHERE state <> 'closed'
		GROUP BY grp`, nil, func(rows *sql.Rows) error {
		var g chat.GroupID
		var n int
		err := rows.Scan(&g, &n)
		counts[g] = n
		return err
	})
	return counts, err
}
