package store

import (
	"database/sql"
	"reflect"
	"slices"
	"strings"

	"earshot/internal/chat"
)

const threadColumns = `t.id, t.number, t.state, t.reason, t.grp, t.policy, t.lead, t.members, t.started_at, t.queued_at,
	t.taken_at, t.closed_at, t.waiting_since, t.version, t.stub, t.first_seq, t.guests, t.turn`

func threadDests(t *chat.Thread) []any {
	return []any{&t.ID, &t.Number, &t.State, &t.Reason, &t.Group, &t.Policy, &t.Lead, asJSON{&t.Members}, &t.StartedAt, &t.QueuedAt,
		&t.TakenAt, &t.ClosedAt, &t.WaitingSince, &t.Version, &t.Stub, &t.First, asJSON{&t.Guests}, asJSON{&t.Turn}}
}

func scanThread(rows *sql.Rows) (t chat.Thread, err error) {
	return t, rows.Scan(append(threadDests(&t), &t.Conversation)...)
}

// Thread loads a Thread; Access is its Access().
func (tx *Tx) Thread(t chat.ThreadID) (chat.Thread, error) {
	return first(tx, "thread", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.id = $1`, []any{string(t)}, scanThread)
}

// Threads loads all Threads of a Conversation, oldest first.
func (tx *Tx) Threads(c chat.ConversationID) ([]chat.Thread, error) {
	return list(tx, "load threads", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.conversation = $1
		ORDER BY t.number`, []any{string(c)}, scanThread)
}

// saveThread stores a Thread that differs from was, which is stored; nil where
// that is not known.
func (tx *Tx) saveThread(t, was *chat.Thread) error {
	if t == nil || was != nil && same(was, t) {
		return nil
	}
	tx.batch.turned++
	members, err := toJSON(t.Members)
	if err != nil {
		return err
	}
	guests, err := toJSON(t.Guests)
	if err != nil {
		return err
	}
	turn, err := toJSON(t.Turn)
	if err != nil {
		return err
	}
	err = tx.put("save thread", `
		INSERT INTO threads (id, conversation, number, state, reason, grp, policy, lead, members, started_at, queued_at,
			taken_at, closed_at, waiting_since, version, stub, first_seq, mode, place, turn, taken_from, guests)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		ON CONFLICT (id) DO UPDATE
		SET state = excluded.state, reason = excluded.reason, grp = excluded.grp, policy = excluded.policy, lead = excluded.lead,
			members = excluded.members, queued_at = excluded.queued_at, taken_at = excluded.taken_at, closed_at = excluded.closed_at,
			waiting_since = excluded.waiting_since, version = excluded.version, stub = excluded.stub, mode = excluded.mode,
			place = excluded.place, turn = excluded.turn, taken_from = excluded.taken_from, guests = excluded.guests`,
		string(t.ID), string(t.Conversation), t.Number, string(t.State), string(t.Reason), string(t.Group), string(t.Policy),
		string(t.Lead), members, t.StartedAt, t.QueuedAt, t.TakenAt, t.ClosedAt, t.WaitingSince, t.Version,
		bit(t.Stub), t.First, string(t.Mode), t.Place, turn, string(t.Loss().Agent), guests)
	if err != nil {
		return err
	}
	if asked := asksOf(t); !slices.Equal(asksOf(was), asked) {
		if err := tx.saveOffers(t, asked); err != nil {
			return err
		}
	}
	if was == nil && len(t.Guests) > 0 || was != nil && !slices.Equal(was.Guests, t.Guests) {
		if err := tx.saveGuests(t); err != nil {
			return err
		}
	}
	if was != nil && was.ID == t.ID && was.Lead == t.Lead && was.Open() == t.Open() && slices.Equal(was.Members, t.Members) {
		return nil
	}
	return tx.saveParticipants(t)
}

// saveParticipants stores who takes part, which lists and access ask by agent.
func (tx *Tx) saveParticipants(t *chat.Thread) error {
	if err := tx.put("clear participants", `
		DELETE FROM participants
		WHERE thread = $1`, string(t.ID)); err != nil {
		return err
	}
	for _, a := range append([]chat.AgentID{t.Lead}, t.Members...) {
		if a == "" {
			continue
		}
		if err := tx.put("save participant", `
			INSERT INTO participants (thread, agent, open)
			VALUES ($1, $2, $3)
			ON CONFLICT (thread, agent) DO NOTHING`, string(t.ID), string(a), bit(t.Open())); err != nil {
			return err
		}
	}
	return nil
}

// rung is that a Thread rings an agent, which holds room of his. passed says that it is
// being passed on to him, so that he may read it; who is invited may not yet.
type rung struct {
	chat.Offer
	passed bool
}

// asksOf are the agents whom a Thread is offered to or who are invited into it.
func asksOf(t *chat.Thread) []rung {
	if t == nil {
		return nil
	}
	var all []rung
	for _, o := range t.Offers {
		all = append(all, rung{o, t.Transfer != nil})
	}
	for _, i := range t.Invites {
		offered := func(a rung) bool { return a.Agent == i.Agent }
		if i.Agent != "" && !slices.ContainsFunc(all, offered) {
			all = append(all, rung{Offer: chat.Offer{Agent: i.Agent, At: i.At, Deadline: i.Deadline}})
		}
	}
	return all
}

