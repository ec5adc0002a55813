package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
	"earshot/internal/chat"
)

// deed is one call to the API, with when it was made and answered, in
// microseconds. What was never answered returned never.
type deed struct {
	verb         string
	by           chat.AgentID // "" = the visitor
	conversation string
	group        chat.GroupID  // of a move
	to           chat.Target   // of a transfer or hold; to whom it is given
	reason       string        // of a transfer, hold or move
	role         chat.ChatRole // of who is asked in
	invite       int64         // of an answer to one
	way          string        // of a line of a hand-over
	shift        *shift        // of a hand-over
	call, ret    int64
	// ok, or the kind of the error; "" where the outcome is unknown.
	outcome string
	holder  chat.AgentID // whom a conflict names
	full    bool         // a conflict that tells of no room
	nobody  bool         // a conflict that tells that nobody is there
	again   bool         // answered that there was nothing to do
	events  []client.Event
}

const never = math.MaxInt64

// history is what a race keeps of its deeds.
type history struct {
	mu    sync.Mutex // guards everything below
	deeds []deed
	calls map[string]int // by verb
}

func (h *history) add(d deed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deeds = append(h.deeds, d)
}

func (h *history) count(verb string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls[verb]++
}

func (c *crowd) goesOn(ctx context.Context) bool {
	return (c.left.Load() > 0 || c.storming.Load()) && ctx.Err() == nil
}

// counts keeps one deed that is about to be done.
func (c *crowd) counts(verb string) {
	c.left.Add(-1)
	c.history.count(verb)
}

// crowd are the agents and visitors of a race.
type crowd struct {
	seeded
	history  *history
	left     atomic.Int64 // deeds to do
	storming atomic.Bool  // it goes on until the storm is over
	faults   atomic.Int64 // answers that no client should get
	aFault   atomic.Value // what one of them says

	mu     sync.Mutex // guards everything below
	newest []string   // conversations, newest last
	offers map[chat.AgentID][]string
	leads  map[chat.AgentID]map[string]bool
	wants  map[string]chat.AgentID // who asked for a conversation back
	camein map[string]chat.GroupID // where a conversation began
	heard
}

const hot = 40

// patientRaces are those of more deeds.
const patientRaces = 5000

// runCrowd lets agents and visitors do n deeds at once, and returns what they
// did.
func runCrowd(t testing.TB, s seeded, n int) *history {
	t.Helper()
	c := &crowd{seeded: s, history: &history{calls: map[string]int{}}, offers: map[chat.AgentID][]string{}, leads: map[chat.AgentID]map[string]bool{},
		wants: map[string]chat.AgentID{}, camein: map[string]chat.GroupID{}, heard: newHeard()}
	c.left.Store(int64(n))
	for _, m := range s.mates {
		m.heard = c.hear
	}
	s.connectAll(t)
	g, ctx := errgroup.WithContext(t.Context())
	if s.storm != nil {
		c.storming.Store(true)
		g.Go(func() error {
			defer c.storming.Store(false)
			s.storm()
			return nil
		})
	}
	for _, m := range s.mates {
		g.Go(func() error { return c.work(ctx, m) })
	}
	for i := range 10 {
		g.Go(func() error { return c.visit(ctx, i) })
	}
	if err := g.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(s.out.String(), 20))
	}
	c.settle(t, n > patientRaces)
	if n := c.faults.Load(); n > 0 {
		t.Errorf("%d answers were internal errors, one of them: %v", n, c.aFault.Load())
	}
	return c.history
}

// hear is what an agent's own line tells him: that he is asked, and what he
// leads.
func (c *crowd) hear(me chat.AgentID, e client.Event) {
	var b struct {
		Agent    chat.AgentID `json:"agent"`
		Lead     chat.AgentID `json:"lead"`
		Previous chat.AgentID `json:"previous"`
	}
	if json.Unmarshal(e.Body, &b) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard.hear(me, e)
	switch kind := chat.Kind(e.Kind); {
	case kind == chat.KindOffer && b.Agent == me:
		c.offers[me] = append(c.offers[me], e.Conversation)
	case kind == chat.KindAssign && b.Lead == me:
		if c.leads[me] == nil {
			c.leads[me] = map[string]bool{}
		}
		c.leads[me][e.Conversation] = true
	case kind == chat.KindBackAsked:
		c.wants[e.Conversation] = b.Agent
	case kind == chat.KindAssign, kind == chat.KindRequeued, kind == chat.KindMoved, kind == chat.KindHold, kind == chat.KindClosed:
		delete(c.leads[me], e.Conversation)
	}
}

func (c *crowd) began(conversation string, in chat.GroupID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.camein[conversation] = in
	if !slices.Contains(c.newest, conversation) {
		c.newest = append(c.newest, conversation)
		c.newest = c.newest[max(0, len(c.newest)-hot):]
	}
}

