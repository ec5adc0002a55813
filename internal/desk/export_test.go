package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
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
