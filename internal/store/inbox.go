package store

import (
	"database/sql"
	"encoding/base64"
	"fmt"

	"earshot/internal/chat"
)

// List names a list of the inbox.
type List string

// The lists.
const (
	ListMy    List = "my"    // open, the agent takes part
	ListQueue List = "queue" // queued, oldest first
	ListAll   List = "all"   // everything that the viewer may see, newest first
)

// ListQuery asks for a page of a list. After is the Next of the page before.
// Limit is at most 100.
type ListQuery struct {
	List   List
	Viewer chat.Viewer
	After  string
	Limit  int
}

// Page is a page of rows, and where the next one starts ("" = no more).
type Page struct {
	Rows []chat.Row `json:"rows"`
	Next string     `json:"next,omitempty"`
}

const (
	maxPage = 100
	// fewOwn is how many Conversations of an agent are sorted by themselves.
	// Above it his share of all of them is so large that going through all by
	// activity finds a page sooner.
	fewOwn = 2000
)

// Inbox loads a page of a list, with the viewer's read marks and unread counts;
// permission is part of the query.
func (tx *Tx) Inbox(q ListQuery) (Page, error) {
	page := Page{Rows: []chat.Row{}}
	if q.Viewer.Kind != chat.ByAgent || q.Viewer.Agent == "" {
		return page, nil
	}
	limit := clamp(q.Limit, maxPage)
	places, err := tx.places(q, limit+1)
	if err != nil {
		return page, err
	}
	if len(places) > limit {
		places = places[:limit]
		page.Next = places[limit-1].encode()
	}
	ids := make([]chat.ConversationID, len(places))
	for i, p := range places {
		ids[i] = p.id
	}
	page.Rows, err = tx.rows(ids, &q.Viewer)
	return page, err
}

// places finds which Conversations stand on a page, in order.
func (tx *Tx) places(q ListQuery, limit int) ([]place, error) {
	after, err := decodePlace(q.After)
	if err != nil {
		return nil, err
	}
	var p params
	var text string
	switch q.List {
	case ListMy:
		few, err := tx.count("count own conversations", `SELECT 1 FROM participants WHERE agent = $1 AND open = 1`, []any{string(q.Viewer.Agent)}, fewOwn)
		if err != nil {
			return nil, err
		}
		text = p.my(q.Viewer, few < fewOwn)
	case ListQueue:
		text = p.queue(q.Viewer)
	case ListAll:
		text = p.all(q.Viewer)
	default:
		return nil, chat.Errorf(chat.Invalid, "There is no list %q; the lists are my, queue and all.", q.List)
	}
	return list(tx, "load list", text+p.page(q.List, after, limit), p.args, func(rows *sql.Rows) (at place, err error) {
		return at, rows.Scan(&at.at, &at.id)
	})
}

// CROSS JOIN keeps the order in which the tables are read as it is written.

func (p *params) my(v chat.Viewer, few bool) string {
	me := p.add(string(v.Agent))
	if !few {
		return p.all(v) + ` AND t.state <> 'closed' AND EXISTS (SELECT 1 FROM participants own WHERE own.thread = t.id AND own.agent = ` + me + `)`
	}
	return `
		SELECT c.last_at, c.id
		FROM participants mine
		CROSS JOIN threads t
		CROSS JOIN conversations c
		WHERE mine.agent = ` + me + ` AND mine.open = 1 AND t.id = mine.thread AND c.id = t.conversation AND ` + p.admits("t", v)
}

func (p *params) all(v chat.Viewer) string {
	return `
		SELECT c.last_at, c.id
		FROM conversations c
		CROSS JOIN threads t
		WHERE c.thread <> '' AND t.id = c.thread AND ` + p.admits("t", v)
}

func (p *params) queue(v chat.Viewer) string {
	return `
		SELECT t.place, t.conversation
		FROM threads t
		WHERE t.state = 'queued' AND ` + p.admits("t", v)
}

// page ends the statement of a list: from a place on, in order.
func (p *params) page(l List, after place, limit int) string {
	at, id, beyond, down := "c.last_at", "c.id", "<", " DESC"
	if l == ListQueue {
		at, id, beyond, down = "t.place", "t.conversation", ">", ""
	}
	text := ""
	if after.id != "" {
		text = " AND (" + at + ", " + id + ") " + beyond + " (" + p.add(after.at) + ", " + p.add(string(after.id)) + ")"
	}
	return text + " ORDER BY " + at + down + ", " + id + down + " LIMIT " + p.add(limit)
}

// place is where a row stands in a list.
type place struct {
	at int64
	id chat.ConversationID
}

func (p place) encode() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", p.at, p.id))
}

func decodePlace(text string) (p place, err error) {
	if text == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d %s", &p.at, &p.id)
	}
	if err != nil {
		return p, chat.Errorf(chat.Invalid, "The list cannot go on from there; load it again from the start.")
	}
	return p, nil
}

// Rows loads rows of any Conversations without reader fields, in the order of
// the ids. Those that have no visitor are left out.
func (tx *Tx) Rows(ids []chat.ConversationID) ([]chat.Row, error) { return tx.rows(ids, nil) }

// rows loads rows, with reader fields where there is a viewer.
func (tx *Tx) rows(ids []chat.ConversationID, v *chat.Viewer) ([]chat.Row, error) {
	found := map[chat.ConversationID]chat.Row{}
	for start := 0; start < len(ids); start += maxPage {
		if err := tx.someRows(ids[start:min(start+maxPage, len(ids))], v, found); err != nil {
			return nil, err
		}
	}
	rows := make([]chat.Row, 0, len(ids))
	for _, id := range ids {
		if r, ok := found[id]; ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (tx *Tx) someRows(ids []chat.ConversationID, v *chat.Viewer, into map[chat.ConversationID]chat.Row) error {
	var p params
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	reader := "0, 0"
	if v != nil {
		mark := `COALESCE((SELECT r.seq FROM reads r WHERE r.agent = ` + p.add(string(v.Agent)) + ` AND r.conversation = c.id), 0)`
		reader = mark + ", (" + p.unread("c.id", mark, *v) + ")"
	}
	return tx.each("load rows", `
		SELECT `+stateColumns+`, `+visitorColumns+`, `+reader+`
		FROM conversations c
		JOIN visitors v ON v.id = c.visitor
		LEFT JOIN threads t ON t.id = c.thread
		WHERE c.id IN (`+p.in(names)+`)`, p.args, func(rows *sql.Rows) error {
		var r chat.Row
		dests := append(stateDests(&r.State), visitorDests(&r.Visitor)...)
		if err := rows.Scan(append(dests, &r.Read, &r.Unread)...); err != nil {
			return err
		}
		settle(&r.State)
		into[r.Conversation.ID] = r
		return nil
	})
}
