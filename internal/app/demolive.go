package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"earshot/client"
	"earshot/internal/chat"
)

// walkers is how many simulated visitors there are at once, besides those who
// wait in the queue from the start.
const walkers = 12

// crowd plays the living demo through the public API alone.
type crowd struct {
	client    *client.Client
	set       cast
	script    script
	perMinute int

	agents []*client.Agent
	pen    *rate.Limiter // one for all visitors: the rate is steady whoever writes
	scenes atomic.Int64
}

// run plays until ctx ends.
func (c *crowd) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, token := range c.set.waiting {
		g.Go(func() error { return over(c.stay(ctx, c.client.Visitor(token, c.set.site), nil)) })
	}
	if c.perMinute > 0 {
		if err := c.signIn(ctx); err != nil {
			return over(err)
		}
		c.pen = rate.NewLimiter(rate.Limit(float64(c.perMinute)/60), 2)
		c.scenes.Store(demoClosed + demoActive + demoQueued)
		for _, a := range c.agents {
			g.Go(func() error { return over(c.sit(ctx, a)) })
		}
		for range walkers {
			g.Go(func() error { return c.walks(ctx) })
		}
	}
	return g.Wait()
}

// over takes the end of the demo for no error.
func over(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (c *crowd) signIn(ctx context.Context) error {
	for _, p := range c.set.people[1:] {
		a, err := c.client.SignIn(ctx, p.email, c.set.password)
		if err != nil {
			return err
		}
		if err := a.SetStatus(ctx, string(chat.Accepting), ""); err != nil {
			return err
		}
		c.agents = append(c.agents, a)
	}
	return nil
}

// sit keeps a simulated agent connected, so that colleagues see who is there.
func (c *crowd) sit(ctx context.Context, a *client.Agent) error {
	inbox, err := a.Inbox(ctx, "my")
	if err != nil {
		return err
	}
	s := a.Stream(inbox.Cursor)
	var ringing sync.WaitGroup
	defer ringing.Wait()
	for {
		f, err := s.Next(ctx)
		if err != nil {
			return err
		}
		if f.Event != nil && f.Event.Kind == string(chat.KindOffer) {
			ringing.Go(func() { c.accepts(ctx, a, *f.Event) })
		}
		if f.Type == "reset" {
			if inbox, err = a.Inbox(ctx, "my"); err != nil {
				return err
			}
			s.From(inbox.Cursor)
		}
	}
}

// accepts takes up an offer after a moment, and now and then lets it ring.
func (c *crowd) accepts(ctx context.Context, a *client.Agent, e client.Event) {
	var o chat.Offered
	if json.Unmarshal(e.Body, &o) != nil || string(o.Agent) != a.Me.ID || rand.IntN(6) == 0 {
		return
	}
	pauseFor(ctx, between(2, 9))
	if _, err := a.Accept(ctx, e.Conversation); err != nil && ctx.Err() == nil {
		slog.Debug("demo: a simulated agent came too late", "error", err)
	}
}

// leads is the simulated agent who leads a conversation; nil where that is a
// person, or nobody.
func (c *crowd) leads(ctx context.Context, conversation string) *client.Agent {
	for _, a := range c.agents {
		opened, err := a.Conversation(ctx, conversation)
		if err != nil || opened.Row.Thread == nil {
			continue // not for him to see
		}
		for _, one := range c.agents {
			if one.Me.ID == opened.Row.Thread.Lead {
				return one
			}
		}
		return nil
	}
	return nil
}

// stay keeps a visitor connected and tells heard of every message of the team.
func (c *crowd) stay(ctx context.Context, v *client.Visitor, heard chan<- struct{}) error {
	view, err := v.Conversation(ctx, 0)
	if err != nil {
		return err
	}
	s := v.Stream(view.Cursor)
	for {
		f, err := s.Next(ctx)
		switch {
		case err != nil:
			return err
		case f.Type == "reset":
			if view, err = v.Conversation(ctx, 0); err != nil {
				return err
			}
			s.From(view.Cursor)
		case f.Event != nil && f.Event.Kind == string(chat.KindMessage) && f.Event.Actor.Kind == string(chat.ByAgent):
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	}
}

// walks plays one scene after the other.
func (c *crowd) walks(ctx context.Context) error {
	for ctx.Err() == nil {
		n := int(c.scenes.Add(1))
		if err := c.walk(ctx, n); err != nil && ctx.Err() == nil {
			slog.Warn("demo: a simulated visitor gave up", "error", err)
			pauseFor(ctx, 5*time.Second)
		}
	}
	return nil
}

// walker is one simulated visitor in one scene.
type walker struct {
	c            *crowd
	n            int
	v            *client.Visitor
	conversation string
	heard        chan struct{}
	agent        *client.Agent // the simulated agent who took it; nil = nobody or a person
	person       bool          // a person took it
	staying      sync.WaitGroup
}

func (c *crowd) walk(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancel(ctx)
	w := &walker{c: c, n: n, v: c.client.Visitor(client.NewToken(), c.set.site), heard: make(chan struct{}, 1)}
	defer w.staying.Wait()
	defer cancel()
	for _, t := range c.script.scene(n).Turns {
		step := w.says
		if t.By == "agent" {
			step = w.isAnswered
		}
		if err := step(ctx, t.Text); err != nil {
			return over(err)
		}
		if w.agent == nil && !w.person && t.By == "agent" {
			break // nobody took it: the visitor gives up
		}
	}
	pauseFor(ctx, between(10, 40))
	if w.agent != nil && n%4 != 0 {
		_, err := w.agent.Close(ctx, w.conversation)
		return over(err)
	}
	pauseFor(ctx, between(30, 120))
	return nil
}

// says writes as the visitor when it is his turn.
func (w *walker) says(ctx context.Context, text string) error {
	if err := w.c.pen.Wait(ctx); err != nil {
		return context.Canceled
	}
	name, email, page := demoVisitor(w.n)
	done, err := w.v.Post(ctx, client.VisitorMessage{Text: text, Name: name, Email: email, Page: page})
	if err != nil || w.conversation != "" {
		return err
	}
	w.conversation = done.Visitor.Conversation
	w.staying.Go(func() {
		if err := w.c.stay(ctx, w.v, w.heard); ctx.Err() == nil {
			slog.Debug("demo: a simulated visitor lost the line", "error", err)
		}
	})
	return nil
}

// isAnswered lets a person take the conversation, else a simulated agent, and
// answers where it is a simulated one's turn.
func (w *walker) isAnswered(ctx context.Context, text string) error {
	if w.agent == nil && !w.person {
		if err := w.isTaken(ctx); err != nil {
			return err
		}
	}
	if w.agent == nil {
		w.hears(ctx, 60*time.Second)
		return nil
	}
	typing := time.Duration(min(9, 2+len(text)/40)) * time.Second
	pauseFor(ctx, typing)
	opened, err := w.agent.Conversation(ctx, w.conversation)
	if err != nil {
		return err
	}
	head := opened.Row.Conversation.Head
	if err := w.agent.Read(ctx, w.conversation, head); err != nil {
		return err
	}
	_, err = w.agent.Post(ctx, w.conversation, client.Message{Text: text, TypingMS: typing.Milliseconds(), Seen: head})
	if client.IsKind(err, string(chat.Conflict)) || client.IsKind(err, string(chat.Denied)) {
		w.agent, w.person = nil, true // somebody else goes on with it
		return nil
	}
	return err
}

func (w *walker) isTaken(ctx context.Context) error {
	if w.hears(ctx, between(6, 30)) {
		w.person = true
		return nil
	}
	if w.n%4 == 3 {
		w.hears(ctx, between(60, 150)) // left to whoever looks at the demo
		return nil
	}
	a := w.c.agents[rand.IntN(len(w.c.agents))]
	_, err := a.Take(ctx, w.conversation)
	switch {
	case err == nil:
		w.agent = a
	case client.IsKind(err, string(chat.Conflict)), client.IsKind(err, string(chat.Denied)), client.IsKind(err, string(chat.Missing)):
		// Somebody has it, or this one may not or has no room: whoever leads it goes
		// on with it.
		w.hears(ctx, between(5, 15))
		w.agent = w.c.leads(ctx, w.conversation)
		w.person, err = w.agent == nil, nil
	case client.IsKind(err, string(chat.Gone)):
		err = nil
	}
	return err
}

// hears waits for a message of the team.
func (w *walker) hears(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-w.heard:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

func pauseFor(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// between is a random number of seconds.
func between(from, to int) time.Duration {
	return time.Duration(from*1000+rand.IntN((to-from)*1000)) * time.Millisecond
}
