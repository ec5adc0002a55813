package store

import "earshot/internal/chat"

// saveGuests stores who may see a Thread though its policy says no, which lists
// and access ask by Thread.
func (tx *Tx) saveGuests(t *chat.Thread) error {
	if _, err := tx.exec("clear guests", `
		DELETE FROM guests
		WHERE thread = $1`, string(t.ID)); err != nil {
		return err
	}
	for _, a := range t.Guests {
		if _, err := tx.exec("save guest", `
			INSERT INTO guests (thread, agent)
			VALUES ($1, $2)`, string(t.ID), string(a)); err != nil {
			return err
		}
	}
	return nil
}
