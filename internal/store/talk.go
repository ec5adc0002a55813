package store

import (
	"database/sql"
	"slices"
	"strings"

	"earshot/internal/chat"
)

// maxTalks is how many talks one list has at most.
const maxTalks = 500

// Talk loads what a talk is beside its Conversation; missing where there is none.
func (tx *Tx) Talk(c chat.ConversationID) (chat.Talk, error) {
	return first(tx, "talk", `
		SELECT talk
		FROM talks
		WHERE conversation = $1`, []any{string(c)}, func(rows *sql.Rows) (t chat.Talk, err error) {
		return t, rows.Scan(asJSON{&t})
	})
}

// withTalk completes a state that was loaded.
func (tx *Tx) withTalk(s chat.State) (chat.State, error) {
	if !s.Conversation.Kind.IsTalk() {
		return s, nil
	}
	t, err := tx.Talk(s.Conversation.ID)
	if chat.IsKind(err, chat.Missing) {
		return s, nil // it has been made in this transaction, and nothing appended yet
	}
	s.Talk = &t
	return s, err
}

// saveTalk stores a talk that differs from was, which is stored; nil where there
// is none.
func (tx *Tx) saveTalk(s chat.State, was *chat.Talk) error {
	t, c := s.Talk, s.Conversation
	if t == nil || was != nil && was.Version == t.Version {
		return nil
	}
	text, err := toJSON(t)
	if err != nil {
		return err
	}
	people := ""
	if c.Kind == chat.FormDirect {
		people = peopleKey(t.Members)
	}
	if _, err := tx.exec("save talk", `
		INSERT INTO talks (conversation, kind, policy, grp, people, archived, emptied, talk)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (conversation) DO UPDATE
		SET policy = excluded.policy, archived = excluded.archived, emptied = excluded.emptied, talk = excluded.talk`,
		string(c.ID), string(c.Kind), string(t.Policy), string(t.Group), people, t.Archived, t.Emptied, text); err != nil {
		return err
	}
	var before []chat.AgentID
	if was != nil {
		before = was.Members
	}
	return tx.saveTalkers(c.ID, before, t.Members)
}

// saveTalkers stores who came and who went. The lists are long, what changes is
// short. What somebody has chosen for a talk goes with him.
func (tx *Tx) saveTalkers(c chat.ConversationID, before, after []chat.AgentID) error {
	if slices.Equal(before, after) {
		return nil
	}
	was, is := setOf(before), setOf(after)
	for _, a := range before {
		if is[a] {
			continue
		}
		if _, err := tx.exec("forget talker", `
			DELETE FROM talkers
			WHERE conversation = $1 AND agent = $2`, string(c), string(a)); err != nil {
			return err
		}
		if _, err := tx.exec("forget talk level", `
			DELETE FROM talk_levels
			WHERE conversation = $1 AND agent = $2`, string(c), string(a)); err != nil {
			return err
		}
	}
	for _, a := range after {
		if was[a] {
			continue
		}
		if _, err := tx.exec("save talker", `
			INSERT INTO talkers (conversation, agent)
			VALUES ($1, $2)
			ON CONFLICT (conversation, agent) DO NOTHING`, string(c), string(a)); err != nil {
			return err
		}
	}
	return nil
}

func setOf(agents []chat.AgentID) map[chat.AgentID]bool {
	set := make(map[chat.AgentID]bool, len(agents))
	for _, a := range agents {
		set[a] = true
	}
	return set
}

