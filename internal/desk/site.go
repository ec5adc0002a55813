package desk

import (
	"context"

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

// SaveSite makes a site (empty ID) or changes one. The key of a site never
// changes: it stands in the owner's pages.
func (d *Desk) SaveSite(ctx context.Context, by chat.Agent, s chat.Site) (chat.Site, error) {
	s, err := s.Clean()
	if err != nil {
		return chat.Site{}, err
	}
	var saved chat.Site
	err = d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		if saved, err = placed(tx, s); err != nil {
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

// placed completes a site with what its manager does not choose.
func placed(tx *store.Tx, s chat.Site) (chat.Site, error) {
	if s.ID == "" {
		s.ID, s.Key = chat.SiteID(newID("s")), newSiteKey()
	} else {
		before, err := tx.Site(s.ID)
		if err != nil {
			return s, err
		}
		s.Key = before.Key
		if s.Group == "" {
			s.Group = before.Group
		}
	}
	if s.Group != "" {
		_, err := tx.Group(s.Group)
		return s, err
	}
	groups, err := tx.Groups()
	if err == nil && len(groups) == 0 {
		err = chat.Errorf(chat.Conflict, "A site needs a group that answers its visitors, and there is none yet.")
	}
	if err != nil {
		return s, err
	}
	s.Group = groups[0].ID
	return s, nil
}
