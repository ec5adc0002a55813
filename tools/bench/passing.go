package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
)

// passings measures how long it takes until a colleague has what is passed to him,
// beside the messages that visitors send meanwhile: at 20 % of the whole path's load.
func (b bench) passings(ctx context.Context) error {
	var messages timed
	var offers timed
	for range b.rounds {
		dir, err := os.MkdirTemp("", "earshot-bench-")
		if err != nil {
			return err
		}
		round, passed, err := b.passing(ctx, dir)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		messages.add(round)
		offers.add(passed)
	}
	say("message: send to ack, beside transfers", "%s", p50p99(messages.ack))
	say("message: send to seen, beside transfers", "%s", p50p99(messages.seen))
	say("transfer: send to ack", "%s", p50p99(offers.ack))
	say("transfer: send to the colleague's stream", "%s", p50p99(offers.seen))
	ratio := func(q float64) float64 {
		return float64(quantile(offers.seen, q)) / float64(quantile(messages.seen, q))
	}
	say("  ratio to a message, p50 and p99", "%.2f  %.2f", ratio(0.5), ratio(0.99))
	if loads, err := os.ReadFile("/proc/loadavg"); err == nil {
		say("load of the machine", "%.14s", loads)
	}
	return nil
}

// passing is one round: ten agents who listen, visitors who write, and a chat that
// goes to a colleague and is withdrawn, again and again.
func (b bench) passing(ctx context.Context, dir string) (messages, offers timed, err error) {
	p, _, err := b.serve(ctx, dir)
	if err != nil {
		return messages, offers, err
	}
	defer p.stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hall{sent: map[string]time.Time{}}
	if err := h.fill(ctx, p); err != nil {
		return messages, offers, err
	}
	relay, err := newRelay(ctx, p)
	if err != nil {
		return messages, offers, err
	}
	rate, err := h.saturate(ctx, b.length)
	if err != nil {
		return messages, offers, err
	}
	ends := time.Now().Add(b.length)
	var g errgroup.Group
	g.Go(func() (err error) {
		messages, err = h.paced(ctx, b.length, rate*0.2)
		return err
	})
	g.Go(func() (err error) {
		offers, err = relay.run(ctx, ends)
		return err
	})
	err = g.Wait()
	return messages, offers, err
}

// relay is a chat that its lead passes to a colleague.
type relay struct {
	lead  *client.Agent
	mate  string
	chat  string
	rings chan time.Time // when the colleague had an offer
}

// newRelay lets the owner lead a chat, where the router has given it to nobody, and a
// colleague listen who is given none. Whoever leads it, the owner may pass it on.
func newRelay(ctx context.Context, p *process) (*relay, error) {
	owner, err := client.New(p.url).SignIn(ctx, benchEmail, benchPassword)
	if err != nil {
		return nil, err
	}
	sites, err := owner.Sites(ctx)
	if err != nil {
		return nil, err
	}
	c := client.New(p.url)
	v := c.Visitor(client.NewToken(), sites[0].Key)
	done, err := v.Post(ctx, client.VisitorMessage{Text: "an invoice"})
	if err != nil {
		return nil, err
	}
	mate, err := colleague(ctx, c, owner, listeners)
	if err != nil {
		return nil, err
	}
	r := &relay{lead: owner, mate: mate.Me.ID, chat: done.Visitor.Conversation, rings: make(chan time.Time, 1)}
	if err := mate.SetStatus(ctx, "away", ""); err != nil {
		return nil, err
	}
	if err := r.listen(ctx, mate); err != nil {
		return nil, err
	}
	var late *client.Error
	if _, err := owner.TakeOver(ctx, r.chat); err != nil && !(errors.As(err, &late) && late.Kind == "conflict") {
		return nil, err
	}
	return r, nil
}

// listen tells when the colleague's stream has an offer.
func (r *relay) listen(ctx context.Context, mate *client.Agent) error {
	inbox, err := mate.Inbox(ctx, "my")
	if err != nil {
		return err
	}
	conn, err := mate.Dial(ctx, inbox.Cursor)
	if err != nil {
		return err
	}
	if f, err := conn.Read(); err != nil || f.Type != "hello" {
		return fmt.Errorf("the stream began with %s (%w)", f.Raw, err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	go func() {
		for {
			f, err := conn.Read()
			if err != nil {
				return
			}
			var to struct {
				Agent string `json:"agent"`
			}
			if f.Event != nil && f.Event.Kind == "offer" && json.Unmarshal(f.Event.Body, &to) == nil && to.Agent == r.mate {
				r.rings <- time.Now()
			}
		}
	}()
	return nil
}

// relayPace is between two transfers. Each counts from when it was to begin, so that
// a moment in which nothing goes on weighs as much as for the messages.
const relayPace = 20 * time.Millisecond

// run passes the chat on and withdraws it until it is time.
func (r *relay) run(ctx context.Context, ends time.Time) (all timed, err error) {
	for began := time.Now(); began.Before(ends); began = began.Add(relayPace) {
		time.Sleep(time.Until(began))
		_, err := r.lead.Transfer(ctx, r.chat, client.Passing{To: client.Target{Kind: "agent", Agent: r.mate}})
		if err != nil {
			return all, fmt.Errorf("transfer: %w", err)
		}
		all.ack = append(all.ack, time.Since(began))
		select {
		case at := <-r.rings:
			all.seen = append(all.seen, at.Sub(began))
		case <-time.After(30 * time.Second):
			return all, fmt.Errorf("a transfer did not reach the colleague within 30 s")
		case <-ctx.Done():
			return all, ctx.Err()
		}
		if _, err := r.lead.Withdraw(ctx, r.chat); err != nil {
			return all, fmt.Errorf("withdraw: %w", err)
		}
	}
	return all, nil
}
