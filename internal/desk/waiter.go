package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// waiter is a visitor who waits, as his snapshot found him.
type waiter struct {
	thread chat.ThreadID
	group  chat.GroupID
	told   word // zero = nothing yet
}

// placeOf is what a waiting visitor is told when he loads his conversation: what
// he was told last, by whichever node. Where that is nothing yet, he is told now, so
// that what he reads here counts, too. It is nil where he does not wait.
func (d *Desk) placeOf(ctx context.Context, w waiter, language string) (*chat.QueuePlace, error) {
	s, err := d.situation(ctx)
	if err != nil {
		return nil, err
	}
	if w.told.group != w.group {
		w.told = word{}
		if s, err = d.tellOne(ctx, &w, language); err != nil || s == nil {
			return nil, err
		}
	}
	p := w.told.place(s.queueName(w.group, language))
	return &p, nil
}

// tellOne tells a visitor who has been told nothing of the queue in which he is, and
// reads what is stored then. Where another node tells at this moment that may be
// nothing still: then he reads no place here. The situation is nil where he does not
// wait.
func (d *Desk) tellOne(ctx context.Context, w *waiter, language string) (*situation, error) {
	if err := d.recall(ctx); err != nil {
		return nil, err
	}
	s, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	queue := d.waits(ctx, s)[w.group]
	i := slices.IndexFunc(queue, func(one routing.Told) bool { return one.Thread == w.thread })
	if i < 0 {
		return nil, nil
	}
	if err := d.tellFirst(ctx, s, w, queue[i], language); err != nil {
		return nil, err
	}
	return s, d.store.Read(ctx, func(tx *store.Tx) error {
		told, err := tx.Told(w.thread)
		if len(told) > 0 && told[0].Group == w.group {
			w.told = wordOf(told[0])
		}
		return err
	})
}

func (d *Desk) tellFirst(ctx context.Context, s *situation, w *waiter, one routing.Told, language string) error {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	was := d.told.last[w.thread]
	if d.told.last == nil || was.group == w.group || was.load > s.load {
		return nil
	}
	was.conversation, was.language = s.threads[w.thread].Conversation, language
	return d.tell(ctx, s, []due{{thread: w.thread, word: next(was, w.group, one, d.now()), on: true}})
}
