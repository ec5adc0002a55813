package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const exampleColumns = `e.id, e.by_agent, e.conversation, e.thread, e.from_seq, e.to_seq, e.title, e.why, e.scope, e.grp, e.created, e.version`

func scanExample(rows *sql.Rows) (e chat.Example, err error) {
	return e, rows.Scan(&e.ID, &e.By, &e.Conversation, &e.Thread, &e.From, &e.To, &e.Title, &e.Why, &e.Scope, &e.Group, &e.Created, &e.Version)
}

// Example loads one example.
func (tx *Tx) Example(id chat.ExampleID) (chat.Example, error) {
	e, err := first(tx, "example", `
		SELECT `+exampleColumns+`
		FROM examples e
		WHERE e.id = $1`, []any{string(id)}, scanExample)
	if err != nil {
		return e, err
	}
	e.Consents, err = tx.consents(id)
	return e, err
}

func (tx *Tx) consents(id chat.ExampleID) ([]chat.Consent, error) {
	return list(tx, "load consents", `
		SELECT agent, answer, at
		FROM example_consents
		WHERE example = $1
		ORDER BY place`, []any{string(id)},
		func(rows *sql.Rows) (c chat.Consent, err error) { return c, rows.Scan(&c.Agent, &c.Answer, &c.At) })
}

// Examples loads the newest examples before an id that are shared, or concern an
// agent. The caller asks for each whether it is shown.
func (tx *Tx) Examples(a chat.AgentID, before chat.ExampleID, limit int) ([]chat.Example, error) {
	all, err := list(tx, "load examples", `
		SELECT `+exampleColumns+`
		FROM examples e
		WHERE ($2 = '' OR e.id < $2)
			AND (e.shared = 1 OR e.by_agent = $1
				OR EXISTS (SELECT 1 FROM example_consents c WHERE c.example = e.id AND c.agent = $1))
		ORDER BY e.id DESC
		LIMIT $3`, []any{string(a), string(before), limit}, scanExample)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Consents, err = tx.consents(all[i].ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// SaveExample inserts or updates an example with its consents.
func (tx *Tx) SaveExample(e chat.Example) error {
	if _, err := tx.exec("save example", `
		INSERT INTO examples (id, by_agent, conversation, thread, from_seq, to_seq, title, why, scope, grp, shared, created, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE
		SET title = excluded.title, why = excluded.why, scope = excluded.scope, grp = excluded.grp, shared = excluded.shared,
			version = excluded.version`,
		string(e.ID), string(e.By), string(e.Conversation), string(e.Thread), e.From, e.To, e.Title, e.Why, string(e.Scope), string(e.Group),
		bit(e.Shared()), e.Created, e.Version); err != nil {
		return err
	}
	if err := tx.forgetConsents(e.ID); err != nil {
		return err
	}
	for i, c := range e.Consents {
		if _, err := tx.exec("save consent", `
			INSERT INTO example_consents (example, agent, answer, at, place)
			VALUES ($1, $2, $3, $4, $5)`, string(e.ID), string(c.Agent), string(c.Answer), c.At, i); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) forgetConsents(id chat.ExampleID) error {
	_, err := tx.exec("forget consents", `
		DELETE FROM example_consents
		WHERE example = $1`, string(id))
	return err
}

// DeleteExample forgets an example.
func (tx *Tx) DeleteExample(id chat.ExampleID) error {
	if err := tx.forgetConsents(id); err != nil {
		return err
	}
	_, err := tx.exec("delete example", `
		DELETE FROM examples
		WHERE id = $1`, string(id))
	return err
}
