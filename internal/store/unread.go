package store

import "earshot/internal/chat"

// MaxUnread is where unread counts stop.
const MaxUnread = 1000

// unread counts messages and notes of others in a Conversation after a seq that
// the viewer may see now, each judged by its own Thread. Both are given as SQL.
func (p *params) unread(conversation, after string, v chat.Viewer) string {
	me := p.add(string(v.Agent))
	return `SELECT COUNT(*) FROM (
			SELECT 1
			FROM events e
			JOIN threads et ON et.id = e.thread
			WHERE e.conversation = ` + conversation + ` AND e.seq > ` + after + ` AND e.said = 1 AND e.audience IN ('all', 'agents')
				AND NOT (e.actor_kind = 'agent' AND e.actor_id = ` + me + `) AND ` + p.admits("et", v) + `
			LIMIT 1000) new_ones`
}

// Unread loads an agent's read mark (seq) and counts messages and notes of
// others after it that the viewer may see, at most MaxUnread.
func (tx *Tx) Unread(c chat.ConversationID, v chat.Viewer) (read int64, unread int, err error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return 0, 0, nil
	}
	if _, err := tx.find("load read mark", `
		SELECT seq
		FROM reads
		WHERE agent = $1 AND conversation = $2`, []any{string(v.Agent), string(c)}, &read); err != nil {
		return 0, 0, err
	}
	var p params
	text := p.unread(p.add(string(c)), p.add(read), v)
	_, err = tx.find("count unread", text, p.args, &unread)
	return read, unread, err
}

// SetRead raises an agent's read mark; false where it was as high already.
func (tx *Tx) SetRead(c chat.ConversationID, a chat.AgentID, seq int64) (bool, error) {
	n, err := tx.exec("set read mark", `
		INSERT INTO reads (agent, conversation, seq)
		VALUES ($1, $2, $3)
		ON CONFLICT (agent, conversation) DO UPDATE
		SET seq = excluded.seq
		WHERE reads.seq < excluded.seq`, string(a), string(c), seq)
	return n > 0, err
}
