package store

import (
	"database/sql"
	"strings"

	"earshot/internal/chat"
)

// Owed is a promise as the ledger keeps it: what was made, and how it ended.
type Owed struct {
	chat.Promise
	Conversation chat.ConversationID `json:"conversation"`
	Thread       chat.ThreadID       `json:"thread"`
	// Deviated is in what it was made otherwise than its Group has decided, Deviation
	// why.
	Deviated  []chat.HeldPart `json:"deviated,omitempty"`
	Deviation string          `json:"deviation,omitempty"`
	// EndedAt is in microseconds; 0 = it is still owed.
	EndedAt int64        `json:"ended_at,omitempty"`
	How     string       `json:"how,omitempty"`
	Late    bool         `json:"late,omitempty"`
	Visitor chat.Visitor `json:"visitor"`
}

// MakePromise enters a promise into the ledger.
func (tx *Tx) MakePromise(p Owed) error {
	_, err := tx.exec("make promise", `
		INSERT INTO promises (conversation, seq, thread, owner, grp, by_agent, way, at, due, deviated, deviation, ended_at, how, late)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', 0)
		ON CONFLICT (conversation, seq) DO NOTHING`,
		string(p.Conversation), p.Seq, string(p.Thread), string(p.Owner), string(p.Group), string(p.By), string(p.Way), p.At, p.Due, deviatedText(p.Deviated), p.Deviation)
	return err
}

// OwePromise notes who owes a promise from now on, and in which Group.
func (tx *Tx) OwePromise(c chat.ConversationID, p chat.Promise) error {
	_, err := tx.exec("pass promise on", `
		UPDATE promises
		SET owner = $1, grp = $2
		WHERE conversation = $3 AND seq = $4 AND ended_at = 0`, string(p.Owner), string(p.Group), string(c), p.Seq)
	return err
}

// InheritPromises makes what is and was owed in a Group that of its successor.
func (tx *Tx) InheritPromises(from, to chat.GroupID) error {
	_, err := tx.exec("inherit promises", `
		UPDATE promises
		SET grp = $1
		WHERE grp = $2`, string(to), string(from))
	return err
}

// EndPromise notes how a promise ended, at a time in microseconds.
func (tx *Tx) EndPromise(c chat.ConversationID, seq int64, how string, late bool, at int64) error {
	_, err := tx.exec("end promise", `
		UPDATE promises
		SET ended_at = $1, how = $2, late = $3
		WHERE conversation = $4 AND seq = $5 AND ended_at = 0`, at, how, bit(late), string(c), seq)
	return err
}

// OwedBy names the Conversations whose visitors an agent owes an answer, by id.
func (tx *Tx) OwedBy(owner chat.AgentID) ([]chat.ConversationID, error) {
	return list(tx, "load what is owed", `
		SELECT DISTINCT conversation
		FROM promises
		WHERE ended_at = 0 AND owner = $1
		ORDER BY conversation`, []any{string(owner)}, func(rows *sql.Rows) (c chat.ConversationID, err error) {
		err = rows.Scan(&c)
		return c, err
	})
}

// PromiseQuery asks for promises. Owner and Group narrow the answer. Ended asks for
// those that ended since a time in microseconds, newest first; without it they are
// the open ones, the next due first. Limit is at most 200.
type PromiseQuery struct {
	Viewer chat.Viewer
	Owner  chat.AgentID
	Group  chat.GroupID
	Ended  bool
	Since  int64
	Limit  int
}

const maxPromises = 200

