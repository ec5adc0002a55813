package stream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
)

// op is one action of a walk. Its numbers choose who and where; that a plan is
// plain data is what lets a failing one be made smaller.
type op struct{ kind, a, b, n int }

const (
	opVisitorPosts = iota
	opAgentPosts
	opNote
	opTake
	opJoin
	opLeave
	opClose
	opHandOver // somebody or nobody leads, under any group and policy
	opPolicy   // a group is seen by others, or was deleted: any of its Threads, open or over
	opChange   // edit or redact
	opOwn      // a fact of an agent's own Conversation
	opBurst
	opCut
	opConnect
	opBlock
	opRelease
	opWatch
	opWait
	opLazy
	opDeaf
	opRights
	opSignOut
	opRestart
	opRestore
	opGrant // a colleague is let see the present Thread, or not any more
	opKinds
)

// weights make the dramatic actions rare.
var weights = [opKinds]int{opVisitorPosts: 14, opAgentPosts: 10, opNote: 8, opTake: 6, opJoin: 5, opLeave: 4, opClose: 6, opHandOver: 7, opPolicy: 9,
	opChange: 4, opOwn: 3, opBurst: 3, opCut: 8, opConnect: 12, opBlock: 4, opRelease: 5, opWatch: 6, opWait: 8, opLazy: 3, opDeaf: 2,
	opRights: 2, opSignOut: 1, opRestart: 2, opRestore: 1, opGrant: 8}

func plan(seed uint64, length int) []op {
	rng := rand.New(rand.NewPCG(seed, 7))
	total := 0
	for _, w := range weights {
		total += w
	}
	ops := make([]op, length)
	for i := range ops {
		at, kind := rng.IntN(total), 0
		for at >= weights[kind] {
			at -= weights[kind]
			kind++
		}
		ops[i] = op{kind, rng.IntN(1000), rng.IntN(1000), rng.IntN(1000)}
	}
	return ops
}

// world is one walk: a log in memory, a hub, clients that follow the protocol,
// and an oracle that knows who must have received what.
type world struct {
	src     *memory
	hub     *Hub
	bus     *bus.Local
	stop    func()
	clients []*client
	seen    int // entries that the oracle has looked at
	limits  limits
	now     time.Time
	wasDeaf bool
	failure string
}

var walkGroups = []chat.Group{{ID: "g_open", Policy: chat.PolicyOpen}, {ID: "g_group", Policy: chat.PolicyGroup}, {ID: "g_lead", Policy: chat.PolicyLead}}

var walkConversations = []chat.ConversationID{"c_1", "c_2", "c_3"}

func newWorld() *world {
	w := &world{src: newMemory(), now: time.Now(), limits: limits{ring: 16, ringBytes: 1 << 20, queueBytes: 4 << 10, queueAge: 10 * time.Second,
		resume: 20, scan: 60, chunk: 7, places: 16}}
	for i, a := range []chat.Agent{
		{ID: "a_boss", Role: chat.Supervisor}, {ID: "a_ann", Role: chat.Member, Groups: []chat.GroupID{"g_group"}},
		{ID: "a_bob", Role: chat.Member, Groups: []chat.GroupID{"g_lead"}}, {ID: "a_eve", Role: chat.Member},
		chat.Agent{ID: "a_sid", Role: chat.Member}.Enrol("g_lead", chat.ClassSupervisor),
	} {
		a.Name = string(a.ID)
		w.src.commit(chat.TeamConversation, chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, a))
		w.clients = append(w.clients, &client{w: w, name: a.Name, agent: a.ID, session: chat.SessionID(fmt.Sprintf("n_%d", i))})
	}
	for _, c := range walkConversations[:2] {
		v := chat.Visitor{ID: chat.VisitorID("v_" + c), Conversation: c}
		w.clients = append(w.clients, &client{w: w, name: string(v.ID), visitor: v.Viewer()})
	}
	w.begin()
	return w
}

func (w *world) begin() {
	w.bus = bus.NewLocal()
	w.hub = newHub(w.src, w.bus, Options{Key: make([]byte, 32)}, w.limits)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.hub.Run(ctx); err != nil {
			panic(err)
		}
	}()
	w.stop = func() { cancel(); <-done }
}

func (w *world) fail(format string, args ...any) {
	if w.failure == "" {
		w.failure = fmt.Sprintf(format, args...)
	}
}

