package e2e

import (
	"context"
	"io"
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

func signIn(t testing.TB, url string) *client.Agent {
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
