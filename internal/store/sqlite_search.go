package store

import "strings"

// changeWords adds words to the full-text index at a position, or removes those
// that were added there.
func changeWords(c *conn, w wordsChange) error {
	text := `INSERT INTO search(rowid, words) VALUES ($1, $2)`
	if w.remove {
		text = `INSERT INTO search(search, rowid, words) VALUES ('delete', $1, $2)`
	}
	_, err := c.exec(text, w.pos, w.words)
	return err
}

// index notes a change of the full-text index.
func (tx *Tx) index(pos int64, text string, remove bool) {
	if words := indexed(text); words != "" {
		tx.batch.words = append(tx.batch.words, wordsChange{remove: remove, pos: pos, words: words})
	}
}

// found looks in one Conversation between its first and its last place in the log:
// the index does not know which words are whose.
func (*sqlite) found(p *params, parts []asked, q Sought) string {
	in := ""
	if q.In != "" {
		c := p.add(string(q.In))
		in = ` AND rowid >= (SELECT pos FROM events WHERE conversation = ` + c + ` ORDER BY seq LIMIT 1)
			AND rowid <= (SELECT pos FROM events WHERE conversation = ` + c + ` ORDER BY seq DESC LIMIT 1)`
	}
	return `(SELECT rowid AS pos FROM search WHERE search MATCH ` + p.add(match(parts)) + ` AND rowid < ` + p.add(q.Before) + in + ` ORDER BY rowid DESC) found`
}

func (*sqlite) occurs(part asked) (string, []any) {
	return `SELECT 1 FROM search WHERE search MATCH $1`, []any{match([]asked{part})}
}

// match writes a query of FTS5 in which every word is quoted.
func match(parts []asked) string {
	terms := make([]string, len(parts))
	for i, part := range parts {
		words, begins := part.sought()
		terms[i] = `"` + strings.ReplaceAll(strings.Join(words, " "), `"`, `""`) + `"`
		if begins {
			terms[i] += "*"
		}
	}
	return strings.Join(terms, " AND ")
}
