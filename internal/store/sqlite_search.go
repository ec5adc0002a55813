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

// found is the table of positions before one where the parts occur, newest
// first.
func (p *params) found(parts []asked, before int64) string {
	return `(SELECT rowid AS pos FROM search WHERE search MATCH ` + p.add(match(parts)) + ` AND rowid < ` + p.add(before) + ` ORDER BY rowid DESC) found`
}

// match writes a query of FTS5 in which every word is quoted.
func match(parts []asked) string {
	terms := make([]string, len(parts))
	for i, part := range parts {
		words := part.words
		single := false
		if part.run {
			words = pairs(part.words[0])
			if single = len(words) == 0; single {
				words = part.words
			}
		}
		terms[i] = `"` + strings.ReplaceAll(strings.Join(words, " "), `"`, `""`) + `"`
		if part.goOn || single {
			terms[i] += "*"
		}
	}
	return strings.Join(terms, " AND ")
}

// commonWord is how many finds make a word one of its own: it is not taken for
// the beginning of others any more. Gathering every place of every longer word
// takes 25 ms in half a million messages; going through one word's places takes
// none before the page is full.
const commonWord = 500

// settleEnd decides whether the last word of a search may go on.
func (tx *Tx) settleEnd(parts []asked) error {
	last := &parts[len(parts)-1]
	if !last.goOn {
		return nil
	}
	alone := *last
	alone.goOn = false
	n, err := tx.count("count word", `SELECT 1 FROM search WHERE search MATCH $1`, []any{match([]asked{alone})}, commonWord)
	last.goOn = n < commonWord
	return err
}