// run performs the plan, heals every line, and compares what each client holds
// with the truth.
func (w *world) run(ops []op) string {
	for i, o := range ops {
		w.act(o)
		w.settle()
		if w.failure != "" {
			return fmt.Sprintf("step %d %v: %s", i, o, w.failure)
		}
	}
	w.src.deaf = false
	for _, c := range w.clients {
		c.lazy = false
		c.release()
	}
	for range 3 {
		w.settle()
		time.Sleep(25 * time.Second)
		for _, c := range w.clients {
			c.connect()
		}
	}
	w.settle()
	time.Sleep(25 * time.Second)
	w.settle()
	for _, c := range w.clients {
		c.complete()
	}
	return w.failure
}

func (w *world) close() {
	for _, c := range w.clients {
		c.release()
		c.cut()
	}
	w.stop()
}

// settle lets everything happen that can without time passing, and lets the
// clients take in what has come, until nothing more comes.
func (w *world) settle() {
	for moved := true; moved; {
		synctest.Wait()
		w.observe()
		moved = false
		for _, c := range w.clients {
			if c.pump() {
				moved = true
			}
		}
	}
	for _, c := range w.clients {
		c.check()
	}
}

// observe lets the oracle judge each entry that a client has not settled, as of
// this moment.
func (w *world) observe() {
	w.src.mu.Lock()
	entries := w.src.entries
	w.src.mu.Unlock()
	for ; w.seen < len(entries); w.seen++ {
		for _, c := range w.clients {
			c.owe(entries[w.seen])
		}
	}
	for _, c := range w.clients {
		c.judge()
	}
}

func (w *world) commit(c chat.ConversationID, events ...chat.Event) {
	w.src.commit(c, events...)
	if !w.src.deaf {
		w.bus.Wake()
	}
	w.observe()
}

func (w *world) client(n int) *client            { return w.clients[n%len(w.clients)] }
func (w *world) where(n int) chat.ConversationID { return walkConversations[n%len(walkConversations)] }

func (w *world) agent(n int) chat.Agent {
	return w.src.agents[w.clients[n%4].agent]
}

func (w *world) act(o op) {
	c, a := w.where(o.a), w.agent(o.b)
	s := w.src.look(c)
	post := func(events []chat.Event, _ error) { w.commit(c, events...) }
	switch o.kind {
	case opVisitorPosts:
		w.visitorPosts(c, o)
	case opAgentPosts:
		post(chat.Post(s, a.Actor(), chat.NewMessage{Text: "answer", Begin: chat.Beginning{Group: walkGroups[o.n%3]}}, w.now))
	case opNote:
		post(chat.AddNote(s, a.Actor(), chat.NewMessage{Text: "CANARY-NOTE of " + a.Name}, w.now))
	case opTake:
		post(chat.Take(s, a, chat.Given{}, w.now))
	case opJoin:
		post(chat.Join(s, a, chat.Room{}, w.now))
	case opLeave:
		if t := s.OpenThread(); t != nil && t.Lead == a.ID { // a lead cannot leave: he puts it back
			post(chat.Requeue(s, a, a, chat.PutBack, chat.Order{}, w.now))
			return
		}
		post(chat.Leave(s, a, w.now))
	case opClose:
		post(chat.Close(s, chat.System(), chat.Resolved, 0, w.now))
		if o.n%2 == 0 { // and the next sitting begins
			w.visitorPosts(c, o)
		}
	case opHandOver:
		w.handOver(c, s, o)
	case opPolicy:
		w.policy(c, o)
	case opChange:
		w.change(c, o)
	case opOwn:
		w.commit(chat.AgentConversation(a.ID), chat.Fact(chat.KindRead, a.Actor(), chat.ForAgents, 1, chat.Read{Conversation: c, Seq: 1}))
	case opBurst:
		for range 3 + o.n%25 {
			w.visitorPosts(c, o)
		}
	case opCut:
		w.client(o.a).cut()
	case opConnect:
		w.client(o.a).connect()
	case opBlock:
		w.client(o.a).block()
	case opRelease:
		w.client(o.a).release()
	case opWatch:
		if w.hub.Stats().Position != int64(len(w.src.entries)) {
			return // a tailer that is behind would judge former entries by the new set
		}
		w.client(o.a).setWatch(walkConversations[o.b%3 : 1+max(o.b%3, o.n%3)])
	case opWait:
		time.Sleep([]time.Duration{100 * time.Millisecond, 300 * time.Millisecond, time.Second, 12 * time.Second, 25 * time.Second}[o.a%5])
	case opLazy:
		w.client(o.a).lazy = o.b%2 == 0
	case opDeaf:
		w.src.deaf, w.wasDeaf = !w.src.deaf, true
	case opRights:
		w.newRights(a, o)
	case opSignOut:
		cl := w.clients[o.b%4]
		w.src.ended[cl.session] = true
		w.commit(chat.AgentConversation(a.ID), chat.Fact(chat.KindSession, a.Actor(), chat.ForAgents, 1, chat.SessionEnded{Session: cl.session}))
		cl.session += "+"
	case opRestart:
		w.stop()
		w.begin()
	case opRestore:
		w.restore(o)
	case opGrant:
		if over := (chat.Agent{ID: "a_over", Role: chat.Supervisor}); o.n%3 > 0 {
			post(chat.Grant(s, over, []chat.Agent{a}, w.now))
		} else {
			post(chat.Revoke(s, over, a, w.now))
		}
	}
}

