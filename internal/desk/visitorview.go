package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const pageOfEvents = 50

// VisitorView is a visitor's snapshot: events as ForVisitor makes them.
type VisitorView struct {
	Visitor     chat.Visitor
	VSeq        int64
	Events      []chat.Event
	More        bool
	SeenVisitor int64 // vseq
	SeenTeam    int64 // vseq
	Open        bool  // a Thread is open
	Lead        string
	// Queue is his place while he waits, nil where he does not. Mail is the open
	// Thread's turn where an answer by e-mail was offered, Email where to.
	Queue *chat.QueuePlace
	Mail  *chat.Turn
	Email string

	waits *waiter // in the open Thread that nobody leads
}

// ViewAsVisitor loads the newest 50 events, or those before a vseq (> 0).
func (d *Desk) ViewAsVisitor(ctx context.Context, v chat.Visitor, before int64) (VisitorView, error) {
	var view VisitorView
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		view, err = viewOf(tx, v, before)
		return err
	})
	if err != nil {
		return VisitorView{}, err
	}
	if view.waits != nil {
		view.Queue, err = d.placeOf(ctx, *view.waits, v.Language)
	}
	return view, err
}

func viewOf(tx *store.Tx, v chat.Visitor, before int64) (VisitorView, error) {
	s, err := tx.State(v.Conversation)
	if err != nil {
		return VisitorView{}, err
	}
	c := s.Conversation
	view := VisitorView{Visitor: public(v), VSeq: c.VHead, SeenVisitor: c.SeenVisitor, SeenTeam: c.SeenTeam}
	if t := s.OpenThread(); t != nil {
		view.Open = true
		if t.State == chat.Queued {
			if view.waits, err = waiterOf(tx, t); err != nil {
				return VisitorView{}, err
			}
		}
		if t.AskedAt != 0 {
			turn := t.Turn
			view.Mail, view.Email = &turn, v.Email
		}
		if view.Lead, err = nameOf(tx, t.Lead); err != nil {
			return VisitorView{}, err
		}
	}
	if before <= 0 || before > c.VHead {
		before = c.VHead + 1
	}
	events, err := tx.VisitorEvents(c.ID, store.Span{Before: before, Limit: pageOfEvents + 1})
	if err != nil {
		return VisitorView{}, err
	}
	if view.More = len(events) > pageOfEvents; view.More {
		events = events[1:]
	}
	view.Events, err = forVisitor(tx, v, s, events)
	return view, err
}

func waiterOf(tx *store.Tx, t *chat.Thread) (*waiter, error) {
	w := waiter{thread: t.ID, group: t.Group}
	told, err := tx.Told(t.ID)
	if len(told) > 0 {
		w.told = wordOf(told[0])
	}
	return &w, err
}

// forVisitor is how events leave for a visitor: judged, then stripped.
func forVisitor(tx *store.Tx, v chat.Visitor, s chat.State, events []chat.Event) ([]chat.Event, error) {
	seen, err := seenBy(tx, v.Viewer(), s, events)
	for i := range seen {
		seen[i] = chat.ForVisitor(seen[i])
	}
	return seen, err
}

// public is what a visitor is told about himself.
func public(v chat.Visitor) chat.Visitor {
	return chat.Visitor{ID: v.ID, Name: v.Name, Conversation: v.Conversation}
}

// SeenByVisitor tells the team that the visitor has read up to a vseq.
func (d *Desk) SeenByVisitor(ctx context.Context, v chat.Visitor, upTo int64) error {
	return d.write(ctx, func(tx *store.Tx) error {
		s, err := tx.Lock(v.Conversation)
		if err != nil {
			return err
		}
		upTo, err := newestFromTeam(tx, s, upTo)
		if err != nil {
			return err
		}
		_, err = appendTo(tx, &s, chat.MarkSeen(s, v.Actor(), upTo, d.now()))
		return err
	})
}

// nameOf is the name of an agent, and "" of nobody.
func nameOf(tx *store.Tx, a chat.AgentID) (string, error) {
	if a == "" {
		return "", nil
	}
	agent, err := tx.Agent(a)
	return agent.Name, err
}