// saveOffers stores whom a Thread rings, which capacity and access ask by agent.
func (tx *Tx) saveOffers(t *chat.Thread, asked []rung) error {
	if err := tx.put("clear offers", `
		DELETE FROM offers
		WHERE thread = $1`, string(t.ID)); err != nil {
		return err
	}
	for _, a := range asked {
		if err := tx.put("save offer", `
			INSERT INTO offers (agent, thread, deadline, passed)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (agent, thread) DO UPDATE
			SET deadline = excluded.deadline, passed = excluded.passed`, string(a.Agent), string(t.ID), a.Deadline, bit(a.passed)); err != nil {
			return err
		}
	}
	return nil
}

// OpenThreads loads every Thread that is not closed, by id. They are sorted here:
// asked for the order of ids, the database walks through all that ever were.
func (tx *Tx) OpenThreads() ([]chat.Thread, error) {
	all, err := list(tx, "load open threads", openThreads, nil, scanThread)
	slices.SortFunc(all, func(x, y chat.Thread) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return all, err
}

const (
	openThreads = `
		SELECT ` + threadColumns + `, t.conversation
		FROM threads t
		WHERE t.state <> 'closed'`
	openVersions = `
		SELECT id, version
		FROM threads
		WHERE state <> 'closed'
		ORDER BY id`
)

// OpenThreadsAgain loads the same as OpenThreads. Of what was loaded before, only
// Threads with another version are read anew: every change of one raises it.
func (tx *Tx) OpenThreadsAgain(before map[chat.ThreadID]chat.Thread) ([]chat.Thread, error) {
	all := make([]chat.Thread, 0, len(before))
	changed, places := []string{}, map[chat.ThreadID]int{}
	err := tx.each("load versions of open threads", openVersions, nil, func(rows *sql.Rows) error {
		var id chat.ThreadID
		var version int64
		err := rows.Scan(&id, &version)
		t, known := before[id]
		if !known || t.Version != version {
			places[id], changed = len(all), append(changed, string(id))
		}
		all = append(all, t)
		return err
	})
	if err == nil && len(changed) > len(all)/2 {
		return tx.OpenThreads()
	}
	for some := range slices.Chunk(changed, threadsAtOnce) {
		if err != nil {
			break
		}
		var p params
		var read []chat.Thread
		read, err = list(tx, "load changed threads", `
			SELECT `+threadColumns+`, t.conversation
			FROM threads t
			WHERE t.id IN (`+p.in(some)+`)`, p.args, scanThread)
		for _, t := range read {
			all[places[t.ID]] = t
		}
	}
	return all, err
}

const threadsAtOnce = 256

// ThreadsOf loads the open Threads that an agent leads, is a member of, or is
// offered or invited to: what his load is made of.
func (tx *Tx) ThreadsOf(a chat.AgentID) ([]chat.Thread, error) {
	return list(tx, "load threads of agent", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.id IN (
			SELECT thread FROM participants WHERE agent = $1 AND open = 1
			UNION
			SELECT thread FROM offers WHERE agent = $1)
		ORDER BY t.id`, []any{string(a)}, scanThread)
}

// ThreadsInGroup loads Threads of a Group after one, by id: of everything there
// was, so at most limit of them.
func (tx *Tx) ThreadsInGroup(g chat.GroupID, after chat.ThreadID, limit int) ([]chat.Thread, error) {
	return list(tx, "load threads of group", `
		SELECT `+threadColumns+`, t.conversation
		FROM threads t
		WHERE t.grp = $1 AND t.id > $2
		ORDER BY t.id
		LIMIT $3`, []any{string(g), string(after), clamp(limit, maxSpan)}, scanThread)
}

// RelabelThread gives a Thread that is not the newest of its Conversation another
// Group and policy: the newest one changes by its events.
func (tx *Tx) RelabelThread(t chat.ThreadID, g chat.GroupID, p chat.Policy, stub bool) error {
	_, err := tx.exec("relabel thread", `
		UPDATE threads
		SET grp = $1, policy = $2, stub = $3
		WHERE id = $4`, string(g), string(p), bit(stub), string(t))
	return err
}

// RetellThread stores a Thread that is not the newest of its Conversation as it is
// after events of its own, and returns it.
func (tx *Tx) RetellThread(id chat.ThreadID, events []chat.Event) (*chat.Thread, error) {
	was, err := tx.Thread(id)
	if err != nil {
		return nil, err
	}
	t := was
	t.Retell(events)
	return &t, tx.saveThread(&t, &was)
}

// same reports whether two Threads would be stored alike.
func same(a, b *chat.Thread) bool {
	x, y := *a, *b
	x.Members, y.Members = nil, nil
	return slices.Equal(a.Members, b.Members) && reflect.DeepEqual(x, y)
}

const unanswered = `
		SELECT ` + threadColumns + `, t.conversation
		FROM threads t
		WHERE t.state = 'active' AND t.waiting_since > 0 AND t.waiting_since < $1`

// Unanswered loads the Threads that somebody leads and whose visitor has waited for
// an answer since before a time.
func (tx *Tx) Unanswered(before int64) ([]chat.Thread, error) {
	return list(tx, "load who waits for an answer", unanswered, []any{before}, scanThread)
}
