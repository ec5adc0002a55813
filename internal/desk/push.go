package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	maxEndpoint = 1500
	// maxSubscriptions is how many devices of one agent are pushed to at most: each is
	// a request for every alert of his.
	maxSubscriptions = 10
)

// Push is how devices without an open page are reached. The zero value is not at all.
type Push struct {
	// Key is the server's public key, which a browser subscribes with.
	Key string
	// Check refuses a subscription that cannot, or must not, be pushed to. Its error is
	// a sentence for a person.
	Check func(store.Subscription) error
}

// NewSubscription is what the browser of a device answers where it is asked to be
// reached.
type NewSubscription struct{ Endpoint, P256DH, Auth string }

// Subscribe keeps where the device of a session is reached: until it says otherwise,
// or its sign-in ends.
func (d *Desk) Subscribe(ctx context.Context, a chat.Agent, session chat.SessionID, in NewSubscription) error {
	s := store.Subscription{Session: session, Agent: a.ID, Endpoint: in.Endpoint, P256DH: in.P256DH, Auth: in.Auth, At: chat.Micros(d.now())}
	switch {
	case d.opt.Push.Key == "":
		return chat.Errorf(chat.Unavailable, "The operator of this server has switched push off. Alerts reach you in an open page alone.")
	case len(in.Endpoint) > maxEndpoint:
		return chat.Errorf(chat.Invalid, "The address of the push service has more than %d characters.", maxEndpoint)
	}
	if err := d.opt.Push.Check(s); err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := present(tx, a.ID); err != nil {
			return err
		}
		if err := signedInStill(tx, a.ID, session); err != nil {
			return err
		}
		others, err := tx.Subscriptions(a.ID)
		if err != nil {
			return err
		}
		others = slices.DeleteFunc(others, func(o store.Subscription) bool { return o.Session == session || o.Endpoint == in.Endpoint })
		if len(others) >= maxSubscriptions {
			return chat.Errorf(chat.Limited, "%d of your devices get notifications already. Switch them off on one, or sign one out, under Account.", maxSubscriptions)
		}
		return tx.SaveSubscription(s)
	})
}

// signedInStill refuses a session that ended while its request was under way: nothing
// would end its subscription.
func signedInStill(tx *store.Tx, a chat.AgentID, id chat.SessionID) error {
	all, err := tx.Sessions(a)
	if err == nil && !slices.ContainsFunc(all, func(s store.Session) bool { return s.ID == id }) {
		err = chat.Errorf(chat.Missing, "Your session has ended. Sign in again.")
	}
	return err
}

// Unsubscribe forgets where the device of a session is reached.
func (d *Desk) Unsubscribe(ctx context.Context, session chat.SessionID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.DropSubscription(session, "") })
}

// PushKey is what a browser subscribes with, "" where push is switched off, and
// whether the device of a session is subscribed.
func (d *Desk) PushKey(ctx context.Context, a chat.Agent, session chat.SessionID) (key string, on bool, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Subscriptions(a.ID)
		on = slices.ContainsFunc(all, func(s store.Subscription) bool { return s.Session == session })
		return err
	})
	return d.opt.Push.Key, on && err == nil, err
}
