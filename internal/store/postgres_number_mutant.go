//go:build mutant_sequence

package store

import "earshot/internal/chat"

// numberEarly is a planted fault: positions come from a bare sequence, before the
// commit. The test of a late commit must turn red.
const numberEarly = true

func placeAtOnce(tx *Tx, e chat.Event, text string, said bool) error {
	var pos int64
	if _, err := tx.find("take a position", `SELECT nextval(pg_get_serial_sequence('unnumbered', 'n'))`, nil, &pos); err != nil {
		return err
	}
	_, err := tx.exec("append to log", `
		INSERT INTO log (pos, conversation, seq)
		VALUES ($1, $2, $3)`, pos, string(e.Conversation), e.Seq)
	if err == nil && said {
		_, err = tx.exec("index words", `
			INSERT INTO search (conversation, seq, pos, words)
			VALUES ($1, $2, $3, CAST($4 AS tsvector))`, string(e.Conversation), e.Seq, pos, vectorOf(text, said))
	}
	return err
}
