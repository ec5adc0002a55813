package stream

import (
	"context"
	"fmt"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
)

// room is a hub over a log in memory, inside a synctest bubble.
type room struct {
	src  *memory
	hub  *Hub
	bus  *bus.Local
	stop func()
}

// open starts a room. The returned stop says bye to everybody.
func open(lim limits) *room {
	r := &room{src: newMemory(), bus: bus.NewLocal()}
	r.hub = newHub(r.src, r.bus, Options{Key: make([]byte, 32), Node: "n1"}, lim)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.hub.Run(ctx); err != nil {
			panic(err)
		}
	}()
	r.stop = func() { cancel(); <-done }
	return r
}

// hire makes an agent.
func (r *room) hire(id chat.AgentID, role chat.Role, groups ...chat.GroupID) chat.Agent {
	a := chat.Agent{ID: id, Name: "Agent " + string(id), Role: role, Groups: groups}
	r.src.commit(chat.TeamConversation, chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, a))
	return a
}

func (r *room) attach(a chat.Agent, session chat.SessionID, cursor string) (*line, *Feed) {
	l := newLine()
	return l, r.hub.Attach(Reader{Viewer: a.Viewer(), Actor: a.Actor(), Session: session}, cursor, l)
}

// follow attaches an agent at the head of the log and takes the greetings.
func (r *room) follow(a chat.Agent, session chat.SessionID) (*line, *Feed) {
	head, _ := r.src.Head(context.Background())
	return r.attach(a, session, r.hub.Seal(a.Viewer(), head))
}

func visitorOf(c chat.ConversationID) chat.Visitor {
	return chat.Visitor{ID: "v_" + chat.VisitorID(c), Name: "Visitor", Conversation: c}
}

func (r *room) visit(c chat.ConversationID, vseq int64) (*line, *Feed) {
	v := visitorOf(c)
	l := newLine()
	return l, r.hub.Attach(Reader{Viewer: v.Viewer(), Actor: v.Actor()}, r.hub.SealVisitor(v.Viewer(), vseq), l)
}

// ask lets the visitor of a Conversation write n messages, each a commit.
func (r *room) ask(c chat.ConversationID, n int, policy chat.Policy) {
	for i := range n {
		m := chat.NewMessage{Text: fmt.Sprintf("question %d", i), Begin: chat.Beginning{Group: chat.Group{ID: "g_1", Policy: policy}}}
		events, err := chat.Post(r.src.look(c), visitorOf(c).Actor(), m, time.Now())
		if err != nil {
			panic(err)
		}
		r.src.commit(c, events...)
		r.bus.Wake()
	}
}

func (r *room) do(c chat.ConversationID, events []chat.Event, err error) {
	if err != nil {
		panic(err)
	}
	r.src.commit(c, events...)
	r.bus.Wake()
}

func (r *room) take(c chat.ConversationID, a chat.Agent) {
	events, err := chat.Take(r.src.look(c), a, chat.Given{}, time.Now())
	r.do(c, events, err)
}

func (r *room) note(c chat.ConversationID, a chat.Agent, text string) {
	events, err := chat.AddNote(r.src.look(c), a.Actor(), chat.NewMessage{Text: text}, time.Now())
	r.do(c, events, err)
}

func up(t *testing.T, f *Feed, frame upFrame) {
	t.Helper()
	if err := f.Up(encode(frame)); err != nil {
		t.Fatal(err)
	}
}

func wantTypes(t *testing.T, frames []down, want ...string) {
	t.Helper()
	if got := types(frames); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("frames %v, want %v", got, want)
	}
}
