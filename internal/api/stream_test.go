package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/stream"
)

// waiting bounds what a test waits for; it fails instead of hanging.
const waiting = 10 * time.Second

func authOf(c who, cursor string) map[string]string {
	return map[string]string{"type": "auth", "token": c.by.Token, "site": c.by.Site, "cursor": cursor}
}

// closeCode reads until the server closes.
func closeCode(t *testing.T, ws *websocket.Conn) int {
	t.Helper()
	if err := ws.SetReadDeadline(time.Now().Add(waiting)); err != nil {
		t.Fatal(err)
	}
	for {
		_, _, err := ws.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code
		}
		if err != nil {
			t.Fatalf("no close frame: %v", err)
		}
	}
}

func TestStream_WithoutAuthInTimeCloses4400(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.authTime = 20 * time.Millisecond
	ws := h.dial("/v1/stream", h.SignedIn.Secret, h.http.URL)
	defer ws.Close()
	if got := closeCode(t, ws); got != stream.CloseBadFrame {
		t.Errorf("got %d, want %d", got, stream.CloseBadFrame)
	}
}

func TestStream_OnlyOurOwnOriginGetsIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.http.URL
	host := strings.TrimPrefix(own, "http://")
	for _, tt := range []struct {
		name    string
		origins []string
		want    int
	}{
		{"own", []string{own}, 101},
		{"none", nil, 403},
		{"null", []string{"null"}, 403},
		{"another site", []string{"https://evil.example"}, 403},
		{"own host as a sub-domain of another", []string{own + ".evil.example"}, 403},
		{"own host inside another's name", []string{"http://evil.example/" + host}, 403},
		{"another scheme", []string{"https://" + host}, 403},
		{"another port", []string{"http://127.0.0.1:3000"}, 403},
		{"no port", []string{"http://127.0.0.1"}, 403},
		{"the other loopback name", []string{strings.Replace(own, "127.0.0.1", "localhost", 1)}, 403},
		{"upper case", []string{strings.ToUpper(own)}, 403},
		{"with a path", []string{own + "/"}, 403},
		{"two headers", []string{own, "https://evil.example"}, 403},
		{"the same twice", []string{own, own}, 403},
		{"IPv6", []string{"http://[::1]:80"}, 403},
	} {
		for _, path := range []string{"/v1/stream", "/v1/visitor/stream"} {
			r := h.request(http.MethodGet, path, nil, who{cookie: h.SignedIn.Secret})
			r.Header["Origin"] = tt.origins
			for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} {
				r.Header.Set(k, v)
			}
			resp, err := http.DefaultTransport.RoundTrip(r)
			h.must(err)
			_ = resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("%s on %s: got %d, want %d", tt.name, path, resp.StatusCode, tt.want)
			}
			if tt.want == http.StatusForbidden {
				sse := h.request(http.MethodPost, path, []byte(`{"type":"auth"}`), who{cookie: h.SignedIn.Secret})
				sse.Header["Origin"] = tt.origins
				if resp, _ := h.send(sse); resp.StatusCode != http.StatusForbidden {
					t.Errorf("%s by SSE on %s: got %d, want 403", tt.name, path, resp.StatusCode)
				}
			}
		}
	}
}

func TestStream_BadFramesClose4400(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := authOf(who{}, "")
	for _, tt := range []struct {
		name   string
		frames []any
	}{
		{"first frame is not auth", []any{map[string]string{"type": "watch"}}},
		{"first frame is no object", []any{"auth"}},
		{"over 16 KiB before auth", []any{map[string]string{"type": "auth", "cursor": strings.Repeat("x", maxFrame)}}},
		{"over 16 KiB", []any{good, map[string]string{"type": "typing", "x": strings.Repeat("x", maxFrame)}}},
		{"unknown type", []any{good, map[string]string{"type": "delete"}}},
		{"malformed", []any{good, []byte(`{"type":`)}},
		{"invalid UTF-8", []any{good, []byte("{\"type\":\"typing\",\"x\":\"\xff\"}")}},
		{"binary", []any{good, nil}},
	} {
		ws := h.dial("/v1/stream", h.SignedIn.Secret, h.http.URL)
		for _, f := range tt.frames {
			switch f := f.(type) {
			case []byte:
				h.must(ws.WriteMessage(websocket.TextMessage, f))
			case nil:
				h.must(ws.WriteMessage(websocket.BinaryMessage, []byte("{}")))
			default:
				h.must(ws.WriteJSON(f))
			}
		}
		if got := closeCode(t, ws); got != stream.CloseBadFrame {
			t.Errorf("%s: got %d, want %d", tt.name, got, stream.CloseBadFrame)
		}
		_ = ws.Close()
	}
}

