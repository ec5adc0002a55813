package store

import (
	"database/sql"
	"strings"

	"earshot/internal/chat"
)

// Told is what a waiting visitor was told last. Times are microseconds.
type Told struct {
	Thread       chat.ThreadID
	Conversation chat.ConversationID
	Group        chat.GroupID // in whose queue
	Position     int          // 0 = it was not told
	Lowest       int          // that he was told in this queue; 0 = none
	// Wait is the last range that he read, since Since; where Ranged is false it is
	// hidden now.
	Wait   chat.Minutes
	Ranged bool
	Since  int64
	// At is when it was told. Each word to the same visitor has another one.
	At int64
}

const toldColumns = `thread, conversation, grp, position, lowest, wait_from, wait_to, ranged, since_at, at`

func scanTold(rows *sql.Rows) (t Told, err error) {
	return t, rows.Scan(&t.Thread, &t.Conversation, &t.Group, &t.Position, &t.Lowest, &t.Wait.From, &t.Wait.To, &t.Ranged, &t.Since, &t.At)
}

// AllTold loads what everybody was told who waits.
func (tx *Tx) AllTold() ([]Told, error) {
	return list(tx, "load what was told", `
		SELECT `+toldColumns+`
		FROM told
		ORDER BY thread`, nil, scanTold)
}

// Told loads what the visitors of some Threads were told; those who were told nothing
// are left out.
func (tx *Tx) Told(ids ...chat.ThreadID) ([]Told, error) {
	var p params
	return list(tx, "load what was told", `
		SELECT `+toldColumns+`
		FROM told
		WHERE thread IN (`+p.in(texts(ids))+`)
		ORDER BY thread`, p.args, scanTold)
}

// Queued loads which of some Threads wait in a queue, and in which Group's.
func (tx *Tx) Queued(ids ...chat.ThreadID) (map[chat.ThreadID]chat.GroupID, error) {
	var p params
	all := make(map[chat.ThreadID]chat.GroupID, len(ids))
	err := tx.each("load who waits", `
		SELECT id, grp
		FROM threads
		WHERE id IN (`+p.in(texts(ids))+`) AND state = 'queued'`, p.args, func(rows *sql.Rows) error {
		var id chat.ThreadID
		var g chat.GroupID
		err := rows.Scan(&id, &g)
		all[id] = g
		return err
	})
	return all, err
}

// toldAtOnce rows go into one statement at most. SQLite looks for the name of each
// parameter among those before it, so that one of thousands costs more than several.
const toldAtOnce = 64

// SaveTold stores what visitors are told. Who calls it holds the router's lock: what is
// told follows from what was. Numbers of rows are powers of two, so that few statements
// have to be prepared.
func (tx *Tx) SaveTold(all []Told) error {
	for n := toldAtOnce; n > 0; n /= 2 {
		for len(all) >= n {
			if err := tx.saveTold(all[:n]); err != nil {
				return err
			}
			all = all[n:]
		}
	}
	return nil
}

func (tx *Tx) saveTold(all []Told) error {
	var p params
	rows := make([]string, len(all))
	for i, t := range all {
		rows[i] = "(" + strings.Join([]string{p.add(string(t.Thread)), p.add(string(t.Conversation)), p.add(string(t.Group)), p.add(t.Position), p.add(t.Lowest),
			p.add(t.Wait.From), p.add(t.Wait.To), p.add(bit(t.Ranged)), p.add(t.Since), p.add(t.At)}, ", ") + ")"
	}
	_, err := tx.exec("save what is told", `
		INSERT INTO told (`+toldColumns+`)
		VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (thread) DO UPDATE
		SET conversation = excluded.conversation, grp = excluded.grp, position = excluded.position, lowest = excluded.lowest, wait_from = excluded.wait_from,
			wait_to = excluded.wait_to, ranged = excluded.ranged, since_at = excluded.since_at, at = excluded.at`, p.args...)
	return err
}

// EndTold forgets what the visitors of some Threads were told: they wait no more. Who
// calls it holds the router's lock.
func (tx *Tx) EndTold(ids []chat.ThreadID) error {
	if len(ids) == 0 {
		return nil
	}
	var p params
	_, err := tx.exec("forget what was told", `
		DELETE FROM told
		WHERE thread IN (`+p.in(texts(ids))+`)`, p.args...)
	return err
}

func texts(ids []chat.ThreadID) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}
