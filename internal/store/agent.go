package store

import (
	"database/sql"
	"strings"

	"earshot/internal/chat"
)

const agentColumns = `id, name, email, role, status, reason, until_at, cap, groups, disabled, rights, classes, skills, cause, lease, topics, open_drafts,
	badge_emoji, badge_text, badge_until, undisturbed`

func agentDests(a *chat.Agent) []any {
	return []any{&a.ID, &a.Name, &a.Email, &a.Role, &a.Status, &a.Reason, &a.Until, &a.Limit, asJSON{&a.Groups}, &a.Disabled, &a.Rights,
		asJSON{&a.Classes}, asJSON{&a.Skills}, &a.Cause, &a.Lease, asJSON{&a.Topics}, &a.OpenDrafts,
		&a.Badge.Emoji, &a.Badge.Text, &a.Badge.Until, &a.Undisturbed}
}

func scanAgent(rows *sql.Rows) (a chat.Agent, err error) {
	err = rows.Scan(agentDests(&a)...)
	return whole(a), err
}

// whole is an agent with nothing empty where there may be nothing.
func whole(a chat.Agent) chat.Agent {
	if len(a.Classes) == 0 {
		a.Classes = nil
	}
	if len(a.Skills) == 0 {
		a.Skills = nil
	}
	if len(a.Topics) == 0 {
		a.Topics = nil
	}
	return a
}

// Agents loads every agent, disabled ones included, by name.
func (tx *Tx) Agents() ([]chat.Agent, error) {
	return list(tx, "load agents", `
		SELECT `+agentColumns+`
		FROM agents
		ORDER BY name, id`, nil, scanAgent)
}

// Agent loads one agent.
func (tx *Tx) Agent(id chat.AgentID) (chat.Agent, error) {
	return first(tx, "agent", `
		SELECT `+agentColumns+`
		FROM agents
		WHERE id = $1`, []any{string(id)}, scanAgent)
}

// AgentByEmail loads an agent and the PHC password string, by lower-cased
// address. missing where nobody has it.
func (tx *Tx) AgentByEmail(email string) (chat.Agent, string, error) {
	var phc string
	a, err := first(tx, "agent", `
		SELECT `+agentColumns+`, password
		FROM agents
		WHERE email = $1`, []any{strings.ToLower(email)},
		func(rows *sql.Rows) (a chat.Agent, err error) {
			err = rows.Scan(append(agentDests(&a), &phc)...)
			return whole(a), err
		})
	return a, phc, err
}

// SaveMarks stores what an agent has put at his name, and nothing else of him.
func (tx *Tx) SaveMarks(a chat.Agent) error {
	return tx.put("save marks", `
		UPDATE agents
		SET badge_emoji = $1, badge_text = $2, badge_until = $3, undisturbed = $4
		WHERE id = $5`, a.Badge.Emoji, a.Badge.Text, a.Badge.Until, a.Undisturbed, string(a.ID))
}

// SaveAgent inserts or updates an agent; what stands at his name is kept by
// [Tx.SaveMarks]. The address is stored in lower case; a
// conflict where another agent has it.
func (tx *Tx) SaveAgent(a chat.Agent) error {
	a.Email = strings.ToLower(a.Email)
	if a.Groups == nil {
		a.Groups = []chat.GroupID{}
	}
	groups, err := toJSON(a.Groups)
	if err != nil {
		return err
	}
	if a.Classes == nil {
		a.Classes = map[chat.GroupID]chat.Class{}
	}
	classes, err := toJSON(a.Classes)
	if err != nil {
		return err
	}
	if a.Skills == nil {
		a.Skills = []string{}
	}
	skills, err := toJSON(a.Skills)
	if err != nil {
		return err
	}
	if a.Topics == nil {
		a.Topics = []string{}
	}
	topics, err := toJSON(a.Topics)
	if err != nil {
		return err
	}
	// Looked up instead of refused by the index: some engines end a transaction
	// at its first error.
	taken, err := tx.find("look for address", `
		SELECT 1
		FROM agents
		WHERE email = $1 AND id <> $2`, []any{a.Email, string(a.ID)}, new(int))
	if err != nil {
		return err
	}
	if taken {
		return chat.Errorf(chat.Conflict, "Another agent has the address %s already.", a.Email)
	}
	_, err = tx.exec("save agent", `
		INSERT INTO agents (id, name, email, password, role, status, reason, until_at, cap, groups, disabled, rights, classes, skills, cause, lease, topics, open_drafts)
		VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, email = excluded.email, role = excluded.role, status = excluded.status, reason = excluded.reason,
			until_at = excluded.until_at, cap = excluded.cap, groups = excluded.groups, disabled = excluded.disabled, rights = excluded.rights,
			classes = excluded.classes, skills = excluded.skills, cause = excluded.cause, lease = excluded.lease, topics = excluded.topics,
			open_drafts = excluded.open_drafts`,
		string(a.ID), a.Name, a.Email, string(a.Role), string(a.Status), a.Reason, a.Until, a.Limit, groups, bit(a.Disabled), a.Rights,
		classes, skills, string(a.Cause), a.Lease, topics, bit(a.OpenDrafts))
	return err
}

// SetPassword stores a PHC password string.
func (tx *Tx) SetPassword(a chat.AgentID, phc string) error {
	n, err := tx.exec("set password", `
		UPDATE agents
		SET password = $1
		WHERE id = $2`, phc, string(a))
	if err == nil && n == 0 {
		err = missing("agent")
	}
	return err
}
