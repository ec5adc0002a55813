package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// World fills a Store: it makes ids and times that count up, asks the rules of
// chat, and appends what they answer.
type World struct {
	T testing.TB
	S *store.Store
	n atomic.Int64
}

// NewWorld returns a World over a Store.
func NewWorld(t testing.TB, s *store.Store) *World {
	w := &World{T: t, S: s}
	w.n.Store(1_000_000)
	return w
}

// Next returns a number that was not returned before.
func (w *World) Next() int64 { return w.n.Add(1) }

// Write runs fn in a transaction, which must succeed.
func (w *World) Write(fn func(tx *store.Tx) error) {
	w.T.Helper()
	if err := w.S.Write(context.Background(), fn); err != nil {
		w.T.Fatal(err)
	}
}

// Read runs fn in a read transaction, which must succeed. All that was written
// before has its position.
func (w *World) Read(fn func(tx *store.Tx) error) {
	w.T.Helper()
	if err := w.S.Numbered(context.Background()); err != nil {
		w.T.Fatal(err)
	}
	if err := w.S.Read(context.Background(), fn); err != nil {
		w.T.Fatal(err)
	}
}

// Agent is an agent of a role and groups that is not stored.
func Agent(name string, role chat.Role, groups ...chat.GroupID) chat.Agent {
	if groups == nil {
		groups = []chat.GroupID{}
	}
	return chat.Agent{ID: chat.AgentID("a_" + name), Name: name, Email: name + "@team.example", Role: role, Status: chat.Accepting, Limit: 4, Groups: groups}
}

// Visitor returns a new visitor with an empty Conversation, both stored.
func (w *World) Visitor(name string) chat.Visitor {
	w.T.Helper()
	n := w.Next()
	v := chat.Visitor{ID: chat.VisitorID(fmt.Sprintf("v_%d", n)), Site: "s_1", Name: name, Since: n, Seen: n,
		Conversation: chat.ConversationID(fmt.Sprintf("c_%d", n))}
	w.Write(func(tx *store.Tx) error {
		if err := tx.SaveVisitor(v); err != nil {
			return err
		}
		return tx.NewConversation(chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: v.Site, Visitor: v.ID})
	})
	return v
}

// Append stores the events that a rule answers for a Conversation's state, and
// returns them numbered.
func (w *World) Append(c chat.ConversationID, rule func(chat.State) ([]chat.Event, error)) []chat.Event {
	w.T.Helper()
	var added []chat.Event
	w.Write(func(tx *store.Tx) (err error) {
		added, err = w.AppendIn(tx, c, rule)
		return err
	})
	return added
}

// AppendIn is Append inside a transaction.
func (w *World) AppendIn(tx *store.Tx, c chat.ConversationID, rule func(chat.State) ([]chat.Event, error)) ([]chat.Event, error) {
	s, err := tx.Lock(c)
	if err != nil {
		return nil, err
	}
	events, err := rule(s)
	if err != nil {
		return nil, err
	}
	added := s.Add(chat.ThreadID(fmt.Sprintf("t_%d", w.Next())), events)
	for i := range added {
		added[i].ID = chat.EventID(fmt.Sprintf("e_%d", w.Next()))
	}
	return added, tx.Append(s, added)
}

// Start opens a Thread of a group in a Conversation.
func (w *World) Start(c chat.ConversationID, by chat.Actor, g chat.Group, lead chat.AgentID) {
	w.T.Helper()
	w.Append(c, func(s chat.State) ([]chat.Event, error) {
		number := 1
		if s.Thread != nil {
			number = s.Thread.Number + 1
		}
		body := chat.Started{Number: number, Group: g.ID, Policy: g.Policy, Lead: lead}
		return []chat.Event{chat.Fact(chat.KindStarted, by, chat.ForAgents, w.Next(), body)}, nil
	})
}

// Say appends a message, or, for agents alone, a note.
func (w *World) Say(c chat.ConversationID, by chat.Actor, to chat.Audience, text string) chat.Event {
	w.T.Helper()
	kind := chat.KindNote
	if to == chat.ForAll {
		kind = chat.KindMessage
	}
	return w.Fact(c, kind, by, to, chat.Said{Text: text})
}

// Fact appends one event of any kind.
func (w *World) Fact(c chat.ConversationID, kind chat.Kind, by chat.Actor, to chat.Audience, body any) chat.Event {
	w.T.Helper()
	return w.Append(c, func(chat.State) ([]chat.Event, error) {
		return []chat.Event{chat.Fact(kind, by, to, w.Next(), body)}, nil
	})[0]
}
