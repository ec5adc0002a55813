package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Aside is what a message of a side-talk stands for in the customer's Conversation:
// the side.asked of a question, or the note of an answer.
type Aside struct {
	Conversation chat.ConversationID
	Seq          int64
}

// SaveAside notes what a message in a talk stands for. Saving it twice is an error:
// it would stand there twice.
func (tx *Tx) SaveAside(talk chat.ConversationID, seq int64, is Aside) error {
	return tx.put("save aside", `
		INSERT INTO asides (talk, seq, conversation, event)
		VALUES ($1, $2, $3, $4)`, string(talk), seq, string(is.Conversation), is.Seq)
}

// AskedFrom lists the customers' Conversations of which something was asked in a talk.
func (tx *Tx) AskedFrom(talk chat.ConversationID) ([]chat.ConversationID, error) {
	return list(tx, "load where was asked from", `
		SELECT DISTINCT conversation
		FROM asides
		WHERE talk = $1
		ORDER BY conversation`, []any{string(talk)}, func(rows *sql.Rows) (c chat.ConversationID, err error) {
		return c, rows.Scan(&c)
	})
}

// NotesOf lists the notes of a Thread, oldest first.
func (tx *Tx) NotesOf(c chat.ConversationID, t chat.ThreadID) ([]chat.Event, error) {
	return list(tx, "load notes of thread", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.thread = $2 AND e.kind = $3
		ORDER BY e.seq`, []any{string(c), string(t), string(chat.KindNote)}, scanEvent)
}

// Aside finds what a message in a talk stands for; false where it is of no
// side-talk. That never changes.
func (tx *Tx) Aside(talk chat.ConversationID, seq int64) (is Aside, found bool, err error) {
	found, err = tx.find("find aside", `
		SELECT conversation, event
		FROM asides
		WHERE talk = $1 AND seq = $2`, []any{string(talk), seq}, &is.Conversation, &is.Seq)
	return is, found, err
}
