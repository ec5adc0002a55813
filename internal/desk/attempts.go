package desk

import (
	"context"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Limits of sign-in attempts. From one address one account has five fast tries
// and then one every half minute; all addresses together have 30 an hour for
// one account, and one address has 100 an hour for all accounts.
const (
	pairBurst   = 5
	pairEvery   = 30 * time.Second
	accountHour = 30
	addressHour = 100
)

// attempt is one try of a password that was let through: what it used, in the order
// in which rows are locked. Succeeded takes it back.
type attempt struct {
	address, pair spent
	account       *spent // nil = strangers' tries do not count against him
}

func (t attempt) uses() []spent {
	if t.account == nil {
		return []spent{t.address, t.pair}
	}
	return []spent{t.address, t.pair, *t.account}
}

// attempt counts a try before the password is looked at, so that a hundred at once, at
// whatever nodes, are not a hundred guesses. Where the person is known to have signed
// in from this address, strangers' attempts elsewhere do not count against him.
// Nothing that a crash leaves behind locks anybody out: what was used comes back by
// itself.
func (d *Desk) attempt(ctx context.Context, account, address string, known bool) (t attempt, err error) {
	if t.address, err = d.use(ctx, Allowance{"signin-address", addressHour, time.Hour / addressHour}, address); err != nil {
		return t, err
	}
	if t.pair, err = d.use(ctx, Allowance{"signin-pair", pairBurst, pairEvery}, account+"\x00"+address); err != nil {
		return t, err
	}
	if !known {
		all, err := d.use(ctx, Allowance{"signin-account", accountHour, time.Hour / accountHour}, account)
		if err != nil {
			return t, err
		}
		t.account = &all
	}
	return t, d.store.Write(ctx, func(tx *store.Tx) error {
		wait, err := spend(tx, t.uses(), chat.Micros(d.now()))
		if err == nil && wait > 0 {
			err = limited(wait, "Too many attempts to sign in. Try again in %d seconds.")
		}
		return err
	})
}

// succeeded forgets what was counted for this account from this address. The
// address itself gets back only this attempt: owning one account must not pay
// for guesses at others.
func (d *Desk) succeeded(ctx context.Context, t attempt) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		for _, u := range t.uses() {
			if err := tx.GiveBack(u.row, store.Allowance{AtOnce: u.AtOnce, Every: u.Every}); err != nil {
				return err
			}
		}
		return tx.Refill(t.pair.row)
	})
}
