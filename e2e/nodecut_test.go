package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"earshot/client"
)

// TestNodes_OneThatLostPostgreSQLAloneGivesItsLinesAway: a node that PostgreSQL does not
// answer any more, while NATS and its clients do, says that it is not ready, closes its
// lines with 4500 and takes no new ones; its clients go on at another node. Where
// PostgreSQL is away for all, every node keeps its lines.
func TestNodes_OneThatLostPostgreSQLAloneGivesItsLinesAway(t *testing.T) {
	t.Parallel()
	c := startClusterOf(t, clusterOptions{nodes: 2, weak: true, postgres: []string{}})
	strong, weak := c.nodes[0], c.nodes[1]
	token := client.NewToken()
	visitor := client.New(strong.url).Visitor(token, c.site)
	if _, err := visitor.Post(t.Context(), client.VisitorMessage{Text: "Where is my order?"}); err != nil {
		t.Fatal(err)
	}
	view, err := visitor.Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(n *node) *line { return follow(t, client.New(n.url).Visitor(token, c.site), view.Cursor) }
	there, here := at(strong), at(weak)

	began := time.Now()
	weak.link.cut(t)
	untilReady(t, weak, http.StatusServiceUnavailable)
	unready := time.Since(began)
	if code := here.code(t); code != 4500 {
		t.Errorf("the line was closed with %d, want 4500", code)
	}
	closed := time.Since(began)
	hasty := client.New(weak.url, client.WithoutRetries()).Visitor(token, c.site)
	if _, err := hasty.Dial(t.Context(), view.Cursor); !client.IsKind(err, "limited") && !client.IsKind(err, "unavailable") {
		t.Errorf("a new line at the node that lost the database: %v", err)
	}
	moved := client.New(c.url).Visitor(token, c.site).Stream(view.Cursor)
	defer moved.Drop()
	if _, err := visitor.Post(t.Context(), client.VisitorMessage{Text: "Anybody?"}); err != nil {
		t.Fatal(err)
	}
	for f := (client.Frame{}); f.Event == nil || f.Event.Text() != "Anybody?"; {
		f = next(t, moved)
	}
	fmt.Printf("cut off from PostgreSQL alone: not ready after %v, line closed after %v, all seen at another node after %v\n",
		unready.Round(time.Millisecond), closed.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	weak.link.heal(t)
	untilReady(t, weak, http.StatusOK)
	here = at(weak)

	c.postgres.Stop()
	for _, n := range c.nodes {
		untilReady(t, n, http.StatusServiceUnavailable)
	}
	<-time.After(3 * time.Second) // waits: for what must not happen, longer than it took above
	for name, l := range map[string]*line{"strong": there, "weak": here} {
		select {
		case err := <-l.ended:
			t.Errorf("PostgreSQL is away for all, and the %s node ended its line: %v", name, err)
		default:
		}
	}
	c.postgres.Start()
	for _, n := range c.nodes {
		untilReady(t, n, http.StatusOK)
	}
}

// line is a connection that is read until it ends.
type line struct{ ended chan error }

// follow returns when the line has begun.
func follow(t *testing.T, v *client.Visitor, cursor string) *line {
	t.Helper()
	conn, err := v.Dial(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(); err != nil {
		t.Fatal(err)
	}
	l := &line{ended: make(chan error, 1)}
	go func() {
		for err := error(nil); ; {
			if _, err = conn.Read(); err != nil {
				l.ended <- err
				return
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close() })
	return l
}

// code waits for the end of a line.
func (l *line) code(t *testing.T) int {
	t.Helper()
	select {
	case err := <-l.ended:
		var closed *client.Closed
		if !errors.As(err, &closed) {
			t.Fatalf("the line ended with %v", err)
		}
		return closed.Code
	case <-time.After(time.Minute):
		t.Fatal("the line is kept by a node that cannot serve it")
	}
	return 0
}

// untilReady asks a node until it answers so whether it is ready.
func untilReady(t *testing.T, n *node, status int) {
	t.Helper()
	for {
		res, err := http.Get(n.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == status {
			return
		}
		<-time.After(20 * time.Millisecond) // waits: for the node to find out
	}
}
