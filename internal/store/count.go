package store

import (
	"strings"

	"earshot/internal/chat"
)

// MaxCount is where counts of lists stop: more is shown as "999+".
const MaxCount = 1000

// Counts are how many Conversations each list holds for a viewer, at most
// MaxCount.
type Counts struct {
	My    int `json:"my"`
	Queue int `json:"queue"`
	All   int `json:"all"` // open ones
}

// Counts counts the lists for a viewer.
func (tx *Tx) Counts(v chat.Viewer) (c Counts, err error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return c, nil
	}
	var p params
	admitted := `t.policy IN ('open', 'group', 'lead')` // whoever takes part is admitted
	me := p.add(string(v.Agent))
	if !v.Role.Answers() {
		admitted = p.admits("t", v)
	}
	c.My, err = tx.count("count own conversations", `
		SELECT 1
		FROM participants mine
		CROSS JOIN threads t
		WHERE mine.agent = `+me+` AND mine.open = 1 AND t.id = mine.thread AND `+admitted, p.args, MaxCount)
	if err != nil {
		return c, err
	}
	if c.Queue, err = tx.countOpen(v, string(chat.Queued)); err != nil {
		return c, err
	}
	c.All, err = tx.countOpen(v, string(chat.Queued), string(chat.Active))
	return c, err
}

// count counts the rows of a statement and stops at a number.
func (tx *Tx) count(what, text string, args []any, most int) (n int, err error) {
	p := params{args: args}
	_, err = tx.find(what, `SELECT COUNT(*) FROM (`+text+` LIMIT `+p.add(most)+`) counted`, p.args, &n)
	return n, err
}

// countOpen counts open Threads that the viewer may see. The condition of admits
// is taken apart, so that each part is a range of an index and counting stops
// early instead of asking every Thread.
func (tx *Tx) countOpen(v chat.Viewer, states ...string) (int, error) {
	var p params
	open := `SELECT 1 FROM threads t WHERE t.state <> 'closed' AND t.state IN (` + p.in(states) + `) AND `
	if v.Role.Oversees() {
		return tx.count("count open conversations", open+`t.policy IN ('open', 'group', 'lead')`, p.args, MaxCount)
	}
	if !v.Role.Answers() {
		return tx.count("count open conversations", open+p.admits("t", v), p.args, MaxCount)
	}
	me, groups, supervised := p.add(string(v.Agent)), p.in(groupNames(v.Groups)), p.in(groupNames(v.Supervises))
	group := `t.policy = 'group' AND t.grp IN (` + groups + `)`
	leaderless := `t.policy = 'lead' AND t.lead = '' AND t.grp IN (` + groups + `)`
	led := `t.policy = 'lead' AND t.lead <> '' AND t.grp IN (` + supervised + `)`
	parts := []string{
		open + `t.policy = 'open'`,
		open + group,
		open + leaderless,
		open + led,
		`SELECT 1
		FROM participants mine
		CROSS JOIN threads t
		WHERE mine.agent = ` + me + ` AND mine.open = 1 AND t.id = mine.thread AND t.state IN (` + p.in(states) + `)
			AND t.policy IN ('group', 'lead') AND NOT (` + group + `) AND NOT (` + leaderless + `) AND NOT (` + led + `)`,
		`SELECT 1
		FROM offers asked
		CROSS JOIN threads t
		WHERE asked.agent = ` + me + ` AND asked.passed = 1 AND t.id = asked.thread AND t.state IN (` + p.in(states) + `)
			AND t.policy IN ('group', 'lead') AND NOT (` + group + `) AND NOT (` + leaderless + `) AND NOT (` + led + `)
			AND NOT EXISTS (SELECT 1 FROM participants mine WHERE mine.thread = t.id AND mine.agent = ` + me + `)`,
		`SELECT 1
		FROM guests allowed
		CROSS JOIN threads t
		WHERE allowed.agent = ` + me + ` AND t.id = allowed.thread AND t.state IN (` + p.in(states) + `)
			AND t.policy IN ('group', 'lead') AND NOT (` + group + `) AND NOT (` + leaderless + `) AND NOT (` + led + `)
			AND NOT EXISTS (SELECT 1 FROM participants own WHERE own.thread = t.id AND own.agent = ` + me + `)
			AND NOT EXISTS (SELECT 1 FROM offers asked WHERE asked.agent = ` + me + ` AND asked.thread = t.id AND asked.passed = 1)`,
	}
	return tx.count("count open conversations", strings.Join(parts, " UNION ALL "), p.args, MaxCount)
}