func peopleKey(people []chat.AgentID) string {
	names := make([]string, len(people))
	for i, a := range people {
		names[i] = string(a)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// DirectTalk finds the direct talk of some people; false where they have none. Who
// makes one locks all of them first.
func (tx *Tx) DirectTalk(people []chat.AgentID) (c chat.ConversationID, found bool, err error) {
	found, err = tx.find("find direct talk", `
		SELECT conversation
		FROM talks
		WHERE people = $1`, []any{peopleKey(people)}, &c)
	return c, found, err
}

// GroupChannel finds a group's own channel.
func (tx *Tx) GroupChannel(g chat.GroupID) (c chat.ConversationID, found bool, err error) {
	if g == "" {
		return "", false, nil
	}
	found, err = tx.find("find group's channel", `
		SELECT conversation
		FROM talks
		WHERE grp = $1`, []any{string(g)}, &c)
	return c, found, err
}

// GroupsWithoutChannel lists the groups, not deleted, that have no channel of
// their own.
func (tx *Tx) GroupsWithoutChannel() ([]chat.GroupID, error) {
	return list(tx, "load groups without a channel", `
		SELECT g.id
		FROM groups g
		WHERE g.deleted = 0 AND NOT EXISTS (SELECT 1 FROM talks k WHERE k.grp = g.id)
		ORDER BY g.id`, nil, func(rows *sql.Rows) (g chat.GroupID, err error) {
		return g, rows.Scan(&g)
	})
}

// ChannelsOfDeletedGroups lists the channels of groups that were deleted which are
// not archived yet, by id.
func (tx *Tx) ChannelsOfDeletedGroups() ([]chat.ConversationID, error) {
	return list(tx, "load channels of deleted groups", `
		SELECT k.conversation
		FROM talks k
		JOIN groups g ON g.id = k.grp
		WHERE g.deleted = 1 AND k.archived = 0
		ORDER BY k.conversation`, nil, func(rows *sql.Rows) (c chat.ConversationID, err error) {
		return c, rows.Scan(&c)
	})
}

// ChannelsOfDisabled lists the channels that have members whose accounts are
// deactivated, by id.
func (tx *Tx) ChannelsOfDisabled() ([]chat.ConversationID, error) {
	return list(tx, "load channels of disabled agents", `
		SELECT DISTINCT w.conversation
		FROM agents a
		JOIN talkers w ON w.agent = a.id
		JOIN talks k ON k.conversation = w.conversation
		WHERE a.disabled <> 0 AND k.kind = 'channel'
		ORDER BY w.conversation`, nil, func(rows *sql.Rows) (c chat.ConversationID, err error) {
		return c, rows.Scan(&c)
	})
}

// OldTalks lists talks whose oldest event that has not been emptied is of before
// a time, by id.
func (tx *Tx) OldTalks(before int64, limit int) ([]chat.ConversationID, error) {
	return list(tx, "load old talks", `
		SELECT k.conversation
		FROM talks k
		WHERE EXISTS (SELECT 1 FROM events e WHERE e.conversation = k.conversation AND e.seq = k.emptied + 1 AND e.at < $1)
		ORDER BY k.conversation
		LIMIT $2`, []any{before, clamp(limit, maxSpan)}, func(rows *sql.Rows) (c chat.ConversationID, err error) {
		return c, rows.Scan(&c)
	})
}

// CountChannels counts the channels that are not archived, at most one more than
// there may be.
func (tx *Tx) CountChannels() (int, error) {
	return tx.count("count channels", `SELECT 1 FROM talks WHERE kind = 'channel' AND archived = 0`, nil, chat.MaxChannels+1)
}

// talkAdmits is chat.Access.Admits as a condition on the talks that an alias
// names. A test compares the two.
func (p *params) talkAdmits(alias string, v chat.Viewer) string {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return "1 = 0"
	}
	crew := "1 = 1"
	if !v.Role.Oversees() {
		crew = "k.grp IN (" + p.in(groupNames(slices.Concat(v.Groups, v.Supervises))) + ")"
	}
	return strings.ReplaceAll(`(k.policy = 'everyone'
		OR k.policy = 'crew' AND `+crew+`
		OR k.policy = 'named' AND EXISTS (SELECT 1 FROM talkers named WHERE named.conversation = k.conversation AND named.agent = `+p.add(string(v.Agent))+`))`, "k.", alias+".")
}

// within is chat.Access.Within as a condition, given by whom it finds first: an
// agent is in few of many talks.
func (p *params) within(v chat.Viewer) string {
	return `k.conversation IN (
			SELECT conversation FROM talkers WHERE agent = ` + p.add(string(v.Agent)) + `
			UNION ALL
			SELECT conversation FROM talks WHERE grp <> '' AND policy = 'crew' AND grp IN (` + p.in(groupNames(v.Groups)) + `))`
}

// Talks loads the talks that the viewer is within, those with the newest words
// first and archived ones last.
func (tx *Tx) Talks(v chat.Viewer) ([]chat.TalkRow, error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return []chat.TalkRow{}, nil
	}
	var p params
	return tx.talkRows(&p, v, func() string { return p.within(v) }, ` ORDER BY CASE WHEN k.archived = 0 THEN 0 ELSE 1 END, c.last_at DESC, c.id`)
}

