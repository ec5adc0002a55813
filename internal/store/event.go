package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/chat"
)

// maxSpan is how many events one call loads.
const maxSpan = 500

// Append stores events that State.Add has numbered, and the state after them.
// The state must come from Lock in this transaction, or from NewConversation.
func (tx *Tx) Append(s chat.State, events []chat.Event) error {
	if len(events) == 0 {
		return nil
	}
	if tx.batch == nil {
		return errReadOnly
	}
	c := s.Conversation.ID
	tx.touched = append(tx.touched, c)
	was, _ := tx.batch.known(c)
	// The head is compared first, so that nothing is written over an event.
	if err := tx.saveConversation(s, events[0].Seq-1); err != nil {
		return err
	}
	for i, e := range events {
		if err := fits(s, e, events[0].Seq+int64(i)); err != nil {
			return err
		}
		if err := tx.insertEvent(e); err != nil {
			return err
		}
	}
	if c == chat.TeamConversation {
		tx.batch.turned++
	}
	if err := tx.saveThread(s.Thread, was.Thread); err != nil {
		return err
	}
	if err := tx.saveTalk(s, was.Talk); err != nil {
		return err
	}
	tx.batch.remember(s)
	return nil
}

func fits(s chat.State, e chat.Event, seq int64) error {
	switch {
	case e.ID == "":
		return fmt.Errorf("store: append %s to %s: the event has no id", e.Kind, s.Conversation.ID)
	case e.Conversation != s.Conversation.ID || e.Seq != seq || e.Seq > s.Conversation.Head:
		return fmt.Errorf("store: append %s to %s: event %d of %s where %d is next", e.Kind, s.Conversation.ID, e.Seq, e.Conversation, seq)
	case (e.VSeq > 0) != (e.Audience == chat.ForAll):
		return fmt.Errorf("store: append %s to %s: audience %q with vseq %d", e.Kind, e.Conversation, e.Audience, e.VSeq)
	case s.Conversation.Kind.IsTalk() && (e.Audience == chat.ForAll || e.Thread != ""):
		return fmt.Errorf("store: append %s to the talk %s: nothing of it is for a visitor or a Thread's", e.Kind, e.Conversation)
	}
	return nil
}

func (tx *Tx) insertEvent(e chat.Event) error {
	text, said := saidIn(e)
	pos, err := tx.store.engine.number(tx, e, text, said)
	if err != nil {
		return err
	}
	tx.batch.added++
	err = tx.put("append event", `
		INSERT INTO events (conversation, seq, vseq, pos, thread, id, kind, actor_kind, actor_id, actor_name, audience, at, said, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(e.Conversation), e.Seq, e.VSeq, pos, string(e.Thread), string(e.ID), string(e.Kind), string(e.Actor.Kind), e.Actor.ID,
		e.Actor.Name, string(e.Audience), e.At, bit(said), string(e.Body))
	return err
}

// saidIn returns the text of a message or note and the names of its files, and
// whether it is one that has not been emptied: such ones are unread and found.
func saidIn(e chat.Event) (text string, said bool) {
	if e.Kind != chat.KindMessage && e.Kind != chat.KindNote {
		return "", false
	}
	body, err := chat.Decode[chat.Said](e)
	if err != nil || body.Emptied != 0 {
		return "", false
	}
	text = body.Text
	for _, f := range body.Files {
		text = strings.TrimPrefix(text+"\n"+f.Name, "\n")
	}
	return text, true
}

// eventColumns are what scanEvent reads, of events e.
const eventColumns = `e.conversation, e.seq, e.vseq, e.thread, e.id, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.audience, e.at, e.body`

func eventDests(e *chat.Event) []any {
	return []any{&e.Conversation, &e.Seq, &e.VSeq, &e.Thread, &e.ID, &e.Kind, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.Audience,
		&e.At, (*rawText)(&e.Body)}
}

func scanEvent(rows *sql.Rows) (e chat.Event, err error) {
	return e, rows.Scan(eventDests(&e)...)
}

// rawText scans a JSON body without decoding it.
type rawText json.RawMessage

// Scan implements sql.Scanner.
func (r *rawText) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("body holds %T", src)
	}
	*r = rawText(text)
	return nil
}

// Event loads one event.
func (tx *Tx) Event(c chat.ConversationID, seq int64) (chat.Event, error) {
	return first(tx, "message", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq = $2`, []any{string(c), seq}, scanEvent)
}

