package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const feedbackColumns = `id, coach, agent, conversation, thread, from_seq, to_seq, kind, text, suggestion, state, words, created, given, changed, version`

func scanFeedback(rows *sql.Rows) (f chat.Feedback, err error) {
	return f, rows.Scan(&f.ID, &f.Coach, &f.Agent, &f.Conversation, &f.Thread, &f.From, &f.To, &f.Kind, &f.Text, &f.Suggestion, &f.State,
		asJSON{&f.Words}, &f.Created, &f.Given, &f.Changed, &f.Version)
}

// Feedback loads one feedback.
func (tx *Tx) Feedback(id chat.FeedbackID) (chat.Feedback, error) {
	return first(tx, "feedback", `
		SELECT `+feedbackColumns+`
		FROM feedback
		WHERE id = $1`, []any{string(id)}, scanFeedback)
}

// FeedbackGivenBy loads a coach's newest feedback before an id, drafts included.
func (tx *Tx) FeedbackGivenBy(coach chat.AgentID, before chat.FeedbackID, limit int) ([]chat.Feedback, error) {
	return list(tx, "load given feedback", `
		SELECT `+feedbackColumns+`
		FROM feedback
		WHERE coach = $1 AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, []any{string(coach), string(before), limit}, scanFeedback)
}

// FeedbackReceivedBy loads the newest feedback that an agent was given, before an
// id.
func (tx *Tx) FeedbackReceivedBy(agent chat.AgentID, before chat.FeedbackID, limit int) ([]chat.Feedback, error) {
	return list(tx, "load received feedback", `
		SELECT `+feedbackColumns+`
		FROM feedback
		WHERE agent = $1 AND given > 0 AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, []any{string(agent), string(before), limit}, scanFeedback)
}

// SaveFeedback inserts a feedback or updates what may change of it.
func (tx *Tx) SaveFeedback(f chat.Feedback) error {
	words, err := toJSON(f.Words)
	if err != nil {
		return err
	}
	_, err = tx.exec("save feedback", `
		INSERT INTO feedback (`+feedbackColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE
		SET kind = excluded.kind, text = excluded.text, suggestion = excluded.suggestion, state = excluded.state, words = excluded.words,
			given = excluded.given, changed = excluded.changed, version = excluded.version`,
		string(f.ID), string(f.Coach), string(f.Agent), string(f.Conversation), string(f.Thread), f.From, f.To, string(f.Kind), f.Text,
		f.Suggestion, string(f.State), words, f.Created, f.Given, f.Changed, f.Version)
	return err
}

// DeleteFeedback forgets a draft.
func (tx *Tx) DeleteFeedback(id chat.FeedbackID) error {
	_, err := tx.exec("delete feedback", `
		DELETE FROM feedback
		WHERE id = $1`, string(id))
	return err
}

// FeedbackCount is how much feedback of a kind an agent was given in a month.
type FeedbackCount struct {
	Month int64 // its first moment in UTC, microseconds
	Kind  chat.FeedbackKind
	Count int
}

// FeedbackFigures counts what an agent was given between two moments, by kind;
// what was withdrawn is left out. months are the first moments of the months,
// ascending, and the end of the last.
func (tx *Tx) FeedbackFigures(agent chat.AgentID, months []int64) (all []FeedbackCount, err error) {
	for i := range len(months) - 1 {
		err = tx.each("count feedback", `
			SELECT kind, COUNT(*)
			FROM feedback
			WHERE agent = $1 AND given > 0 AND given >= $2 AND given < $3 AND state <> $4
			GROUP BY kind
			ORDER BY kind`, []any{string(agent), months[i], months[i+1], string(chat.FeedbackWithdrawn)}, func(rows *sql.Rows) error {
			c := FeedbackCount{Month: months[i]}
			err := rows.Scan(&c.Kind, &c.Count)
			all = append(all, c)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CoachingCounts are what waits for an agent's eyes.
type CoachingCounts struct {
	Received int `json:"received" doc:"Feedback that I have not looked at."`
	Waiting  int `json:"waiting" doc:"Feedback of mine that was answered or disputed."`
	Moments  int `json:"moments" doc:"Moments that I have not used."`
	Consents int `json:"consents" doc:"Examples that ask me."`
	Grades   int `json:"grades" doc:"Shadow replies that I am to grade."`
}

// CoachingCounts counts what waits for an agent, at most MaxCount each.
func (tx *Tx) CoachingCounts(a chat.AgentID) (c CoachingCounts, err error) {
	for _, one := range []struct {
		into *int
		text string
	}{
		{&c.Received, `SELECT 1 FROM feedback WHERE agent = $1 AND given > 0 AND state = 'given'`},
		{&c.Waiting, `SELECT 1 FROM feedback WHERE coach = $1 AND state IN ('answered', 'disputed')`},
		{&c.Moments, `SELECT 1 FROM moments WHERE coach = $1 AND feedback = ''`},
		{&c.Consents, `SELECT 1 FROM example_consents WHERE agent = $1 AND answer = ''`},
		{&c.Grades, `SELECT 1 FROM shadows WHERE coach = $1 AND coach <> '' AND grade = ''`},
	} {
		if *one.into, err = tx.count("count what waits", one.text, []any{string(a)}, MaxCount); err != nil {
			return c, err
		}
	}
	return c, nil
}
