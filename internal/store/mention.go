package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Mention is a note, or a message of a talk, that calls an agent.
type Mention struct {
	Conversation chat.ConversationID
	Seq          int64
	At           int64
	Visitor      string // the visitor's name; none in a talk
	Unread       bool
}

// AddMention keeps that a note calls an agent.
func (tx *Tx) AddMention(a chat.AgentID, note chat.Event) error {
	_, err := tx.exec("add mention", `
		INSERT INTO mentions (agent, conversation, seq, thread, at)
		VALUES ($1, $2, $3, $4, $5)`, string(a), string(note.Conversation), note.Seq, string(note.Thread), note.At)
	return err
}

// ForgetMentions forgets whom a message has called, since its words are gone.
func (tx *Tx) ForgetMentions(c chat.ConversationID, seq int64, called []chat.AgentID) error {
	if len(called) == 0 {
		return nil
	}
	var p params
	names := make([]string, len(called))
	for i, a := range called {
		names[i] = string(a)
	}
	text := `
		DELETE FROM mentions
		WHERE agent IN (` + p.in(names) + `) AND conversation = ` + p.add(string(c)) + ` AND seq = ` + p.add(seq)
	_, err := tx.exec("forget mentions", text, p.args...)
	return err
}

// mentions is what both statements read: the notes that call a viewer, in
// Conversations that he may open now, of Threads that he may see now, and the
// messages of talks that he may read.
func (p *params) mentions(v chat.Viewer) string {
	return `
		FROM mentions m
		JOIN conversations c ON c.id = m.conversation
		LEFT JOIN threads t ON t.id = m.thread
		LEFT JOIN threads present ON present.id = c.thread
		LEFT JOIN talks k ON k.conversation = m.conversation
		LEFT JOIN reads r ON r.agent = m.agent AND r.conversation = m.conversation
		WHERE m.agent = ` + p.add(string(v.Agent)) + ` AND (` + p.admits("t", v) + ` AND ` + p.admits("present", v) + ` OR ` + p.talkAdmits("k", v) + `)`
}

// Mentions loads the notes that call a viewer before a time (0 = now), newest
// first.
func (tx *Tx) Mentions(v chat.Viewer, before int64, limit int) ([]Mention, error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return nil, nil
	}
	var p params
	text := `
		SELECT m.conversation, m.seq, m.at, COALESCE((SELECT v.name FROM visitors v WHERE v.id = c.visitor), ''), COALESCE(r.seq, 0) < m.seq` + p.mentions(v)
	if before > 0 {
		text += ` AND m.at < ` + p.add(before)
	}
	return list(tx, "load mentions", text+`
		ORDER BY m.at DESC, m.conversation, m.seq
		LIMIT `+p.add(clamp(limit, maxSpan)), p.args, func(rows *sql.Rows) (m Mention, err error) {
		return m, rows.Scan(&m.Conversation, &m.Seq, &m.At, &m.Visitor, &m.Unread)
	})
}

// UnreadMentions counts those that the viewer has not read, at most MaxUnread.
func (tx *Tx) UnreadMentions(v chat.Viewer) (int, error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return 0, nil
	}
	var p params
	text := `SELECT 1` + p.mentions(v) + ` AND COALESCE(r.seq, 0) < m.seq`
	return tx.count("count unread mentions", text, p.args, MaxUnread)
}
