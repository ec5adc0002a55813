package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"earshot/client"
)

const (
	listeners     = 10 // agents who receive every message
	conversations = 30 // as many as one feed may watch
)

// paths measures the whole path against the raw group commit, interleaved, and
// the times at 20 % and 80 % of its load.
func (b bench) paths(ctx context.Context) error {
	var raw, whole, ratios []float64
	var atLow, atHigh timed
	dropped := 0
	for len(ratios) < b.rounds {
		disk, err := fdatasyncs(os.TempDir())
		if err != nil {
			return err
		}
		if p99 := quantile(disk, 0.99); p99 > slowDisk {
			if dropped++; dropped > 10 {
				return fmt.Errorf("the disk is too slow at the moment: fdatasync p99 %s in %d rounds", ms(p99), dropped)
			}
			say("round dropped", "fdatasync p99 %s", ms(p99))
			continue
		}
		r, err := rawCommits(ctx, b.length)
		if err != nil {
			return fmt.Errorf("raw group commit: %w", err)
		}
		round, err := b.path(ctx)
		if err != nil {
			return err
		}
		raw, whole, ratios = append(raw, r), append(whole, round.rate), append(ratios, round.rate/r)
		atLow.add(round.low)
		atHigh.add(round.high)
		say("round", "fdatasync p99 %s  raw %.0f/s  whole path %.0f/s  ratio %.2f", ms(quantile(disk, 0.99)), r, round.rate, round.rate/r)
	}
	say("durable messages, raw group commit", "%.0f/s", median(raw))
	say("durable messages, POST to 10 agents", "%.0f/s (%.0f deliveries/s)", median(whole), median(whole)*listeners)
	say("  ratio (must 0.30, goal 0.50)", "%.2f", median(ratios))
	say("send to ack at 20 % load", "%s", p50p99(atLow.ack))
	say("send to seen at 20 % load", "%s", p50p99(atLow.seen))
	say("send to ack at 80 % load", "%s", p50p99(atHigh.ack))
	say("send to seen at 80 % load", "%s", p50p99(atHigh.seen))
	return nil
}

// timed holds times from the send to the acknowledgement and to the moment at
// which an agent has the message.
type timed struct{ ack, seen []time.Duration }

func (t *timed) add(o timed) {
	t.ack = append(t.ack, o.ack...)
	t.seen = append(t.seen, o.seen...)
}

type pathRound struct {
	rate      float64
	low, high timed
}

// hall is a workspace in which ten agents listen to thirty conversations.
type hall struct {
	visitors []*client.Visitor
	received [listeners]atomic.Int64
	mu       sync.Mutex           // guards sent and seen
	sent     map[string]time.Time // by text
	seen     []time.Duration
}

func (b bench) path(ctx context.Context) (pathRound, error) {
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return pathRound{}, err
	}
	defer os.RemoveAll(dir)
	p, _, err := b.serve(ctx, dir)
	if err != nil {
		return pathRound{}, err
	}
	defer p.stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hall{sent: map[string]time.Time{}}
	if err := h.fill(ctx, p); err != nil {
		return pathRound{}, err
	}
	var out pathRound
	if out.rate, err = h.saturate(ctx, b.length); err != nil {
		return out, err
	}
	if out.low, err = h.paced(ctx, b.length, out.rate*0.2); err != nil {
		return out, err
	}
	out.high, err = h.paced(ctx, b.length, out.rate*0.8)
	return out, err
}

// fill makes agents and conversations and lets the agents listen.
func (h *hall) fill(ctx context.Context, p *process) error {
	owner, site, err := p.owner(ctx)
	if err != nil {
		return err
	}
	c := client.New(p.url)
	var watch []string
	for range conversations {
		v := c.Visitor(client.NewToken(), site)
		done, err := v.Post(ctx, client.VisitorMessage{Text: benchText, Name: "Name"})
		if err != nil {
			return err
		}
		h.visitors, watch = append(h.visitors, v), append(watch, done.Visitor.Conversation)
	}
	for i := range listeners {
		a := owner
		if i > 0 {
			if a, err = colleague(ctx, c, owner, i); err != nil {
				return err
			}
		}
		if err := h.listen(ctx, a, i, watch); err != nil {
			return err
		}
	}
	return nil
}

