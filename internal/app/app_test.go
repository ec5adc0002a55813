package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/client"
)

// waiting bounds what a test waits for; it fails instead of hanging.
const waiting = 15 * time.Second

// running is a server that runs until the test ends, or stop is called.
type running struct {
	*App
	out  *bytes.Buffer
	stop func() error
}

func start(t *testing.T, cfg Config) *running {
	t.Helper()
	r := &running{out: &bytes.Buffer{}}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	var err error
	if r.App, err = New(t.Context(), cfg, r.out); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-ended, r.Close())
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// dataDir is short: the path of a socket has little room.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ea")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func setUp(t *testing.T, r *running) *client.Agent {
	t.Helper()
	link := regexp.MustCompile(`Open (http://[^/]+)/setup#(\S+) `).FindStringSubmatch(r.out.String())
	if link == nil || link[1] != r.URL() {
		t.Fatalf("the first start printed %q, want a link at %s", r.out, r.URL())
	}
	owner, err := client.New(r.URL()).SetUp(t.Context(), client.SetUp{Token: link[2], Name: "Ada", Email: "ada@team.example",
		Password: "a quiet bench in the sun", SiteName: "Shop", Origins: []string{"https://shop.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

func TestApp_AMessageCrossesAndSurvivesARestart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), waiting)
	defer cancel()
	dir := dataDir(t)
	first := start(t, Config{Data: dir})
	owner := setUp(t, first)
	sites, err := owner.Sites(ctx)
	must(t, err)
	inbox, err := owner.Inbox(ctx, "queue")
	must(t, err)
	token := client.NewToken()
	visitor := client.New(first.URL()).Visitor(token, sites[0].Key)
	said, err := visitor.Post(ctx, client.VisitorMessage{Text: "Where is my order?"})
	must(t, err)
	follow := owner.Stream(inbox.Cursor)
	defer follow.Drop()
	for seen := false; !seen; {
		f, err := follow.Next(ctx)
		must(t, err)
		seen = f.Row != nil && f.Row.Conversation.ID == said.Visitor.Conversation
	}
	_, err = owner.Take(ctx, said.Visitor.Conversation)
	must(t, err)
	_, err = owner.Post(ctx, said.Visitor.Conversation, client.Message{Text: "It left today.", Seen: 100})
	must(t, err)
	must(t, first.stop())

	second := start(t, Config{Data: dir})
	if strings.Contains(second.out.String(), "/setup#") {
		t.Errorf("a second start printed %q", second.out)
	}
	view, err := client.New(second.URL()).Visitor(token, sites[0].Key).Conversation(ctx, 0)
	must(t, err)
	var texts []string
	for _, e := range view.Events {
		if e.Kind == "message" {
			texts = append(texts, e.Text())
		}
	}
	if got := strings.Join(texts, " "); got != "Where is my order? It left today." {
		t.Errorf("after the restart: %q", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestApp_StoppingTellsStreamsWhenToComeBack(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Data: dataDir(t)})
	owner := setUp(t, r)
	conn, err := owner.Dial(t.Context(), "")
	must(t, err)
	defer conn.Close()
	for f, err := conn.Read(); f.Type != "hello"; f, err = conn.Read() {
		must(t, err)
	}
	began := time.Now()
	must(t, r.stop())
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	bye := 0
	for {
		f, err := conn.Read()
		var closed *client.Closed
		if errors.As(err, &closed) {
			if closed.Code != 4500 || bye != 4500 {
				t.Errorf("bye %d, closed with %d, want 4500 twice", bye, closed.Code)
			}
			break
		}
		must(t, err)
		if f.Type == "bye" {
			bye = f.Code
		}
	}
	if _, err := http.Get(r.URL() + "/healthz"); err == nil {
		t.Error("the server still answers")
	}
}

func TestApp_WhatKeepsItFromStartingIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	used := dataDir(t)
	start(t, Config{Data: used})
	file := filepath.Join(dataDir(t), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, tt := range []struct {
		name string
		cfg  Config
		says string
	}{
		{"port in use", Config{Listen: taken.Addr().String(), Data: dataDir(t)}, "another program does already"},
		{"data in use", Config{Listen: "127.0.0.1:0", Data: used}, "is in use"},
		{"data is a file", Config{Listen: "127.0.0.1:0", Data: file}, "data directory"},
		{"no address", Config{Listen: "8080", Data: dataDir(t)}, "HOST:PORT"},
		{"no proxy", Config{Listen: "127.0.0.1:0", Data: dataDir(t), TrustedProxy: []string{"proxy"}}, "--trusted-proxy"},
		{"no url", Config{Listen: "127.0.0.1:0", Data: dataDir(t), PublicURL: "chat.example/a"}, "--public-url"},
		{"no level", Config{Listen: "127.0.0.1:0", Data: dataDir(t), LogLevel: "loud"}, "--log-level"},
		{"no database", Config{Listen: "127.0.0.1:0", Data: dataDir(t), Database: "mysql://root@localhost/x"}, "--database"},
		{"database gone", Config{Listen: "127.0.0.1:0", Data: dataDir(t), Database: "postgres://ann:s3cret@/x?host=" + dataDir(t)}, "the database cannot be reached"},
		{"unlimited for all", Config{Listen: ":0", Data: dataDir(t), Unlimited: true}, "loopback"},
	} {
		began := time.Now()
		a, err := New(t.Context(), tt.cfg, &bytes.Buffer{})
		if err == nil {
			t.Errorf("%s: it started", tt.name)
			must(t, a.Close())
			continue
		}
		if text := err.Error(); !strings.Contains(text, tt.says) || strings.Contains(text, "\n") || strings.Contains(text, "s3cret") || time.Since(began) > 3*time.Second {
			t.Errorf("%s: %q after %v, want one line with %q within 3 s", tt.name, text, time.Since(began), tt.says)
		}
	}
}

func TestControl_GivesASignInLinkToWhoOwnsTheData(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	r := start(t, Config{Data: dir})
	setUp(t, r)
	info, err := os.Stat(filepath.Join(dir, socketFile))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode is %o, want 600", info.Mode().Perm())
	}
	var out bytes.Buffer
	must(t, SignInLink(t.Context(), SignInLinkOptions{Data: dir, Email: "ada@team.example"}, &out))
	link := regexp.MustCompile(`/link#(\S+) `).FindStringSubmatch(out.String())
	if link == nil {
		t.Fatalf("printed %q", out.String())
	}
	me, err := client.New(r.URL()).SignInByLink(t.Context(), link[1])
	must(t, err)
	if me.Me.Email != "ada@team.example" {
		t.Errorf("signed in as %+v", me.Me)
	}
	if _, err := client.New(r.URL()).SignInByLink(t.Context(), link[1]); err == nil {
		t.Error("the link works twice")
	}
	if err := SignInLink(t.Context(), SignInLinkOptions{Data: dir, Email: "nobody@team.example"}, &out); err == nil {
		t.Error("a link for nobody")
	}
	var status Status
	must(t, askControl(t.Context(), dir, http.MethodGet, "/status", nil, &status))
	if status.URL != r.URL() || status.NeedsSetup {
		t.Errorf("status %+v", status)
	}
	if err := SignInLink(t.Context(), SignInLinkOptions{Data: dataDir(t), Email: "ada@team.example"}, &out); !errors.Is(err, errNotRunning) {
		t.Errorf("without a server: %v", err)
	}
}

