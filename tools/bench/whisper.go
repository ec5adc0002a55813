package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"earshot/client"
)

// pair are the lead of a chat and a colleague who watches it openly: what one of them
// whispers the other hears.
type pair struct {
	chat   string
	agents [2]*client.Agent
	hear   [2]<-chan time.Time // what the other one has whispered
}

// newPair lets the owner lead a chat and a colleague watch it.
func newPair(ctx context.Context, p *process) (*pair, error) {
	owner, err := client.New(p.url).SignIn(ctx, benchEmail, benchPassword)
	if err != nil {
		return nil, err
	}
	c := client.New(p.url)
	mate, err := colleague(ctx, c, owner, listeners+1)
	if err != nil {
		return nil, err
	}
	if err := mate.SetStatus(ctx, "away", ""); err != nil {
		return nil, err
	}
	pair := &pair{agents: [2]*client.Agent{owner, mate}}
	if pair.chat, err = led(ctx, c, owner); err != nil {
		return nil, err
	}
	for i, a := range pair.agents {
		other := pair.agents[1-i].Me.ID
		if pair.hear[i], err = hears(ctx, a, func(e client.Event) bool { return e.Kind == "whisper" && e.Actor.ID == other }); err != nil {
			return nil, err
		}
	}
	if _, err := owner.WatchMe(ctx, pair.chat, mate.Me.ID); err != nil {
		return nil, err
	}
	_, err = mate.Watch(ctx, pair.chat)
	return pair, err
}

// led is a new chat that an agent leads and has answered, whomever the router gave it.
func led(ctx context.Context, c *client.Client, a *client.Agent) (string, error) {
	sites, err := a.Sites(ctx)
	if err != nil {
		return "", err
	}
	done, err := c.Visitor(client.NewToken(), sites[0].Key).Post(ctx, client.VisitorMessage{Text: "a refund"})
	if err != nil {
		return "", err
	}
	id := done.Visitor.Conversation
	_, err = a.TakeOver(ctx, id)
	var late *client.Error
	if errors.As(err, &late) && late.Kind == "conflict" {
		var holder struct{ Agent string }
		if err = json.Unmarshal(late.Data, &holder); err == nil {
			_, err = a.TakeOverFrom(ctx, id, client.TakingOver{From: holder.Agent, Reason: "to be measured"})
		}
	}
	if err != nil {
		return "", err
	}
	_, err = a.Post(ctx, id, client.Message{Text: "one moment"})
	return id, err
}

// run lets them whisper in turn until it is time.
func (p *pair) run(ctx context.Context, ends time.Time) (all timed, err error) {
	turn := 0
	for began := time.Now(); began.Before(ends); began = began.Add(relayPace) {
		time.Sleep(time.Until(began))
		if _, err := p.agents[turn].Whisper(ctx, p.chat, client.Message{Text: "up to fifty francs"}); err != nil {
			return all, fmt.Errorf("whisper: %w", err)
		}
		turn = 1 - turn
		if err := all.reached(ctx, began, p.hear[turn]); err != nil {
			return all, fmt.Errorf("whisper: %w", err)
		}
	}
	return all, nil
}
