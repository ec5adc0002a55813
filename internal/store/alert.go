package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const alertColumns = `id, agent, kind, conversation, seq, n, by_name, at, pushed_at, ended_at, how, ladder, step, for_agent, hush`

func scanAlert(rows *sql.Rows) (a chat.Alert, err error) {
	return a, rows.Scan(&a.ID, &a.Agent, &a.Kind, &a.Conversation, &a.Seq, &a.Count, &a.By, &a.At, &a.PushedAt, &a.EndedAt, &a.End, &a.Ladder, &a.Step, &a.For, &a.Hush)
}

// RaiseAlert stores an alert. Where one of its kind is open already, that one counts
// it, and is his own from then on; it answers the alert that holds, and whether it is
// new, or his own only from now on.
func (tx *Tx) RaiseAlert(a chat.Alert) (chat.Alert, bool, error) {
	open, err := list(tx, "find open alert", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE conversation = $1 AND agent = $2 AND kind = $3 AND ended_at = 0`, []any{string(a.Conversation), string(a.Agent), string(a.Kind)}, scanAlert)
	if err != nil {
		return a, false, err
	}
	if len(open) > 0 {
		was := open[0]
		was.Seq, was.By, was.Count = a.Seq, a.By, was.Count+1
		own := was.Step != ""
		if own {
			was.Step, was.For, was.Ladder = "", "", string(was.ID)
		}
		return was, own, tx.put("count alert", `
			UPDATE alerts
			SET seq = $1, by_name = $2, n = n + 1, ladder = $3, step = '', for_agent = '', ended_at = 0, how = ''
			WHERE id = $4`, was.Seq, was.By, was.Ladder, string(was.ID))
	}
	a.Count = 1
	if a.Ladder == "" {
		a.Ladder = string(a.ID)
	}
	return a, true, tx.put("raise alert", `
		INSERT INTO alerts (id, agent, kind, conversation, seq, n, by_name, at, pushed_at, ended_at, how, ladder, step, for_agent, hush)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 0, 0, '', $8, $9, $10, '')`,
		string(a.ID), string(a.Agent), string(a.Kind), string(a.Conversation), a.Seq, a.By, a.At, a.Ladder, string(a.Step), string(a.For))
}

// Alert loads one.
func (tx *Tx) Alert(id chat.AlertID) (chat.Alert, error) {
	return first(tx, "alert", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE id = $1`, []any{string(id)}, scanAlert)
}

// OpenAlerts loads those about a Conversation that nobody has seen.
func (tx *Tx) OpenAlerts(c chat.ConversationID) ([]chat.Alert, error) {
	return list(tx, "load open alerts", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE conversation = $1 AND ended_at = 0
		ORDER BY agent, id`, []any{string(c)}, scanAlert)
}

// AlertsOf loads an agent's alerts, newest first, without the tests that nobody
// asked for.
func (tx *Tx) AlertsOf(a chat.AgentID, limit int) ([]chat.Alert, error) {
	return list(tx, "load alerts", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE agent = $1 AND kind <> $2
		ORDER BY at DESC, id DESC
		LIMIT $3`, []any{string(a), string(chat.AlertCheck), clamp(limit, maxSpan)}, scanAlert)
}

// EndAlert ends an alert that is open and is about nothing newer than upTo, and reports
// whether it did. What came in the moment between looking and ending keeps it open.
func (tx *Tx) EndAlert(id chat.AlertID, how chat.AlertEnd, at, upTo int64) (bool, error) {
	n, err := tx.exec("end alert", `
		UPDATE alerts
		SET ended_at = $1, how = $2
		WHERE id = $3 AND ended_at = 0 AND seq <= $4`, at, string(how), string(id), upTo)
	return n > 0, err
}

// CountAlertDown takes one off what an alert counts.
func (tx *Tx) CountAlertDown(id chat.AlertID) error {
	_, err := tx.exec("count alert down", `
		UPDATE alerts
		SET n = n - 1
		WHERE id = $1 AND n > 1`, string(id))
	return err
}

// PushAlert notes that an alert is being pushed.
func (tx *Tx) PushAlert(id chat.AlertID, at int64) error {
	_, err := tx.exec("note push of alert", `
		UPDATE alerts
		SET pushed_at = $1, hush = ''
		WHERE id = $2`, at, string(id))
	return err
}

// HushAlert notes why an alert is not pushed.
func (tx *Tx) HushAlert(id chat.AlertID, why chat.Hush) error {
	_, err := tx.exec("note hush of alert", `
		UPDATE alerts
		SET hush = $1
		WHERE id = $2`, string(why), string(id))
	return err
}