func TestStream_EndedSessionClosesItsSocketsWithinASecond(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	in, other := h.SignIn(ann), h.SignIn(ann)
	ws, kept := h.open("/v1/stream", who{cookie: in.Secret}, ""), h.open("/v1/stream", who{cookie: other.Secret}, "")
	began := time.Now()
	h.must(h.Desk.EndSession(t.Context(), ann, in.Session.ID))
	if got := closeCode(t, ws); got != stream.CloseRevoked || time.Since(began) > time.Second {
		t.Errorf("signed out: closed with %d after %v, want %d within a second", got, time.Since(began), stream.CloseRevoked)
	}
	off := true
	began = time.Now()
	_, err := h.Desk.ChangeAgent(t.Context(), h.Owner, ann.ID, desk.AgentChange{Disabled: &off})
	h.must(err)
	if got := closeCode(t, kept); got != stream.CloseRevoked || time.Since(began) > time.Second {
		t.Errorf("disabled: closed with %d after %v, want %d within a second", got, time.Since(began), stream.CloseRevoked)
	}
	again := h.dial("/v1/stream", in.Secret, h.http.URL)
	defer again.Close()
	h.must(again.WriteJSON(authOf(who{}, "")))
	if got := closeCode(t, again); got != stream.CloseSignIn {
		t.Errorf("connecting again: closed with %d, want %d", got, stream.CloseSignIn)
	}
}

// Where no thread is open the end makes no word that a visitor hears, and his
// line closes all the same.
func TestStream_EndedVisitorClosesItsSocketsWithinASecond(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	v, c := h.Taken(ann)
	_, err := h.Desk.Close(t.Context(), ann, c, h.Key())
	h.must(err)
	ws := h.open("/v1/visitor/stream", who{by: v.Caller}, "")
	began := time.Now()
	h.must(h.Desk.EndAsVisitor(t.Context(), v.Caller))
	if got := closeCode(t, ws); got != stream.CloseRevoked || time.Since(began) > time.Second {
		t.Errorf("closed with %d after %v, want %d within a second", got, time.Since(began), stream.CloseRevoked)
	}
}

// A network that goes away sends no word: what nobody answers is closed, so that
// nobody counts as present who is not.
func TestStream_ASilentSocketIsClosedAndALivingOneIsNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.quietTime = 300 * time.Millisecond
	ann, bob := h.Agent("Ann", chat.Member), h.Agent("Bob", chat.Member)
	silent := h.open("/v1/stream", who{cookie: h.SignIn(ann).Secret}, "")
	living := h.open("/v1/stream", who{cookie: h.SignIn(bob).Secret}, "")
	gone := make(chan error, 1)
	go func() {
		for {
			if _, _, err := living.ReadMessage(); err != nil {
				gone <- err
				return
			}
		}
	}()
	beat := time.NewTicker(50 * time.Millisecond)
	defer beat.Stop()
	late := time.After(waiting)
	for h.hub.Stats().Feeds != 1 {
		select {
		case <-beat.C: // what a browser does by itself when it is asked
			h.must(living.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second)))
		case err := <-gone:
			t.Fatalf("the living one was closed: %v", err)
		case <-late:
			t.Fatal("the silent one was not closed")
		}
	}
	if _, _, err := silent.ReadMessage(); err == nil {
		// The greetings are there; the end comes after them.
		for err == nil {
			_, _, err = silent.ReadMessage()
		}
	}
}

// open connects and waits for hello.
func (h *house) open(path string, c who, cursor string) *websocket.Conn {
	h.t.Helper()
	ws := h.dial(path, c.cookie, h.http.URL)
	h.t.Cleanup(func() { _ = ws.Close() })
	h.must(ws.WriteJSON(authOf(c, cursor)))
	if got := firstFrame(h.t, ws); got != "hello" {
		h.t.Fatalf("got %s instead of hello", got)
	}
	return ws
}

func TestStream_ResumeBringsWhatWasMissedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	v, c := h.Taken(ann)
	agent, visitor := h.agent(ann), h.visitor(v)
	inbox, err := agent.Inbox(t.Context(), "my")
	h.must(err)
	ctx, cancel := context.WithTimeout(t.Context(), waiting)
	defer cancel()
	s := agent.Stream(inbox.Cursor)
	defer s.Drop()
	var got []string
	for i, text := range []string{"one", "two", "three", "four", "five", "six"} {
		if i%2 == 1 {
			s.Drop() // the line is cut, and this is missed
		}
		_, err := visitor.Post(ctx, clientMessage(text))
		h.must(err)
		for {
			f, err := s.Next(ctx)
			h.must(err)
			if f.Type == "reset" {
				t.Fatalf("reset (%s) after %q", f.Reason, got)
			}
			if f.Event != nil && f.Event.Kind == "message" && f.Event.Conversation == string(c) {
				got = append(got, f.Event.Text())
				break
			}
		}
	}
	if want := "one two three four five six"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
}

// sse is an open SSE response.
type sse struct {
	body   *bufio.Scanner
	close  func()
	stream string
}

