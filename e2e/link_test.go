package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"earshot/tools/cluster/front"
)

// link is the one way between a node and everything else: the balancer, PostgreSQL
// and NATS. While it is cut nothing that either side sends arrives, and nothing says
// so: connections neither end nor are refused.
type link struct {
	kind  string   // what it is made of, for the test's report
	words []string // in front of a command that is to run at its far end
	near  string   // the host by which the far end reaches this one
	far   string   // the host by which this end reaches the far one
	gate  *gate    // what passes relays waits here while it is shut
	cut   func(t testing.TB)
	heal  func(t testing.TB)
}

// newLink makes a network of its own for the far end, where that can be had, and else
// relays that stop carrying.
func newLink(t testing.TB) *link {
	t.Helper()
	l, err := newNetwork(t)
	if err == nil {
		return l
	}
	fmt.Printf("partitions: by relays of the test, since no network namespace can be had here: %v\n", err)
	return newRelays()
}

// newRelays makes a link of relays that stop carrying.
func newRelays() *link {
	l := &link{kind: "relays that carry nothing", near: "127.0.0.1", far: "127.0.0.1", gate: newGate()}
	l.cut, l.heal = func(testing.TB) { l.gate.shut() }, func(testing.TB) { l.gate.open() }
	return l
}

// networks counts those of this process, whose names must differ.
var networks atomic.Int64

// newNetwork makes a network namespace that a bridge leads to.
func newNetwork(t testing.TB) (*link, error) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, err
	}
	n := networks.Add(1)
	name := fmt.Sprintf("%dx%d", os.Getpid(), n)
	space, bridge, port := "earshot"+name, "eab"+name, "eap"+name
	// The range for measurements between devices, which no network uses.
	at := (int64(os.Getpid())*8 + n) % 512
	block := fmt.Sprintf("198.%d.%d.", 18+at/256, at%256)
	t.Cleanup(func() {
		_ = ip("link", "del", bridge)
		_ = ip("netns", "del", space)
	})
	for _, words := range []string{
		"netns add " + space,
		"link add " + bridge + " type bridge",
		"addr add " + block + "1/24 dev " + bridge,
		"link set " + bridge + " up",
		"link add " + port + " type veth peer name eth0 netns " + space,
		"link set " + port + " master " + bridge + " up",
		"-n " + space + " addr add " + block + "2/24 dev eth0",
		"-n " + space + " link set eth0 up",
		"-n " + space + " link set lo up",
	} {
		if err := ip(strings.Fields(words)...); err != nil {
			return nil, err
		}
	}
	must := func(words ...string) func(testing.TB) {
		return func(t testing.TB) {
			t.Helper()
			if err := ip(words...); err != nil {
				t.Error(err)
			}
		}
	}
	return &link{kind: "a network namespace whose bridge forwards nothing", words: []string{"ip", "netns", "exec", space}, near: block + "1", far: block + "2", gate: newGate(),
		cut: must("link", "set", port, "nomaster"), heal: must("link", "set", port, "master", bridge)}, nil
}

func ip(words ...string) error {
	if out, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(words, " "), err, out)
	}
	return nil
}

// outward returns the address by which the far end reaches what is at this one.
func (l *link) outward(t testing.TB, network, address string) string {
	t.Helper()
	return l.relay(t, l.near+":0", network, address)
}

// inward returns the address by which this end reaches what listens on a loopback
// address of the far one.
func (l *link) inward(t testing.TB, address string) string {
	t.Helper()
	if l.words == nil {
		return l.relay(t, l.far+":0", "tcp", address)
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	at := net.JoinHostPort(l.far, port)
	cmd := exec.Command(l.words[0], append(l.words[1:], os.Args[0])...)
	cmd.Env = append(os.Environ(), relayFrom+"="+at, relayTo+"="+address)
	cmd.Stderr = os.Stderr
	// It ends with its input, and so with this process, however that ends.
	held, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = held.Close()
		_ = cmd.Wait()
	})
	return at
}

// The test's own program is the relay at the far end, where these are set.
const relayFrom, relayTo = "EARSHOT_E2E_RELAY_FROM", "EARSHOT_E2E_RELAY_TO"

func runRelay(from, to string) int {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	l, err := net.Listen("tcp", from)
	if err == nil {
		err = front.Serve(ctx, l, []string{to})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e: relay:", err)
		return 1
	}
	return 0
}

// relay hands connections on, through the gate, and returns its address.
func (l *link) relay(t testing.TB, from, network, to string) string {
	t.Helper()
	in, err := net.Listen("tcp", from)
	if err != nil {
		t.Fatal(err)
	}
	var carrying sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		_ = in.Close()
		carrying.Wait()
	})
	carrying.Go(func() {
		for {
			c, err := in.Accept()
			if err != nil {
				return
			}
			carrying.Go(func() { l.carry(ctx, c, network, to) })
		}
	})
	return in.Addr().String()
}

func (l *link) carry(ctx context.Context, in net.Conn, network, to string) {
	defer in.Close()
	out, err := (&net.Dialer{}).DialContext(ctx, network, to)
	if err != nil {
		return
	}
	both := func() { _, _ = in.Close(), out.Close() }
	defer context.AfterFunc(ctx, both)()
	var halves sync.WaitGroup
	halves.Go(func() { defer both(); l.gate.copy(ctx, out, in) })
	halves.Go(func() { defer both(); l.gate.copy(ctx, in, out) })
	halves.Wait()
}

// gate holds back what passes it while it is shut.
type gate struct {
	mu     sync.Mutex
	opened chan struct{} // closed while it is open; guarded by mu
}

func newGate() *gate {
	g := &gate{opened: make(chan struct{})}
	close(g.opened)
	return g
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.opened)
}

func (g *gate) copy(ctx context.Context, to io.Writer, from io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		g.mu.Lock()
		opened := g.opened
		g.mu.Unlock()
		select {
		case <-opened:
		case <-ctx.Done():
			return
		}
		if _, wrong := to.Write(buf[:n]); errors.Join(err, wrong) != nil {
			return
		}
	}
}

// socketOf is the socket on which a server of PostgreSQL listens.
func socketOf(t testing.TB, address string) string {
	t.Helper()
	return filepath.Join(parse(t, address).Query().Get("host"), ".s.PGSQL.5432")
}

// databaseName is the path that names the database in an address.
func databaseName(t testing.TB, address string) string {
	t.Helper()
	return parse(t, address).Path
}

func parse(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
