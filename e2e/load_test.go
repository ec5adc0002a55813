package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
)

// load is a crowd of clients that keep sending.
type load struct {
	ledger *ledger
	group  *errgroup.Group
	halt   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
}

// startLoad begins visitors and agents that send through the public API. The
// agents answer and write notes in conversations of their own.
func startLoad(t testing.TB, w workspace, visitors, agents int) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{ledger: newLedger(), halt: make(chan struct{}), cancel: cancel}
	l.group, l.ctx = errgroup.WithContext(ctx)
	c := client.New(w.url)
	for i := range visitors {
		s := &sender{ledger: l.ledger, name: fmt.Sprintf("visitor %d", i)}
		s.post = visitorPost(c.Visitor(client.NewToken(), w.site), s.name)
		l.group.Go(func() error { return s.run(l.ctx, l.halt) })
	}
	for i := range agents {
		conversation := l.begin(t, w, c, i)
		for _, kind := range []string{"message", "note"} {
			s := &sender{ledger: l.ledger, name: fmt.Sprintf("agent %d %s", i, kind), post: agentPost(w.owner, conversation, kind)}
			l.group.Go(func() error { return s.run(l.ctx, l.halt) })
		}
	}
	return l
}

// begin makes a conversation that the owner leads.
func (l *load) begin(t testing.TB, w workspace, c *client.Client, i int) string {
	t.Helper()
	text := fmt.Sprintf("opening %d", i)
	l.ledger.tries(text)
	done, err := c.Visitor(client.NewToken(), w.site).Post(t.Context(), client.VisitorMessage{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.owner.Take(t.Context(), done.Visitor.Conversation); err != nil {
		t.Fatal(err)
	}
	return done.Visitor.Conversation
}

// stop lets every client find out the fate of what it sent last.
func (l *load) stop(t testing.TB) {
	t.Helper()
	close(l.halt)
	timer := time.AfterFunc(60*time.Second, l.cancel)
	defer timer.Stop()
	if err := l.group.Wait(); err != nil {
		t.Fatalf("a client gave up: %v", err)
	}
}

// abandon ends the clients where they stand.
func (l *load) abandon() {
	l.cancel()
	_ = l.group.Wait()
}

func visitorPost(v *client.Visitor, name string) func(context.Context, string, string) (entry, error) {
	return func(ctx context.Context, key, text string) (entry, error) {
		done, err := v.Post(ctx, client.VisitorMessage{Key: key, Text: text, Name: name})
		if err != nil {
			return entry{}, err
		}
		for _, e := range done.Events {
			if e.Kind == "message" {
				return entry{conversation: done.Visitor.Conversation, text: e.Text(), kind: e.Kind, seq: e.Seq, id: e.ID, visitor: true}, nil
			}
		}
		return entry{}, errors.New("the answer holds no message")
	}
}

func agentPost(a *client.Agent, conversation, kind string) func(context.Context, string, string) (entry, error) {
	return func(ctx context.Context, key, text string) (entry, error) {
		act := a.Post
		if kind == "note" {
			act = a.Note
		}
		done, err := act(ctx, conversation, client.Message{Key: key, Text: text})
		if err != nil {
			return entry{}, err
		}
		for _, e := range done.Events {
			if e.Kind == kind {
				return entry{conversation: conversation, text: e.Text(), kind: e.Kind, seq: e.Seq, id: e.ID}, nil
			}
		}
		return entry{}, errors.New("the answer holds no message")
	}
}
