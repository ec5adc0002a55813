package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// TestNodes_AnyServesAnyone: who writes at one node is read at another, with NATS
// and without; a link made at one works at another; a session that is ended at one
// is over at the other, its stream too.
func TestNodes_AnyServesAnyone(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 2)
	one, two := c.nodes[0], c.nodes[1]
	here := signIn(t, one.url)
	there := signIn(t, two.url)
	inbox, err := there.Inbox(t.Context(), "queue")
	if err != nil {
		t.Fatal(err)
	}
	agents := there.Stream(inbox.Cursor)
	defer agents.Drop()
	token := client.NewToken()
	visitor := client.New(one.url).Visitor(token, c.site)
	said, err := visitor.Post(t.Context(), client.VisitorMessage{Text: "Where is my order?"})
	if err != nil {
		t.Fatal(err)
	}
	id := said.Visitor.Conversation
	for f := (client.Frame{}); f.Row == nil || f.Row.Conversation.ID != id; {
		f = next(t, agents)
	}
	if _, err := there.Take(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	view, err := visitor.Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	reads := visitor.Stream(view.Cursor)
	defer reads.Drop()
	answer := func(text string) {
		t.Helper()
		if _, err := there.Post(t.Context(), id, client.Message{Text: text, Seen: 100}); err != nil {
			t.Fatal(err)
		}
		for f := (client.Frame{}); f.Event == nil || f.Event.Text() != text; {
			f = next(t, reads)
		}
	}
	answer("It left today.")
	c.nats.stop()
	for !strings.Contains(readyz(t, one.url), "NATS is away") {
		<-time.After(5 * time.Millisecond) // waits: for the node to find out
	}
	answer("It arrives on Monday.")
	c.nats.start(t)

	// The visitor's node dies: the same cursor goes on at the other one.
	cursor := reads.Cursor()
	one.kill()
	if _, err := there.Post(t.Context(), id, client.Message{Text: "Anything else?", Seen: 100}); err != nil {
		t.Fatal(err)
	}
	moved := client.New(two.url).Visitor(token, c.site).Stream(cursor)
	defer moved.Drop()
	for f := (client.Frame{}); f.Event == nil || f.Event.Text() != "Anything else?"; {
		if f = next(t, moved); f.Type == "reset" {
			t.Fatalf("the cursor of one node is none at the other: %+v", f)
		}
	}
	one.again(t)

	ends, err := here.SignIns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for _, s := range ends {
		if !s.Current {
			if err := here.EndSignIn(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
			ended++
		}
	}
	if ended == 0 {
		t.Fatal("there is no other sign-in to end")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for err = nil; err == nil; {
		_, err = agents.Next(ctx)
	}
	if ctx.Err() != nil {
		t.Error("the stream of a session that was ended at another node goes on")
	}
	if _, err := there.Sites(t.Context()); err == nil {
		t.Error("a session that was ended at one node is good at another")
	}
}

// TestNodes_KillLosesNothing is the ledger of TestCrash_KillLosesNothing over three
// nodes of which one after another is killed, with NATS away at times.
func TestNodes_KillLosesNothing(t *testing.T) { // not parallel, as that one
	c := startCluster(t, 3)
	l := startLoad(t, c.workspace, 30, 5)
	for round := range *rounds {
		moment := 300*time.Millisecond + time.Duration(rand.Int64N(int64(1200*time.Millisecond)))
		select {
		case <-time.After(moment):
		case <-l.ctx.Done():
			t.Fatalf("a client gave up: %v\n%s", l.group.Wait(), lastLines(c.nodes[0].out.String(), 20))
		}
		dies := c.nodes[round%len(c.nodes)]
		dies.kill()
		if round%2 == 1 {
			c.nats.stop()
			c.nats.start(t)
		}
		dies.again(t)
	}
	l.stop(t)
	found := compare(l.ledger.acked, l.ledger.attempted, throughAPI(t, c.owner))
	fmt.Printf("three nodes: %v\n", found)
	if !found.clean() || l.ledger.changed > 0 {
		t.Errorf("through the API: %v\nanswers that changed when repeated: %d", found, l.ledger.changed)
	}
	if found.acked < 50 {
		t.Errorf("only %d messages were acknowledged: the test proves nothing", found.acked)
	}
}

func signIn(t *testing.T, url string) *client.Agent {
	t.Helper()
	a, err := client.New(url).SignIn(t.Context(), ownerEmail, ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// next waits for a frame; a test that waits in vain ends by its own time.
func next(t *testing.T, s *client.Stream) client.Frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	f, err := s.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readyz(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNodes_RacesFitOneOrder is TestRaces_EveryOrderIsAnOrder at three nodes: whom a
// call reaches is the balancer's choice, and each has a router.
func TestNodes_RacesFitOneOrder(t *testing.T) { // not parallel: it wants the machine
	c := startCluster(t, 3)
	groups := raceGroups()
	agents := raceAgents(24, groups)
	for _, n := range c.nodes {
		n.kill()
	}
	tickets := plant(t, c.workspace, groups, raceTiming(), agents)
	for _, n := range c.nodes {
		n.again(t)
	}
	o := raceAt(t, signedIn(t, c.workspace, groups, agents, tickets), *deedsAtOnce, func() {
		for _, n := range c.nodes {
			if err := n.stop(t); err != nil {
				t.Errorf("the stop: %v\n%s", err, lastLines(n.out.String(), 20))
			}
		}
	})
	fmt.Printf("races at three nodes: %v\n", o)
	for _, n := range c.nodes {
		for line := range strings.Lines(n.out.String()) {
			if strings.Contains(line, `"level":"ERROR"`) {
				t.Error(line)
			}
		}
	}
	if !o.clean() {
		t.Errorf("%v", o)
		for _, what := range o.first {
			t.Log(what)
		}
	}
	if o.deeds < *deedsAtOnce || o.decisions < o.deeds/40 {
		t.Errorf("%d deeds, %d decisions: the test proves nothing", o.deeds, o.decisions)
	}
}
