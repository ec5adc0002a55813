package desk

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// The purposes of tickets.
const (
	forSetup  = "setup"
	forInvite = "invite"
	forSignIn = "signin"
)

// How long each kind of link lives.
const (
	setupFor  = 7 * 24 * time.Hour
	inviteFor = 7 * 24 * time.Hour
	signInFor = 15 * time.Minute
)

// saveTicket completes and stores a ticket; only the token's hash is kept.
func (d *Desk) saveTicket(tx *store.Tx, token string, t store.Ticket, lives time.Duration) error {
	return tx.SaveTicket(d.completed(token, t, lives))
}

func (d *Desk) completed(token string, t store.Ticket, lives time.Duration) store.Ticket {
	now := d.now()
	t.ID, t.Hash = newID("i"), hashOf(token)
	t.CreatedAt, t.ExpiresAt = chat.Micros(now), chat.Micros(now.Add(lives))
	return t
}

// ticket loads one that is alive and of this purpose. What is used, expired and
// never was answers alike.
func (d *Desk) ticket(tx *store.Tx, token, purpose string) (store.Ticket, error) {
	t, err := tx.TicketByHash(hashOf(token))
	if chat.IsKind(err, chat.Missing) || (err == nil && (t.Purpose != purpose || t.ExpiresAt <= chat.Micros(d.now()))) {
		return store.Ticket{}, deadLink()
	}
	return t, err
}

func deadLink() error {
	return chat.Errorf(chat.Gone, "This link was used already or is too old. Ask for a new one; if you have an account, sign in.")
}

// dropTickets removes the tickets of a purpose that match.
func dropTickets(tx *store.Tx, purpose string, match func(store.Ticket) bool) (int, error) {
	all, err := tx.Tickets(purpose)
	if err != nil {
		return 0, err
	}
	dropped := 0
	for _, t := range all {
		if !match(t) {
			continue
		}
		if err := tx.DeleteTicket(t.ID); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}
