package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Coaching loads what decides who may coach whom besides roles.
func (tx *Tx) Coaching() (c chat.Coaching, err error) {
	c.Asked = map[chat.AgentID][]chat.AgentID{}
	if c.Peers, err = list(tx, "load peer groups", `
		SELECT grp
		FROM peer_groups
		ORDER BY grp`, nil, func(rows *sql.Rows) (g chat.GroupID, err error) { return g, rows.Scan(&g) }); err != nil {
		return c, err
	}
	err = tx.each("load coaches", `
		SELECT agent, coach
		FROM coaches
		ORDER BY agent, coach`, nil, func(rows *sql.Rows) error {
		var agent, coach chat.AgentID
		err := rows.Scan(&agent, &coach)
		c.Asked[agent] = append(c.Asked[agent], coach)
		return err
	})
	return c, err
}

// SetCoaches replaces whom an agent has asked to coach him.
func (tx *Tx) SetCoaches(a chat.AgentID, coaches []chat.AgentID) error {
	if _, err := tx.exec("forget coaches", `
		DELETE FROM coaches
		WHERE agent = $1`, string(a)); err != nil {
		return err
	}
	for _, c := range coaches {
		if _, err := tx.exec("save coach", `
			INSERT INTO coaches (agent, coach)
			VALUES ($1, $2)`, string(a), string(c)); err != nil {
			return err
		}
	}
	return nil
}

// SetPeers says whether the members of a group may coach each other.
func (tx *Tx) SetPeers(g chat.GroupID, peers bool) error {
	if !peers {
		_, err := tx.exec("forget peer group", `
			DELETE FROM peer_groups
			WHERE grp = $1`, string(g))
		return err
	}
	_, err := tx.exec("save peer group", `
		INSERT INTO peer_groups (grp)
		VALUES ($1)
		ON CONFLICT (grp) DO NOTHING`, string(g))
	return err
}
