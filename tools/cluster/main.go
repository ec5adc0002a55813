// Command cluster starts what a team has that outgrew one machine, on this one, for
// trying by hand: PostgreSQL, NATS, some nodes, and a balancer in front of them. All
// of it is thrown away when it ends.
//
// It guarantees that everything listens on loopback alone and has ended when it ends.
// make cluster calls it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sync/errgroup"

	"earshot/internal/store/storetest"
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
	database, err := storetest.StartPostgres()
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w (Debian's package is named postgresql)", err)
	}
	bell, err := startNATS()
	if err != nil {
		return err
	}
	defer bell.Shutdown()
	env := append(os.Environ(), "EARSHOT_DATABASE="+database, "EARSHOT_BUS="+bell.ClientURL(), "EARSHOT_LOG_LEVEL=warn",
		"EARSHOT_PUBLIC_URL=http://"+listen)
	g, ctx := errgroup.WithContext(ctx)
	var all []string
	for i := range nodes {
		address, err := freeAddress()
		if err != nil {
			return err
		}
		all = append(all, address)
		fmt.Printf("node %d is at http://%s, its process ends by: kill -9 $(pgrep -f %s)\n", i+1, address, address)
		g.Go(func() error { return keep(ctx, binary, address, filepath.Join(dir, address), env) })
		if i == 0 {
			// The others find the schema and print no link that replaces its one.
			if err := answers(ctx, address); err != nil {
				return errors.Join(err, g.Wait())
			}
		}
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	g.Go(func() error { return front.Serve(ctx, l, all) })
	fmt.Printf("PostgreSQL is at %s\nNATS is at %s\nOpen http://%s; a node that ends is started again after 5 s. Of the links to set up each works, until one is used. Ctrl-C stops everything.\n", database, bell.ClientURL(), listen)
	return g.Wait()
}

// keep runs a node, again and again, until ctx ends.
func keep(ctx context.Context, binary, address, data string, env []string) error {
	for {
		node := exec.CommandContext(ctx, binary, "serve", "--listen", address, "--data", data)
		node.Env, node.Stdout, node.Stderr = env, os.Stdout, os.Stderr
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

// answers waits until somebody listens there.
func answers(ctx context.Context, address string) error {
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func startNATS() (*natsd.Server, error) {
	s, err := natsd.NewServer(&natsd.Options{Host: "127.0.0.1", Port: natsd.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return nil, errors.New("NATS did not start")
	}
	return s, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
