package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// NewPassword is what somebody enters who changes his password, and where he
// does.
type NewPassword struct {
	Current, Password string
	Address           string
}

// ChangePassword replaces the agent's password and ends all of his sessions
// except the one that asks, and his links to sign in: whoever has them by theft
// shall not keep them. The session alone does not do: a browser that was left
// open must not lock its owner out.
func (d *Desk) ChangePassword(ctx context.Context, a chat.Agent, here store.Session, in NewPassword) error {
	if err := d.checkPassword(in.Password, a.Name, a.Email); err != nil {
		return err
	}
	address := chat.CleanLine(in.Address, maxAddress)
	_, was, known, err := d.account(ctx, a.Email, address)
	if err != nil {
		return err
	}
	try, err := d.attempt(ctx, a.Email, address, known)
	if err != nil {
		return err
	}
	right, err := d.hashes.verify(ctx, was, in.Current)
	if err != nil {
		return err
	}
	if !right {
		return chat.Errorf(chat.Denied, "The current password is wrong. Nothing was changed.")
	}
	if err := d.succeeded(ctx, try); err != nil {
		return err
	}
	phc, err := d.hashes.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	defer d.look()
	return d.write(ctx, func(tx *store.Tx) error { return d.setPassword(tx, a.ID, here.ID, was, phc) })
}

// setPassword puts a hash in the place of the one that was looked at.
func (d *Desk) setPassword(tx *store.Tx, id chat.AgentID, here chat.SessionID, was, phc string) error {
	me, err := present(tx, id)
	if err != nil {
		return err
	}
	if _, now, err := tx.AgentByEmail(me.Email); err != nil || now != was {
		if err == nil {
			err = chat.Errorf(chat.Conflict, "The password was changed elsewhere meanwhile. Nothing was changed here.")
		}
		return err
	}
	if err := tx.SetPassword(id, phc); err != nil {
		return err
	}
	if _, err := dropTickets(tx, forSignIn, func(t store.Ticket) bool { return t.Agent == id }); err != nil {
		return err
	}
	return d.endOthers(tx, me, here)
}

// endOthers signs an agent out everywhere but here.
func (d *Desk) endOthers(tx *store.Tx, me chat.Agent, here chat.SessionID) error {
	all, err := tx.Sessions(me.ID)
	if err != nil {
		return err
	}
	var ended []chat.Event
	for _, s := range all {
		if s.ID == here {
			continue
		}
		if err := tx.DeleteSession(me.ID, s.ID); err != nil {
			return err
		}
		ended = append(ended, d.fact(chat.KindSession, me.Actor(), chat.SessionEnded{Session: s.ID}))
	}
	if len(ended) == 0 {
		return nil
	}
	return tell(tx, chat.AgentConversation(me.ID), ended...)
}