func (h *house) sse(path string, c who, cursor string) *sse {
	h.t.Helper()
	raw, err := json.Marshal(authOf(c, cursor))
	h.must(err)
	ctx, cancel := context.WithTimeout(h.t.Context(), waiting)
	h.t.Cleanup(cancel)
	resp, err := http.DefaultClient.Do(h.request(http.MethodPost, path, raw, c).WithContext(ctx))
	h.must(err)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		h.t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	s := &sse{body: bufio.NewScanner(resp.Body), close: func() { cancel(); _ = resp.Body.Close() }}
	s.body.Buffer(nil, 1<<20)
	hello := s.next(h.t)
	if hello.Type != "hello" {
		h.t.Fatalf("first frame is %s", hello.Type)
	}
	s.stream = hello.Stream
	return s
}

// next is the next frame that is no ping.
func (s *sse) next(t *testing.T) client.Frame {
	t.Helper()
	for s.body.Scan() {
		line, ok := strings.CutPrefix(s.body.Text(), "data: ")
		if !ok {
			continue
		}
		f := client.Frame{Raw: []byte(line)}
		if err := json.Unmarshal(f.Raw, &f); err != nil {
			t.Fatal(err)
		}
		if f.Type != "ping" {
			return f
		}
	}
	t.Fatalf("the stream ended: %v", s.body.Err())
	return client.Frame{}
}

func TestSSE_CarriesTheSameFramesAndTakesTypingFromItsOwnerAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann, ben := h.Agent("Ann", chat.Member), h.Agent("Ben", chat.Member)
	v, c := h.Taken(ann)
	a, b := who{cookie: h.SignIn(ann).Secret}, who{cookie: h.SignIn(ben).Secret}
	view, err := h.visitor(v).Conversation(t.Context(), 0)
	h.must(err)
	visitor := h.sse("/v1/visitor/stream", who{by: v.Caller}, view.Cursor)
	defer visitor.close()
	agent := h.sse("/v1/stream", a, "")
	defer agent.close()
	if f := agent.next(t); f.Type != "reset" {
		t.Fatalf("without a cursor: got %s, want reset", f.Type)
	}
	up, err := json.Marshal(map[string]any{"stream": agent.stream, "frame": map[string]any{"type": "typing", "conversation": c, "voice": "reply", "on": true}})
	h.must(err)
	if resp, raw := h.send(h.request(http.MethodPost, "/v1/stream/up", up, b)); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another agent's stream: got %d, want 404: %s", resp.StatusCode, raw)
	}
	if resp, raw := h.send(h.request(http.MethodPost, "/v1/visitor/stream/up", up, who{by: v.Caller})); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an agent's stream as a visitor: got %d, want 404: %s", resp.StatusCode, raw)
	}
	if resp, raw := h.send(h.request(http.MethodPost, "/v1/stream/up", up, a)); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("own stream: got %d, want 204: %s", resp.StatusCode, raw)
	}
	if f := visitor.next(t); f.Type != "signal" || !bytes.Contains(f.Signal, []byte("typing")) {
		t.Errorf("got %s, want a typing signal", f.Raw)
	}
	_, err = h.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: h.Key(), Text: "hello by SSE", Seen: 1000})
	h.must(err)
	for {
		f := visitor.next(t)
		if f.Event != nil && f.Event.Text() == "hello by SSE" {
			break
		}
	}
	bad := []byte(`{"stream":"` + agent.stream + `","frame":{"type":"delete"}}`)
	if resp, _ := h.send(h.request(http.MethodPost, "/v1/stream/up", bad, a)); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an unknown frame: got %d, want 422", resp.StatusCode)
	}
}

func TestStream_TooManyAtOnceAreAskedToComeBackLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.limits.accept.SetBurst(0)
	h.server.limits.accept.SetLimit(0)
	resp, raw := h.send(h.request(http.MethodPost, "/v1/stream", []byte(`{"type":"auth"}`), who{cookie: h.SignedIn.Secret}))
	after := resp.Header.Get("Retry-After")
	if resp.StatusCode != http.StatusServiceUnavailable || after == "" || h.problem(raw).Kind != chat.Unavailable {
		t.Errorf("got %d, Retry-After %q: %s", resp.StatusCode, after, raw)
	}
}

func TestDrain_NewStreamsAreRefusedAndNotReady(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.Drain()
	if resp, _ := h.send(h.request(http.MethodGet, "/readyz", nil, who{})); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz: got %d, want 503", resp.StatusCode)
	}
	if resp, _ := h.send(h.request(http.MethodPost, "/v1/stream", []byte(`{"type":"auth"}`), who{cookie: h.SignedIn.Secret})); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("stream: got %d, want 503", resp.StatusCode)
	}
	if resp, _ := h.send(h.request(http.MethodGet, "/v1/me", nil, who{cookie: h.SignedIn.Secret})); resp.StatusCode != http.StatusOK {
		t.Errorf("a request under way: got %d, want 200", resp.StatusCode)
	}
}
