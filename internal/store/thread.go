package store

import (
	"database/sql"
	"reflect"
	"slices"

	"earshot/internal/chat"
)

const threadColumns = `t.id, t.number, t.state, t.reason, t.grp, t.policy, t.lead, t.members, t.started_at, t.queued_at,
	t.taken_at, t.closed_at, t.waiting_since, t.version`

func threadDests(t *chat.Thread) []any {
	return []any{&t.ID, &t.Number, &t.State, &t.Reason, &t.Group, &t.Policy, &t.Lead, asJSON{&t.Members}, &t.StartedAt, &t.QueuedAt,
		&t.TakenAt, &t.ClosedAt, &t.WaitingSince, &t.Version}
}

func scanThread(rows *sql.Rows) (t chat.Thread, err error) {
	return t, rows.Scan(append(threadDests(&t), &t.Conversation)...)
}

// Thread loads a Thread; Access is its Access().
func (tx *Tx) Thread(t chat.ThreadID) (chat.Thread, error) {
	return first(tx, "thread", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.id = $1`, []any{string(t)}, scanThread)
}

// Threads loads all Threads of a Conversation, oldest first.
func (tx *Tx) Threads(c chat.ConversationID) ([]chat.Thread, error) {
	return list(tx, "load threads", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.conversation = $1
		ORDER BY t.number`, []any{string(c)}, scanThread)
}

// saveThread stores a Thread that differs from was, which is stored; nil where
// that is not known.
func (tx *Tx) saveThread(t, was *chat.Thread) error {
	if t == nil || was != nil && same(was, t) {
		return nil
	}
	members, err := toJSON(t.Members)
	if err != nil {
		return err
	}
	_, err = tx.exec("save thread", `
		INSERT INTO threads (id, conversation, number, state, reason, grp, policy, lead, members, started_at, queued_at,
			taken_at, closed_at, waiting_since, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (id) DO UPDATE
		SET state = excluded.state, reason = excluded.reason, grp = excluded.grp, policy = excluded.policy, lead = excluded.lead,
			members = excluded.members, queued_at = excluded.queued_at, taken_at = excluded.taken_at, closed_at = excluded.closed_at,
			waiting_since = excluded.waiting_since, version = excluded.version`,
		string(t.ID), string(t.Conversation), t.Number, string(t.State), string(t.Reason), string(t.Group), string(t.Policy),
		string(t.Lead), members, t.StartedAt, t.QueuedAt, t.TakenAt, t.ClosedAt, t.WaitingSince, t.Version)
	if err != nil {
		return err
	}
	if was != nil && was.ID == t.ID && was.Lead == t.Lead && was.Open() == t.Open() && slices.Equal(was.Members, t.Members) {
		return nil
	}
	return tx.saveParticipants(t)
}

// saveParticipants stores who takes part, which lists and access ask by agent.
func (tx *Tx) saveParticipants(t *chat.Thread) error {
	if _, err := tx.exec("clear participants", `
		DELETE FROM participants
		WHERE thread = $1`, string(t.ID)); err != nil {
		return err
	}
	for _, a := range append([]chat.AgentID{t.Lead}, t.Members...) {
		if a == "" {
			continue
		}
		if _, err := tx.exec("save participant", `
			INSERT INTO participants (thread, agent, open)
			VALUES ($1, $2, $3)
			ON CONFLICT (thread, agent) DO NOTHING`, string(t.ID), string(a), bit(t.Open())); err != nil {
			return err
		}
	}
	return nil
}

// same reports whether two Threads would be stored alike.
func same(a, b *chat.Thread) bool {
	x, y := *a, *b
	x.Members, y.Members = nil, nil
	return slices.Equal(a.Members, b.Members) && reflect.DeepEqual(x, y)
}