// Promises loads the promises of Threads that the viewer may see.
func (tx *Tx) Promises(q PromiseQuery) ([]Owed, error) {
	var p params
	text := `
		SELECT pr.conversation, pr.seq, pr.thread, pr.owner, pr.grp, pr.by_agent, pr.way, pr.at, pr.due, pr.deviated, pr.deviation, pr.ended_at, pr.how, pr.late, ` + visitorColumns + `
		FROM promises pr
		CROSS JOIN threads t
		CROSS JOIN conversations c
		CROSS JOIN visitors v
		WHERE t.id = pr.thread AND c.id = pr.conversation AND v.id = c.visitor AND ` + p.admits("t", q.Viewer)
	if q.Owner != "" {
		text += " AND pr.owner = " + p.add(string(q.Owner))
	}
	if q.Group != "" {
		text += " AND pr.grp = " + p.add(string(q.Group))
	}
	if q.Ended {
		text += " AND pr.ended_at > " + p.add(max(q.Since, 0)) + " ORDER BY pr.ended_at DESC, pr.conversation, pr.seq"
	} else {
		text += " AND pr.ended_at = 0 ORDER BY pr.due, pr.conversation, pr.seq"
	}
	return list(tx, "load promises", text+" LIMIT "+p.add(clamp(q.Limit, maxPromises)), p.args, scanPromise)
}

func scanPromise(rows *sql.Rows) (p Owed, err error) {
	var deviated string
	dests := []any{&p.Conversation, &p.Seq, &p.Thread, &p.Owner, &p.Group, &p.By, &p.Way, &p.At, &p.Due, &deviated, &p.Deviation, &p.EndedAt, &p.How, &p.Late}
	err = rows.Scan(append(dests, visitorDests(&p.Visitor)...)...)
	for part := range strings.FieldsSeq(deviated) {
		p.Deviated = append(p.Deviated, chat.HeldPart(part))
	}
	p.SoonAt = chat.SoonAt(p.At, p.Due)
	return p, err
}

// deviatedText are parts as a column holds them: each between spaces, so that one
// can be looked for.
func deviatedText(parts []chat.HeldPart) string {
	text := ""
	for _, p := range parts {
		text += " " + string(p) + " "
	}
	return text
}

// Kept counts what became of the promises that one agent or Group owes: Late ones
// were kept after their time, Overdue ones are still owed after it. Cancelled and
// Open ones count for neither side. Deviations were made otherwise than the Group
// has decided; one may count in several of the figures that tell in what.
type Kept struct {
	Owner      chat.AgentID `json:"owner,omitempty"`
	Group      chat.GroupID `json:"group"`
	InTime     int          `json:"in_time"`
	Late       int          `json:"late"`
	Overdue    int          `json:"overdue"`
	Open       int          `json:"open"`
	Cancelled  int          `json:"cancelled"`
	Deviations int          `json:"deviations"`
	OtherWay   int          `json:"other_way"`
	OtherDue   int          `json:"other_due"`
	OtherSay   int          `json:"other_say"`
	OtherThere int          `json:"other_there"` // somebody was there
}

// KeptPromises counts the promises made since a time, by Group and who owes them;
// now and since are microseconds.
func (tx *Tx) KeptPromises(since, now int64) ([]Kept, error) {
	return list(tx, "count promises", `
		SELECT owner, grp,
			SUM(CASE WHEN how = 'kept' AND late = 0 THEN 1 ELSE 0 END),
			SUM(CASE WHEN how = 'kept' AND late = 1 THEN 1 ELSE 0 END),
			SUM(CASE WHEN ended_at = 0 AND due <= $1 THEN 1 ELSE 0 END),
			SUM(CASE WHEN ended_at = 0 AND due > $1 THEN 1 ELSE 0 END),
			SUM(CASE WHEN how = 'cancelled' THEN 1 ELSE 0 END),
			SUM(CASE WHEN deviated <> '' THEN 1 ELSE 0 END),
			SUM(CASE WHEN deviated LIKE '% way %' THEN 1 ELSE 0 END),
			SUM(CASE WHEN deviated LIKE '% due %' THEN 1 ELSE 0 END),
			SUM(CASE WHEN deviated LIKE '% say %' THEN 1 ELSE 0 END),
			SUM(CASE WHEN deviated LIKE '% there %' THEN 1 ELSE 0 END)
		FROM promises
		WHERE at >= $2
		GROUP BY owner, grp
		ORDER BY grp, owner`, []any{now, since}, func(rows *sql.Rows) (k Kept, err error) {
		return k, rows.Scan(&k.Owner, &k.Group, &k.InTime, &k.Late, &k.Overdue, &k.Open, &k.Cancelled, &k.Deviations,
			&k.OtherWay, &k.OtherDue, &k.OtherSay, &k.OtherThere)
	})
}
