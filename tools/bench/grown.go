package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
	"earshot/internal/store/storetest"
	"earshot/tools/cluster/bell"
)

// grownTo is a workspace that holds so many closed conversations.
type grownTo struct {
	stored  int
	square  *square
	owner   *client.Agent
	node    *process
	bytes   int64
	cost    []float64 // processor time of the node and of PostgreSQL's processes for a message, µs
	rate    []float64
	opening []time.Duration
}

// growns measures what a message costs in workspaces that hold more and more, each in a
// database of its own on one server, in turns.
func (b bench) growns(ctx context.Context) error {
	base, endPostgres, err := storetest.StartPostgres()
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w (Debian's package is named postgresql)", err)
	}
	defer func() { _ = endPostgres() }()
	nats, err := bell.Start()
	if err != nil {
		return err
	}
	defer nats.Shutdown()
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f := &fleet{bench: b, bus: nats.ClientURL(), base: base}
	var all []*grownTo
	defer func() {
		for _, g := range all {
			g.node.stop()
		}
	}()
	for word := range strings.SplitSeq(b.grown, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		began := time.Now()
		g, err := f.grow(ctx, dir, n)
		if err != nil {
			return err
		}
		all = append(all, g)
		say("stored", "%d conversations, %.0f MB, filled in %.0f s", n, float64(g.bytes)/1e6, time.Since(began).Seconds())
	}
	for range b.rounds {
		for _, g := range all {
			if err := g.measure(ctx, base, b.length); err != nil {
				return err
			}
		}
	}
	for _, g := range all {
		say(fmt.Sprintf("a message at %d stored conversations", g.stored), "%.0f µs of processor time, %.2f times the first; %.0f/s; inbox opened %s",
			median(g.cost), median(g.cost)/median(all[0].cost), median(g.rate), p50p99(g.opening))
	}
	return nil
}

// grow makes a workspace with one conversation that is answered and closed, and copies
// it.
func (f *fleet) grow(ctx context.Context, dir string, n int) (*grownTo, error) {
	database, err := f.database(ctx)
	if err != nil {
		return nil, err
	}
	p, err := f.sail(ctx, dir, database)
	if err != nil {
		return nil, err
	}
	owner, site, err := p.owner(ctx)
	if err != nil {
		return nil, err
	}
	conversation, err := closedOne(ctx, client.New(p.url), owner, site)
	p.stop()
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, database, conversation, n-1); err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	g := &grownTo{stored: n}
	if g.bytes, err = databaseBytes(ctx, database); err != nil {
		return nil, err
	}
	if g.node, err = f.sail(ctx, dir, database); err != nil {
		return nil, err
	}
	if g.owner, err = client.New(g.node.url).SignIn(ctx, benchEmail, benchPassword); err != nil {
		return nil, err
	}
	g.square = &square{nodes: []*process{g.node}, site: site}
	return g, g.square.fill(ctx)
}

func closedOne(ctx context.Context, c *client.Client, owner *client.Agent, site string) (string, error) {
	v := c.Visitor(client.NewToken(), site)
	said, err := v.Post(ctx, client.VisitorMessage{Text: benchText, Name: "Name"})
	if err != nil {
		return "", err
	}
	id := said.Visitor.Conversation
	if _, err := owner.Take(ctx, id); err != nil {
		return "", err
	}
	if _, err := owner.Post(ctx, id, client.Message{Text: benchText, Seen: 100}); err != nil {
		return "", err
	}
	if _, err := owner.Close(ctx, id); err != nil {
		return "", err
	}
	return id, v.End(ctx)
}

func databaseBytes(ctx context.Context, address string) (n int64, err error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return n, db.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
}

// measure keeps eight messages in flight, and then opens the inbox some times.
func (g *grownTo) measure(ctx context.Context, base string, length time.Duration) error {
	before, err := g.spent(ctx, base)
	if err != nil {
		return err
	}
	began, n := time.Now(), 0
	counts := make([]int, 8)
	var group errgroup.Group
	for i := range counts {
		group.Go(func() error {
			for time.Since(began) < length && ctx.Err() == nil {
				if err := g.square.post(ctx, i, 0, benchText); err != nil {
					return err
				}
				counts[i]++
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	took := time.Since(began)
	for _, one := range counts {
		n += one
	}
	if n == 0 {
		return errors.New("no message was stored")
	}
	after, err := g.spent(ctx, base)
	if err != nil {
		return err
	}
	g.cost = append(g.cost, float64((after-before).Microseconds())/float64(n))
	g.rate = append(g.rate, float64(n)/took.Seconds())
	for range 10 {
		began := time.Now()
		if _, err := g.owner.Inbox(ctx, "all"); err != nil {
			return err
		}
		g.opening = append(g.opening, time.Since(began))
	}
	return nil
}

// spent is the processor time of the node and of the whole server of PostgreSQL so far.
func (g *grownTo) spent(ctx context.Context, base string) (time.Duration, error) {
	db, err := sql.Open("pgx", base)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var directory string
	if err := db.QueryRowContext(ctx, `SELECT current_setting('data_directory')`).Scan(&directory); err != nil {
		return 0, err
	}
	node, err := processorTime(g.node.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	server, err := familyTime(directory)
	return node + server, err
}
