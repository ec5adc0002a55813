package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/stream"
)

// house is a served world.
type house struct {
	*desktest.World
	t      *testing.T
	server *Server
	http   *httptest.Server
	hub    *stream.Hub
	log    *safeBuffer
}

// safeBuffer is written by many goroutines.
type safeBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func testPages() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"inbox/index.html":               file("<!doctype html><title>inbox</title>"),
		"inbox/icon.svg":                 file("<svg/>"),
		"inbox/assets/app-123.js":        file(strings.Repeat("console.log(1);", 100)),
		"widget/widget.js":               file("loader()"),
		"widget/frame.html":              file("<!doctype html><head><!--earshot:config--></head>"),
		"widget/widget-assets/f-123.css": file("a{}"),
	}
}

// newHouse serves a world; change may alter the server's options.
func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	h := &house{World: desktest.New(t), t: t, log: &safeBuffer{}}
	h.hub = stream.New(h.Store, h.Bus, stream.Options{Now: h.Clock.Now, Key: bytes.Repeat([]byte{7}, 32)})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.hub.Run(ctx) }()
	opt := Options{Desk: h.Desk, Hub: h.hub, Now: h.Clock.Now, LinkKey: bytes.Repeat([]byte{8}, 32), Pages: testPages(), Built: true, Version: "test",
		TryHost: "localhost:1", InboxURL: "http://127.0.0.1:1", Ready: h.hub.Ready, Log: slog.New(slog.NewJSONHandler(h.log, nil)), Metrics: NewMetrics()}
	for _, c := range change {
		c(&opt)
	}
	var err error
	if h.server, err = New(opt); err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.server)
	t.Cleanup(func() {
		h.server.Drain()
		cancel()
		h.http.CloseClientConnections()
		h.http.Close()
		h.server.Wait()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return h
}

func (h *house) client() *client.Client {
	return client.New(h.http.URL, client.WithoutRetries())
}

// agent signs an agent in through the API.
func (h *house) agent(a chat.Agent) *client.Agent {
	h.t.Helper()
	token, err := h.Desk.SignInTicket(h.t.Context(), a.Email)
	h.must(err)
	in, err := h.client().SignInByLink(h.t.Context(), token)
	h.must(err)
	return in
}

func (h *house) visitor(v desktest.Visitor) *client.Visitor {
	return h.client().Visitor(v.Token, v.Site)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// who is a caller's credentials.
type who struct {
	cookie string
	by     desk.Caller
}

// request makes a request as a page of our own would.
func (h *house) request(method, path string, body []byte, c who) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.http.URL+path, bytes.NewReader(body))
	h.must(err)
	r.Header.Set("Origin", h.http.URL)
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: c.cookie})
	}
	if c.by.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.by.Token)
	}
	if c.by.Site != "" {
		r.Header.Set("Earshot-Site", c.by.Site)
	}
	return r
}

// send sends a request and returns the answer with its body read, unless the
// answer is a stream.
func (h *house) send(r *http.Request) (*http.Response, []byte) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r.WithContext(ctx))
	h.must(err)
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return resp, nil
	}
	raw, err := io.ReadAll(resp.Body)
	h.must(err)
	return resp, raw
}

func (h *house) problem(raw []byte) problem {
	h.t.Helper()
	var p problem
	if err := json.Unmarshal(raw, &p); err != nil {
		h.t.Fatalf("%s: %v", raw, err)
	}
	return p
}

func clientMessage(text string) client.VisitorMessage { return client.VisitorMessage{Text: text} }

// callerAt is a visitor at another site; callerWith one with another token.
func callerAt(c who, site string) desk.Caller { return desk.Caller{Token: c.by.Token, Site: site} }

func callerWith(c who, token string) desk.Caller { return desk.Caller{Token: token, Site: c.by.Site} }
