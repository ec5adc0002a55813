package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Helps notes that an agent takes part in a Thread at a time: from then on, or
// until then.
func (tx *Tx) Helps(c chat.ConversationID, t chat.ThreadID, a chat.AgentID, at int64) error {
	_, err := tx.exec("note who helped", `
		INSERT INTO helped (conversation, thread, agent, since, until)
		VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (conversation, thread, agent) DO UPDATE
		SET until = excluded.until`, string(c), string(t), string(a), at)
	return err
}

// Helped loads who took part in the sittings of a Conversation, those last who
// did lately, at most limit of them from the newest on.
func (tx *Tx) Helped(c chat.ConversationID, limit int) ([]chat.Helped, error) {
	return list(tx, "load who helped", `
		SELECT h.agent, h.conversation, h.thread, h.since, h.until
		FROM helped h
		WHERE h.conversation = $1
		ORDER BY h.until DESC, h.thread, h.agent
		LIMIT $2`, []any{string(c), clamp(limit, maxSpan)}, func(rows *sql.Rows) (h chat.Helped, err error) {
		return h, rows.Scan(&h.Agent, &h.Conversation, &h.Thread, &h.Since, &h.Until)
	})
}

// Card asks an agent who has helped the visitor of a Thread before whether he adds
// what he knows. Basis is the sitting that he knows him from.
type Card struct {
	Thread       chat.ThreadID
	Agent        chat.AgentID
	Conversation chat.ConversationID
	Basis        chat.ThreadID
	Maybe        bool
	At           int64
}

// AddCard stores a card.
func (tx *Tx) AddCard(c Card) error {
	_, err := tx.exec("add card", `
		INSERT INTO cards (thread, agent, conversation, basis, maybe, at, how)
		VALUES ($1, $2, $3, $4, $5, $6, '')`, string(c.Thread), string(c.Agent), string(c.Conversation), string(c.Basis), bit(c.Maybe), c.At)
	return err
}

// EndCard ends an agent's card; false where there is none that is open.
func (tx *Tx) EndCard(t chat.ThreadID, a chat.AgentID, how string) (bool, error) {
	n, err := tx.exec("end card", `
		UPDATE cards
		SET how = $1
		WHERE thread = $2 AND agent = $3 AND how = ''`, how, string(t), string(a))
	return n > 0, err
}

// CardHolders loads who was given a card for a Thread, open or not.
func (tx *Tx) CardHolders(t chat.ThreadID) ([]chat.AgentID, error) {
	return list(tx, "load who has a card", `
		SELECT agent
		FROM cards
		WHERE thread = $1
		ORDER BY agent`, []any{string(t)}, func(rows *sql.Rows) (a chat.AgentID, err error) {
		return a, rows.Scan(&a)
	})
}

// Cards loads the open cards of an agent whose Threads are open, newest first.
func (tx *Tx) Cards(a chat.AgentID, limit int) ([]Card, error) {
	return list(tx, "load cards", `
		SELECT k.thread, k.agent, k.conversation, k.basis, k.maybe, k.at
		FROM cards k
		JOIN threads t ON t.id = k.thread
		WHERE k.agent = $1 AND k.how = '' AND t.state <> 'closed'
		ORDER BY k.at DESC, k.thread
		LIMIT $2`, []any{string(a), clamp(limit, maxSpan)}, func(rows *sql.Rows) (c Card, err error) {
		return c, rows.Scan(&c.Thread, &c.Agent, &c.Conversation, &c.Basis, &c.Maybe, &c.At)
	})
}

// NotesBy loads the newest notes of an agent in a Thread.
func (tx *Tx) NotesBy(a chat.AgentID, c chat.ConversationID, t chat.ThreadID, limit int) ([]chat.Event, error) {
	return list(tx, "load notes of agent", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.thread = $2 AND e.kind = $3 AND e.actor_kind = 'agent' AND e.actor_id = $4
		ORDER BY e.seq DESC
		LIMIT $5`, []any{string(c), string(t), string(chat.KindNote), string(a), clamp(limit, maxSpan)}, scanEvent)
}
