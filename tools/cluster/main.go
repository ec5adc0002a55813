// Command cluster starts what a team has that outgrew one machine, on this one, for
// trying by hand: PostgreSQL, NATS, some nodes, and a balancer in front of them. All
// of it is thrown away when it ends.
//
// It guarantees that everything listens on loopback alone and has ended when it ends.
// make cluster calls it.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/internal/store/storetest"
	"earshot/tools/cluster/bell"
	"earshot/tools/cluster/front"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	nodes := flag.Int("nodes", 3, "how many nodes")
	listen := flag.String("listen", "127.0.0.1:8080", "address of the balancer")
	binary := flag.String("binary", "bin/earshot", "the binary that serves")
	flag.Parse()
	if err := run(ctx, *nodes, *listen, *binary); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, nodes int, listen, binary string) error {
	dir, err := os.MkdirTemp("", "earshot-cluster-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	database, endPostgres, err := storetest.StartPostgres()
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w (Debian's package is named postgresql)", err)
	}
	defer func() { _ = endPostgres() }()
	nats, err := bell.Start()
	if err != nil {
		return err
	}
	defer nats.Shutdown()
	env := append(os.Environ(), "EARSHOT_DATABASE="+database, "EARSHOT_BUS="+nats.ClientURL(), "EARSHOT_LOG_LEVEL=warn",
		"EARSHOT_PUBLIC_URL=http://"+listen)
	g, ctx := errgroup.WithContext(ctx)
	said := &links{out: os.Stdout}
	var all []string
	for i := range nodes {
		address, err := freeAddress()
		if err != nil {
			return err
		}
		all = append(all, address)
		g.Go(func() error { return keep(ctx, said, binary, address, filepath.Join(dir, address), env) })
		// One after the other: of the links to set up the one that was made last counts.
		if err := answers(ctx, address); err != nil {
			return errors.Join(err, g.Wait())
		}
		fmt.Printf("node %d is at http://%s, its process ends by: kill -9 $(pgrep -f -- '--listen %s')\n", i+1, address, address)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return errors.Join(err, g.Wait())
	}
	g.Go(func() error { return front.Serve(ctx, l, all) })
	fmt.Printf("PostgreSQL is at %s\nNATS is at %s\nA node that ends is started again after 5 s. Ctrl-C stops everything and throws it away.\n%s\n", database, nats.ClientURL(), said.newest())
	return g.Wait()
}

// keep runs a node, again and again, until ctx ends.
func keep(ctx context.Context, out io.Writer, binary, address, data string, env []string) error {
	for {
		node := exec.CommandContext(ctx, binary, "serve", "--listen", address, "--data", data)
		node.Env, node.Stdout, node.Stderr = env, out, os.Stderr
		node.Cancel = func() error { return node.Process.Signal(syscall.SIGTERM) }
		node.WaitDelay = 15 * time.Second
		err := node.Run()
		if ctx.Err() != nil {
			return nil
		}
		fmt.Printf("the node at %s ended: %v\n", address, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(5 * time.Second):
		}
	}
}

// answers waits until a node says that it can serve.
func answers(ctx context.Context, address string) error {
	for {
		res, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// links passes on what nodes print, but for the links to set up, of which one counts.
type links struct {
	out  io.Writer
	mu   sync.Mutex // guards link
	link string
}

// Write takes one line, as a node prints it.
func (l *links) Write(line []byte) (int, error) {
	if !bytes.Contains(line, []byte("/setup#")) {
		return l.out.Write(line)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = strings.TrimSpace(string(line))
	return len(line), nil
}

// newest is the line with the link that was printed last; the others work, too.
func (l *links) newest() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.link
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
