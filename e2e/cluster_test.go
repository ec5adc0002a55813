package e2e

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
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
}

// node is a process that can be started again.
type node struct {
	*server
	words []string
}

// startCluster starts n nodes and makes the owner and a site through the balancer.
func startCluster(t testing.TB, n int) *cluster {
	t.Helper()
	address := storetest.Postgres(t)
	c := &cluster{nats: &natsServer{}}
	c.nats.start(t)
	var all []string
	for range n {
		one := &node{words: []string{"env", "EARSHOT_DATABASE=" + address, "EARSHOT_BUS=" + c.nats.url()}}
		one.server = start(t, filepath.Join(t.TempDir(), "data"), freeAddress(t), one.words...)
		c.nodes = append(c.nodes, one)
		all = append(all, one.addr)
	}
	front := balance(t, all)
	setup := *c.nodes[0].server // any node's link lets in at any node
	setup.url, setup.addr = "http://"+front, front
	c.workspace = workspace{server: &setup, owner: setup.makeOwner(t), database: address}.withSite(t)
	return c
}

// again starts a node that was killed, at its old address.
func (n *node) again(t testing.TB) {
	t.Helper()
	n.server = start(t, n.dir, n.addr, n.words...)
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