func TestApp_MetricsAreServedWhereAskedFor(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Data: dataDir(t), MetricsListen: "127.0.0.1:0"})
	resp, err := http.Get("http://" + r.metrics.Addr().String() + "/metrics")
	must(t, err)
	defer resp.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(resp.Body)
	must(t, err)
	for _, name := range []string{"earshot_feeds", "earshot_resets_total", "earshot_log_position", "earshot_events_total", "earshot_commit_seconds_count"} {
		if !strings.Contains(text.String(), name) {
			t.Errorf("no %s", name)
		}
	}
}

func TestPlace_NamesTheOtherLoopbackOnlyWhereNobodyElseComes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		listen, bound, public string
		want                  place
	}{
		{"127.0.0.1:80", "127.0.0.1:80", "", place{"http://127.0.0.1:80", "http://127.0.0.1:80", true, "localhost:80"}},
		{"localhost:0", "127.0.0.1:81", "", place{"http://localhost:81", "http://localhost:81", true, "127.0.0.1:81"}},
		{"[::1]:0", "[::1]:82", "", place{"http://[::1]:82", "http://[::1]:82", true, "localhost:82"}},
		{":83", "[::]:83", "", place{"http://127.0.0.1:83", "http://127.0.0.1:83", false, ""}},
		{"192.0.2.1:84", "192.0.2.1:84", "", place{"http://192.0.2.1:84", "http://192.0.2.1:84", false, ""}},
		{"127.0.0.1:85", "127.0.0.1:85", "https://chat.example/", place{"https://chat.example", "http://127.0.0.1:85", true, ""}},
		{"127.0.0.1:86", "127.0.0.1:86", "http://127.0.0.1:8080", place{"http://127.0.0.1:8080", "http://127.0.0.1:8080", true, "localhost:8080"}},
		{"192.0.2.1:87", "192.0.2.1:87", "http://127.0.0.1:8080", place{"http://127.0.0.1:8080", "http://192.0.2.1:87", false, ""}},
	} {
		bound, err := net.ResolveTCPAddr("tcp", tt.bound)
		must(t, err)
		if got := placeOf(Config{Listen: tt.listen, PublicURL: tt.public}, bound); got != tt.want {
			t.Errorf("%+v: got %+v", tt, got)
		}
	}
}

func TestLog_HidesWhatSomebodyForgotToLeaveOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	secret := client.NewToken()
	log := newLog(&out, "info")
	log.Info("x", "token", "short", "Email", "a@b.example", slog.Group("g", "text", "hello"), "error", "get /link/"+secret+": no", "route", "GET /v1/me")
	var line map[string]any
	must(t, json.Unmarshal(out.Bytes(), &line))
	for _, hidden := range []string{"short", "a@b.example", "hello", secret} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("%q stands in %s", hidden, out.String())
		}
	}
	if line["route"] != "GET /v1/me" || !strings.Contains(out.String(), "get /link/[redacted]: no") {
		t.Errorf("too much is hidden: %s", out.String())
	}
}
