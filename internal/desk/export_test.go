package desk

import (
	"context"

	"earshot/internal/chat"
)

// TakeNextLate is TakeNext of an agent who has read the queue before something
// else happened.
func (d *Desk) TakeNextLate(ctx context.Context, a chat.Agent, key string, meanwhile func()) (Done, error) {
	s, err := d.fresh(ctx)
	if err != nil {
		return Done{}, err
	}
	meanwhile()
	return d.takeNext(ctx, s, a, key, nil)
}
