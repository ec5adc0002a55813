package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// TakeNextLate is TakeNext of an agent who has read the queue before something
// else happened.
func (d *Desk) TakeNextLate(ctx context.Context, a chat.Agent, key string, meanwhile func()) (Done, error) {
	s, err := d.fresh(ctx)
	if err != nil {
		return Done{}, err
	}
	queue := s.queueFor(a)
	meanwhile()
	return d.takeNext(ctx, s, a, queue, key, nil)
}

// LeaveLate gives what an agent leads to a colleague, or back to the queue where there
// is none, when something else has happened since it was looked for.
func (d *Desk) LeaveLate(ctx context.Context, me chat.Agent, to chat.AgentID, meanwhile func()) error {
	return d.write(ctx, func(tx *store.Tx) error {
		led, err := ledBy(tx, me)
		if err != nil {
			return err
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			meanwhile()
		}()
		<-done
		if to == "" {
			return d.handAllBack(tx, me, led)
		}
		return d.handOver(tx, me, led, to)
	})
}

// RouteAfter is one round in which something happens between the decisions and
// their writing.
func (d *Desk) RouteAfter(ctx context.Context, between func()) error {
	s, err := d.fresh(ctx)
	if err != nil {
		return err
	}
	ds, _ := routing.Decide(s.state, s.at)
	between()
	_, err = d.carryOut(ctx, s, ds)
	return err
}

// HearTyping is a sign that an agent types to the visitor.
func (d *Desk) HearTyping(c chat.ConversationID, a chat.Agent) {
	d.hearTyping(chat.Signal{Kind: chat.SignalTyping, Conversation: c, Actor: a.Actor(), Audience: chat.ForAll, On: true})
}

// LookLate is a look at the queues of a node that tells of it when something else has
// happened.
func (d *Desk) LookLate(ctx context.Context) (tell func() error, err error) {
	if err := d.recall(ctx); err != nil {
		return nil, err
	}
	s, err := d.fresh(ctx)
	return func() error { return d.tellQueues(ctx, s, true) }, err
}

// Repeats reports whether this node says again what waiting visitors were told.
func (d *Desk) Repeats() bool { return !d.follows.Load() }
