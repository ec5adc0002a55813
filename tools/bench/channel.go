package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
)

const (
	members = 500 // of the channel, each with an open line
	// crowdPace is between two messages: longer than one takes to reach everybody, so
	// that they do not wait for one another.
	crowdPace = 100 * time.Millisecond
)

// channels measures how long a message takes until the last of 500 members of a channel
// has it, beside a visitor's message in a chat that the same 500 watch, in turn; and
// what a member costs in memory, line and messages, beside one who watches the chat.
func (b bench) channels(ctx context.Context) error {
	var channel, customer timed
	var member, watcher []float64
	for range b.rounds {
		dir, err := os.MkdirTemp("", "earshot-bench-")
		if err != nil {
			return err
		}
		round, err := b.channel(ctx, dir)
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			return err
		}
		channel.add(round.channel)
		customer.add(round.customer)
		member, watcher = append(member, round.member), append(watcher, round.watcher)
	}
	say("a visitor's message: send to the last of 500", "%s", p50p99(customer.seen))
	say("a channel's message: send to ack", "%s", p50p99(channel.ack))
	say("a channel's message: send to the last of 500", "%s", p50p99(channel.seen))
	ratio := func(q float64) float64 {
		return float64(quantile(channel.seen, q)) / float64(quantile(customer.seen, q))
	}
	say("  ratio to a visitor's message, p50 and p99", "%.2f  %.2f", ratio(0.5), ratio(0.99))
	say("resident memory per member who reads along", "%.1f kB", median(member)/1000)
	say("  ratio to who watches a chat", "%.2f (%.1f kB)", median(member)/median(watcher), median(watcher)/1000)
	if loads, err := os.ReadFile("/proc/loadavg"); err == nil {
		say("load of the machine", "%.14s", loads)
	}
	return nil
}

type channelRound struct {
	channel, customer timed
	member, watcher   float64 // bytes
}

// crowd is everybody who is in the channel of the one group and watches one chat.
type crowd struct {
	people  []*client.Agent
	channel string
	visitor *client.Visitor
	chat    string
	mu      sync.Mutex // guards waits
	waits   map[string]*arrival
}

// arrival is a message on its way: how many have not got it, and when the last had.
type arrival struct {
	left int
	last chan time.Time
}