// HushedAlerts loads an agent's that are open, and were not pushed since he was not to be
// alarmed.
func (tx *Tx) HushedAlerts(a chat.AgentID) ([]chat.Alert, error) {
	return list(tx, "load hushed alerts", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE agent = $1 AND ended_at = 0 AND hush IN ('off', 'quiet', 'undisturbed')
		ORDER BY id`, []any{string(a)}, scanAlert)
}

// Delivery is what became of an alert on a device. Count is how much it counted when
// it was sent; Outcome is what the push service answered, "" = nothing yet.
type Delivery struct {
	Alert      chat.AlertID   `json:"-"`
	Session    chat.SessionID `json:"session"`
	Count      int            `json:"count"`
	SentAt     int64          `json:"sent_at"`
	AnsweredAt int64          `json:"answered_at,omitempty"`
	Outcome    string         `json:"outcome,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	ShownAt    int64          `json:"shown_at,omitempty"`
}

// Deliveries loads what became of an alert, by device.
func (tx *Tx) Deliveries(id chat.AlertID) ([]Delivery, error) {
	return list(tx, "load deliveries", `
		SELECT alert, session, n, sent_at, answered_at, outcome, reason, shown_at
		FROM deliveries
		WHERE alert = $1
		ORDER BY session`, []any{string(id)}, func(rows *sql.Rows) (d Delivery, err error) {
		return d, rows.Scan(&d.Alert, &d.Session, &d.Count, &d.SentAt, &d.AnsweredAt, &d.Outcome, &d.Reason, &d.ShownAt)
	})
}

// SaveDelivery notes that an alert is sent to a device, once more where it was: that the
// device has shown it as it counts stays so.
func (tx *Tx) SaveDelivery(d Delivery) error {
	if _, err := tx.exec("note sending to device", `
		UPDATE subscriptions
		SET sent_at = $1, answered_at = 0, outcome = ''
		WHERE session = $2`, d.SentAt, string(d.Session)); err != nil {
		return err
	}
	_, err := tx.exec("save delivery", `
		INSERT INTO deliveries (alert, session, n, sent_at, answered_at, outcome, reason, shown_at)
		VALUES ($1, $2, $3, $4, 0, '', '', 0)
		ON CONFLICT (alert, session) DO UPDATE
		SET n = excluded.n, sent_at = excluded.sent_at, answered_at = 0, outcome = '', reason = '',
			shown_at = CASE WHEN deliveries.n = excluded.n THEN deliveries.shown_at ELSE 0 END`,
		string(d.Alert), string(d.Session), d.Count, d.SentAt)
	return err
}

// AnswerDelivery notes what the push service answered.
func (tx *Tx) AnswerDelivery(d Delivery) error {
	if _, err := tx.exec("note answer for device", `
		UPDATE subscriptions
		SET answered_at = $1, outcome = $2
		WHERE session = $3`, d.AnsweredAt, d.Outcome, string(d.Session)); err != nil {
		return err
	}
	_, err := tx.exec("answer delivery", `
		UPDATE deliveries
		SET answered_at = $1, outcome = $2, reason = $3
		WHERE alert = $4 AND session = $5 AND n = $6`, d.AnsweredAt, d.Outcome, d.Reason, string(d.Alert), string(d.Session), d.Count)
	return err
}

// ShowDelivery notes that a device shows an alert which was sent to it.
func (tx *Tx) ShowDelivery(id chat.AlertID, on chat.SessionID, at int64) error {
	if _, err := tx.exec("note showing on device", `
		UPDATE subscriptions
		SET shown_at = $1
		WHERE session = $2 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.alert = $3 AND d.session = $2)`, at, string(on), string(id)); err != nil {
		return err
	}
	_, err := tx.exec("show delivery", `
		UPDATE deliveries
		SET shown_at = $1
		WHERE alert = $2 AND session = $3 AND shown_at = 0`, at, string(id), string(on))
	return err
}

// ForgetAlerts removes alerts from before a time, with what became of them.
func (tx *Tx) ForgetAlerts(before int64) error {
	if _, err := tx.exec("forget deliveries", `
		DELETE FROM deliveries
		WHERE alert IN (SELECT id FROM alerts WHERE at < $1)`, before); err != nil {
		return err
	}
	if _, err := tx.exec("forget steps of alerts", `
		DELETE FROM alert_steps
		WHERE at < $1`, before); err != nil {
		return err
	}
	_, err := tx.exec("forget alerts", `
		DELETE FROM alerts
		WHERE at < $1`, before)
	return err
}

// AlertWishes loads when an agent wants pushes.
func (tx *Tx) AlertWishes(a chat.AgentID) (w chat.AlertWishes, err error) {
	_, err = tx.find("load alert wishes", `
		SELECT wishes
		FROM alert_wishes
		WHERE agent = $1`, []any{string(a)}, asJSON{&w})
	return w, err
}

// SetAlertWishes keeps them.
func (tx *Tx) SetAlertWishes(a chat.AgentID, w chat.AlertWishes) error {
	text, err := toJSON(w)
	if err != nil {
		return err
	}
	_, err = tx.exec("save alert wishes", `
		INSERT INTO alert_wishes (agent, wishes)
		VALUES ($1, $2)
		ON CONFLICT (agent) DO UPDATE
		SET wishes = excluded.wishes`, string(a), text)
	return err
}

// HasDevice reports whether an agent has a device that is pushed to.
func (tx *Tx) HasDevice(a chat.AgentID) (bool, error) {
	var one int
	return tx.find("look for a device", `
		SELECT 1
		FROM subscriptions
		WHERE agent = $1
		LIMIT 1`, []any{string(a)}, &one)
}

// TalkLevels loads what agents have chosen for a talk.
func (tx *Tx) TalkLevels(c chat.ConversationID) (map[chat.AgentID]chat.TalkLevel, error) {
	all := map[chat.AgentID]chat.TalkLevel{}
	err := tx.each("load talk levels", `
		SELECT agent, level, muted_until
		FROM talk_levels
		WHERE conversation = $1`, []any{string(c)}, func(rows *sql.Rows) error {
		var a chat.AgentID
		l := chat.TalkLevel{Conversation: c}
		err := rows.Scan(&a, &l.Level, &l.MutedUntil)
		all[a] = l
		return err
	})
	return all, err
}

// ReadUpTo is how far an agent has read a Conversation.
func (tx *Tx) ReadUpTo(c chat.ConversationID, a chat.AgentID) (seq int64, err error) {
	_, err = tx.find("load read mark", `
		SELECT seq
		FROM reads
		WHERE agent = $1 AND conversation = $2`, []any{string(a), string(c)}, &seq)
	return seq, err
}
