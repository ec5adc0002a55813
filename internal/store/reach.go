package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// SavePage keeps what a page of a device says of itself. One whose sign-in has ended
// says nothing any more.
func (tx *Tx) SavePage(id chat.SessionID, p chat.PageWord) error {
	text, err := toJSON(p)
	if err != nil {
		return err
	}
	_, err = tx.exec("save page", `
		INSERT INTO pages (session, page, at, word)
		SELECT s.id, CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT)
		FROM sessions s
		WHERE s.id = $1
		ON CONFLICT (session, page) DO UPDATE
		SET at = excluded.at, word = excluded.word`, string(id), p.Page, p.At, text)
	return err
}

// DropPage forgets a page that is closed.
func (tx *Tx) DropPage(id chat.SessionID, page string) error {
	_, err := tx.exec("drop page", `
		DELETE FROM pages
		WHERE session = $1 AND page = $2`, string(id), page)
	return err
}

// CountPages counts the pages of a device, but for one.
func (tx *Tx) CountPages(id chat.SessionID, but string) (n int, err error) {
	_, err = tx.find("count pages", `
		SELECT COUNT(*)
		FROM pages
		WHERE session = $1 AND page <> $2`, []any{string(id), but}, &n)
	return n, err
}

// ForgetPages removes what was said before a time.
func (tx *Tx) ForgetPages(before int64) error {
	_, err := tx.exec("forget pages", `
		DELETE FROM pages
		WHERE at < $1`, before)
	return err
}

// KnownDevice is a device that somebody is signed in on, with where it is pushed to:
// "" = nowhere. It is connected where a lease of it was renewed.
type KnownDevice struct {
	chat.DeviceFacts
	Agent    chat.AgentID
	Endpoint string
}

// Of one agent, or of all where the id is empty.
const (
	knownDevices = `
		SELECT s.id, s.agent, s.device, s.mobile, COALESCE(p.endpoint, ''), COALESCE(p.sent_at, 0), COALESCE(p.answered_at, 0), COALESCE(p.outcome, ''), COALESCE(p.shown_at, 0),
			EXISTS (SELECT 1 FROM leases l WHERE l.who = '` + agentLease + `' || s.agent AND l.session = s.id AND l.at >= $2 AND l.down_at = 0)
		FROM sessions s
		LEFT JOIN subscriptions p ON p.session = s.id
		WHERE s.expires_at > $1`
	pageWords = `
		SELECT p.session, p.at, p.word
		FROM pages p
		JOIN sessions s ON s.id = p.session`
)

// KnownDevices loads the devices of an agent, or of all where the id is empty, with
// what their pages have said. A lease holds a connection where it was renewed since
// holds.
func (tx *Tx) KnownDevices(a chat.AgentID, now, holds int64) ([]KnownDevice, error) {
	query, args := knownDevices, []any{now, holds}
	if a != "" {
		query, args = query+` AND s.agent = $3`, append(args, string(a))
	}
	all, err := list(tx, "load known devices", query+`
		ORDER BY s.agent, s.created_at, s.id`, args, func(rows *sql.Rows) (d KnownDevice, err error) {
		err = rows.Scan(&d.Session, &d.Agent, &d.Name, &d.Mobile, &d.Endpoint, &d.Proof.SentAt, &d.Proof.AnsweredAt, &d.Proof.Outcome, &d.Proof.ShownAt, &d.Connected)
		d.Subscribed, d.Pages = d.Endpoint != "", []chat.PageWord{}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	return all, tx.addPages(a, all)
}

func (tx *Tx) addPages(a chat.AgentID, devices []KnownDevice) error {
	at := make(map[chat.SessionID]int, len(devices))
	for i, d := range devices {
		at[d.Session] = i
	}
	query, args := pageWords, []any{}
	if a != "" {
		query, args = query+`
		WHERE s.agent = $1`, append(args, string(a))
	}
	return tx.each("load pages", query+`
		ORDER BY p.session, p.page`, args, func(rows *sql.Rows) error {
		var id chat.SessionID
		var said int64
		var p chat.PageWord
		if err := rows.Scan(&id, &said, asJSON{&p}); err != nil {
			return err
		}
		p.At = said
		if i, known := at[id]; known {
			devices[i].Pages = append(devices[i].Pages, p)
		}
		return nil
	})
}

// Unchecked loads those on shift for whom no job of a kind waits.
func (tx *Tx) Unchecked(kind string) ([]chat.AgentID, error) {
	return list(tx, "load who is not tested", `
		SELECT a.id
		FROM agents a
		WHERE a.status IN ('accepting', 'finishing') AND a.disabled = 0
			AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = $1 AND j.key = a.id AND j.dead = 0)
		ORDER BY a.id`, []any{kind}, func(rows *sql.Rows) (a chat.AgentID, err error) {
		return a, rows.Scan(&a)
	})
}

// OpenCheck loads the test of an agent's devices that is under way; none is a zero
// Alert.
func (tx *Tx) OpenCheck(a chat.AgentID) (chat.Alert, error) {
	open, err := list(tx, "find open check", `
		SELECT `+alertColumns+`
		FROM alerts
		WHERE conversation = '' AND agent = $1 AND kind = $2 AND ended_at = 0`, []any{string(a), string(chat.AlertCheck)}, scanAlert)
	if err != nil || len(open) == 0 {
		return chat.Alert{}, err
	}
	return open[0], nil
}