func (b bench) channel(ctx context.Context, dir string) (out channelRound, err error) {
	addr, err := freeAddress()
	if err != nil {
		return out, err
	}
	c := &crowd{waits: map[string]*arrival{}}
	// A process of its own each: what making the people has left free in the memory of
	// the first would be taken for what lines need.
	err = b.during(ctx, dir, addr, c.gather)
	if err != nil {
		return out, err
	}
	err = b.during(ctx, dir, addr, func(ctx context.Context, p *process) (err error) {
		out.member, err = c.grownBy(ctx, p, []string{}, c.inChannel)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, b.during(ctx, dir, addr, func(ctx context.Context, p *process) (err error) {
		if out.watcher, err = c.grownBy(ctx, p, []string{c.chat}, c.asVisitor); err != nil {
			return err
		}
		return c.turns(ctx, 2*b.length, &out)
	})
}

// during runs on a server of a directory, whose people know it by its address.
func (b bench) during(ctx context.Context, dir, addr string, run func(context.Context, *process) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p, _, err := spawn(ctx, addr, "/readyz", b.bin, "serve", "--listen", addr, "--data", dir)
	if err != nil {
		return err
	}
	defer p.stop()
	return run(ctx, p)
}

// turns sends to the channel and to the chat in turn.
func (c *crowd) turns(ctx context.Context, length time.Duration, out *channelRound) error {
	ends := time.Now().Add(length)
	for at := time.Now(); at.Before(ends); at = at.Add(2 * crowdPace) {
		if err := c.say(ctx, at, &out.channel, c.inChannel); err != nil {
			return fmt.Errorf("channel: %w", err)
		}
		if err := c.say(ctx, at.Add(crowdPace), &out.customer, c.asVisitor); err != nil {
			return fmt.Errorf("chat: %w", err)
		}
	}
	return nil
}

// gather makes the people, and a chat that nobody has taken.
func (c *crowd) gather(ctx context.Context, p *process) error {
	owner, site, err := p.owner(ctx)
	if err != nil {
		return err
	}
	api := client.New(p.url)
	c.people = make([]*client.Agent, members)
	c.people[0] = owner
	var g errgroup.Group
	g.SetLimit(8)
	for i := 1; i < members; i++ {
		g.Go(func() (err error) {
			c.people[i], err = colleague(ctx, api, owner, i)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if c.channel, err = ownChannel(ctx, owner); err != nil {
		return err
	}
	c.visitor = api.Visitor(client.NewToken(), site)
	done, err := c.visitor.Post(ctx, client.VisitorMessage{Text: benchText})
	c.chat = done.Visitor.Conversation
	return err
}

// ownChannel waits until the only group has its channel, which the server makes by
// itself.
func ownChannel(ctx context.Context, owner *client.Agent) (string, error) {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for began := time.Now(); time.Since(began) < 30*time.Second && ctx.Err() == nil; <-again.C {
		all, err := owner.Channels(ctx)
		if err != nil {
			return "", err
		}
		for id, group := range all {
			if group != "" {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("the group has no channel after 30 s")
}

// grownBy opens everybody's line and sends fifty messages, and returns by how much the
// server's resident memory grew for each of them.
func (c *crowd) grownBy(ctx context.Context, p *process, watch []string, send func(context.Context, string) error) (float64, error) {
	before, err := settled(ctx, p)
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	g.SetLimit(50)
	for _, a := range c.people {
		g.Go(func() error { return c.listen(ctx, a, watch) })
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	for range 50 {
		if err := c.say(ctx, time.Now(), &timed{}, send); err != nil {
			return 0, err
		}
	}
	after, err := settled(ctx, p)
	return float64(after-before) / members, err
}

// listen opens a member's line, until ctx ends.
func (c *crowd) listen(ctx context.Context, a *client.Agent, watch []string) error {
	inbox, err := a.Inbox(ctx, "my")
	if err != nil {
		return err
	}
	conn, err := a.Dial(ctx, inbox.Cursor)
	if err != nil {
		return err
	}
	if f, err := conn.Read(); err != nil || f.Type != "hello" {
		return fmt.Errorf("the stream began with %s (%w)", f.Raw, err)
	}
	if err := conn.Write(map[string]any{"type": "watch", "conversations": watch}); err != nil {
		return err
	}
	hear(ctx, conn, c.has)
	return nil
}

// has notes that a member has a message, whose mark is " #<mark>#".
func (c *crowd) has(raw []byte) {
	_, rest, _ := bytes.Cut(raw, []byte(" #"))
	mark, _, found := bytes.Cut(rest, []byte("#"))
	if !found || !bytes.Contains(raw[:min(len(raw), 20)], []byte(`"event"`)) {
		return
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waits[string(mark)]; w != nil {
		if w.left--; w.left == 0 {
			delete(c.waits, string(mark))
			w.last <- now
		}
	}
}

func (c *crowd) inChannel(ctx context.Context, text string) error {
	_, err := c.people[0].SayInTalk(ctx, c.channel, client.TalkLine{Text: text})
	return err
}

func (c *crowd) asVisitor(ctx context.Context, text string) error {
	_, err := c.visitor.Post(ctx, client.VisitorMessage{Text: text})
	return err
}

// say sends a message when it is to begin, and waits until everybody has it.
func (c *crowd) say(ctx context.Context, began time.Time, times *timed, send func(context.Context, string) error) error {
	time.Sleep(time.Until(began))
	mark := strconv.FormatInt(time.Now().UnixNano(), 36)
	w := &arrival{left: members, last: make(chan time.Time, 1)}
	c.mu.Lock()
	c.waits[mark] = w
	c.mu.Unlock()
	if err := send(ctx, benchText+" #"+mark+"#"); err != nil {
		return err
	}
	if err := times.reached(ctx, began, w.last); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		return fmt.Errorf("%w; %d of %d have not got it", err, w.left, members)
	}
	return nil
}