// OpenChannels loads the channels that the viewer may read and is not in, by name.
func (tx *Tx) OpenChannels(v chat.Viewer) ([]chat.TalkRow, error) {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return []chat.TalkRow{}, nil
	}
	var p params
	where := func() string {
		return `k.kind = 'channel' AND k.policy <> 'named' AND ` + p.talkAdmits("k", v) + ` AND NOT (` + p.within(v) + `)`
	}
	return tx.talkRows(&p, v, where, ` ORDER BY CASE WHEN k.archived = 0 THEN 0 ELSE 1 END, c.last_at DESC, c.id`)
}

// TalkRow loads one talk as the viewer's list shows it, where he is admitted.
func (tx *Tx) TalkRow(v chat.Viewer, c chat.ConversationID) (chat.TalkRow, error) {
	var p params
	rows, err := tx.talkRows(&p, v, func() string { return `k.conversation = ` + p.add(string(c)) + ` AND ` + p.talkAdmits("k", v) }, "")
	if err == nil && len(rows) != 1 {
		err = missing("talk")
	}
	if err != nil {
		return chat.TalkRow{}, err
	}
	return rows[0], nil
}

func (tx *Tx) talkRows(p *params, v chat.Viewer, where func() string, order string) ([]chat.TalkRow, error) {
	me := p.add(string(v.Agent))
	mark := `COALESCE((SELECT r.seq FROM reads r WHERE r.agent = ` + me + ` AND r.conversation = c.id), 0)`
	text := `
		SELECT ` + stateColumns + `, k.talk, COALESCE(l.level, ''), COALESCE(l.muted_until, 0), ` + mark + `,
			(SELECT COUNT(*) FROM (
				SELECT 1
				FROM events e
				WHERE e.conversation = c.id AND e.seq > ` + mark + ` AND e.said = 1 AND e.audience = 'agents'
					AND NOT (e.actor_kind = 'agent' AND e.actor_id = ` + me + `)
				LIMIT 1000) new_ones),
			(SELECT COUNT(*) FROM mentions m WHERE m.agent = ` + me + ` AND m.conversation = c.id AND m.seq > ` + mark + `)
		FROM talks k
		JOIN conversations c ON c.id = k.conversation
		LEFT JOIN threads t ON t.id = c.thread
		LEFT JOIN talk_levels l ON l.conversation = k.conversation AND l.agent = ` + me + `
		WHERE ` + where() + order + ` LIMIT ` + p.add(maxTalks)
	return list(tx, "load talks", text, p.args, func(rows *sql.Rows) (r chat.TalkRow, err error) {
		var s chat.State
		dests := append(stateDests(&s), asJSON{&r.Talk}, &r.Level, &r.MutedUntil, &r.Read, &r.Unread, &r.Calls)
		if err = rows.Scan(dests...); err != nil {
			return r, err
		}
		if r.Conversation, r.Size = s.Conversation, len(r.Talk.Members); r.Level == "" {
			r.Level = r.Conversation.Kind.DefaultLevel()
		}
		return r, nil
	})
}

// SetTalkLevel keeps what an agent wants to be alerted of, and reports whether
// that was otherwise before.
func (tx *Tx) SetTalkLevel(a chat.AgentID, l chat.TalkLevel) (bool, error) {
	n, err := tx.exec("set talk level", `
		INSERT INTO talk_levels (agent, conversation, level, muted_until)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (agent, conversation) DO UPDATE
		SET level = excluded.level, muted_until = excluded.muted_until
		WHERE talk_levels.level <> excluded.level OR talk_levels.muted_until <> excluded.muted_until`,
		string(a), string(l.Conversation), string(l.Level), l.MutedUntil)
	return n > 0, err
}

// ReadMark is how far an agent has read.
type ReadMark struct {
	Agent chat.AgentID `json:"agent"`
	Seq   int64        `json:"seq"`
}

// TalkReads loads how far the members of a direct talk have read.
func (tx *Tx) TalkReads(c chat.ConversationID) ([]ReadMark, error) {
	return list(tx, "load read marks", `
		SELECT n.agent, COALESCE(r.seq, 0)
		FROM talkers n
		JOIN talks k ON k.conversation = n.conversation
		LEFT JOIN reads r ON r.agent = n.agent AND r.conversation = n.conversation
		WHERE n.conversation = $1 AND k.kind = 'direct'
		ORDER BY n.agent`, []any{string(c)}, func(rows *sql.Rows) (m ReadMark, err error) {
		return m, rows.Scan(&m.Agent, &m.Seq)
	})
}
