package store

import (
	"database/sql"

	"earshot/internal/chat"
)

// ReplyUse is that a message was made of a saved reply.
type ReplyUse struct {
	Reply        chat.SavedReplyID
	Conversation chat.ConversationID
	Seq          int64
	Agent        chat.AgentID
	Edited       bool
	At           int64
}

// UseReply notes and counts that a message was made of a reply.
func (tx *Tx) UseReply(u ReplyUse) error {
	if _, err := tx.exec("note use of a reply", `
		INSERT INTO reply_uses (reply, conversation, seq, agent, edited, at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		string(u.Reply), string(u.Conversation), u.Seq, string(u.Agent), bit(u.Edited), u.At); err != nil {
		return err
	}
	_, err := tx.exec("count use of a reply", `
		INSERT INTO reply_weeks (reply, week, agent, sent, edited, last)
		VALUES ($1, $2, $3, 1, $4, $5)
		ON CONFLICT (reply, week, agent) DO UPDATE
		SET sent = reply_weeks.sent + 1, edited = reply_weeks.edited + excluded.edited, last = excluded.last`,
		string(u.Reply), chat.WeekOf(u.At), string(u.Agent), bit(u.Edited), u.At)
	return err
}

// ReplyWeeks counts the uses of every reply since a week, an agent's own apart.
func (tx *Tx) ReplyWeeks(a chat.AgentID, since int64) (map[chat.SavedReplyID][]chat.ReplyWeek, error) {
	all := map[chat.SavedReplyID][]chat.ReplyWeek{}
	err := tx.each("load uses of replies", `
		SELECT reply, week, SUM(sent), SUM(CASE WHEN agent = $1 THEN sent ELSE 0 END)
		FROM reply_weeks
		WHERE week >= $2
		GROUP BY reply, week
		ORDER BY reply, week`, []any{string(a), since}, func(rows *sql.Rows) error {
		var id chat.SavedReplyID
		var w chat.ReplyWeek
		err := rows.Scan(&id, &w.Week, &w.All, &w.Own)
		all[id] = append(all[id], w)
		return err
	})
	return all, err
}

// ReplyFigures is how a reply was used since a week; Last is when it was used last,
// ever, 0 where it never was.
type ReplyFigures struct {
	Sent   int   `json:"sent"`
	Edited int   `json:"edited" doc:"How many of them were changed before they were sent."`
	People int   `json:"people" doc:"By how many agents."`
	Last   int64 `json:"last,omitempty" doc:"When it was used last, ever, microseconds."`
}

// ReplyFigures counts the uses of every reply since a week.
func (tx *Tx) ReplyFigures(since int64) (map[chat.SavedReplyID]ReplyFigures, error) {
	all := map[chat.SavedReplyID]ReplyFigures{}
	err := tx.each("count uses of replies", `
		SELECT reply, SUM(CASE WHEN week >= $1 THEN sent ELSE 0 END), SUM(CASE WHEN week >= $1 THEN edited ELSE 0 END),
			COUNT(DISTINCT CASE WHEN week >= $1 THEN agent END), MAX(last)
		FROM reply_weeks
		GROUP BY reply`, []any{since}, func(rows *sql.Rows) error {
		var id chat.SavedReplyID
		var f ReplyFigures
		err := rows.Scan(&id, &f.Sent, &f.Edited, &f.People, &f.Last)
		all[id] = f
		return err
	})
	return all, err
}

// ReplyUses loads the newest uses of a reply since a time, microseconds.
func (tx *Tx) ReplyUses(id chat.SavedReplyID, since int64, limit int) ([]ReplyUse, error) {
	return list(tx, "load uses of a reply", `
		SELECT reply, conversation, seq, agent, edited, at
		FROM reply_uses
		WHERE reply = $1 AND at >= $2
		ORDER BY at DESC, conversation, seq
		LIMIT $3`, []any{string(id), since, clamp(limit, maxSpan)}, func(rows *sql.Rows) (u ReplyUse, err error) {
		return u, rows.Scan(&u.Reply, &u.Conversation, &u.Seq, &u.Agent, &u.Edited, &u.At)
	})
}

// ForgetReplyUses removes from before a time, microseconds, which messages were made
// of replies. How often stays counted.
func (tx *Tx) ForgetReplyUses(before int64) error {
	_, err := tx.exec("forget uses of replies", `
		DELETE FROM reply_uses
		WHERE reply IN (SELECT id FROM saved_replies) AND at < $1`, before)
	return err
}
