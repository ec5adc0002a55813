package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// TakeHelp says that the agent comes where help is wanted: the flag is his, and nobody
// else is called. Who comes second gets a conflict with chat.Holder.
func (d *Desk) TakeHelp(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "take-help"},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			e, invited, err := d.manners(tx, s, me.ID)
			if err != nil {
				return nil, err
			}
			return chat.TakeHelp(s, me, e, invited, d.now())
		},
	})
}

// ReturnHelp gives a taken flag back: everybody is called again.
func (d *Desk) ReturnHelp(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "return-help"},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.ReturnHelp(s, me, d.now())
		},
	})
}

// manners are what the Group has agreed, as of now, and whether somebody asked the
// agent to watch.
func (d *Desk) manners(tx *store.Tx, s chat.State, a chat.AgentID) (e chat.Etiquette, invited bool, err error) {
	t := s.OpenThread()
	if t == nil {
		return e, false, nil
	}
	if e, err = etiquetteOf(tx, t.Group); err != nil {
		return e, false, err
	}
	_, invited, err = tx.WatchInvite(t.ID, a)
	return e.At(d.now()), invited, err
}

// freeHelp frees the flags of those who cannot come any more. It is level-triggered.
func (d *Desk) freeHelp(ctx context.Context) error {
	var free []chat.ConversationID
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		free, err = d.whoseHelpIsFree(tx)
		return err
	})
	if err != nil || len(free) == 0 {
		return err
	}
	slices.Sort(free)
	return d.write(ctx, func(tx *store.Tx) error {
		for _, c := range free {
			s, err := tx.Lock(c)
			if err != nil {
				return err
			}
			events, err := d.freed(tx, s)
			if err == nil {
				_, err = appendTo(tx, &s, events)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// whoseHelpIsFree finds the Conversations with a flag whose taker cannot come any more.
func (d *Desk) whoseHelpIsFree(tx *store.Tx) (free []chat.ConversationID, err error) {
	threads, err := tx.OpenThreads()
	if err != nil {
		return nil, err
	}
	for _, t := range threads {
		events, err := d.freed(tx, chat.State{Thread: &t})
		if err != nil {
			return nil, err
		}
		if len(events) > 0 {
			free = append(free, t.Conversation)
		}
	}
	return free, nil
}

// freed is the event of a flag whose taker cannot come any more. Whoever took it just
// now, or before a start, has the time to connect.
func (d *Desk) freed(tx *store.Tx, s chat.State) ([]chat.Event, error) {
	t := s.OpenThread()
	if t == nil || t.Help == nil || t.Help.TakenBy == "" {
		return nil, nil
	}
	had, err := tx.Agent(t.Help.TakenBy)
	if err != nil {
		return nil, err
	}
	e, invited, err := d.manners(tx, s, had.ID)
	if err != nil {
		return nil, err
	}
	present, err := tx.PresentAgents(d.holding())
	if err != nil {
		return nil, err
	}
	_, here := present[had.ID]
	seen := max(t.Help.TakenAt, chat.Micros(d.started))
	here = here || chat.Micros(d.now())-seen <= presentFor.Microseconds()
	return chat.FreeHelp(s, had, e, invited, here, d.now()), nil
}
