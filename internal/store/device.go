package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// DeviceLives loads the lives of the devices that an agent is signed in on; one that
// was never connected is left out. A lease holds a connection where it was renewed
// since holds.
func (tx *Tx) DeviceLives(a chat.AgentID, holds int64) (map[chat.SessionID]Life, error) {
	lives := map[chat.SessionID]Life{}
	err := tx.each("load lives of devices", `
		SELECT l.session, l.at, l.down_at
		FROM leases l
		JOIN sessions s ON s.id = l.session
		WHERE l.who = $1`, []any{Present{Agent: a}.who()},
		func(rows *sql.Rows) error {
			var id chat.SessionID
			var at, down int64
			err := rows.Scan(&id, &at, &down)
			lives[id] = lives[id].with(at, down, holds)
			return err
		})
	return lives, err
}

// Devices are how many devices of an agent are connected, and how many of them are
// phones or tablets.
type Devices struct{ Connected, Mobile int }

// Devices counts the connected devices of each agent who is signed in on one. A
// lease holds a connection where it was renewed since holds.
func (tx *Tx) Devices(holds int64) (map[chat.AgentID]Devices, error) {
	all := map[chat.AgentID]Devices{}
	err := tx.each("count devices", `
		SELECT d.agent, COUNT(*), SUM(d.mobile)
		FROM (
			SELECT DISTINCT s.id, s.agent, s.mobile
			FROM leases l
			JOIN sessions s ON s.id = l.session
			WHERE l.who >= $1 AND l.who < $2 AND l.at >= $3 AND l.down_at = 0
		) d
		GROUP BY d.agent`, []any{agentLease, afterAgents, holds},
		func(rows *sql.Rows) error {
			var a chat.AgentID
			var d Devices
			err := rows.Scan(&a, &d.Connected, &d.Mobile)
			all[a] = d
			return err
		})
	return all, err
}

// NoteInput notes the last key or click on the device of a sign-in, in microseconds.
func (tx *Tx) NoteInput(id chat.SessionID, at int64) error {
	_, err := tx.exec("note input", `
		UPDATE sessions
		SET input_at = $1
		WHERE id = $2 AND input_at < $1`, at, string(id))
	return err
}
