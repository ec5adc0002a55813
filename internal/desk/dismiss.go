package desk

import (
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// dismiss takes an agent who may not sign in any more out of everything that is
// open, in the order of locks: what he leads waits again, he leaves what he is a
// member of, and what he owes his group owes.
func (d *Desk) dismiss(tx *store.Tx, by, gone chat.Agent) error {
	all, err := concerning(tx, gone)
	if err == nil {
		err = lockAll(tx, all)
	}
	if err != nil {
		return err
	}
	for _, c := range all {
		s, err := tx.Lock(c)
		if err != nil {
			return err
		}
		events, err := d.partings(tx, s, by, gone)
		if err != nil {
			return err
		}
		if _, err := appendTo(tx, &s, events); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) partings(tx *store.Tx, s chat.State, by, gone chat.Agent) (events []chat.Event, err error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	if t.Promise != nil && t.Promise.Owner == gone.ID {
		if events, err = chat.PassPromise(s, by, chat.Agent{}, "", chat.Says("agent.disabled", gone.Name), d.now()); err != nil {
			return nil, err
		}
	}
	var parted []chat.Event
	switch {
	case t.Lead == gone.ID:
		parted, err = d.requeue(tx, s, gone, by, chat.Disabled)
	case slices.Contains(t.Members, gone.ID):
		parted, err = chat.Leave(s, gone, d.now())
	}
	return append(events, parted...), err
}

// concerning lists the open Conversations that an agent takes part in, or whose
// visitor he owes an answer, by id.
func concerning(tx *store.Tx, a chat.Agent) ([]chat.ConversationID, error) {
	all, err := tx.OwedBy(a.ID)
	if err != nil {
		return nil, err
	}
	q := store.ListQuery{List: store.ListMy, Viewer: a.Viewer(), Limit: maxRows}
	for {
		page, err := tx.Inbox(q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			all = append(all, row.Conversation.ID)
		}
		if q.After = page.Next; q.After == "" {
			slices.Sort(all)
			return slices.Compact(all), nil
		}
	}
}
