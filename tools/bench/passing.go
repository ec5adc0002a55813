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

// beside are times of messages, and of what agents send one another meanwhile.
type beside struct {
	messages, offers, whispers timed
	besideGroups, grouped      timed // in a time of their own
}

// passings measures how long it takes until a colleague has what is passed to him or
// whispered, beside the messages that visitors send meanwhile: at 20 % of the whole
// path's load.
func (b bench) passings(ctx context.Context) error {
	var all beside
	for range b.rounds {
		dir, err := os.MkdirTemp("", "earshot-bench-")
		if err != nil {
			return err
		}
		round, err := b.passing(ctx, dir)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		all.messages.add(round.messages)
		all.offers.add(round.offers)
		all.besideGroups.add(round.besideGroups)
		all.grouped.add(round.grouped)
		all.whispers.add(round.whispers)
	}
	say("message: send to ack, beside these", "%s", p50p99(all.messages.ack))
	say("message: send to seen, beside these", "%s", p50p99(all.messages.seen))
	all.offers.report("transfer", all.messages)
	all.whispers.report("whisper", all.messages)
	say("message: send to seen, beside group offers", "%s", p50p99(all.besideGroups.seen))
	all.grouped.report("transfer offer through a group", all.besideGroups)
	if loads, err := os.ReadFile("/proc/loadavg"); err == nil {
		say("load of the machine", "%.14s", loads)
	}
	return nil
}

// report says how long something took, and as a ratio to the messages.
func (t timed) report(name string, messages timed) {
	say(name+": send to ack", "%s", p50p99(t.ack))
	say(name+": send to the colleague's stream", "%s", p50p99(t.seen))
	ratio := func(q float64) float64 { return float64(quantile(t.seen, q)) / float64(quantile(messages.seen, q)) }
	say("  ratio to a message, p50 and p99", "%.2f  %.2f", ratio(0.5), ratio(0.99))
}

// passing is one round: ten agents who listen, visitors who write, a chat that goes to
// a colleague and is withdrawn, again and again, and one in which two whisper; then some
// that go so to groups.
func (b bench) passing(ctx context.Context, dir string) (all beside, err error) {
	p, _, err := b.serve(ctx, dir)
	if err != nil {
		return all, err
	}
	defer p.stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hall{sent: map[string]time.Time{}}
	if err := h.fill(ctx, p); err != nil {
		return all, err
	}
	relay, err := newRelay(ctx, p)
	if err != nil {
		return all, err
	}
	pair, err := newPair(ctx, p)
	if err != nil {
		return all, err
	}
	through, err := newGroupRelays(ctx, p)
	if err != nil {
		return all, err
	}
	rate, err := h.saturate(ctx, b.length)
	if err != nil {
		return all, err
	}
	ends := time.Now().Add(b.length)
	var g errgroup.Group
	g.Go(func() (err error) {
		all.messages, err = h.paced(ctx, b.length, rate*0.2)
		return err
	})
	g.Go(func() (err error) {
		all.offers, err = relay.run(ctx, time.Now(), ends, relayPace)
		return err
	})
	g.Go(func() (err error) {
		all.whispers, err = pair.run(ctx, ends)
		return err
	})
	if err := g.Wait(); err != nil {
		return all, err
	}
	all.besideGroups, all.grouped, err = h.grouped(ctx, through, b.length, rate*0.2)
	return all, err
}

// grouped measures what goes through groups in a time of its own, so that the router's
// rounds do not weigh on the rest.
func (h *hall) grouped(ctx context.Context, through groupRelays, length time.Duration, rate float64) (messages, offers timed, err error) {
	ends := time.Now().Add(length)
	var g errgroup.Group
	g.Go(func() (err error) {
		messages, err = h.paced(ctx, length, rate)
		return err
	})
	g.Go(func() (err error) {
		offers, err = through.run(ctx, ends)
		return err
	})
	err = g.Wait()
	return messages, offers, err
}

// relay is a chat that its lead passes to a colleague or to a group.
type relay struct {
	lead  *client.Agent
	to    client.Target
	chat  string
	rings <-chan time.Time // when the colleague had an offer
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
	r := &relay{lead: owner, to: client.Target{Kind: "agent", Agent: mate.Me.ID}, chat: done.Visitor.Conversation}
	if err := mate.SetStatus(ctx, "away", ""); err != nil {
		return nil, err
	}
	if r.rings, err = hears(ctx, mate, offersTo(mate)); err != nil {
		return nil, err
	}
	var late *client.Error
	if _, err := owner.TakeOver(ctx, r.chat); err != nil && !(errors.As(err, &late) && late.Kind == "conflict") {
		return nil, err
	}
	return r, nil
}

// offersTo tells which events ring an agent.
func offersTo(a *client.Agent) func(client.Event) bool {
	return func(e client.Event) bool {
		var to struct {
			Agent string `json:"agent"`
		}
		return e.Kind == "offer" && json.Unmarshal(e.Body, &to) == nil && to.Agent == a.Me.ID
	}
}

// hears tells when an agent's stream has an event of a kind.
func hears(ctx context.Context, a *client.Agent, is func(client.Event) bool) (<-chan time.Time, error) {
	inbox, err := a.Inbox(ctx, "my")
	if err != nil {
		return nil, err
	}
	conn, err := a.Dial(ctx, inbox.Cursor)
	if err != nil {
		return nil, err
	}
	if f, err := conn.Read(); err != nil || f.Type != "hello" {
		return nil, fmt.Errorf("the stream began with %s (%w)", f.Raw, err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	heard := make(chan time.Time, 1)
	go func() {
		for {
			f, err := conn.Read()
			if err != nil {
				return
			}
			if f.Event != nil && is(*f.Event) {
				heard <- time.Now()
			}
		}
	}()
	return heard, nil
}

// reached waits for what was sent when it was to begin.
func (t *timed) reached(ctx context.Context, began time.Time, heard <-chan time.Time) error {
	t.ack = append(t.ack, time.Since(began))
	select {
	case at := <-heard:
		t.seen = append(t.seen, at.Sub(began))
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("it did not reach the colleague within 30 s")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// relayPace is between two transfers, and between two whispers: longer than one takes
// on a busy machine, so that they do not wait for one another. Each counts from when it
// was to begin, so that a moment in which nothing goes on weighs as much as for the
// messages.
const relayPace = 50 * time.Millisecond

// run passes the chat on and withdraws it, from when it is to begin until it is time.
func (r *relay) run(ctx context.Context, began, ends time.Time, pace time.Duration) (all timed, err error) {
	for ; began.Before(ends); began = began.Add(pace) {
		time.Sleep(time.Until(began))
		_, err := r.lead.Transfer(ctx, r.chat, client.Passing{To: r.to})
		if err != nil {
			return all, fmt.Errorf("transfer: %w", err)
		}
		if err := all.reached(ctx, began, r.rings); err != nil {
			return all, fmt.Errorf("transfer: %w", err)
		}
		if _, err := r.lead.Withdraw(ctx, r.chat); err != nil {
			return all, fmt.Errorf("withdraw: %w", err)
		}
	}
	return all, nil
}
