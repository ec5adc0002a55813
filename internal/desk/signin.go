package desk

import (
	"context"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// SignIn checks an address and password. Attempts are limited per account and
// per address; wrong ones all answer alike.
func (d *Desk) SignIn(ctx context.Context, email, password string, from Device) (SignedIn, error) {
	email = chat.CleanLine(strings.ToLower(strings.TrimSpace(email)), maxDevice)
	from.Address = chat.CleanLine(from.Address, maxAddress)
	a, phc, known, err := d.account(ctx, email, from.Address)
	if err != nil {
		return SignedIn{}, err
	}
	try, err := d.attempt(ctx, email, from.Address, known)
	if err != nil {
		return SignedIn{}, err
	}
	right, err := d.hashes.verify(ctx, phc, password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right || a.Disabled {
		return SignedIn{}, wrongPassword()
	}
	if err := d.succeeded(ctx, try); err != nil {
		return SignedIn{}, err
	}
	return d.signInAs(ctx, a.ID, from)
}

func wrongPassword() error {
	return chat.Errorf(chat.Denied, "The e-mail address or the password is wrong.")
}

// account loads what an attempt is compared with, and whether the person is
// signed in from this address on some device. An unknown address is no error:
// it takes the same way to the same answer.
func (d *Desk) account(ctx context.Context, email, address string) (a chat.Agent, phc string, known bool, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if a, phc, err = tx.AgentByEmail(email); err != nil {
			return err
		}
		sessions, err := tx.Sessions(a.ID)
		for _, s := range sessions {
			known = known || s.Address == address
		}
		return err
	})
	if chat.IsKind(err, chat.Missing) {
		return chat.Agent{}, "", false, nil
	}
	return a, phc, known, err
}

// signInAs makes the session in a transaction that looks at the agent again.
func (d *Desk) signInAs(ctx context.Context, id chat.AgentID, from Device) (SignedIn, error) {
	var in SignedIn
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.Agent(id)
		if err == nil && a.Disabled {
			err = wrongPassword()
		}
		if err != nil {
			return err
		}
		in, err = d.newSession(tx, a, from)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// SignInTicket makes a one-time sign-in link's token for an agent (for the
// operator's command line and the demo).
func (d *Desk) SignInTicket(ctx context.Context, email string) (string, error) {
	token := newSecret()
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		a, _, err := tx.AgentByEmail(strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		if a.Disabled {
			return chat.Errorf(chat.Denied, "The account of %s is disabled.", a.Name)
		}
		return d.saveTicket(tx, token, store.Ticket{Purpose: forSignIn, Agent: a.ID}, d.opt.SignInFor)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// SignInByTicket exchanges a one-time sign-in link's token.
func (d *Desk) SignInByTicket(ctx context.Context, token string, from Device) (SignedIn, error) {
	var in SignedIn
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		t, err := d.ticket(tx, token, forSignIn)
		if err != nil {
			return err
		}
		a, err := tx.Agent(t.Agent)
		if err == nil && a.Disabled {
			err = deadLink()
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteTicket(t.ID); err != nil {
			return err
		}
		in, err = d.newSession(tx, a, from)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}
