package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"earshot/client"
	"earshot/internal/store/storetest"
	"earshot/tools/cluster/bell"
)

// writersEach is how many connections a node writes on.
const writersEach = 16

// clusters measures what PostgreSQL carries through one node and through three,
// interleaved with the raw commits of the same server, and the times to a reader at the
// same node and at another one.
func (b bench) clusters(ctx context.Context) error {
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
	f := &fleet{bench: b, bus: nats.ClientURL(), base: base}
	var raw, one, three, ratio1, ratio3 []float64
	var here, there timed
	for range b.rounds {
		r, err := rawOnPostgres(ctx, base, b.length)
		if err != nil {
			return fmt.Errorf("raw commits: %w", err)
		}
		o, err := f.round(ctx, 1)
		if err != nil {
			return err
		}
		t, err := f.round(ctx, 3)
		if err != nil {
			return err
		}
		raw, one, three, ratio1, ratio3 = append(raw, r), append(one, o.rate), append(three, t.rate), append(ratio1, o.rate/r), append(ratio3, t.rate/r)
		here.add(t.here)
		there.add(t.there)
		say("round", "raw %.0f/s  1 node %.0f/s (%.2f)  3 nodes %.0f/s (%.2f)", r, o.rate, o.rate/r, t.rate, t.rate/r)
	}
	say("PostgreSQL, raw commits of a head and a row", "%.0f/s (%d connections)", median(raw), writersEach)
	say("durable messages through 1 node", "%.0f/s  ratio %.2f", median(one), median(ratio1))
	say("durable messages through 3 nodes", "%.0f/s  ratio %.2f", median(three), median(ratio3))
	say("send to seen at the same node, 20 % load", "%s", p50p99(here.seen))
	say("send to seen at another node, 20 % load", "%s", p50p99(there.seen))
	return nil
}

// fleet is some nodes on one database.
type fleet struct {
	bench
	base, bus string
	made      int
}

// database makes an empty one on the server and returns its address.
func (f *fleet) database(ctx context.Context) (string, error) {
	f.made++
	name := fmt.Sprintf("bench_%d", f.made)
	db, err := sql.Open("pgx", f.base)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		return "", err
	}
	return onDatabase(f.base, name)
}

// sail starts a node on a database.
func (f *fleet) sail(ctx context.Context, dir, database string) (*process, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, _, err := spawn(ctx, addr, "/readyz", "env", "EARSHOT_DATABASE="+database, "EARSHOT_BUS="+f.bus, "EARSHOT_LOG_LEVEL=warn",
		f.bin, "serve", "--listen", addr, "--data", filepath.Join(dir, addr))
	return p, err
}

type fleetRound struct {
	rate        float64
	here, there timed
}

// round measures n nodes on a new database.
func (f *fleet) round(ctx context.Context, n int) (out fleetRound, err error) {
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	database, err := f.database(ctx)
	if err != nil {
		return out, err
	}
	var nodes []*process
	defer func() {
		for _, p := range nodes {
			p.stop()
		}
	}()
	for range n {
		p, err := f.sail(ctx, dir, database)
		if err != nil {
			return out, err
		}
		nodes = append(nodes, p)
	}
	_, site, err := nodes[n-1].owner(ctx)
	if err != nil {
		return out, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &square{nodes: nodes, site: site}
	if err := s.fill(ctx); err != nil {
		return out, err
	}
	if out.rate, err = s.saturate(ctx, f.length); err != nil || n == 1 {
		return out, err
	}
	if out.here, err = s.seen(ctx, f.length, out.rate*0.2, 0); err != nil {
		return out, err
	}
	out.there, err = s.seen(ctx, f.length, out.rate*0.2, 1)
	return out, err
}

// square are visitors who write at nodes.
type square struct {
	nodes  []*process
	site   string
	tokens []string
	at     []*client.Client

	mu   sync.Mutex           // guards sent and took
	sent map[string]time.Time // by mark
	took []time.Duration
}

// fill makes as many visitors as messages are in flight.
func (s *square) fill(ctx context.Context) error {
	for _, p := range s.nodes {
		s.at = append(s.at, client.New(p.url))
	}
	for i := range producers {
		s.tokens = append(s.tokens, client.NewToken())
		if err := s.post(ctx, i, i, benchText); err != nil {
			return err
		}
	}
	return nil
}

// post lets visitor i write at a node.
func (s *square) post(ctx context.Context, i, node int, text string) error {
	_, err := s.at[node%len(s.at)].Visitor(s.tokens[i], s.site).Post(ctx, client.VisitorMessage{Text: text})
	return err
}

// saturate keeps a message of each visitor in flight and returns how many a second were
// acknowledged.
func (s *square) saturate(ctx context.Context, length time.Duration) (float64, error) {
	if _, err := s.count(ctx, time.Second); err != nil { // warm
		return 0, err
	}
	began := time.Now()
	n, err := s.count(ctx, length)
	return float64(n) / time.Since(began).Seconds(), err
}

func (s *square) count(ctx context.Context, length time.Duration) (int64, error) {
	until := time.Now().Add(length)
	var n atomic.Int64
	var g errgroup.Group
	for i := range s.tokens {
		g.Go(func() error {
			for time.Now().Before(until) && ctx.Err() == nil {
				if err := s.post(ctx, i, i, benchText); err != nil {
					return err
				}
				n.Add(1)
			}
			return nil
		})
	}
	err := g.Wait()
	return n.Load(), err
}

// seen lets visitors write at the first node at a steady rate and follow themselves at
// another one, or there.
func (s *square) seen(ctx context.Context, length time.Duration, perSecond float64, at int) (timed, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.sent, s.took = map[string]time.Time{}, nil
	s.mu.Unlock()
	for i := range s.tokens {
		if err := s.follow(ctx, i, at); err != nil {
			return timed{}, err
		}
	}
	pace := rate.NewLimiter(rate.Limit(perSecond), 1)
	var g errgroup.Group
	var n atomic.Int64
	until, end := context.WithTimeout(ctx, length)
	defer end()
	for i := range s.tokens {
		g.Go(func() error {
			for pace.Wait(until) == nil {
				mark := strconv.FormatInt(n.Add(1), 36)
				s.mu.Lock()
				s.sent[mark] = time.Now()
				s.mu.Unlock()
				if err := s.post(ctx, i, 0, benchText+" #"+mark+"#"); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return timed{seen: s.took}, err
}

func (s *square) follow(ctx context.Context, i, at int) error {
	v := s.at[at].Visitor(s.tokens[i], s.site)
	view, err := v.Conversation(ctx, 0)
	if err != nil {
		return err
	}
	conn, err := v.Dial(ctx, view.Cursor)
	if err != nil {
		return err
	}
	if f, err := conn.Read(); err != nil || f.Type != "hello" {
		return fmt.Errorf("the stream began with %s (%w)", f.Raw, err)
	}
	hear(ctx, conn, s.sees)
	return nil
}

// hear gives each frame of a line to a function, until ctx ends.
func hear(ctx context.Context, conn *client.Conn, frame func(raw []byte)) {
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	go func() {
		for {
			raw, err := conn.ReadRaw()
			if err != nil {
				return
			}
			frame(raw)
		}
	}()
}

func (s *square) sees(raw []byte) {
	now := time.Now()
	_, rest, ok := bytes.Cut(raw, []byte(" #"))
	if !ok {
		return
	}
	mark, _, _ := bytes.Cut(rest, []byte("#"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if sent, ok := s.sent[string(mark)]; ok {
		s.took = append(s.took, now.Sub(sent))
		delete(s.sent, string(mark))
	}
}
