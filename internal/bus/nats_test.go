package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"earshot/internal/bus"
	"earshot/internal/bus/bustest"
	"earshot/internal/chat"
)

// pair rings on one node and listens on another.
type pair struct{ rings, listens *bus.NATS }

func (p pair) Wake()                                 { p.rings.Wake() }
func (p pair) Signal(sig chat.Signal)                { p.rings.Signal(sig) }
func (p pair) Subscribe() (bus.Subscription, func()) { return p.listens.Subscribe() }
func (p pair) Ask(ctx context.Context, node string, question []byte) ([]byte, error) {
	return p.rings.Ask(ctx, node, question)
}
func (p pair) Answer(node string, answer func([]byte) []byte) func() {
	return p.listens.Answer(node, answer)
}

func TestNATS_KeepsThePromisesOfABusBetweenNodes(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t *testing.T) bus.Bus {
		s := startNATS(t, 0)
		return pair{dial(t, s.ClientURL(), "w"), dial(t, s.ClientURL(), "w")}
	}, func(b bus.Bus) { settle(t, b.(pair).rings, b.(pair).listens) })
}

func TestNATS_KeepsThePromisesOfABusOnOneNode(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t *testing.T) bus.Bus { return dial(t, startNATS(t, 0).ClientURL(), "w") }, func(bus.Bus) {})
}

// TestNATS_IsOnlyABell: with no server, the own node hears; when one comes, every
// node is told to read again, since it may have missed anything.
func TestNATS_IsOnlyABell(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	one, two := dial(t, address(port), "w"), dial(t, address(port), "w")
	if h := one.Health(); h.Connected {
		t.Fatalf("connected to nothing: %+v", h)
	}
	here, end := one.Subscribe()
	defer end()
	there, endThere := two.Subscribe()
	defer endThere()
	one.Wake()
	one.Signal(typing("c_1"))
	<-here.Wakes
	if got := <-here.Signals; got.Conversation != "c_1" {
		t.Errorf("heard %+v", got)
	}
	for round := range 3 {
		s := startNATS(t, port)
		<-here.Wakes
		<-there.Wakes
		for !one.Health().Connected || !two.Health().Connected {
			<-time.After(time.Millisecond) // waits: neither side tells when both are there
		}
		repeated(one, there, chat.ConversationID(fmt.Sprintf("c_round_%d", round)))
		empty(here, there)
		s.Shutdown()
		s.WaitForShutdown()
		for one.Health().Connected || two.Health().Connected {
			<-time.After(time.Millisecond) // waits: for the client to find out
		}
	}
}

// repeated rings until it is heard, as those do who type: what is rung while a
// connection is made may be lost.
func repeated(rings *bus.NATS, listens bus.Subscription, c chat.ConversationID) {
	for {
		rings.Signal(typing(c))
		select {
		case got := <-listens.Signals:
			if got.Conversation == c {
				return
			}
		case <-time.After(time.Millisecond):
		}
	}
}

func empty(all ...bus.Subscription) {
	for _, s := range all {
		select {
		case <-s.Wakes:
		default:
		}
	}
}

