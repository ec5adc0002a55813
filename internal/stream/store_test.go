package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// stand is a hub over a real store.
type stand struct {
	t     *testing.T
	st    *store.Store
	bus   *bus.Local
	world *storetest.World
	hub   *Hub
	stop  func()
}

func newStand(t *testing.T) *stand {
	t.Helper()
	st := storetest.New(t)
	s := &stand{t: t, st: st, bus: bus.NewLocal(), world: storetest.NewWorld(t, st)}
	s.begin()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *stand) begin() {
	s.hub = New(s.st, s.bus, Options{Key: bytes.Repeat([]byte{7}, 32)})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	hub := s.hub
	go func() { done <- hub.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	}
}

// say appends what a rule answers and rings the bell. A refusal appends nothing.
func (s *stand) say(c chat.ConversationID, rule func(chat.State) ([]chat.Event, error)) {
	s.t.Helper()
	err := s.st.Write(context.Background(), func(tx *store.Tx) error {
		_, err := s.world.AppendIn(tx, c, rule)
		return err
	})
	var refused *chat.Error
	if err != nil && !chat.IsKind(err, chat.Conflict) && !chat.IsKind(err, chat.Gone) && !chat.IsKind(err, chat.Denied) {
		s.t.Fatalf("append: %v %v", err, refused)
	}
	s.bus.Wake()
}

// wire is a client that reads until it has what it waits for.
type wire struct {
	s      *stand
	reader Reader
	cursor string
	line   *line
	feed   *Feed
	events []chat.Event
	raw    [][]byte
	resets int
}

func (w *wire) connect() {
	w.line = newLine()
	w.feed = w.s.hub.Attach(w.reader, w.cursor, w.line)
}

func (w *wire) cut() {
	if w.feed != nil {
		w.feed.Detach()
		w.take()
		w.feed = nil
	}
}

func (w *wire) take() {
	frames, code := w.line.take()
	for _, raw := range frames {
		d := parse(w.s.t, raw)
		w.raw = append(w.raw, raw)
		if d.Type == "event" {
			w.events = append(w.events, d.Event)
		}
		if d.Type == "reset" {
			w.resets++
		}
		if d.Cursor != "" {
			w.cursor = d.Cursor
		}
	}
	if code != 0 {
		w.feed.Detach()
		w.connect()
	}
}

// until takes frames until done says so.
func (w *wire) until(what string, done func() bool) {
	w.s.t.Helper()
	late := time.After(20 * time.Second)
	for w.take(); !done(); w.take() {
		select {
		case <-w.line.came:
		case <-late:
			w.s.t.Fatalf("%s did not come; %d events so far", what, len(w.events))
		}
	}
}

