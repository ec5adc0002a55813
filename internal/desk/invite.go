package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Invitation is what a manager fills in, and what the invited person reads.
type Invitation struct {
	Email string
	Role  chat.Role
	// Groups are those that the invited person will be in; none = every one that
	// there is then.
	Groups []chat.GroupID
}

// Invite makes an invitation and returns it with its secret token. An older one
// to the same address stops working.
func (d *Desk) Invite(ctx context.Context, by chat.Agent, in Invitation) (store.Ticket, string, error) {
	email, err := chat.CleanEmail(in.Email)
	if err != nil {
		return store.Ticket{}, "", err
	}
	token := newSecret()
	t := d.completed(token, store.Ticket{Purpose: forInvite, Email: email, Role: in.Role, Groups: in.Groups, By: by.ID}, inviteFor)
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		if err := mayInvite(tx, me, t); err != nil {
			return err
		}
		if _, err := dropTickets(tx, forInvite, func(old store.Ticket) bool { return old.Email == email }); err != nil {
			return err
		}
		return tx.SaveTicket(t)
	})
	if err != nil {
		return store.Ticket{}, "", err
	}
	return t, token, nil
}

func mayInvite(tx *store.Tx, me chat.Agent, t store.Ticket) error {
	switch {
	case !t.Role.Valid():
		return chat.Errorf(chat.Invalid, "There is no role %q; use owner, admin, supervisor, agent or colleague.", t.Role)
	case !t.Role.Answers() && len(t.Groups) > 0:
		return chat.Errorf(chat.Invalid, "A colleague answers no visitors, and so is in no group. Leave the groups out.")
	case !t.Role.Within(me.Role):
		return chat.Errorf(chat.Denied, "You cannot give more rights than you have.")
	}
	live, err := liveGroups(tx)
	if err != nil {
		return err
	}
	for i, id := range t.Groups {
		there := slices.ContainsFunc(live, func(g chat.Group) bool { return g.ID == id })
		if !there || slices.Contains(t.Groups[:i], id) {
			return chat.Errorf(chat.Invalid, "The invitation names a group that is not there, or one twice.")
		}
	}
	return freeEmail(tx, t.Email)
}

// freeEmail refuses the address of somebody who is in the team already.
func freeEmail(tx *store.Tx, email string) error {
	a, _, err := tx.AgentByEmail(email)
	switch {
	case chat.IsKind(err, chat.Missing):
		return nil
	case err != nil:
		return err
	}
	return chat.Errorf(chat.Conflict, "%s is in the team already.", a.Name)
}

// manager loads the agent as of now and refuses who does not manage.
func manager(tx *store.Tx, by chat.Agent) (chat.Agent, error) {
	me, err := present(tx, by.ID)
	if err == nil && !me.Role.Manages() {
		err = chat.Errorf(chat.Denied, "Only owners and admins may do this.")
	}
	return me, err
}

// Invitations lists open invitations.
func (d *Desk) Invitations(ctx context.Context, by chat.Agent) ([]store.Ticket, error) {
	open := []store.Ticket{}
	now := chat.Micros(d.now())
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		all, err := tx.Tickets(forInvite)
		for _, t := range all {
			if t.ExpiresAt > now {
				open = append(open, t)
			}
		}
		return err
	})
	return open, err
}

// Uninvite withdraws an invitation.
func (d *Desk) Uninvite(ctx context.Context, by chat.Agent, id string) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		n, err := dropTickets(tx, forInvite, func(t store.Ticket) bool { return t.ID == id })
		if err == nil && n == 0 {
			err = chat.Errorf(chat.Missing, "There is no such invitation; it was used or withdrawn.")
		}
		return err
	})
}

// LookAtInvite returns the invitation of a token without using it.
func (d *Desk) LookAtInvite(ctx context.Context, token string) (store.Ticket, error) {
	var t store.Ticket
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		t, err = d.invitation(tx, token)
		return err
	})
	if err != nil {
		return store.Ticket{}, err
	}
	return t, nil
}

// invitation loads one that may be used now: who made it must still be allowed
// to, or a manager who was sent away could come back as somebody else.
func (d *Desk) invitation(tx *store.Tx, token string) (store.Ticket, error) {
	t, err := d.ticket(tx, token, forInvite)
	if err != nil {
		return store.Ticket{}, err
	}
	by, err := tx.Agent(t.By)
	if chat.IsKind(err, chat.Missing) || (err == nil && (by.Disabled || !by.Role.Manages() || !t.Role.Within(by.Role))) {
		return store.Ticket{}, deadLink()
	}
	return t, err
}

// AcceptInvite makes the invited agent.
func (d *Desk) AcceptInvite(ctx context.Context, token, name, password string, from Device) (SignedIn, error) {
	t, err := d.LookAtInvite(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	a, err := d.newAgent(name, t.Email, password, t.Role)
	if err != nil {
		return SignedIn{}, err
	}
	phc, err := d.hashes.hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	err = d.write(ctx, func(tx *store.Tx) error {
		t, err := d.invitation(tx, token)
		if err != nil {
			return err
		}
		if err := freeEmail(tx, t.Email); err != nil {
			return err
		}
		if a.Groups, err = invitedGroups(tx, t); err != nil {
			return err
		}
		if err := tx.DeleteTicket(t.ID); err != nil {
			return err
		}
		in, err = d.enter(tx, a, phc, from)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// invitedGroups are those of the invitation that still exist, else every group.
// Nobody has said that the invited person may see what a successor has.
func invitedGroups(tx *store.Tx, t store.Ticket) ([]chat.GroupID, error) {
	live, err := liveGroups(tx)
	ids := []chat.GroupID{}
	for _, g := range live {
		if len(t.Groups) == 0 || slices.Contains(t.Groups, g.ID) {
			ids = append(ids, g.ID)
		}
	}
	return ids, err
}
