package stream

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"earshot/internal/chat"
)

// memory is a log in memory: the second implementation of source. It can drop
// batches, and roll back like a machine that was restored from a snapshot.
type memory struct {
	epoch string

	mu      sync.Mutex // guards everything below
	made    int        // ids given; never given again, also not after a rollback
	entries []chat.Entry
	states  map[chat.ConversationID]*chat.State
	threads map[chat.ConversationID][]chat.Thread
	agents  map[chat.AgentID]chat.Agent
	ended   map[chat.SessionID]bool
	batches chan []chat.Entry
	deaf    bool // batches are dropped
	queries int
	// previewed answers who reads a text along; nil = nobody.
	previewed func(chat.Actor) (chat.Preview, []chat.Agent)
}

func newMemory() *memory {
	m := &memory{epoch: "one", agents: map[chat.AgentID]chat.Agent{}, ended: map[chat.SessionID]bool{}}
	m.reset()
	return m
}

func (m *memory) reset() {
	m.states = map[chat.ConversationID]*chat.State{}
	m.threads = map[chat.ConversationID][]chat.Thread{}
	m.batches = make(chan []chat.Entry, 4)
}

// commit stores events of one Conversation as a batch and returns its entries.
func (m *memory) commit(c chat.ConversationID, events ...chat.Event) []chat.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(events) == 0 {
		return nil
	}
	m.made++
	thread := chat.ThreadID(fmt.Sprintf("t_%d", m.made))
	events = m.state(c).Add(thread, events)
	batch := make([]chat.Entry, len(events))
	for i, e := range events {
		m.made++
		e.ID = chat.EventID(fmt.Sprintf("e_%d", m.made))
		batch[i] = chat.Entry{Pos: int64(len(m.entries) + 1), Event: e}
		m.entries = append(m.entries, batch[i])
		m.fold(e)
	}
	if !m.deaf {
		select {
		case m.batches <- batch:
		default:
		}
	}
	return batch
}

func (m *memory) state(c chat.ConversationID) *chat.State {
	if m.states[c] == nil {
		form := chat.FormCustomer
		if strings.HasPrefix(string(c), "k_") {
			form = chat.FormChannel
		}
		m.states[c] = &chat.State{Conversation: chat.Conversation{ID: c, Kind: form}}
	}
	return m.states[c]
}

// fold keeps what the state does not: former Threads, changed bodies, agents.
func (m *memory) fold(e chat.Event) {
	c := e.Conversation
	change, tells := chat.AccessAfter(e)
	if t := m.states[c].Thread; t != nil && t.ID != e.Thread && tells {
		for i := range m.threads[c] {
			if o := &m.threads[c][i]; o.ID == e.Thread {
				o.Group, o.Policy, o.Stub = change.After.Group, change.After.Policy, change.After.Stub
			}
		}
	} else if t != nil {
		// The stream must not depend on how the rules of the present change a
		// Thread's group.
		if tells {
			t.Group, t.Policy, t.Stub = change.After.Group, change.After.Policy, change.After.Stub
		}
		kept := *t
		kept.Members = slices.Clone(t.Members)
		if i := slices.IndexFunc(m.threads[c], func(o chat.Thread) bool { return o.ID == t.ID }); i >= 0 {
			m.threads[c][i] = kept
		} else {
			m.threads[c] = append(m.threads[c], kept)
		}
	}
	if e.Kind == chat.KindAgent {
		a, _ := chat.Decode[chat.Agent](e)
		m.agents[a.ID] = a
	}
	if target, said, ok := changed(e); ok {
		for i := range m.entries {
			if o := &m.entries[i].Event; o.Conversation == c && o.Seq == target {
				was, _ := chat.Decode[chat.Said](*o)
				o.Body = encode(said(was))
			}
		}
	}
}

// Watches: whom the memory's log tells to watch.
func (m *memory) Watches(context.Context) ([]chat.Watch, error) { return nil, nil }

func (m *memory) Preview(_ context.Context, _ chat.ConversationID, by chat.Actor) (chat.Preview, []chat.Agent, error) {
	if m.previewed == nil {
		return chat.Preview{}, nil, nil
	}
	p, people := m.previewed(by)
	return p, people, nil
}

// rollback forgets everything after a position. Agents keep what they became.
func (m *memory) rollback(pos int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entries := m.entries[:pos]
	m.reset()
	m.entries = nil
	for _, e := range entries {
		m.entries = append(m.entries, e)
		m.state(e.Event.Conversation).Apply(e.Event)
		if e.Event.Kind != chat.KindAgent {
			m.fold(e.Event)
		}
	}
}

func (m *memory) look(c chat.ConversationID) chat.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := *m.state(c)
	if s.Thread != nil {
		t := *s.Thread
		t.Members = slices.Clone(t.Members)
		s.Thread = &t
	}
	return s
}

func (m *memory) read() func() {
	m.mu.Lock()
	m.queries++
	return m.mu.Unlock
}

func (m *memory) Epoch() string                { return m.epoch }
func (m *memory) Batches() <-chan []chat.Entry { return m.batches }

// Grown is no read of the log: it is not counted.
func (m *memory) Grown(pos int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pos < m.head().Pos
}

func (m *memory) head() chat.Position {
	if len(m.entries) == 0 {
		return chat.Position{}
	}
	last := m.entries[len(m.entries)-1]
	return chat.Position{Pos: last.Pos, Event: last.Event.ID}
}

func (m *memory) Head(context.Context) (chat.Position, error) {
	defer m.read()()
	return m.head(), nil
}

func (m *memory) At(_ context.Context, pos int64) (chat.Position, bool, error) {
	defer m.read()()
	if pos < 1 || pos > int64(len(m.entries)) {
		return chat.Position{}, false, nil
	}
	return chat.Position{Pos: pos, Event: m.entries[pos-1].Event.ID}, true, nil
}

func (m *memory) Log(_ context.Context, after int64, limit int) ([]chat.Entry, error) {
	defer m.read()()
	after = min(after, int64(len(m.entries)))
	return slices.Clone(m.entries[after:min(after+int64(limit), int64(len(m.entries)))]), nil
}

func (m *memory) VisitorEvents(_ context.Context, c chat.ConversationID, after int64, limit int) ([]chat.Event, chat.Position, error) {
	defer m.read()()
	var found []chat.Event
	for _, e := range m.entries {
		if e.Event.Conversation == c && e.Event.VSeq > after && len(found) < limit {
			found = append(found, e.Event)
		}
	}
	return found, m.head(), nil
}

func (m *memory) Sittings(_ context.Context, ids []chat.ConversationID) (map[chat.ConversationID][]sitting, int64, error) {
	defer m.read()()
	found := map[chat.ConversationID][]sitting{}
	for _, id := range ids {
		found[id] = ofThreads(m.threads[id])
		if t := m.state(id).Talk; t != nil {
			found[id] = []sitting{{"", t.Access()}}
		}
	}
	return found, m.head().Pos, nil
}

func (m *memory) Rows(_ context.Context, ids []chat.ConversationID) ([]chat.Row, error) {
	defer m.read()()
	var found []chat.Row
	for _, id := range ids {
		s := *m.state(id)
		if s.Thread == nil {
			continue
		}
		t := *s.Thread
		t.Members = slices.Clone(t.Members)
		s.Thread = &t
		found = append(found, chat.Row{State: s})
	}
	return found, nil
}

func (m *memory) Agent(_ context.Context, id chat.AgentID, session chat.SessionID) (chat.Agent, bool, error) {
	defer m.read()()
	a, ok := m.agents[id]
	return a, ok && !a.Disabled && !m.ended[session], nil
}
