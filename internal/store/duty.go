package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// Duty is what routing remembers of an agent besides his chats. Times are
// microseconds, 0 = never.
type Duty struct {
	Misses     int   // offers and first replies missed in a row
	InputAt    int64 // last key or click
	WarnedAt   int64 // of no input
	AwayAt     int64 // when that warning makes him away; 0 = it does not hold any more
	AssignedAt int64 // last given a chat
}

// Duties loads what routing remembers of every agent.
func (tx *Tx) Duties() (map[chat.AgentID]Duty, error) {
	all := map[chat.AgentID]Duty{}
	err := tx.each("load duties", `
		SELECT agent, misses, input_at, warned_at, away_at, assigned_at
		FROM duties`, nil, func(rows *sql.Rows) error {
		var a chat.AgentID
		var d Duty
		err := rows.Scan(&a, &d.Misses, &d.InputAt, &d.WarnedAt, &d.AwayAt, &d.AssignedAt)
		all[a] = d
		return err
	})
	return all, err
}

// Duty loads what routing remembers of one agent; zero where that is nothing.
func (tx *Tx) Duty(a chat.AgentID) (d Duty, err error) {
	_, err = tx.find("load duty", `
		SELECT misses, input_at, warned_at, away_at, assigned_at
		FROM duties
		WHERE agent = $1`, []any{string(a)}, &d.Misses, &d.InputAt, &d.WarnedAt, &d.AwayAt, &d.AssignedAt)
	return d, err
}

// SaveDuty stores what routing remembers of an agent.
func (tx *Tx) SaveDuty(a chat.AgentID, d Duty) error {
	_, err := tx.exec("save duty", `
		INSERT INTO duties (agent, misses, input_at, warned_at, away_at, assigned_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (agent) DO UPDATE
		SET misses = excluded.misses, input_at = excluded.input_at, warned_at = excluded.warned_at, away_at = excluded.away_at, assigned_at = excluded.assigned_at`,
		string(a), d.Misses, d.InputAt, d.WarnedAt, d.AwayAt, d.AssignedAt)
	return err
}

// Turns loads, for each group, its members' turns: the count that each had last.
func (tx *Tx) Turns() (map[chat.GroupID]map[chat.AgentID]int64, error) {
	all := map[chat.GroupID]map[chat.AgentID]int64{}
	err := tx.each("load turns", `
		SELECT grp, agent, turn
		FROM turns`, nil, func(rows *sql.Rows) error {
		var g chat.GroupID
		var a chat.AgentID
		var n int64
		err := rows.Scan(&g, &a, &n)
		if all[g] == nil {
			all[g] = map[chat.AgentID]int64{}
		}
		all[g][a] = n
		return err
	})
	return all, err
}

// TakeTurn gives an agent the next turn of a group.
func (tx *Tx) TakeTurn(g chat.GroupID, a chat.AgentID) error {
	_, err := tx.exec("take turn", `
		INSERT INTO turns (grp, agent, turn)
		VALUES ($1, $2, 1 + COALESCE((SELECT MAX(t.turn) FROM turns t WHERE t.grp = $1), 0))
		ON CONFLICT (grp, agent) DO UPDATE
		SET turn = excluded.turn`, string(g), string(a))
	return err
}

// Assignment is an agent being given a Thread. Waited is in microseconds, Held is
// what he had before in hundredths of a chat, Skipped counts those of the group
// that had waited longer and still did.
type Assignment struct {
	At      int64
	Thread  chat.ThreadID
	Agent   chat.AgentID
	Group   chat.GroupID
	Cause   string
	Waited  int64
	Held    int
	Skipped int
	Over    bool
}

// AddAssignment stores an assignment.
func (tx *Tx) AddAssignment(a Assignment) error {
	_, err := tx.exec("add assignment", `
		INSERT INTO assignments (at, thread, agent, grp, cause, waited, held, skipped, over)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (at, thread) DO UPDATE
		SET agent = excluded.agent, grp = excluded.grp, cause = excluded.cause, waited = excluded.waited, held = excluded.held,
			skipped = excluded.skipped, over = excluded.over`,
		a.At, string(a.Thread), string(a.Agent), string(a.Group), a.Cause, a.Waited, a.Held, a.Skipped, bit(a.Over))
	return err
}

// Assignments loads those of a span of time (microseconds, the end left out),
// oldest first.
func (tx *Tx) Assignments(from, to int64) ([]Assignment, error) {
	return list(tx, "load assignments", `
		SELECT at, thread, agent, grp, cause, waited, held, skipped, over
		FROM assignments
		WHERE at >= $1 AND at < $2
		ORDER BY at, thread`, []any{from, to}, func(rows *sql.Rows) (a Assignment, err error) {
		return a, rows.Scan(&a.At, &a.Thread, &a.Agent, &a.Group, &a.Cause, &a.Waited, &a.Held, &a.Skipped, &a.Over)
	})
}

// Grouped or sorted by the column itself, the database would walk through the
// index of agents, and so through all that ever was; the time is what narrows.
const (
	countAssignments = `
		SELECT MAX(agent), COUNT(*)
		FROM assignments
		WHERE at >= $1
		GROUP BY agent || ''`
	availabilityWithin = `
		SELECT agent, began, ended
		FROM availability
		WHERE ended >= $1 AND began < $2
		ORDER BY agent || '', began`
)

// CountAssignments counts, for each agent, what he was given since a time.
func (tx *Tx) CountAssignments(since int64) (map[chat.AgentID]int, error) {
	all := map[chat.AgentID]int{}
	err := tx.each("count assignments", countAssignments, []any{since}, func(rows *sql.Rows) error {
		var a chat.AgentID
		var n int
		err := rows.Scan(&a, &n)
		all[a] = n
		return err
	})
	return all, err
}

// Available is a time in which an agent took chats without a break.
type Available struct {
	Agent        chat.AgentID
	Began, Ended int64 // microseconds
}

// ExtendAvailability notes that agents take chats at a time. Who did so at most
// gap ago goes on with that time; a new one begins for the others.
func (tx *Tx) ExtendAvailability(who []chat.AgentID, at, gap int64) error {
	for _, a := range who {
		n, err := tx.exec("extend availability", `
			UPDATE availability
			SET ended = $1
			WHERE agent = $2 AND ended >= $3 AND began = (SELECT MAX(v.began) FROM availability v WHERE v.agent = $2)`, at, string(a), at-gap)
		if err == nil && n == 0 {
			_, err = tx.exec("begin availability", `
				INSERT INTO availability (agent, began, ended)
				VALUES ($1, $2, $2)
				ON CONFLICT (agent, began) DO NOTHING`, string(a), at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Availability loads the times that reach into a span, by agent and begin.
func (tx *Tx) Availability(from, to int64) ([]Available, error) {
	return list(tx, "load availability", availabilityWithin, []any{from, to}, func(rows *sql.Rows) (v Available, err error) {
		return v, rows.Scan(&v.Agent, &v.Began, &v.Ended)
	})
}
