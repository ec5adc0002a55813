package store

import (
	"cmp"
	"database/sql"
	"slices"

	"earshot/internal/chat"
)

const watchColumns = `w.id, w.watcher, w.conversation, w.thread, w.lead, w.grp, w.told, w.invited, w.began, w.ended, w.whispered, w.how`

func scanWatch(rows *sql.Rows) (w chat.Watch, err error) {
	return w, rows.Scan(&w.ID, &w.Watcher, &w.Conversation, &w.Thread, &w.Lead, &w.Group, &w.Told, &w.Invited, &w.Began, &w.Ended, &w.Whispered, &w.How)
}

// SaveWatch inserts or updates a watch.
func (tx *Tx) SaveWatch(w chat.Watch) error {
	_, err := tx.exec("save watch", `
		INSERT INTO watches (id, watcher, conversation, thread, lead, grp, told, invited, began, ended, whispered, how)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE
		SET told = excluded.told, ended = excluded.ended, whispered = excluded.whispered, how = excluded.how`,
		string(w.ID), string(w.Watcher), string(w.Conversation), string(w.Thread), string(w.Lead), string(w.Group), string(w.Told),
		string(w.Invited), w.Began, w.Ended, w.Whispered, string(w.How))
	return err
}

// WatchesOf loads who watches a Thread now, by when they began.
func (tx *Tx) WatchesOf(t chat.ThreadID) ([]chat.Watch, error) {
	return list(tx, "load watches of a thread", `
		SELECT `+watchColumns+`
		FROM watches w
		WHERE w.thread = $1 AND w.ended = 0
		ORDER BY w.began, w.id`, []any{string(t)}, scanWatch)
}

// Watches loads every watch that goes on, by when they began.
func (tx *Tx) Watches() ([]chat.Watch, error) {
	all, err := list(tx, "load watches", openWatches, nil, scanWatch)
	slices.SortFunc(all, byBegin)
	return all, err
}

// Asked for an order, the database walks through all watches that ever were.
const openWatches = `
		SELECT ` + watchColumns + `
		FROM watches w
		WHERE w.ended = 0`

func byBegin(x, y chat.Watch) int {
	return cmp.Or(cmp.Compare(x.Began, y.Began), cmp.Compare(x.ID, y.ID))
}

// WatchesBy loads what an agent watches now, by when he began.
func (tx *Tx) WatchesBy(a chat.AgentID) ([]chat.Watch, error) {
	all, err := list(tx, "load watches of an agent", openWatchesBy, []any{string(a)}, scanWatch)
	slices.SortFunc(all, byBegin)
	return all, err
}

const openWatchesBy = `
		SELECT ` + watchColumns + `
		FROM watches w
		WHERE w.ended = 0 AND w.watcher = $1`

// WatchQuery asks for a page of the log of watches, newest first: those of whom
// somebody watched (Lead), those that somebody watched himself (Watcher), those of
// chats of some Groups, or all. Before is the last one of the page before.
type WatchQuery struct {
	Lead, Watcher chat.AgentID
	Groups        []chat.GroupID
	Before        chat.WatchMark
	Limit         int
}

// WatchLog loads a page of the log of watches.
func (tx *Tx) WatchLog(q WatchQuery) ([]chat.Watch, error) {
	var p params
	where := "1 = 1"
	if q.Lead != "" {
		where += " AND w.lead = " + p.add(string(q.Lead))
	}
	if q.Watcher != "" {
		where += " AND w.watcher = " + p.add(string(q.Watcher))
	}
	if len(q.Groups) > 0 {
		where += " AND w.grp IN (" + p.in(groupNames(q.Groups)) + ")"
	}
	if q.Before.Began > 0 { // the first of the two lets the index narrow it
		began := p.add(q.Before.Began)
		where += " AND w.began <= " + began + " AND (w.began < " + began + " OR w.id < " + p.add(string(q.Before.ID)) + ")"
	}
	return list(tx, "load log of watches", `
		SELECT `+watchColumns+`
		FROM watches w
		WHERE `+where+`
		ORDER BY w.began DESC, w.id DESC
		LIMIT `+p.add(clamp(q.Limit, maxSpan)), p.args, scanWatch)
}

// WatchInvite is that somebody in a Thread asked a colleague to watch it.
type WatchInvite struct {
	Thread       chat.ThreadID
	Agent        chat.AgentID
	Conversation chat.ConversationID
	By           chat.AgentID
	At           int64
}

// SaveWatchInvite stores an invitation to watch; the newest one of each counts.
func (tx *Tx) SaveWatchInvite(i WatchInvite) error {
	_, err := tx.exec("save invitation to watch", `
		INSERT INTO watch_invites (thread, agent, conversation, invited, at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (thread, agent) DO UPDATE
		SET invited = excluded.invited, at = excluded.at`, string(i.Thread), string(i.Agent), string(i.Conversation), string(i.By), i.At)
	return err
}

// WatchInvite loads who asked an agent to watch a Thread; false where nobody did.
func (tx *Tx) WatchInvite(t chat.ThreadID, a chat.AgentID) (by chat.AgentID, asked bool, err error) {
	asked, err = tx.find("load invitation to watch", `
		SELECT invited
		FROM watch_invites
		WHERE thread = $1 AND agent = $2`, []any{string(t), string(a)}, &by)
	return by, asked, err
}

// WatchInvites loads the Threads that an agent is asked to watch and that are open.
func (tx *Tx) WatchInvites(a chat.AgentID) ([]WatchInvite, error) {
	return list(tx, "load invitations to watch", `
		SELECT i.thread, i.agent, i.conversation, i.invited, i.at
		FROM watch_invites i
		CROSS JOIN threads t
		WHERE i.agent = $1 AND t.id = i.thread AND t.state <> 'closed'
		ORDER BY i.at, i.thread`, []any{string(a)}, func(rows *sql.Rows) (i WatchInvite, err error) {
		return i, rows.Scan(&i.Thread, &i.Agent, &i.Conversation, &i.By, &i.At)
	})
}

// CountWatchInvites counts whom the people of a Thread have asked to watch it.
func (tx *Tx) CountWatchInvites(t chat.ThreadID) (n int, err error) {
	_, err = tx.find("count invitations to watch", `
		SELECT COUNT(*)
		FROM watch_invites
		WHERE thread = $1`, []any{string(t)}, &n)
	return n, err
}

// ForgetWatchInvites removes the invitations to watch a Thread.
func (tx *Tx) ForgetWatchInvites(t chat.ThreadID) error {
	_, err := tx.exec("forget invitations to watch", `
		DELETE FROM watch_invites
		WHERE thread = $1`, string(t))
	return err
}
