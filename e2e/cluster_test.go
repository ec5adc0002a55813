package e2e

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"

	"earshot/internal/store/storetest"
	"earshot/tools/cluster/front"
)

// cluster is several nodes on one PostgreSQL and one NATS, behind a balancer that
// sends each connection to the next node that takes it.
type cluster struct {
	workspace // its url is the balancer's
	nodes     []*node
	nats      *natsServer
	postgres  *storetest.Server // nil = one that others use, too
}

// clusterOptions are what a cluster may be, beside small.
type clusterOptions struct {
	bin      string // "" = the binary under test
	nodes    int
	apart    bool     // the last node is behind a link
	weak     bool     // the last node has PostgreSQL alone behind a link
	postgres []string // settings of a server of its own, which can be stopped; nil = none
}

// node is a process that can be started again.
type node struct {
	*server
	bin, dir, listen, addr string
	words                  []string
	link                   *link // nil = none
}

// startCluster starts n nodes and makes the owner and a site through the balancer.
func startCluster(t testing.TB, n int) *cluster {
	t.Helper()
	return startClusterOf(t, clusterOptions{nodes: n})
}

func startClusterOf(t testing.TB, opt clusterOptions) *cluster {
	t.Helper()
	c := &cluster{nats: &natsServer{}}
	if opt.postgres != nil {
		c.postgres = storetest.NewServer(t, opt.postgres...)
		c.database = c.postgres.Address()
	} else {
		c.database = storetest.Postgres(t)
	}
	c.nats.start(t)
	var all []string
	for i := range opt.nodes {
		one := &node{bin: opt.bin, dir: filepath.Join(t.TempDir(), "data"), listen: freeAddress(t)}
		if one.bin == "" {
			one.bin = binary()
		}
		last := i == opt.nodes-1
		one.join(t, c, opt.apart && last, opt.weak && last)
		one.again(t)
		c.nodes = append(c.nodes, one)
		all = append(all, one.addr)
	}
	front := balance(t, all)
	setup := *c.nodes[0].server // any node's link lets in at any node
	setup.url, setup.addr = "http://"+front, front
	c.workspace = workspace{server: &setup, owner: setup.makeOwner(t), database: c.database}.withSite(t)
	return c
}

// join tells a node where the others are; one apart has no other way than its link, a
// weak one no other way to PostgreSQL.
func (n *node) join(t testing.TB, c *cluster, apart, weak bool) {
	t.Helper()
	n.addr = n.listen
	database, bus := c.database, c.nats.url()
	if weak {
		n.link = newRelays()
	}
	if apart {
		n.link = newLink(t)
		n.addr = n.link.inward(t, n.listen)
	}
	if n.link != nil {
		database = "postgres://earshot@" + n.link.outward(t, "unix", socketOf(t, c.database)) + databaseName(t, c.database) + "?sslmode=disable"
	}
	if apart {
		bus = "nats://" + n.link.outward(t, "tcp", c.nats.s.Addr().String())
		n.words = n.link.words
	}
	n.words = append(slices.Clone(n.words), "env", "EARSHOT_DATABASE="+database, "EARSHOT_BUS="+bus)
}

// again starts a node, or one that was killed, at its old address.
func (n *node) again(t testing.TB) {
	t.Helper()
	n.server = launchBinary(t, n.bin, n.dir, n.listen, n.words...)
	n.server.addr, n.server.url = n.addr, "http://"+n.addr
	if err := n.waitReady(t.Context(), time.Minute); err != nil {
		t.Fatalf("not ready: %v\n%s", err, n.out)
	}
}

// pause lets a node stand still, and resume lets it go on.
func (n *node) pause(t testing.TB)  { n.signal(t, syscall.SIGSTOP) }
func (n *node) resume(t testing.TB) { n.signal(t, syscall.SIGCONT) }

func (n *node) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-n.cmd.Process.Pid, sig); err != nil {
		t.Fatal(err)
	}
}

// balance starts a balancer and returns its address.
func balance(t testing.TB, to []string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- front.Serve(ctx, l, to) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// natsServer is a NATS server in this process that can be stopped and started.
type natsServer struct {
	port int
	s    *natsd.Server
}

func (n *natsServer) start(t testing.TB) {
	t.Helper()
	port := n.port
	if port == 0 {
		port = natsd.RANDOM_PORT
	}
	s, err := natsd.NewServer(&natsd.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("NATS did not start")
	}
	n.s, n.port = s, s.Addr().(*net.TCPAddr).Port
	t.Cleanup(s.Shutdown)
}

func (n *natsServer) stop() {
	n.s.Shutdown()
	n.s.WaitForShutdown()
}

func (n *natsServer) url() string {
	u := url.URL{Scheme: "nats", Host: n.s.Addr().String()}
	return u.String()
}
