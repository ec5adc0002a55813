package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// WatchSum is for how long and how often one agent watched the chats of another in a
// Group, in microseconds. Known are those that the lead may know by name, or that are over.
type WatchSum struct {
	Lead, Watcher chat.AgentID
	Group         chat.GroupID
	Known         bool
	Lasted        int64
	Times         int
}

// WatchSums adds up the watches that have begun since a time; one that goes on lasts
// until now.
func (tx *Tx) WatchSums(since, now int64) ([]WatchSum, error) {
	return list(tx, "add up watches", watchSums, []any{now, since}, func(rows *sql.Rows) (s WatchSum, err error) {
		return s, rows.Scan(&s.Lead, &s.Watcher, &s.Group, &s.Known, &s.Lasted, &s.Times)
	})
}

const watchSums = `
		SELECT w.lead, w.watcher, w.grp, CASE WHEN w.ended <> 0 OR w.told = 'names' OR w.whispered > 0 THEN 1 ELSE 0 END AS known,
			SUM(CASE WHEN w.ended = 0 THEN $1 ELSE w.ended END - w.began), COUNT(*)
		FROM watches w
		WHERE w.began >= $2
		GROUP BY w.lead, w.watcher, w.grp, known
		ORDER BY w.lead, w.watcher, w.grp, known`
