package store

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"earshot/internal/chat"
)

// Precedent is a chat that was passed on. N is given by the store and grows.
type Precedent struct {
	N      int64
	Site   chat.SiteID
	Thread chat.ThreadID
	At     int64 // microseconds
	// Page and Words are what it was about by then.
	Page  string
	Words []string
	From  chat.GroupID
	Group chat.GroupID
	// Agent took it in the end, at TakenAt; "" = nobody has yet.
	Agent   chat.AgentID
	TakenAt int64
	// Next is where it was passed on to soon; "" = it was not.
	Next chat.GroupID
}

// Keeping is how much of the precedents is kept: so many of all, and of each word
// so many, the newest.
type Keeping struct{ All, Each int }

// AddPrecedent stores a precedent and drops what is more than is kept. Of a word
// that everybody uses, the older ones say nothing that the newer ones do not.
func (tx *Tx) AddPrecedent(p Precedent, keep Keeping) error {
	if _, err := tx.find("number a precedent", `
		SELECT COALESCE(MAX(n), 0) + 1
		FROM precedents`, nil, &p.N); err != nil {
		return err
	}
	if p.Words == nil {
		p.Words = []string{}
	}
	words, err := toJSON(p.Words)
	if err != nil {
		return err
	}
	if _, err := tx.exec("add precedent", `
		INSERT INTO precedents (n, site, thread, at, page, words, from_grp, grp, agent, taken_at, next_grp)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.N, string(p.Site), string(p.Thread), p.At, p.Page, words, string(p.From), string(p.Group), string(p.Agent), p.TakenAt, string(p.Next)); err != nil {
		return err
	}
	for _, word := range p.Words {
		if err := tx.addPrecedentWord(p, word, keep.Each); err != nil {
			return err
		}
	}
	return tx.dropPrecedents(`n <= $1`, p.N-int64(keep.All))
}

func (tx *Tx) addPrecedentWord(p Precedent, word string, keep int) error {
	if _, err := tx.exec("add word of precedent", `
		INSERT INTO precedent_words (site, word, n)
		VALUES ($1, $2, $3)
		ON CONFLICT (site, word, n) DO NOTHING`, string(p.Site), word, p.N); err != nil {
		return err
	}
	_, err := tx.exec("drop old words of precedents", `
		DELETE FROM precedent_words
		WHERE site = $1 AND word = $2 AND n <= (
			SELECT n
			FROM precedent_words
			WHERE site = $1 AND word = $2
			ORDER BY n DESC
			LIMIT 1 OFFSET $3)`, string(p.Site), word, keep)
	return err
}

// dropPrecedents deletes those of a condition with one argument, and their words.
func (tx *Tx) dropPrecedents(where string, arg any) error {
	gone, err := list(tx, "load precedents to drop", `
		SELECT `+precedentColumns+`
		FROM precedents
		WHERE `+where, []any{arg}, scanPrecedent)
	if err != nil || len(gone) == 0 {
		return err
	}
	for _, p := range gone {
		for _, word := range p.Words {
			if _, err := tx.exec("drop word of precedent", `
				DELETE FROM precedent_words
				WHERE site = $1 AND word = $2 AND n = $3`, string(p.Site), word, p.N); err != nil {
				return err
			}
		}
	}
	_, err = tx.exec("drop precedents", `
		DELETE FROM precedents
		WHERE `+where, arg)
	return err
}

const precedentColumns = `n, site, thread, at, page, words, from_grp, grp, agent, taken_at, next_grp`

func scanPrecedent(rows *sql.Rows) (p Precedent, err error) {
	return p, rows.Scan(&p.N, &p.Site, &p.Thread, &p.At, &p.Page, asJSON{&p.Words}, &p.From, &p.Group, &p.Agent, &p.TakenAt, &p.Next)
}

// ForgetPrecedents drops those of a Thread: what its visitor wrote is not to be
// remembered.
func (tx *Tx) ForgetPrecedents(t chat.ThreadID) error {
	return tx.dropPrecedents(`thread = $1`, string(t))
}

// LastPrecedent loads the newest one of a Thread; false where there is none.
func (tx *Tx) LastPrecedent(t chat.ThreadID) (Precedent, bool, error) {
	all, err := list(tx, "load last precedent", `
		SELECT `+precedentColumns+`
		FROM precedents
		WHERE thread = $1
		ORDER BY n DESC
		LIMIT 1`, []any{string(t)}, scanPrecedent)
	if err != nil || len(all) == 0 {
		return Precedent{}, false, err
	}
	return all[0], true, nil
}

// TakePrecedent notes who took it, and when.
func (tx *Tx) TakePrecedent(n int64, a chat.AgentID, at int64) error {
	_, err := tx.exec("take precedent", `
		UPDATE precedents
		SET agent = $1, taken_at = $2
		WHERE n = $3`, string(a), at, n)
	return err
}

// PassPrecedent notes that it was passed on soon, and where to.
func (tx *Tx) PassPrecedent(n int64, next chat.GroupID) error {
	_, err := tx.exec("pass precedent on", `
		UPDATE precedents
		SET next_grp = $1
		WHERE n = $2`, string(next), n)
	return err
}

// The looks at precedents. Each ends at its limit inside an index.
const (
	alikeOnSite   = `SELECT n FROM precedents WHERE site = $1 ORDER BY n DESC LIMIT $2`
	alikeOnPage   = `SELECT n FROM precedents WHERE site = $1 AND page = $2 ORDER BY n DESC LIMIT $3`
	alikeWithWord = `SELECT n FROM precedent_words WHERE site = $1 AND word = $2 ORDER BY n DESC LIMIT $3`
)

// Alike loads the newest precedents of a site, those of a page, and those of each
// word, at most so many of each look; Words are those of words that led to it.
func (tx *Tx) Alike(site chat.SiteID, page string, words []string, each int) ([]Precedent, error) {
	found := map[int64][]string{} // the words that led to each
	look := func(word, text string, args ...any) error {
		return tx.each("look for precedents", text, args, func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			if found[n] = append(found[n], word); word == "" {
				found[n] = found[n][:len(found[n])-1]
			}
			return err
		})
	}
	err := look("", alikeOnSite, string(site), each)
	if err == nil && page != "" {
		err = look("", alikeOnPage, string(site), page, each)
	}
	for _, word := range words {
		if err == nil {
			err = look(word, alikeWithWord, string(site), word, each)
		}
	}
	if err != nil {
		return nil, err
	}
	return tx.precedentsOf(found)
}

// precedentsOf loads precedents by number, the newest first: each once, however
// many looks have found it.
func (tx *Tx) precedentsOf(found map[int64][]string) ([]Precedent, error) {
	all := make([]Precedent, 0, len(found))
	for some := range slices.Chunk(slices.Sorted(maps.Keys(found)), precedentsAtOnce) {
		// Always as many marks, so that the statement is prepared once.
		marks, args := make([]string, precedentsAtOnce), make([]any, precedentsAtOnce)
		for i := range marks {
			marks[i], args[i] = fmt.Sprint("$", i+1), some[min(i, len(some)-1)]
		}
		err := tx.each("load precedents", `
			SELECT n, page, grp, agent, next_grp
			FROM precedents
			WHERE n IN (`+strings.Join(marks, ", ")+`)
			ORDER BY n`, args, func(rows *sql.Rows) error {
			var p Precedent
			err := rows.Scan(&p.N, &p.Page, &p.Group, &p.Agent, &p.Next)
			p.Words = found[p.N]
			all = append(all, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Reverse(all)
	return all, nil
}

const precedentsAtOnce = 256
