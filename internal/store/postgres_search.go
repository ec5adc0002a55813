package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"earshot/internal/chat"
)

const (
	maxLexeme = 2000  // bytes of a word; the server takes 2,046
	maxPlace  = 16383 // the last place in a text that the server tells from later ones
)

// vectorOf writes the words of a text, each with its place, as the server reads
// them; nil where an event says nothing.
func vectorOf(text string, said bool) any {
	if !said {
		return nil
	}
	var b strings.Builder
	for i, word := range strings.Fields(indexed(text)) {
		fmt.Fprintf(&b, "%s:%d ", lexeme(word), min(i+1, maxPlace))
	}
	return b.String()
}

// lexeme quotes a word.
func lexeme(word string) string {
	for len(word) > maxLexeme {
		_, size := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-size]
	}
	if strings.ContainsAny(word, `'\`) { // a replacer costs more than most words
		word = strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(word)
	}
	return `'` + word + `'`
}

// queryOf writes what is asked for: parts in any order, the words of each side by
// side.
func queryOf(parts []asked) string {
	all := make([]string, len(parts))
	for i, part := range parts {
		words, begins := part.sought()
		quoted := make([]string, len(words))
		for j, w := range words {
			quoted[j] = lexeme(w)
		}
		all[i] = strings.Join(quoted, " <-> ")
		if begins {
			all[i] += ":*"
		}
	}
	return strings.Join(all, " & ")
}

func (*postgres) found(p *params, parts []asked, q Sought) string {
	in := ""
	if q.In != "" {
		in = ` AND conversation = ` + p.add(string(q.In))
	}
	return `(SELECT pos FROM search WHERE words @@ CAST(` + p.add(queryOf(parts)) + ` AS tsquery) AND pos < ` + p.add(q.Before) + in + `) found`
}

func (*postgres) occurs(part asked) (string, []any) {
	return `SELECT 1 FROM search WHERE words @@ CAST($1 AS tsquery)`, []any{queryOf([]asked{part})}
}

// reindex changes what waits for its position, else what is indexed. In this
// order: where the numberer is at the row, the first statement waits for it and
// the second one finds what it made.
func (*postgres) reindex(tx *Tx, e chat.Event, _, after string) error {
	n, err := tx.exec("replace words that wait", `
		UPDATE unnumbered
		SET words = $1
		WHERE conversation = $2 AND seq = $3`, vectorOf(after, true), string(e.Conversation), e.Seq)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.exec("replace words", `
		UPDATE search
		SET words = CAST($1 AS tsvector)
		WHERE conversation = $2 AND seq = $3`, vectorOf(after, true), string(e.Conversation), e.Seq)
	return err
}
