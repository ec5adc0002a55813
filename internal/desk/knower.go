package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobKnowers gives cards to those who have helped the visitor of a chat before.
const JobKnowers = "knowers"

const (
	manyHelped   = 50 // sittings that are looked at for one visitor
	maxCards     = 20
	maxCardNotes = 3
)

// Knowers does the job. It looks at the state alone: run twice, it finds nothing
// left to do.
func (d *Desk) Knowers(ctx context.Context, job []byte) error {
	var body knowersBody
	if err := json.Unmarshal(job, &body); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobKnowers, err)
	}
	var found []chat.Helped
	find := func(tx *store.Tx) (err error) {
		_, found, err = knowersOf(tx, body.Conversation)
		return err
	}
	if err := d.store.Read(ctx, find); err != nil || len(found) == 0 {
		return err
	}
	return d.write(ctx, func(tx *store.Tx) error {
		t, now, err := knowersOf(tx, body.Conversation)
		if err != nil {
			return err
		}
		for _, h := range now {
			if err := d.giveCard(tx, t, h); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Desk) giveCard(tx *store.Tx, t chat.Thread, h chat.Helped) error {
	err := tx.AddCard(store.Card{Thread: t.ID, Agent: h.Agent, Conversation: t.Conversation, Basis: h.Thread, Maybe: h.Maybe, At: chat.Micros(d.now())})
	if err != nil {
		return err
	}
	return tell(tx, chat.AgentConversation(h.Agent), d.fact(chat.KindKnows, chat.System(), chat.Knows{Conversation: t.Conversation, Thread: t.ID}))
}

// knowersOf chooses who is to have a card for the open Thread of a Conversation.
func knowersOf(tx *store.Tx, c chat.ConversationID) (chat.Thread, []chat.Helped, error) {
	s, err := tx.State(c)
	if err != nil {
		return chat.Thread{}, nil, err
	}
	t := s.OpenThread()
	if t == nil {
		return chat.Thread{}, nil, nil
	}
	past, err := pastOf(tx, s)
	if err != nil {
		return chat.Thread{}, nil, err
	}
	had, err := tx.CardHolders(t.ID)
	if err != nil {
		return chat.Thread{}, nil, err
	}
	seeing, err := sights(tx, past)
	if err != nil {
		return chat.Thread{}, nil, err
	}
	past = slices.DeleteFunc(past, func(h chat.Helped) bool { return !seeing.past[h] })
	return *t, chat.Knowers(*t, past, had, func(a chat.AgentID) bool { return t.Access().Admits(seeing.viewers[a]) }), nil
}

// pastOf is who took part in the sittings of a visitor, of those who are linked
// with him, and of those who may be the same person.
func pastOf(tx *store.Tx, s chat.State) ([]chat.Helped, error) {
	people, _, err := tx.Person(s.Conversation.Visitor)
	if err != nil {
		return nil, err
	}
	me, err := tx.Visitor(s.Conversation.Visitor)
	if err != nil {
		return nil, err
	}
	same, err := tx.SameEmail(me, manyMatches)
	if err != nil {
		return nil, err
	}
	sure := len(people)
	for _, v := range same {
		if !slices.Contains(people, v.ID) {
			people = append(people, v.ID)
		}
	}
	var all []chat.Helped
	for i, id := range people {
		v, err := tx.Visitor(id)
		if err != nil {
			return nil, err
		}
		some, err := tx.Helped(v.Conversation, manyHelped)
		if err != nil {
			return nil, err
		}
		for _, h := range some {
			h.Maybe = i >= sure
			all = append(all, h)
		}
	}
	return all, nil
}

// sight is who of the past reads what now: a card names no sitting that its
// reader may not see any more.
type sight struct {
	viewers map[chat.AgentID]chat.Viewer
	past    map[chat.Helped]bool
}

func sights(tx *store.Tx, past []chat.Helped) (sight, error) {
	s := sight{map[chat.AgentID]chat.Viewer{}, map[chat.Helped]bool{}}
	for _, h := range past {
		v, known := s.viewers[h.Agent]
		if !known {
			a, err := tx.Agent(h.Agent)
			if err != nil && !chat.IsKind(err, chat.Missing) {
				return s, err
			}
			if err == nil && !a.Disabled {
				v = a.Viewer()
			}
			s.viewers[h.Agent] = v
		}
		ok, err := seesSitting(tx, v, h.Conversation, h.Thread)
		if err != nil {
			return s, err
		}
		s.past[h] = ok
	}
	return s, nil
}

// seesSitting reports whether a viewer may open a Conversation and see a Thread of
// it.
func seesSitting(tx *store.Tx, v chat.Viewer, c chat.ConversationID, t chat.ThreadID) (bool, error) {
	if _, err := visibleState(tx, v, c); err != nil {
		if chat.IsKind(err, chat.Missing) {
			err = nil
		}
		return false, err
	}
	thread, err := tx.Thread(t)
	return err == nil && thread.Access().Admits(v), err
}
