package desk

import (
	"earshot/internal/chat"
	"earshot/internal/store"
)

// hushOf is the one question whether an agent may be alarmed now, by a step and about
// something of a kind: "" = he may. It is asked before a push and a mail go out, and
// before a step calls him for somebody else.
func (d *Desk) hushOf(tx *store.Tx, to chat.Agent, k chat.AlertKind, _ chat.Step) (chat.Hush, error) {
	wishes, err := tx.AlertWishes(to.ID)
	if err != nil {
		return "", err
	}
	return wishes.Hush(k, to, d.now()), nil
}
