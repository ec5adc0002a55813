package stream

import (
	"context"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// source is what the stream reads: the store, and in tests a log in memory that
// property tests can cut and roll back thousands of times.
type source interface {
	// Epoch names the history.
	Epoch() string
	// Batches delivers committed batches; it may drop some.
	Batches() <-chan []chat.Entry
	// Grown reports without reading whether the log goes on behind a position, as of
	// a moment ago.
	Grown(pos int64) bool
	Head(ctx context.Context) (chat.Position, error)
	// At returns what stands at a position, and false where nothing does.
	At(ctx context.Context, pos int64) (chat.Position, bool, error)
	Log(ctx context.Context, after int64, limit int) ([]chat.Entry, error)
	// VisitorEvents loads events after a vseq, and the head of the log as of then.
	VisitorEvents(ctx context.Context, c chat.ConversationID, after int64, limit int) ([]chat.Event, chat.Position, error)
	// Sittings loads the Threads, or the talk, of Conversations, and the position as
	// of which they were loaded.
	Sittings(ctx context.Context, ids []chat.ConversationID) (map[chat.ConversationID][]sitting, int64, error)
	Rows(ctx context.Context, ids []chat.ConversationID) ([]chat.Row, error)
	// Watches loads who watches what now.
	Watches(ctx context.Context) ([]chat.Watch, error)
	// Preview loads what decides who reads a text along, as of now, and those of
	// whom it is asked. One without a Thread is read by nobody.
	Preview(ctx context.Context, c chat.ConversationID, by chat.Actor) (chat.Preview, []chat.Agent, error)
	// Agent loads an agent as he is now, and whether the session may go on.
	Agent(ctx context.Context, id chat.AgentID, session chat.SessionID) (chat.Agent, bool, error)
}

type storeSource struct{ st *store.Store }

func (s storeSource) Epoch() string                { return s.st.Epoch() }
func (s storeSource) Batches() <-chan []chat.Entry { return s.st.Batches() }

func (s storeSource) Grown(pos int64) bool { return s.st.Grown(pos) }

func (s storeSource) Head(ctx context.Context) (p chat.Position, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		p, err = tx.Head()
		return err
	})
	return p, err
}

func (s storeSource) At(ctx context.Context, pos int64) (p chat.Position, ok bool, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		p, ok, err = tx.At(pos)
		return err
	})
	return p, ok, err
}

func (s storeSource) Log(ctx context.Context, after int64, limit int) (entries []chat.Entry, err error) {
	if s.st.Settled(after) {
		return nil, nil
	}
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		entries, err = tx.Log(after, limit)
		return err
	})
	return entries, err
}

func (s storeSource) VisitorEvents(ctx context.Context, c chat.ConversationID, after int64, limit int) (events []chat.Event, head chat.Position, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		if head, err = tx.Head(); err != nil {
			return err
		}
		events, err = tx.VisitorEvents(c, store.Span{After: after, Limit: limit})
		return err
	})
	return events, head, err
}

func (s storeSource) Sittings(ctx context.Context, ids []chat.ConversationID) (map[chat.ConversationID][]sitting, int64, error) {
	found := make(map[chat.ConversationID][]sitting, len(ids))
	var at int64
	err := s.st.Read(ctx, func(tx *store.Tx) error {
		// The position first: what is folded again later does no harm, what is
		// missed would.
		head, err := tx.Head()
		if err != nil {
			return err
		}
		at = head.Pos
		for _, id := range ids {
			if found[id], err = sittingsOf(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return found, at, err
}

// sittingsOf loads the Access of each Thread. A Conversation without one may be a
// talk, whose events name no Thread.
func sittingsOf(tx *store.Tx, id chat.ConversationID) ([]sitting, error) {
	threads, err := tx.Threads(id)
	if err != nil || len(threads) > 0 {
		return ofThreads(threads), err
	}
	t, err := tx.Talk(id)
	if chat.IsKind(err, chat.Missing) {
		return nil, nil
	}
	return []sitting{{"", t.Access()}}, err
}

func (s storeSource) Rows(ctx context.Context, ids []chat.ConversationID) (found []chat.Row, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.Rows(ids)
		return err
	})
	return found, err
}

func (s storeSource) Watches(ctx context.Context) (all []chat.Watch, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.Watches()
		return err
	})
	return all, err
}

func (s storeSource) Agent(ctx context.Context, id chat.AgentID, session chat.SessionID) (a chat.Agent, live bool, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		live = false
		if a, err = tx.Agent(id); err != nil {
			return err
		}
		live = session == "" && !a.Disabled
		if session == "" || a.Disabled {
			return nil
		}
		sessions, err := tx.Sessions(id)
		for _, s := range sessions {
			live = live || s.ID == session
		}
		return err
	})
	if chat.IsKind(err, chat.Missing) {
		return chat.Agent{}, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("stream: load reader: %w", err)
	}
	return a, live, nil
}

func (s storeSource) Preview(ctx context.Context, c chat.ConversationID, by chat.Actor) (p chat.Preview, people []chat.Agent, err error) {
	err = s.st.Read(ctx, func(tx *store.Tx) error {
		p, people, err = previewOf(tx, c, by)
		return err
	})
	return p, people, err
}

func previewOf(tx *store.Tx, c chat.ConversationID, by chat.Actor) (chat.Preview, []chat.Agent, error) {
	p := chat.Preview{By: by}
	s, err := tx.State(c)
	t := s.OpenThread()
	if err != nil || t == nil {
		return p, nil, err
	}
	p.Thread = *t
	if p.Site, err = tx.Site(s.Conversation.Site); err != nil {
		return p, nil, err
	}
	group, err := tx.Group(t.Group)
	if err != nil {
		return p, nil, err
	}
	p.Etiquette = group.Etiquette
	if p.Watches, err = tx.WatchesOf(t.ID); err != nil {
		return p, nil, err
	}
	ids := append([]chat.AgentID{t.Lead}, t.Members...)
	for _, w := range p.Watches {
		ids = append(ids, w.Watcher)
	}
	var people []chat.Agent
	for _, id := range ids {
		if id == "" {
			continue
		}
		a, err := tx.Agent(id)
		if err != nil {
			return p, nil, err
		}
		if people = append(people, a); id == t.Lead {
			p.Lead = a
		}
	}
	return p, people, nil
}
