package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// endStays ends the access of those who led a Thread and were let see it on as long
// as they watch, and do not watch any more. It is level-triggered.
func (d *Desk) endStays(ctx context.Context) error {
	var stays []chat.ConversationID
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		threads, err := tx.OpenThreads()
		for _, t := range threads {
			if len(t.Stays) > 0 {
				stays = append(stays, t.Conversation)
			}
		}
		return err
	})
	if err != nil || len(stays) == 0 {
		return err
	}
	return d.write(ctx, func(tx *store.Tx) error {
		slices.Sort(stays)
		for _, c := range stays {
			if err := d.endStaysOf(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Desk) endStaysOf(tx *store.Tx, c chat.ConversationID) error {
	s, err := tx.Lock(c)
	if err != nil {
		return err
	}
	t := s.OpenThread()
	if t == nil {
		return nil
	}
	watches, err := tx.WatchesOf(t.ID)
	if err != nil {
		return err
	}
	events := chat.EndStays(*t, func(a chat.AgentID) bool {
		return slices.ContainsFunc(watches, func(w chat.Watch) bool { return w.Watcher == a })
	}, d.now())
	if len(events) == 0 {
		return nil
	}
	_, err = appendTo(tx, &s, events)
	return err
}
