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

// Sought is what a search looks for; what is empty narrows nothing.
type Sought struct {
	// Words are what a person typed: each must occur, in the text or in the name of
	// a file, and the last one may be the beginning of a word unless it is a common
	// word by itself.
	Words string
	// In is the one Conversation or talk that is searched, By who said it, From and
	// Until when, in microseconds: at From or later, and before Until.
	In          chat.ConversationID
	By          string
	From, Until int64
	// Before is the position to go on from; 0 = newest.
	Before int64
	Limit  int
}

// Search finds messages and notes that the viewer may see, newest first; next is 0
// where there are no more.
func (tx *Tx) Search(v chat.Viewer, q Sought) (hits []Hit, next int64, err error) {
	asked := ask(q.Words)
	if len(asked) == 0 || v.Kind != chat.ByAgent || v.Agent == "" {
		return []Hit{}, 0, nil
	}
	if err := tx.settleEnd(asked); err != nil {
		return nil, 0, err
	}
	if q.Before <= 0 {
		q.Before = math.MaxInt64
	}
	limit := clamp(q.Limit, maxHits)
	q.Limit = limit + 1
	if hits, err = tx.searchThreads(v, asked, q); err != nil {
		return nil, 0, err
	}
	talked, err := tx.searchTalks(v, asked, q)
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

// narrowed is what else a hit must be, as a condition on events e.
func (p *params) narrowed(q Sought) string {
	text := ""
	if q.In != "" {
		text += ` AND e.conversation = ` + p.add(string(q.In))
	}
	if q.By != "" {
		text += ` AND e.actor_id = ` + p.add(q.By)
	}
	if q.From != 0 {
		text += ` AND e.at >= ` + p.add(q.From)
	}
	if q.Until != 0 {
		text += ` AND e.at < ` + p.add(q.Until)
	}
	return text
}

// searchThreads finds what was said with visitors and about them, newest first.
func (tx *Tx) searchThreads(v chat.Viewer, asked []asked, q Sought) ([]Hit, error) {
	var p params
	return list(tx, "search", `
		SELECT l.pos, `+eventColumns+`, `+visitorColumns+`
		FROM `+tx.store.engine.found(&p, asked, q)+`
		CROSS JOIN log l
		CROSS JOIN events e
		CROSS JOIN threads t
		CROSS JOIN conversations c
		CROSS JOIN visitors v
		WHERE l.pos = found.pos AND e.conversation = l.conversation AND e.seq = l.seq AND e.said = 1 AND e.audience IN ('all', 'agents')
			AND t.id = e.thread AND c.id = e.conversation AND v.id = c.visitor AND `+p.admits("t", v)+p.narrowed(q)+`
		ORDER BY found.pos DESC
		LIMIT `+p.add(q.Limit), p.args, scanHit)
}

// searchTalks finds what the team has said among itself, newest first.
func (tx *Tx) searchTalks(v chat.Viewer, asked []asked, q Sought) ([]Hit, error) {
	var p params
	return list(tx, "search talks", `
		SELECT l.pos, `+eventColumns+`, k.kind, k.talk
		FROM `+tx.store.engine.found(&p, asked, q)+`
		CROSS JOIN log l
		CROSS JOIN events e
		CROSS JOIN talks k
		WHERE l.pos = found.pos AND e.conversation = l.conversation AND e.seq = l.seq AND e.said = 1 AND e.audience = 'agents'
			AND k.conversation = e.conversation AND `+p.talkAdmits("k", v)+p.narrowed(q)+`
		ORDER BY found.pos DESC
		LIMIT `+p.add(q.Limit), p.args, func(rows *sql.Rows) (h Hit, err error) {
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
