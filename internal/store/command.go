package store

import (
	"encoding/hex"

	"earshot/internal/chat"
)

// Command is a stored answer to a command.
type Command struct {
	Key          string
	Actor        string // "agent:a_…", "visitor:v_…"
	Hash         []byte
	Conversation chat.ConversationID
	Answer       []byte // JSON
}

// Command looks a command up by key and actor; false where it is new. Ask before
// anything is stored for it.
func (tx *Tx) Command(key, actor string) (Command, bool, error) {
	c := Command{Key: key, Actor: actor}
	found, err := tx.find("look up command", `
		SELECT hash, conversation, answer
		FROM commands
		WHERE key = $1 AND actor = $2`, []any{key, actor}, hexBytes{&c.Hash}, &c.Conversation, (*rawText)(&c.Answer))
	return c, found, err
}

// SaveCommand remembers a command's answer, for as long as its Conversation.
func (tx *Tx) SaveCommand(c Command) error {
	err := tx.put("save command", `
		INSERT INTO commands (key, actor, hash, conversation, answer)
		VALUES ($1, $2, $3, $4, $5)`, c.Key, c.Actor, hex.EncodeToString(c.Hash), string(c.Conversation), string(c.Answer))
	return err
}

// hexBytes scans bytes that are stored as text.
type hexBytes struct{ into *[]byte }

// Scan implements sql.Scanner.
func (h hexBytes) Scan(src any) (err error) {
	text, _ := src.(string)
	*h.into, err = hex.DecodeString(text)
	return err
}
