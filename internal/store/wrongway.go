package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// WrongWays is how many chats a group passed on to others, and how many of those
// were passed on again soon, to yet another group.
type WrongWays struct {
	Passed int `json:"passed"`
	Wrong  int `json:"wrong"`
}

const wrongWays = `
		SELECT MAX(from_grp), COUNT(*), SUM(CASE WHEN next_grp <> '' AND next_grp <> grp THEN 1 ELSE 0 END)
		FROM precedents
		WHERE at >= $1 AND grp <> from_grp
		GROUP BY from_grp || ''`

// WrongWays counts, for each group, what it passed on since a time
// (microseconds).
func (tx *Tx) WrongWays(since int64) (map[chat.GroupID]WrongWays, error) {
	all := map[chat.GroupID]WrongWays{}
	err := tx.each("count wrong ways", wrongWays, []any{since}, func(rows *sql.Rows) error {
		var g chat.GroupID
		var w WrongWays
		err := rows.Scan(&g, &w.Passed, &w.Wrong)
		all[g] = w
		return err
	})
	return all, err
}

// WrongWay is one of them: a Thread, where it was passed to at a time
// (microseconds), and where it was soon passed on to.
type WrongWay struct {
	Conversation chat.ConversationID `json:"conversation"`
	Thread       chat.ThreadID       `json:"thread"`
	Visitor      string              `json:"visitor,omitempty" doc:"The name that the visitor has given."`
	From         chat.GroupID        `json:"-"`
	Group        chat.GroupID        `json:"group" doc:"Where it was sent."`
	Next         chat.GroupID        `json:"next" doc:"Where it went from there."`
	At           int64               `json:"at"`
}

const maxWrongWays = 500

// ListWrongWays loads those of some groups since a time that a viewer may see, the
// newest first.
func (tx *Tx) ListWrongWays(v chat.Viewer, from []chat.GroupID, since int64) ([]WrongWay, error) {
	var p params
	text := p.wrongWays(v, from, since)
	return list(tx, "load wrong ways", text, p.args, func(rows *sql.Rows) (w WrongWay, err error) {
		return w, rows.Scan(&w.Conversation, &w.Thread, &w.Visitor, &w.From, &w.Group, &w.Next, &w.At)
	})
}

func (p *params) wrongWays(v chat.Viewer, from []chat.GroupID, since int64) string {
	names := make([]string, len(from))
	for i, g := range from {
		names[i] = string(g)
	}
	return `
		SELECT c.id, pr.thread, v.name, pr.from_grp, pr.grp, pr.next_grp, pr.at
		FROM precedents pr
		CROSS JOIN threads t
		CROSS JOIN conversations c
		CROSS JOIN visitors v
		WHERE pr.at >= ` + p.add(since) + ` AND pr.from_grp IN (` + p.in(names) + `) AND pr.grp <> pr.from_grp AND pr.next_grp <> '' AND pr.next_grp <> pr.grp
			AND t.id = pr.thread AND c.id = t.conversation AND v.id = c.visitor AND ` + p.admits("t", v) + `
		ORDER BY pr.at DESC, pr.n DESC
		LIMIT ` + p.add(maxWrongWays)
}
