package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// AlertStep is a step that was taken. Called is how many it called; Reason why nobody.
type AlertStep struct {
	Ladder string    `json:"-"`
	Step   chat.Step `json:"step"`
	At     int64     `json:"at"`
	Called int       `json:"called"`
	Reason string    `json:"reason,omitempty"`
}

// TakeStep notes that a step is taken, and reports whether it is the first to say so:
// no step is taken twice.
func (tx *Tx) TakeStep(s AlertStep) (bool, error) {
	n, err := tx.exec("take step of alert", `
		INSERT INTO alert_steps (ladder, step, at, called, reason)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ladder, step) DO NOTHING`, s.Ladder, string(s.Step), s.At, s.Called, s.Reason)
	return n > 0, err
}

// AnswerStep notes what became of a step that went out; "" = it arrived.
func (tx *Tx) AnswerStep(ladder string, step chat.Step, reason string) error {
	_, err := tx.exec("answer step of alert", `
		UPDATE alert_steps
		SET reason = $1
		WHERE ladder = $2 AND step = $3`, reason, ladder, string(step))
	return err
}

// AlertSteps loads the steps that were taken for a ladder, the first one first.
func (tx *Tx) AlertSteps(ladder string) ([]AlertStep, error) {
	return list(tx, "load steps of alert", `
		SELECT ladder, step, at, called, reason
		FROM alert_steps
		WHERE ladder = $1
		ORDER BY at, step`, []any{ladder}, func(rows *sql.Rows) (s AlertStep, err error) {
		return s, rows.Scan(&s.Ladder, &s.Step, &s.At, &s.Called, &s.Reason)
	})
}

// AlertsOfLadder loads the alerts of all whom a ladder has called, in the order of
// their agents.
func (tx *Tx) AlertsOfLadder(ladder string) ([]chat.Alert, error) {
	return list(tx, "load alerts of ladder", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE ladder = $1
		ORDER BY agent, id`, []any{ladder}, scanAlert)
}

// LastStepIn is when each agent was called by a step last.
func (tx *Tx) LastStepIn(step chat.Step) (map[chat.AgentID]int64, error) {
	all := map[chat.AgentID]int64{}
	err := tx.each("load last calls", `
		SELECT agent, MAX(at)
		FROM alerts
		WHERE step = $1 AND step <> ''
		GROUP BY agent`, []any{string(step)}, func(rows *sql.Rows) error {
		var a chat.AgentID
		var at int64
		err := rows.Scan(&a, &at)
		all[a] = at
		return err
	})
	return all, err
}