// Cases on the real store: a visitor and an agent who takes part receive the
// conversation exactly as it is stored, over cuts, resumes and restarts; and the
// visitor not a byte of a note.
func TestResume_RealStoreDeliversTheLogExactly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			realStore(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func realStore(t *testing.T, rng *rand.Rand) {
	s := newStand(t)
	agent := storetest.Agent("ann", chat.Member)
	s.world.Write(func(tx *store.Tx) error { return tx.SaveAgent(agent) })
	v, other := s.world.Visitor("Vera"), s.world.Visitor("Otto")
	group := chat.Group{ID: "g_1", Policy: chat.PolicyOpen}
	visitor := &wire{s: s, reader: Reader{Viewer: v.Viewer(), Actor: v.Actor()}, cursor: s.hub.SealVisitor(v.Viewer(), 0)}
	reader := &wire{s: s, reader: Reader{Viewer: agent.Viewer(), Actor: agent.Actor()}}
	s.say(v.Conversation, func(st chat.State) ([]chat.Event, error) {
		return chat.Post(st, v.Actor(), chat.NewMessage{Text: "first", Begin: chat.Beginning{Group: group}}, time.Now())
	})
	s.say(v.Conversation, func(st chat.State) ([]chat.Event, error) { return chat.Take(st, agent, chat.Given{}, time.Now()) })
	s.world.Read(func(tx *store.Tx) error {
		head, err := tx.Head()
		reader.cursor = s.hub.Seal(agent.Viewer(), head)
		return err
	})
	visitor.connect()
	reader.connect()
	for range 50 {
		now := time.Now()
		switch rng.IntN(9) {
		case 0, 1, 2:
			s.say(v.Conversation, func(st chat.State) ([]chat.Event, error) {
				return chat.Post(st, v.Actor(), chat.NewMessage{Text: "mine", Begin: chat.Beginning{Group: group}}, now)
			})
		case 3:
			s.say(v.Conversation, func(st chat.State) ([]chat.Event, error) {
				return chat.Post(st, agent.Actor(), chat.NewMessage{Text: "answer", Begin: chat.Beginning{Group: group}}, now)
			})
		case 4:
			s.say(v.Conversation, func(st chat.State) ([]chat.Event, error) {
				return chat.AddNote(st, agent.Actor(), chat.NewMessage{Text: "CANARY-NOTE"}, now)
			})
		case 5:
			s.say(other.Conversation, func(st chat.State) ([]chat.Event, error) {
				return chat.Post(st, other.Actor(), chat.NewMessage{Text: "CANARY-OTHER", Begin: chat.Beginning{Group: group}}, now)
			})
		case 6:
			visitor.cut()
			visitor.connect()
		case 7:
			reader.cut()
			reader.connect()
		case 8:
			if rng.IntN(4) == 0 {
				s.stop()
				s.begin()
			}
		}
	}
	s.compare(v, agent, visitor, reader)
	visitor.cut()
	reader.cut()
}

func (s *stand) compare(v chat.Visitor, agent chat.Agent, visitor, reader *wire) {
	s.t.Helper()
	var all, forVisitor []chat.Event
	s.world.Read(func(tx *store.Tx) (err error) {
		all, err = tx.Events(v.Conversation, store.Span{Limit: 500})
		return err
	})
	for _, e := range all {
		if chat.Visible(e, chat.Access{}, v.Viewer()) {
			forVisitor = append(forVisitor, chat.ForVisitor(e))
		}
	}
	visitor.until("the visitor's last event", func() bool { return len(visitor.events) >= len(forVisitor) })
	last := all[len(all)-1]
	reader.until("the agent's last event", func() bool {
		n := len(reader.events)
		return n > 0 && reader.events[n-1].Seq == last.Seq && reader.events[n-1].Conversation == v.Conversation
	})
	if visitor.resets+reader.resets > 0 {
		s.t.Errorf("%d resets of the visitor and %d of the agent, want none", visitor.resets, reader.resets)
	}
	if diff := cmp.Diff(asJSON(s.t, forVisitor), asJSON(s.t, visitor.events)); diff != "" {
		s.t.Errorf("the visitor received something else (-want +got):\n%s", diff)
	}
	all = all[3:] // begun, asked, taken: before the agent's snapshot
	var got []chat.Event
	for _, e := range reader.events {
		if e.Conversation == v.Conversation {
			got = append(got, e)
		}
	}
	if diff := cmp.Diff(asJSON(s.t, all), asJSON(s.t, got)); diff != "" {
		s.t.Errorf("the agent received something else (-want +got):\n%s", diff)
	}
	for _, raw := range visitor.raw {
		for _, word := range []string{"CANARY", agent.Email, `"thread"`, `"audience":"agents"`} {
			if bytes.Contains(raw, []byte(word)) {
				s.t.Errorf("the visitor received %q: %s", word, raw)
			}
		}
	}
}

func asJSON(t *testing.T, events []chat.Event) []string {
	t.Helper()
	all := make([]string, len(events))
	for i, e := range events {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = string(raw)
	}
	return all
}

// A session's end and an agent's change reach the feeds of a real store, too.
func TestSession_UnknownToTheStoreIsCutWith4403(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	agent := storetest.Agent("ann", chat.Member)
	s.world.Write(func(tx *store.Tx) error { return tx.SaveAgent(agent) })
	for name, r := range map[string]Reader{
		"a session that is not stored": {Viewer: agent.Viewer(), Session: "n_none"},
		"an agent that is not stored":  {Viewer: chat.Viewer{Kind: chat.ByAgent, Agent: "a_none"}},
	} {
		w := &wire{s: s, reader: r}
		w.connect()
		code := 0
		for code == 0 {
			select {
			case <-w.line.came:
				_, code = w.line.take()
			case <-time.After(20 * time.Second):
				t.Fatalf("%s: nothing came", name)
			}
		}
		if code != CloseRevoked {
			t.Errorf("%s: code %d, want %d", name, code, CloseRevoked)
		}
		w.feed.Detach()
	}
}
