package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const maxMentionPage = 100

// Mention is a note, or a message of a talk, that calls the reader. Event is it as
// of now.
type Mention struct {
	Event   chat.Event     `json:"event"`
	Visitor string         `json:"visitor" doc:"The visitor's name; empty in a talk."`
	Talk    *chat.TalkHead `json:"talk,omitempty" doc:"What the talk is called where it stands in one."`
	Unread  bool           `json:"unread" doc:"The reader has not read so far, on any device."`
}

// Mentions are the notes that call an agent, newest first, as far as he may open
// them now, and how many of all of them he has not read, at most store.MaxUnread.
// next is what the following page begins before; 0 = no more.
func (d *Desk) Mentions(ctx context.Context, a chat.Agent, before int64, limit int) (all []Mention, unread int, next int64, err error) {
	if limit < 0 || limit > maxMentionPage || before < 0 {
		return nil, 0, 0, chat.Errorf(chat.Invalid, "A page has 1 to %d mentions.", maxMentionPage)
	}
	if limit == 0 {
		limit = pageOfEvents
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		v := a.Viewer()
		rows, err := tx.Mentions(v, before, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows, next = rows[:limit], rows[limit-1].At
		}
		if unread, err = tx.UnreadMentions(v); err != nil {
			return err
		}
		all, err = loadMentions(tx, v, rows)
		return err
	})
	return all, unread, next, err
}

// loadMentions reads the notes as of now: what was taken back is left out.
func loadMentions(tx *store.Tx, v chat.Viewer, rows []store.Mention) ([]Mention, error) {
	all, seen := make([]Mention, 0, len(rows)), newEyes(tx, v)
	for _, row := range rows {
		e, err := tx.Event(row.Conversation, row.Seq)
		if err != nil {
			return nil, err
		}
		said, errBody := chat.Decode[chat.Said](e)
		ok, err := seen.see(e)
		if err != nil {
			return nil, err
		}
		if errBody != nil || !ok || said.Emptied != 0 {
			continue
		}
		head, err := headOf(tx, e)
		if err != nil {
			return nil, err
		}
		all = append(all, Mention{Event: e, Visitor: row.Visitor, Talk: head, Unread: row.Unread})
	}
	return all, nil
}

// headOf is what the talk of an event is called; nil where it is of none.
func headOf(tx *store.Tx, e chat.Event) (*chat.TalkHead, error) {
	if e.Thread != "" {
		return nil, nil
	}
	s, err := tx.State(e.Conversation)
	if err != nil || s.Talk == nil {
		return nil, err
	}
	head := s.Talk.Head(s.Conversation.Kind)
	return &head, nil
}

// mentioned looks at the colleagues whom a note calls, and answers the events that
// let them see the Thread where they may not and its author wants that. Whoever
// writes here is admitted, so there is a Thread.
func (d *Desk) mentioned(tx *store.Tx, me chat.Agent, s chat.State, in Message) ([]chat.Event, error) {
	var strangers []chat.Agent
	var who []chat.AgentID
	for _, id := range in.Mentions {
		p, err := colleague(tx, id)
		if err != nil {
			return nil, err
		}
		if !s.Access().Admits(p.Viewer()) {
			strangers, who = append(strangers, p), append(who, p.ID)
		}
	}
	if len(strangers) == 0 {
		return nil, nil
	}
	if err := chat.MentionTo(*s.Thread, me, who, namesOf(strangers), in.Grant); err != nil {
		return nil, err
	}
	return chat.Grant(s, me, strangers, d.now())
}

// tellMentioned keeps who is called and tells him, and him alone.
func (d *Desk) tellMentioned(tx *store.Tx, events []chat.Event) error {
	for _, e := range events {
		if e.Kind != chat.KindNote && e.Kind != chat.KindMessage {
			continue
		}
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return err
		}
		body := chat.Mentioned{Conversation: e.Conversation, Thread: e.Thread, Seq: e.Seq, By: e.Actor.Agent(), ByName: e.Actor.Name}
		for _, a := range slices.Sorted(slices.Values(said.Mentions)) {
			if err := tx.AddMention(a, e); err != nil {
				return err
			}
			if err := tell(tx, chat.AgentConversation(a), d.fact(chat.KindMentioned, e.Actor, body)); err != nil {
				return err
			}
		}
	}
	return nil
}
