package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Sites lists the sites.
func (d *Desk) Sites(ctx context.Context) ([]chat.Site, error) {
	var all []chat.Site
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Sites()
		return err
	})
	return all, err
}

// SiteByKey loads a site for the widget.
func (d *Desk) SiteByKey(ctx context.Context, key string) (chat.Site, error) {
	var s chat.Site
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.SiteByKey(key)
		return err
	})
	return s, err
}

// SaveSite makes a site (empty ID) or replaces one. The key of a site never
// changes: it stands in the owner's pages.
func (d *Desk) SaveSite(ctx context.Context, by chat.Agent, s chat.Site) (chat.Site, error) {
	if s.ID != "" {
		return d.ChangeSite(ctx, by, s.ID, func(chat.Site) chat.Site { return s })
	}
	return d.saveSite(ctx, by, func(*store.Tx) (before, after chat.Site, err error) { return before, s, nil })
}

// ChangeSite changes a site as it is now.
func (d *Desk) ChangeSite(ctx context.Context, by chat.Agent, id chat.SiteID, change func(chat.Site) chat.Site) (chat.Site, error) {
	return d.saveSite(ctx, by, func(tx *store.Tx) (before, after chat.Site, err error) {
		if before, err = tx.Site(id); err != nil {
			return before, after, err
		}
		after = change(before)
		after.ID, after.Key = before.ID, before.Key
		return before, after, nil
	})
}

// saveSite stores what a manager makes of a site. before is empty for a new one.
func (d *Desk) saveSite(ctx context.Context, by chat.Agent, made func(*store.Tx) (before, after chat.Site, err error)) (chat.Site, error) {
	id, key := chat.SiteID(newID("s")), newSiteKey()
	var saved chat.Site
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		before, after, err := made(tx)
		if err != nil {
			return err
		}
		if before.ID == "" {
			after.ID, after.Key = id, key
		}
		if saved, err = placed(tx, before, after); err != nil {
			return err
		}
		if err := tx.SaveSite(saved); err != nil {
			return err
		}
		return tell(tx, chat.TeamConversation, d.fact(chat.KindSite, me.Actor(), saved))
	})
	if err != nil {
		return chat.Site{}, err
	}
	return saved, nil
}

// placed checks a site and completes it with the group that answers its visitors,
// where its manager names none.
func placed(tx *store.Tx, before, s chat.Site) (chat.Site, error) {
	s, err := s.Clean()
	if err != nil {
		return s, err
	}
	groups, err := liveGroups(tx)
	if err != nil {
		return s, err
	}
	if len(groups) == 0 {
		return s, chat.Errorf(chat.Conflict, "A site needs a group that answers its visitors, and there is none yet.")
	}
	if s.Group = cmp.Or(s.Group, before.Group, groups[0].ID); s.Group != before.Group && !slices.ContainsFunc(groups, func(g chat.Group) bool { return g.ID == s.Group }) {
		return s, chat.Errorf(chat.Missing, "There is no group %q that could answer the site's visitors.", s.Group)
	}
	return s, offered(groups, before.Choose, s.Choose)
}

// offered refuses groups that no visitor could choose. Those that stood there
// before may stay: one may have become private since, and is left out where the
// chooser is shown.
func offered(groups []chat.Group, before, choose []chat.GroupID) error {
	for i, id := range choose {
		at := slices.IndexFunc(groups, func(g chat.Group) bool { return g.ID == id })
		switch {
		case slices.Contains(choose[:i], id):
			return chat.Errorf(chat.Invalid, "The chooser names a group twice.")
		case at < 0:
			return chat.Errorf(chat.Invalid, "The chooser names the group %q, which is not there.", id)
		case groups[at].Private && !slices.Contains(before, id):
			return chat.Errorf(chat.Invalid, "%s is private; visitors cannot choose it.", groups[at].Name)
		}
	}
	return nil
}
