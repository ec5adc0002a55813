package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// stateColumns are what scanState reads, of conversations c and threads t. A
// Conversation without a Thread has "" in its thread column.
const stateColumns = `c.id, c.kind, c.site, c.visitor, c.head, c.vhead, c.seen_visitor, c.seen_team,
	c.last_seq, c.last_kind, c.last_by, c.last_by_id, c.last_name, c.last_text, c.last_at,
	COALESCE(t.id, ''), COALESCE(t.number, 0), COALESCE(t.state, ''), COALESCE(t.reason, ''), COALESCE(t.grp, ''),
	COALESCE(t.policy, ''), COALESCE(t.lead, ''), COALESCE(t.members, '[]'), COALESCE(t.started_at, 0), COALESCE(t.queued_at, 0),
	COALESCE(t.taken_at, 0), COALESCE(t.closed_at, 0), COALESCE(t.waiting_since, 0), COALESCE(t.version, 0), COALESCE(t.stub, 0),
	COALESCE(t.first_seq, 0), COALESCE(t.guests, 'null'), COALESCE(t.turn, '{}')`

// stateDests returns where a row of stateColumns goes; settle follows.
func stateDests(s *chat.State) []any {
	c := &s.Conversation
	s.Thread = &chat.Thread{}
	return append([]any{&c.ID, &c.Kind, &c.Site, &c.Visitor, &c.Head, &c.VHead, &c.SeenVisitor, &c.SeenTeam,
		&c.Last.Seq, &c.Last.Kind, &c.Last.By, &c.Last.ByID, &c.Last.Name, &c.Last.Text, &c.Last.At}, threadDests(s.Thread)...)
}

func settle(s *chat.State) {
	if s.Thread.ID == "" {
		s.Thread = nil
		return
	}
	s.Thread.Conversation = s.Conversation.ID
}

// Lock loads a Conversation's state for change. missing where there is none.
func (tx *Tx) Lock(c chat.ConversationID) (chat.State, error) {
	fresh, err := tx.locks(rankOf(c), string(c))
	if err != nil {
		return chat.State{}, err
	}
	if s, ok := tx.batch.known(c); ok {
		return s, nil
	}
	if fresh {
		err = tx.lockConversation(c)
	}
	if err != nil {
		return chat.State{}, err
	}
	s, err := tx.State(c)
	if err == nil {
		tx.batch.remember(s)
	}
	return s, err
}

// lockConversation comes by itself, before the state is read: a statement that
// had to wait for the row would join the others as they were before.
func (tx *Tx) lockConversation(c chat.ConversationID) error {
	return tx.hold("lock conversation", `
		SELECT id
		FROM conversations
		WHERE id = $1`, string(c))
}

// State loads a Conversation's state for reading.
func (tx *Tx) State(c chat.ConversationID) (chat.State, error) {
	s, err := tx.plainState(c)
	if err != nil {
		return chat.State{}, err
	}
	return tx.withTalk(s)
}

func (tx *Tx) plainState(c chat.ConversationID) (chat.State, error) {
	return first(tx, "conversation", `
		SELECT `+stateColumns+`
		FROM conversations c
		LEFT JOIN threads t ON t.id = c.thread
		WHERE c.id = $1`, []any{string(c)},
		func(rows *sql.Rows) (s chat.State, err error) {
			err = rows.Scan(stateDests(&s)...)
			settle(&s)
			return s, err
		})
}

// NewConversation inserts an empty Conversation.
func (tx *Tx) NewConversation(c chat.Conversation) error {
	tx.touched = append(tx.touched, c.ID)
	err := tx.put("new conversation", `
		INSERT INTO conversations (id, kind, site, visitor, head, vhead, seen_visitor, seen_team,
			last_seq, last_kind, last_by, last_by_id, last_name, last_text, last_at, thread)
		VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, '', '', '', '', '', 0, '')`,
		string(c.ID), string(c.Kind), string(c.Site), string(c.Visitor))
	return err
}

// saveConversation stores the numbers, marks and last line of a Conversation
// whose head was at a seq; another head means that somebody else wrote.
func (tx *Tx) saveConversation(s chat.State, head int64) error {
	c, thread := s.Conversation, chat.ThreadID("")
	if s.Thread != nil {
		thread = s.Thread.ID
	}
	return tx.putOne("save conversation", `
		UPDATE conversations
		SET head = $1, vhead = $2, seen_visitor = $3, seen_team = $4, last_seq = $5, last_kind = $6, last_by = $7,
			last_by_id = $8, last_name = $9, last_text = $10, last_at = $11, thread = $12
		WHERE id = $13 AND head = $14`,
		c.Head, c.VHead, c.SeenVisitor, c.SeenTeam, c.Last.Seq, string(c.Last.Kind), string(c.Last.By),
		c.Last.ByID, c.Last.Name, c.Last.Text, c.Last.At, string(thread), string(c.ID), head)
}
