package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// sseLine is a line of a visitor or an agent that is carried by SSE.
type sseLine struct {
	t      *testing.T
	header http.Header
	body   *bufio.Scanner
	end    func()
	stream string
	cursor string
}

// openSSE opens a line at a node and takes its hello.
func openSSE(t *testing.T, url, path string, header http.Header, auth map[string]any) *sseLine {
	t.Helper()
	l := &sseLine{t: t, header: header}
	res := l.post(url, path, auth)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("open a line at %s: %s", url, res.Status)
	}
	l.body, l.end = bufio.NewScanner(res.Body), func() { _ = res.Body.Close() }
	l.body.Buffer(nil, 1<<20)
	l.stream = l.until("hello", func(client.Frame) bool { return true }).Stream
	return l
}

func (l *sseLine) post(base, path string, body any) *http.Response {
	l.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, base+path, bytes.NewReader(raw))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header = l.header.Clone()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", base)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	return res
}

// up sends a frame upward by way of a node, and returns the status.
func (l *sseLine) up(url, path string, frame map[string]any) int {
	l.t.Helper()
	res := l.post(url, path+"/up", map[string]any{"stream": l.stream, "frame": frame})
	defer res.Body.Close()
	return res.StatusCode
}

// until takes frames until one of a type is as wanted.
func (l *sseLine) until(kind string, is func(client.Frame) bool) client.Frame {
	l.t.Helper()
	for l.body.Scan() {
		line, ok := strings.CutPrefix(l.body.Text(), "data: ")
		if !ok {
			continue
		}
		f := client.Frame{Raw: []byte(line)}
		if err := json.Unmarshal(f.Raw, &f); err != nil {
			l.t.Fatal(err)
		}
		if f.Cursor != "" {
			l.cursor = f.Cursor
		}
		if f.Type == kind && is(f) {
			return f
		}
	}
	l.t.Fatalf("the line ended before a %s came: %v", kind, l.body.Err())
	return client.Frame{}
}

// TestNodes_SSESpeaksUpwardThroughAnyNode: a line by SSE is held by one node, and what
// its reader sends upward comes to whichever the balancer takes. With NATS gone that
// node says so, and a line that begins with what it watches gets every event.
func TestNodes_SSESpeaksUpwardThroughAnyNode(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 2)
	one, two := c.nodes[0].url, c.nodes[1].url
	owner := signIn(t, one)
	inbox, err := owner.Inbox(t.Context(), "queue")
	if err != nil {
		t.Fatal(err)
	}
	token := client.NewToken()
	visitor := client.New(two).Visitor(token, c.site)
	said, err := visitor.Post(t.Context(), client.VisitorMessage{Text: "Where is my order?"})
	if err != nil {
		t.Fatal(err)
	}
	id := said.Visitor.Conversation
	agent := http.Header{"Cookie": {cookieAt(t, one)}}
	line := openSSE(t, one, "/v1/stream", agent, map[string]any{"type": "auth", "cursor": inbox.Cursor})
	defer func() { line.end() }()
	line.until("row", func(f client.Frame) bool { return f.Row.Conversation.ID == id })
	watch := map[string]any{"type": "watch", "conversations": []any{id}}
	if got := line.up(two, "/v1/stream", watch); got != http.StatusNoContent {
		t.Fatalf("a frame that came to another node: %d", got)
	}
	asks := func(text string) {
		t.Helper()
		if _, err := visitor.Post(t.Context(), client.VisitorMessage{Text: text}); err != nil {
			t.Fatal(err)
		}
		line.until("event", func(f client.Frame) bool { return f.Event.Text() == text })
	}
	asks("It was due on Monday.")

	by := http.Header{"Authorization": {"Bearer " + token}, "Earshot-Site": {c.site}}
	view, err := visitor.Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	writes := openSSE(t, one, "/v1/visitor/stream", by, map[string]any{"type": "auth", "cursor": view.Cursor, "token": token, "site": c.site})
	defer writes.end()
	if got := writes.up(two, "/v1/visitor/stream", map[string]any{"type": "typing", "on": true}); got != http.StatusNoContent {
		t.Fatalf("a visitor's frame that came to another node: %d", got)
	}
	line.until("signal", func(f client.Frame) bool { return bytes.Contains(f.Signal, []byte(`"typing"`)) })
	if got := line.up(two, "/v1/visitor/stream", watch); got != http.StatusUnauthorized {
		t.Errorf("an agent's line through the visitors' door: %d", got)
	}
	line.header = by
	if got := line.up(two, "/v1/visitor/stream", map[string]any{"type": "typing", "on": true}); got != http.StatusNotFound {
		t.Errorf("a visitor speaks on an agent's line: %d", got)
	}
	line.header = agent

	c.nats.stop()
	for !strings.Contains(readyz(t, two), "NATS is away") {
		<-time.After(5 * time.Millisecond) // waits: for the node to find out
	}
	if got := line.up(one, "/v1/stream", watch); got != http.StatusNoContent {
		t.Errorf("without NATS, at the node that holds the line: %d", got)
	}
	if got := line.up(two, "/v1/stream", watch); got != http.StatusNotFound {
		t.Fatalf("without NATS, at another node: %d", got)
	}
	line.end()
	line = openSSE(t, one, "/v1/stream", agent, map[string]any{"type": "auth", "cursor": line.cursor, "watch": []any{id}})
	asks("Are you there?")
}

// cookieAt signs the owner in and returns his cookie.
func cookieAt(t *testing.T, url string) string {
	t.Helper()
	l := sseLine{t: t, header: http.Header{}}
	res := l.post(url, "/v1/sign-in", map[string]string{"email": ownerEmail, "password": ownerPassword})
	defer res.Body.Close()
	if len(res.Cookies()) == 0 {
		t.Fatalf("sign in: %s", res.Status)
	}
	return res.Cookies()[0].Name + "=" + res.Cookies()[0].Value
}
