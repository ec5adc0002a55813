package store

import (
	"cmp"
	"database/sql"
	"math"
	"slices"

	"earshot/internal/chat"
)

// Hit is a message or note that a search found.
type Hit struct {
	Event   chat.Event   `json:"event"`
	Visitor chat.Visitor `json:"visitor"`
	// Talk names the talk where the message stands in one; there is no visitor then.
	Talk *chat.TalkHead `json:"talk,omitempty"`
	// Snippet is the text around the words, with the words between U+0002 and U+0003.
	Snippet string `json:"snippet"`
	pos     int64
}

// maxHits is how many hits one page of a search has at most.
const maxHits = 100

// Search finds messages and notes that the viewer may see, newest first. Words
// are what a person typed: each must occur, and the last one may be the beginning of
// a word unless it is a common word by itself. before is the position to go on
// from (0 = newest); next is 0 where there are no more.
func (tx *Tx) Search(v chat.Viewer, words string, before int64, limit int) (hits []Hit, next int64, err error) {
	asked := ask(words)
	if len(asked) == 0 || v.Kind != chat.ByAgent || v.Agent == "" {
		return []Hit{}, 0, nil
	}
	if err := tx.settleEnd(asked); err != nil {
		return nil, 0, err
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	limit = clamp(limit, maxHits)
	if hits, err = tx.searchThreads(v, asked, before, limit+1); err != nil {
		return nil, 0, err
	}
	talked, err := tx.searchTalks(v, asked, before, limit+1)
	if err != nil {
		return nil, 0, err
	}
	if len(talked) > 0 {
		hits = append(hits, talked...)
		slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(b.pos, a.pos) })
	}
	if len(hits) > limit {
		hits = hits[:limit]
		next = hits[limit-1].pos
	}
	for i := range hits {
		text, _ := saidIn(hits[i].Event)
		hits[i].Snippet = snippet(text, asked)
	}
	return hits, next, nil
}

// searchThreads finds what was said with visitors and about them, newest first.
func (tx *Tx) searchThreads(v chat.Viewer, asked []asked, before int64, limit int) ([]Hit, error) {
	var p params
	return list(tx, "search", `
		SELECT l.pos, `+eventColumns+`, `+visitorColumns+`
		FROM `+tx.store.engine.found(&p, asked, before)+`
		CROSS JOIN log l
		CROSS JOIN events e
		CROSS JOIN threads t
		CROSS JOIN conversations c
		CROSS JOIN visitors v
		WHERE l.pos = found.pos AND e.conversation = l.conversation AND e.seq = l.seq AND e.said = 1 AND e.audience IN ('all', 'agents')
			AND t.id = e.thread AND c.id = e.conversation AND v.id = c.visitor AND `+p.admits("t", v)+`
		ORDER BY found.pos DESC
		LIMIT `+p.add(limit), p.args, scanHit)
}

// searchTalks finds what the team has said among itself, newest first.
func (tx *Tx) searchTalks(v chat.Viewer, asked []asked, before int64, limit int) ([]Hit, error) {
	var p params
	return list(tx, "search talks", `
		SELECT l.pos, `+eventColumns+`, k.kind, k.talk
		FROM `+tx.store.engine.found(&p, asked, before)+`
		CROSS JOIN log l
		CROSS JOIN events e
		CROSS JOIN talks k
		WHERE l.pos = found.pos AND e.conversation = l.conversation AND e.seq = l.seq AND e.said = 1 AND e.audience = 'agents'
			AND k.conversation = e.conversation AND `+p.talkAdmits("k", v)+`
		ORDER BY found.pos DESC
		LIMIT `+p.add(limit), p.args, func(rows *sql.Rows) (h Hit, err error) {
		var form chat.Form
		var t chat.Talk
		dests := append([]any{&h.pos}, eventDests(&h.Event)...)
		if err = rows.Scan(append(dests, &form, asJSON{&t})...); err != nil {
			return h, err
		}
		head := t.Head(form)
		h.Talk = &head
		return h, nil
	})
}

func scanHit(rows *sql.Rows) (h Hit, err error) {
	dests := append([]any{&h.pos}, eventDests(&h.Event)...)
	return h, rows.Scan(append(dests, visitorDests(&h.Visitor)...)...)
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
	text, args := tx.store.engine.occurs(alone)
	n, err := tx.count("count word", text, args, commonWord)
	last.goOn = n < commonWord
	return err
}