// TestNATS_NobodyWaitsForTheNetwork rings far more than the buffers between hold
// while not a byte goes out: who waited would wait for ever.
func TestNATS_NobodyWaitsForTheNetwork(t *testing.T) {
	t.Parallel()
	d := &stuckDialer{stuck: make(chan struct{}), freed: make(chan struct{})}
	b, err := bus.DialOver(d, startNATS(t, 0).ClientURL(), "w", quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	connected(b)
	close(d.stuck)
	sig := typing("c_1")
	sig.Text = strings.Repeat("x", 4096)
	for range 5_000 {
		b.Signal(sig)
		b.Wake()
	}
	here, end := b.Subscribe()
	defer end()
	b.Wake()
	<-here.Wakes
	close(d.freed)
}

// stuckDialer makes connections whose writes do not return once stuck is closed,
// whatever their deadline, until freed is.
type stuckDialer struct{ stuck, freed chan struct{} }

func (d *stuckDialer) Dial(network, address string) (net.Conn, error) {
	c, err := net.Dial(network, address)
	return stuckConn{c, d}, err
}

type stuckConn struct {
	net.Conn
	d *stuckDialer
}

func (c stuckConn) Write(p []byte) (int, error) {
	select {
	case <-c.d.stuck:
		<-c.d.freed
	default:
	}
	return c.Conn.Write(p)
}

// TestNATS_WorkspacesDoNotHearEachOther, though they share a server.
func TestNATS_WorkspacesDoNotHearEachOther(t *testing.T) {
	t.Parallel()
	s := startNATS(t, 0)
	one, other := dial(t, s.ClientURL(), "one"), dial(t, s.ClientURL(), "other")
	connected(one, other)
	heard, end := other.Subscribe()
	defer end()
	one.Wake()
	one.Signal(typing("c_1"))
	settle(t, one, other)
	select {
	case <-heard.Wakes:
		t.Error("woken by another workspace")
	case sig := <-heard.Signals:
		t.Errorf("heard %+v of another workspace", sig)
	default:
	}
}

// TestNATS_WhatIsNoSignalIsCounted and reaches nobody.
func TestNATS_WhatIsNoSignalIsCounted(t *testing.T) {
	t.Parallel()
	s := startNATS(t, 0)
	one, two := dial(t, s.ClientURL(), "w"), dial(t, s.ClientURL(), "w")
	connected(one, two)
	heard, end := two.Subscribe()
	defer end()
	for _, text := range []string{"", "{", `{"kind":""}`, "[]", "\x00\xff"} {
		if err := one.Raw([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, one, two)
	if got := two.Health().Bad; got != 5 {
		t.Errorf("%d were counted, want 5", got)
	}
	if len(heard.Signals) > 0 {
		t.Errorf("heard %+v", <-heard.Signals)
	}
}

// TestNATS_SaysNoPassword in what it refuses, logs and reports.
func TestNATS_SaysNoPassword(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t%zz"
	log := new(bytes.Buffer)
	_, err := bus.DialNATS("nats://user:"+secret+"@127.0.0.1:4222", "w", slog.New(slog.NewTextHandler(log, nil)))
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "nats://user:password@host:4222") {
		t.Errorf("it said %v", err)
	}
	s := startNATS(t, 0)
	var said syncBuffer
	b, err := bus.DialNATS("nats://user:s3cr3t@"+s.Addr().String(), "w", slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	connected(b)
	s.Shutdown()
	s.WaitForShutdown()
	for b.Health().Reason == "" {
		<-time.After(time.Millisecond) // waits: for the client to find out
	}
	b.Close()
	if text := said.String() + b.Health().Reason; strings.Contains(text, "s3cr3t") || !strings.Contains(text, "NATS is away") {
		t.Errorf("it said %s", text)
	}
}

func TestNATS_RefusesANameThatIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a.b", "a b", ">", "*"} {
		if _, err := bus.DialNATS("nats://127.0.0.1:4222", name, quiet()); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func dial(t *testing.T, url, workspace string) *bus.NATS {
	t.Helper()
	b, err := bus.DialNATS(url, workspace, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func settle(t *testing.T, a, b *bus.NATS) {
	t.Helper()
	if err := bus.Settle(a, b); err != nil {
		t.Error(err)
	}
}

func connected(all ...*bus.NATS) {
	for _, b := range all {
		for !b.Health().Connected {
			<-time.After(time.Millisecond) // waits: for the first connection
		}
	}
}

func typing(c chat.ConversationID) chat.Signal {
	return chat.Signal{Kind: chat.SignalTyping, Conversation: c, Audience: chat.ForAll, On: true}
}

// startNATS starts a server on loopback; port 0 = any.
func startNATS(t *testing.T, port int) *server.Server {
	t.Helper()
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("NATS did not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func address(port int) string { return fmt.Sprintf("nats://127.0.0.1:%d", port) }

// syncBuffer is a buffer that a logger may fill meanwhile.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
