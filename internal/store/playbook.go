package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// PlaybookVersion is a version of a group's playbook, who saved it, and when
// (microseconds).
type PlaybookVersion struct {
	Playbook chat.Playbook `json:"playbook"`
	By       chat.AgentID  `json:"by"`
	ByName   string        `json:"by_name"`
	At       int64         `json:"at"`
}

// maxVersions is how many versions one call loads.
const maxVersions = 100

// Playbook loads the newest version of a group's playbook; the zero one where
// nothing is written yet.
func (tx *Tx) Playbook(g chat.GroupID) (PlaybookVersion, error) {
	all, err := tx.PlaybookVersions(g, 0, 1)
	if err != nil || len(all) == 0 {
		return PlaybookVersion{Playbook: chat.Playbook{Group: g}}, err
	}
	return all[0], nil
}

// Playbooks loads the newest version of every group that has one.
func (tx *Tx) Playbooks() (map[chat.GroupID]chat.Playbook, error) {
	all := map[chat.GroupID]chat.Playbook{}
	err := tx.each("load playbooks", `
		SELECT p.body
		FROM playbooks p
		WHERE p.version = (SELECT MAX(m.version) FROM playbooks m WHERE m.grp = p.grp)`, nil, func(rows *sql.Rows) error {
		var p chat.Playbook
		err := rows.Scan(asJSON{&p})
		all[p.Group] = p
		return err
	})
	return all, err
}

// PlaybookVersions loads versions of a group's playbook, the newest first, where
// before is > 0 those below that number; at most 100.
func (tx *Tx) PlaybookVersions(g chat.GroupID, before int64, limit int) ([]PlaybookVersion, error) {
	return list(tx, "load playbooks", `
		SELECT body, agent, name, at
		FROM playbooks
		WHERE grp = $1 AND ($2 <= 0 OR version < $2)
		ORDER BY version DESC
		LIMIT $3`, []any{string(g), before, clamp(limit, maxVersions)}, func(rows *sql.Rows) (v PlaybookVersion, err error) {
		return v, rows.Scan(asJSON{&v.Playbook}, &v.By, &v.ByName, &v.At)
	})
}

// AddPlaybook stores a version; one of that number must not be there.
func (tx *Tx) AddPlaybook(v PlaybookVersion) error {
	body, err := toJSON(v.Playbook)
	if err != nil {
		return err
	}
	_, err = tx.exec("add playbook", `
		INSERT INTO playbooks (grp, version, body, agent, name, at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		string(v.Playbook.Group), v.Playbook.Version, body, string(v.By), v.ByName, v.At)
	return err
}
