package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
)

// groupRelays are chats that go to groups, each to one of its own: the router's round
// stands between the pass and the offer, so that one takes longer than relayPace, and
// several in turn keep it.
type groupRelays []*relay

func newGroupRelays(ctx context.Context, p *process) (groupRelays, error) {
	owner, err := client.New(p.url).SignIn(ctx, benchEmail, benchPassword)
	if err != nil {
		return nil, err
	}
	all := make(groupRelays, 4)
	for i := range all {
		if all[i], err = newGroupRelay(ctx, client.New(p.url), owner, i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// newGroupRelay lets the owner lead a chat, and makes a group with one agent, whom the
// router finds: he takes chats, and none comes there but this one. Groups come last, as
// whoever is invited to every one later would be in them, too.
func newGroupRelay(ctx context.Context, c *client.Client, owner *client.Agent, i int) (*relay, error) {
	group, err := owner.AddGroup(ctx, fmt.Sprint("Invoices ", i))
	if err != nil {
		return nil, err
	}
	mate, err := colleague(ctx, c, owner, listeners+2+i, group)
	if err != nil {
		return nil, err
	}
	if err := mate.SetStatus(ctx, "accepting", ""); err != nil {
		return nil, err
	}
	r := &relay{lead: owner, to: client.Target{Kind: "group", Group: group}}
	if r.rings, err = hears(ctx, mate, offersTo(mate)); err != nil {
		return nil, err
	}
	r.chat, err = led(ctx, c, owner)
	return r, err
}

// run passes the chats on in turn, one every relayPace, until it is time.
func (all groupRelays) run(ctx context.Context, ends time.Time) (timed, error) {
	each, began := make([]timed, len(all)), time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i, r := range all {
		g.Go(func() (err error) {
			each[i], err = r.run(ctx, began.Add(time.Duration(i)*relayPace), ends, time.Duration(len(all))*relayPace)
			return err
		})
	}
	var sum timed
	err := g.Wait()
	for _, one := range each {
		sum.add(one)
	}
	return sum, err
}