// pick is a conversation that others are at, too: half of the time the newest.
func (c *crowd) pick() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.newest) == 0 {
		return ""
	}
	if rand.IntN(2) == 0 {
		return c.newest[len(c.newest)-1-rand.IntN(min(3, len(c.newest)))]
	}
	return c.newest[rand.IntN(len(c.newest))]
}

// own is a conversation that the agent leads, as far as he knows.
func (c *crowd) own(a chat.AgentID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.leads[a] {
		return id
	}
	return ""
}

func (c *crowd) nextOffered(a chat.AgentID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return first(c.offers, a)
}

// work is an agent's day. Now and then he lets the router come first.
func (c *crowd) work(ctx context.Context, m *mate) error {
	breath := time.NewTicker(25 * time.Millisecond)
	defer breath.Stop()
	for c.goesOn(ctx) {
		if rand.IntN(2) == 0 {
			<-breath.C
		}
		if verb, id := c.answer(m.id); id != "" && rand.IntN(10) > 0 {
			c.act(ctx, m, verb, id)
			continue
		}
		if err := c.something(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// answer is what an agent says to the next offer or invitation that rings him, and
// in which conversation; "" = nothing does.
func (c *crowd) answer(a chat.AgentID) (verb, conversation string) {
	verb = []string{"accept", "accept", "accept", "decline"}[rand.IntN(4)]
	if id := c.nextOffered(a); id != "" {
		return verb, id
	}
	return verb + "-invite", c.nextInvited(a)
}

// something is what an agent does of himself. The numbers are parts of the whole.
func (c *crowd) something(ctx context.Context, m *mate) error {
	if !m.connected() && rand.IntN(12) == 0 {
		c.counts("connect")
		return c.fault(m.connect(ctx))
	}
	if id := c.onIt(m.id); id != "" && rand.IntN(3) == 0 {
		c.act(ctx, m, "back-off", id)
		return nil
	}
	if m.heads != "" && rand.IntN(2) == 0 {
		c.oversee(ctx, m)
		return nil
	}
	id := c.own(m.id)
	if id == "" || rand.IntN(4) == 0 {
		id = c.pick()
	}
	part := rand.IntN(146)
	for _, one := range []struct {
		parts int
		verb  string
	}{
		{13, "take"}, {2, "take-above"}, {3, "take-next"}, {7, "join"}, {2, "jump-in"}, {4, "leave"}, {4, "accept"}, {1, "decline"}, {9, "close"}, {6, "move"}, {4, "requeue"}, {14, "post"},
		{14, "transfer"}, {3, "withdraw"}, {3, "let-go"}, {4, "hold"}, {2, "ask-back"}, {1, "waive"}, {2, "give"},
		{9, "ask-in"}, {1, "accept-invite"}, {1, "decline-invite"}, {2, "withdraw-invite"}, {3, "hand-lead"}, {4, "take-over"},
		{8, "triage"},
		{3, "call"}, {6, "come"}, {2, "back-off"}, {1, "settle"},
	} {
		if part -= one.parts; part < 0 {
			c.act(ctx, m, one.verb, c.fitting(m, one.verb, id))
			return nil
		}
	}
	if part < 3 {
		m.disconnect()
		c.counts("disconnect")
		return nil
	}
	if part < 4 && m.mayLeave() && c.storm == nil {
		return c.signOut(ctx, m)
	}
	if part < 6 && c.storm == nil { // the model wants to know what became of them
		return c.goHome(ctx, m)
	}
	c.counts("status")
	status := []string{"accepting", "accepting", "accepting", "accepting", "finishing", "away"}[rand.IntN(6)]
	return c.fault(m.SetStatus(ctx, status, ""))
}

// fitting is a conversation in which the agent may do something, as far as he knows:
// what others lead few may pass on. Now and then he does not ask.
func (c *crowd) fitting(m *mate, verb, id string) string {
	if rand.IntN(8) == 0 {
		return id
	}
	switch verb {
	case "transfer", "let-go", "ask-in":
		return cmp.Or(c.own(m.id), id)
	case "hand-lead", "take-over":
		return cmp.Or(c.shared(m, verb), id)
	case "triage":
		return cmp.Or(c.unsorted(m), id)
	case "call", "come", "back-off", "settle":
		return c.flagged(m, verb, id)
	}
	return id
}

// fault counts internal errors and passes on what is not an answer.
func (c *crowd) fault(err error) error {
	var e *client.Error
	if errors.As(err, &e) {
		if e.Kind == "unavailable" && (c.storm == nil || e.Status == http.StatusInternalServerError) {
			c.faults.Add(1)
			c.aFault.Store(e.Error())
		}
		return nil
	}
	if c.storm != nil {
		return nil
	}
	return err
}

// act does one deed of an agent and keeps it. One in fifty callers hangs up: what
// became of his deed nobody knows.
func (c *crowd) act(ctx context.Context, m *mate, verb, id string) {
	if id == "" && verb != "take-next" {
		return
	}
	if rand.IntN(50) == 0 && verb != "take-next" {
		impatient, cancel := context.WithTimeout(ctx, rand.N(8*time.Millisecond))
		defer cancel()
		ctx = impatient
	}
	c.counts(verb)
	d := deed{verb: verb, by: m.id, conversation: id, call: time.Now().UnixMicro()}
	var done client.Done
	var err error
	switch verb {
	case "take":
		done, err = m.Take(ctx, id)
	case "take-above":
		done, err = m.TakeOver(ctx, id)
	case "take-next":
		done, err = m.TakeNext(ctx)
		d.verb = "take"
	case "accept":
		done, err = m.Accept(ctx, id)
	case "decline":
		done, err = m.Decline(ctx, id)
	case "join":
		done, err = m.Join(ctx, id)
	case "jump-in":
		done, err = m.JumpIn(ctx, id, "let me help", "")
	case "leave":
		done, err = m.Leave(ctx, id)
	case "requeue":
		done, err = m.Requeue(ctx, id)
	case "close":
		done, err = m.Close(ctx, id)
	case "move":
		d.group, d.reason = c.groups[rand.IntN(len(c.groups))].ID, "it belongs there"
		done, err = m.Move(ctx, id, string(d.group), d.reason)
	case "transfer", "hold", "triage", "withdraw", "let-go", "ask-back", "waive", "give":
		done, err = c.pass(ctx, m, &d)
	case "ask-in", "accept-invite", "decline-invite", "withdraw-invite", "hand-lead", "take-over":
		done, err = c.gather(ctx, m, &d)
	case "call", "come", "back-off", "settle":
		done, err = c.call(ctx, m, &d)
	case "post":
		done, err = m.Post(ctx, id, client.Message{Text: "I am looking into it"})
	}
	d.answered(done.Events, err)
	d.again = done.Again
	if verb == "take-next" {
		if len(done.Events) == 0 {
			return // of no conversation in particular
		}
		d.conversation = done.Events[0].Conversation
	}
	_ = c.fault(err)
	c.history.add(d)
}

func (d *deed) answered(events []client.Event, err error) {
	d.ret, d.events = time.Now().UnixMicro(), events
	var e *client.Error
	switch {
	case err == nil:
		d.outcome = "ok"
	case !errors.As(err, &e) || e.Kind == "unavailable":
		d.ret = never
	default:
		d.outcome = e.Kind
		var data struct {
			Agent chat.AgentID         `json:"agent"`
			Limit int                  `json:"limit"`
			To    chat.Target          `json:"to"`
			Lines []client.RefusedLine `json:"lines"`
		}
		if len(e.Data) > 0 && json.Unmarshal(e.Data, &data) == nil {
			d.holder, d.full, d.nobody = data.Agent, data.Limit > 0, data.To.Kind != ""
			if d.shift != nil {
				d.shift.refused = data.Lines
			}
		}
	}
}

// visit is one visitor after another at one browser.
func (c *crowd) visit(ctx context.Context, n int) error {
	var v *client.Visitor
	conversation, said := "", 0
	for c.goesOn(ctx) {
		switch part := rand.IntN(10); {
		case v == nil || part == 0:
			v, conversation = client.New(c.url, client.WithoutRetries()).Visitor(client.NewToken(), c.site), ""
		case part < 3 && conversation != "":
			c.counts("end")
			d := deed{verb: "end", conversation: conversation, call: time.Now().UnixMicro()}
			err := v.End(ctx)
			d.answered(nil, err)
			c.history.add(d)
			v = nil
			if err := c.fault(err); err != nil {
				return err
			}
			continue
		}
		said++
		id, err := c.say(ctx, v, conversation, fmt.Sprintf("visitor %d asks %d", n, said))
		if err != nil {
			return err
		}
		conversation = id
	}
	return nil
}

// say posts a visitor's message to a group that the page names.
func (c *crowd) say(ctx context.Context, v *client.Visitor, conversation, text string) (string, error) {
	c.counts("say")
	group := c.groups[rand.IntN(len(c.groups))].ID
	d := deed{verb: "say", conversation: conversation, call: time.Now().UnixMicro()}
	sending := ctx
	if conversation != "" && rand.IntN(50) == 0 {
		impatient, cancel := context.WithTimeout(ctx, rand.N(8*time.Millisecond))
		defer cancel()
		sending = impatient
	}
	m := client.VisitorMessage{Key: client.NewKey(), Text: text, Page: client.Page{URL: "https://acme.example/", Group: string(group)}}
	done, err := v.Post(sending, m)
	for c.storm != nil && conversation == "" && err != nil && ctx.Err() == nil {
		done, err = v.Post(sending, m) // the chat that he has begun, if he has
	}
	d.answered(done.Events, err)
	if err == nil {
		d.conversation = done.Visitor.Conversation
		c.began(d.conversation, group)
	}
	if d.conversation != "" {
		c.history.add(d)
	}
	if sending.Err() != nil && ctx.Err() == nil {
		return conversation, nil // he hung up
	}
	return d.conversation, c.fault(err)
}
