package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const maxRows = 100

// Inbox is the snapshot that the agents' application begins with. Everything in
// it is of the one position.
type Inbox struct {
	Position chat.Position
	Counts   store.Counts
	Page     store.Page
	Team     []chat.Agent
	Present  []chat.AgentID // agents with a live connection
	Groups   []chat.Group
	Sites    []chat.Site
	Drafts   []store.Draft
	Talks    []chat.TalkRow // the channels and direct talks that the agent is in
	Losses   []chat.Loss    // what was handed on while the agent's connection was lost
	AwayAt   int64          // when he goes to away unless he touches a device; 0 = he is not warned
	// Invitations ring the agent now.
	Invitations []chat.ChatInvitation
	// Observing is what he watches, and who watches what he leads.
	Observing Observing
}

// Inbox loads the snapshot with the first page of a list.
func (d *Desk) Inbox(ctx context.Context, a chat.Agent, list store.List) (Inbox, error) {
	q, err := listQuery(a, list, "", 0)
	if err != nil {
		return Inbox{}, err
	}
	var in Inbox
	err = d.store.Read(ctx, func(tx *store.Tx) (err error) {
		// The position comes first: what is committed while the rest is read is
		// delivered again, never missed.
		if in.Position, err = tx.Head(); err != nil {
			return err
		}
		if in.Page, err = tx.Inbox(q); err != nil {
			return err
		}
		if in.Counts, err = tx.Counts(q.Viewer); err != nil {
			return err
		}
		return d.inboxTeam(tx, a, &in)
	})
	if err != nil {
		return Inbox{}, err
	}
	return in, nil
}

func (d *Desk) inboxTeam(tx *store.Tx, a chat.Agent, in *Inbox) (err error) {
	if in.Team, err = tx.Agents(); err != nil {
		return err
	}
	present, err := tx.PresentAgents(d.holding())
	if err != nil {
		return err
	}
	in.Present = slices.Sorted(maps.Keys(present))
	if in.Groups, err = tx.Groups(); err != nil {
		return err
	}
	if in.Sites, err = tx.Sites(); err != nil {
		return err
	}
	if in.Drafts, err = tx.Drafts(a.ID); err != nil {
		return err
	}
	if in.Talks, err = talksOf(tx, a.Viewer()); err != nil {
		return err
	}
	if in.AwayAt, err = warned(tx, a.ID); err != nil {
		return err
	}
	if in.Losses, err = tx.Losses(a.ID); err != nil {
		return err
	}
	if in.Invitations, err = invitationsTo(tx, a.ID); err != nil {
		return err
	}
	in.Observing, err = observing(tx, a)
	return err
}

// List loads a page of a list.
func (d *Desk) List(ctx context.Context, a chat.Agent, list store.List, after string, limit int) (store.Page, store.Counts, error) {
	q, err := listQuery(a, list, after, limit)
	if err != nil {
		return store.Page{}, store.Counts{}, err
	}
	var page store.Page
	var counts store.Counts
	err = d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if page, err = tx.Inbox(q); err != nil {
			return err
		}
		counts, err = tx.Counts(q.Viewer)
		return err
	})
	return page, counts, err
}

func listQuery(a chat.Agent, list store.List, after string, limit int) (store.ListQuery, error) {
	switch list {
	case store.ListMy, store.ListQueue, store.ListAll:
	default:
		return store.ListQuery{}, chat.Errorf(chat.Invalid, "There is no list %q; use my, queue or all.", list)
	}
	if limit < 0 || limit > maxRows {
		return store.ListQuery{}, chat.Errorf(chat.Invalid, "A page has 1 to %d rows.", maxRows)
	}
	return store.ListQuery{List: list, Viewer: a.Viewer(), After: after, Limit: cmp.Or(limit, pageOfEvents)}, nil
}