func (w *world) visitorPosts(c chat.ConversationID, o op) {
	by := chat.Actor{Kind: chat.ByVisitor, ID: "v_" + string(c)}
	m := chat.NewMessage{Text: "FROM-" + string(c) + strings.Repeat(" and so on", o.n%60), Begin: chat.Beginning{Group: walkGroups[o.n%3]}}
	events, _ := chat.Post(w.src.look(c), by, m, w.now)
	w.commit(c, events...)
}

func (w *world) handOver(c chat.ConversationID, s chat.State, o op) {
	t := s.OpenThread()
	if t == nil {
		return
	}
	g := walkGroups[o.n%3]
	after := chat.Access{Group: g.ID, Policy: g.Policy, Members: t.Members, Guests: t.Guests}
	if o.b%5 > 0 {
		after.Lead = w.clients[o.b%4].agent
	}
	body := chat.Assigned{Lead: after.Lead, Access: chat.AccessChange{Before: t.Access(), After: after}}
	w.commit(c, chat.Fact(chat.KindAssign, chat.System(), chat.ForAll, 1, body))
}

// policy makes any Thread of a Conversation seen as a group says, its own or
// another one.
func (w *world) policy(c chat.ConversationID, o op) {
	threads := w.src.threads[c]
	if len(threads) == 0 {
		return
	}
	g := walkGroups[o.n%3]
	if g.Policy = walkGroups[o.b%3].Policy; o.b%2 == 0 {
		g.ID = threads[o.n%len(threads)].Group
	}
	if e, changes := chat.SetPolicy(threads[o.n%len(threads)], g, chat.System(), w.now); changes {
		w.commit(c, e)
	}
}

func (w *world) change(c chat.ConversationID, o op) {
	w.src.mu.Lock()
	var said []chat.Event
	for _, e := range w.src.entries {
		if e.Event.Conversation == c && e.Event.Kind == chat.KindMessage {
			said = append(said, e.Event)
		}
	}
	w.src.mu.Unlock()
	if len(said) == 0 {
		return
	}
	target := said[o.b%len(said)]
	e, _, err := chat.Edit(target, target.Actor, "changed", w.now)
	if o.n%2 == 0 {
		e, _, err = chat.Redact(target, target.Actor, w.now)
	}
	if err == nil {
		w.commit(c, e)
	}
}

func (w *world) newRights(a chat.Agent, o op) {
	a.Rights++
	a.Groups, a.Classes = []chat.GroupID{walkGroups[o.n%3].ID}, nil
	if o.b%3 == 0 {
		a = a.Enrol(a.Groups[0], chat.ClassSupervisor)
	}
	w.commit(chat.TeamConversation, chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, a))
}

// restore brings an older state of the data back, with or without a new epoch.
func (w *world) restore(o op) {
	w.stop()
	keep := len(w.src.entries) * (o.a % 100) / 100
	w.src.rollback(int64(max(keep, 4)))
	w.seen = len(w.src.entries)
	// A tailer that was behind has judged by the Access of the head; where the
	// restore undoes that one, no position can tell.
	if o.b%2 == 0 || w.wasDeaf {
		w.src.epoch += "+"
	}
	for _, c := range w.clients {
		c.restored()
	}
	w.begin()
}

// walk runs a plan in a bubble of its own and returns what went wrong.
func walk(t *testing.T, ops []op) (failure string) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		w := newWorld()
		defer w.close()
		failure = w.run(ops)
	})
	return failure
}

// shrink drops what a failure does not need.
func shrink(t *testing.T, ops []op) []op {
	t.Helper()
	for size := len(ops) / 2; size > 0; size /= 2 {
		for i := 0; i+size <= len(ops); {
			less := slices.Delete(slices.Clone(ops), i, i+size)
			if walk(t, less) != "" {
				ops = less
			} else {
				i += size
			}
		}
	}
	return ops
}