// ReplaceBody puts a new body (of Said, a proposal's too) into an event's place, in the log and in
// the search rows.
func (tx *Tx) ReplaceBody(c chat.ConversationID, seq int64, body chat.Said) error {
	old, err := tx.Event(c, seq)
	if err != nil {
		return err
	}
	e := old
	if e.Body, err = json.Marshal(body); err != nil {
		return fmt.Errorf("store: replace body: %w", err)
	}
	before, wasSaid := saidIn(old)
	after, said := saidIn(e)
	if !wasSaid && !said && old.Kind != chat.KindProposal && old.Kind != chat.KindWhisper && old.Kind != chat.KindSideAsked {
		return fmt.Errorf("store: replace body of event %d of %s: there is no message to replace", seq, c)
	}
	if _, err := tx.exec("replace body", `
		UPDATE events
		SET body = $1, said = $2
		WHERE conversation = $3 AND seq = $4`, string(e.Body), bit(said), string(c), seq); err != nil {
		return err
	}
	if (wasSaid || said) && (before != after || wasSaid != said) {
		if err := tx.store.engine.reindex(tx, e, before, after); err != nil {
			return err
		}
	}
	tx.batch.replace(e)
	return nil
}

// replace changes an event that the same batch numbered, so that nobody is sent
// a text that was taken back in the same moment.
func (b *batch) replace(e chat.Event) {
	for i := range b.entries {
		if b.entries[i].Event.ID == e.ID {
			// A copy: rewind must bring back the former one.
			b.entries = slices.Clone(b.entries)
			b.entries[i].Event = e
			return
		}
	}
}

// Span selects events of one Conversation in ascending order: those after After
// (seq), or the last ones before Before where it is > 0. Limit is at most 500.
type Span struct {
	After, Before int64
	Limit         int
}

func (s Span) limit() int { return clamp(s.Limit, maxSpan) }

// clamp returns n, or most where n is over it or not given.
func clamp(n, most int) int {
	if n <= 0 || n > most {
		return most
	}
	return n
}

// Events loads a span of a Conversation's events, all audiences, ascending.
func (tx *Tx) Events(c chat.ConversationID, span Span) ([]chat.Event, error) {
	if span.Before <= 0 {
		return list(tx, "load events", `
			SELECT `+eventColumns+`
			FROM events e
			WHERE e.conversation = $1 AND e.seq > $2
			ORDER BY e.seq
			LIMIT $3`, []any{string(c), span.After, span.limit()}, scanEvent)
	}
	events, err := list(tx, "load events", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq > $2 AND e.seq < $3
		ORDER BY e.seq DESC
		LIMIT $4`, []any{string(c), span.After, span.Before, span.limit()}, scanEvent)
	slices.Reverse(events)
	return events, err
}

// VisitorEvents loads events of audience all; After and Before are vseq.
//
// There is no index of vseq: a seq is never below its vseq, and behind it come
// at least as many events as visible ones, which bounds both ends.
func (tx *Tx) VisitorEvents(c chat.ConversationID, span Span) ([]chat.Event, error) {
	if span.Before <= 0 {
		return list(tx, "load visitor's events", `
			SELECT `+eventColumns+`
			FROM events e
			WHERE e.conversation = $1 AND e.seq > $2 AND e.vseq > $2
			ORDER BY e.seq
			LIMIT $3`, []any{string(c), span.After, span.limit()}, scanEvent)
	}
	events, err := list(tx, "load visitor's events", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq > $2 AND e.vseq > $2 AND e.vseq < $3
			AND e.seq < (SELECT c.head - c.vhead + $3 FROM conversations c WHERE c.id = $1)
		ORDER BY e.seq DESC
		LIMIT $4`, []any{string(c), max(span.After, 0), span.Before, span.limit()}, scanEvent)
	slices.Reverse(events)
	return events, err
}

// RepliesAfter loads agents' messages after a seq that others than the agent wrote.
func (tx *Tx) RepliesAfter(c chat.ConversationID, seq int64, except chat.AgentID) ([]chat.Event, error) {
	return list(tx, "load replies", `
		SELECT `+eventColumns+`
		FROM events e
		WHERE e.conversation = $1 AND e.seq > $2 AND e.kind = $3 AND e.actor_kind = $4 AND e.actor_id <> $5
		ORDER BY e.seq
		LIMIT $6`, []any{string(c), seq, string(chat.KindMessage), string(chat.ByAgent), string(except), maxSpan}, scanEvent)
}
