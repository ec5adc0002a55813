package desk

import (
	"context"
	"errors"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// loseAsides ends the questions that nobody has answered in the channel of a deleted
// group, before it is archived: nothing new is asked there any more. What was ended
// before is left alone, so that it may run any number of times.
func (d *Desk) loseAsides(ctx context.Context, talk chat.ConversationID) error {
	var from []chat.ConversationID
	load := func(tx *store.Tx) (err error) {
		from, err = tx.AskedFrom(talk)
		return err
	}
	if err := d.store.Read(ctx, load); err != nil {
		return err
	}
	for _, c := range from {
		if err := d.write(ctx, func(tx *store.Tx) error { return d.loseAside(tx, c, talk) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) loseAside(tx *store.Tx, c, talk chat.ConversationID) error {
	if err := lockAll(tx, ascending(c, talk)); err != nil {
		return err
	}
	s, err := tx.Lock(c)
	if err != nil {
		return err
	}
	events, err := appendTo(tx, &s, chat.LoseAside(s, talk, d.now()))
	var errs error
	for _, e := range events {
		b, err := chat.Decode[chat.SideChanged](e)
		errs = errors.Join(errs, err, d.showSide(tx, c, b.Side, e.Actor))
	}
	return errors.Join(err, errs)
}