func colleague(ctx context.Context, c *client.Client, owner *client.Agent, i int, groups ...string) (*client.Agent, error) {
	token, err := owner.InviteInto(ctx, "agent"+strconv.Itoa(i)+"@acme.example", "agent", groups...)
	if err != nil {
		return nil, err
	}
	return c.AcceptInvite(ctx, token, "Agent "+strconv.Itoa(i), benchPassword)
}

// listen connects an agent. The first one also tells when it has each message.
func (h *hall) listen(ctx context.Context, a *client.Agent, i int, watch []string) error {
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
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	go func() {
		for {
			raw, err := conn.ReadRaw()
			if err != nil {
				return
			}
			if !bytes.Contains(raw[:min(len(raw), 20)], []byte(`"event"`)) {
				continue
			}
			h.received[i].Add(1)
			if i == 0 {
				h.sees(raw)
			}
		}
	}()
	return nil
}

// sees finds the mark of a message, " #<number>#", in a frame.
func (h *hall) sees(raw []byte) {
	now := time.Now()
	_, rest, ok := bytes.Cut(raw, []byte(" #"))
	if !ok {
		return
	}
	mark, _, ok := bytes.Cut(rest, []byte("#"))
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if sent, ok := h.sent[string(mark)]; ok {
		h.seen = append(h.seen, now.Sub(sent))
		delete(h.sent, string(mark))
	}
}

// saturate keeps 64 messages in flight and returns how many a second arrived at
// every agent.
func (h *hall) saturate(ctx context.Context, length time.Duration) (float64, error) {
	if err := h.send(ctx, time.Second, nil, nil); err != nil { // warm
		return 0, err
	}
	before := h.least()
	began := time.Now()
	if err := h.send(ctx, length, nil, nil); err != nil {
		return 0, err
	}
	return float64(h.least()-before) / time.Since(began).Seconds(), nil
}

// least is how many messages every agent has.
func (h *hall) least() int64 {
	n := h.received[0].Load()
	for i := range h.received {
		n = min(n, h.received[i].Load())
	}
	return n
}

func (h *hall) send(ctx context.Context, length time.Duration, pace *rate.Limiter, ack func(time.Duration)) error {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var g errgroup.Group
	var n atomic.Int64
	for i := range producers {
		g.Go(func() error {
			for ctx.Err() == nil {
				if pace != nil && pace.Wait(ctx) != nil {
					return nil
				}
				if err := h.post(i, n.Add(1), ack); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func (h *hall) post(i int, n int64, ack func(time.Duration)) error {
	text, mark := benchText, ""
	began := time.Now()
	if ack != nil {
		mark = strconv.FormatInt(began.UnixNano(), 36) + "-" + strconv.FormatInt(n, 36)
		text += " #" + mark + "#"
		h.mu.Lock()
		h.sent[mark] = began
		h.mu.Unlock()
	}
	if _, err := h.visitors[i%conversations].Post(context.Background(), client.VisitorMessage{Text: text}); err != nil {
		return err
	}
	if ack != nil {
		ack(time.Since(began))
	}
	return nil
}

// paced sends at a steady rate.
func (h *hall) paced(ctx context.Context, length time.Duration, perSecond float64) (timed, error) {
	var mu sync.Mutex
	var acks []time.Duration
	h.mu.Lock()
	h.sent, h.seen = map[string]time.Time{}, nil
	h.mu.Unlock()
	err := h.send(ctx, length, rate.NewLimiter(rate.Limit(perSecond), 1), func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		acks = append(acks, d)
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	return timed{ack: acks, seen: h.seen}, err
}
