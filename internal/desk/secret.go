package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// siteSecretSetting is where the secret of a site's own server is kept, and
// formerSecretSetting the one before. They are no part of the Site, which every agent
// may read.
func siteSecretSetting(id chat.SiteID) string   { return "site_secret:" + string(id) }
func formerSecretSetting(id chat.SiteID) string { return "site_secret_former:" + string(id) }

// SiteSecret is what the site's own server signs with.
type SiteSecret struct {
	Secret string
	// Former says that what was signed with the secret before still counts.
	Former bool
}

// SiteSecret is what the site's own server signs groups and identities with, made when
// it is asked for the first time.
func (d *Desk) SiteSecret(ctx context.Context, by chat.Agent, id chat.SiteID) (SiteSecret, error) {
	return d.siteSecret(ctx, by, id, func(tx *store.Tx, kept, former, fresh string) (string, string, error) {
		if kept == "" {
			kept = fresh
		}
		return kept, former, nil
	})
}

// NewSiteSecret makes another secret. The one before counts beside it until it is
// ended, so that the site's server can be changed meanwhile; one still older does not.
func (d *Desk) NewSiteSecret(ctx context.Context, by chat.Agent, id chat.SiteID) (SiteSecret, error) {
	return d.siteSecret(ctx, by, id, func(tx *store.Tx, kept, former, fresh string) (string, string, error) {
		return fresh, kept, d.endSecret(tx, id, former)
	})
}

// EndFormerSecret ends the secret before the present one: what was signed with it does
// not count any more, and whoever is signed in by it is signed out.
func (d *Desk) EndFormerSecret(ctx context.Context, by chat.Agent, id chat.SiteID) (SiteSecret, error) {
	return d.siteSecret(ctx, by, id, func(tx *store.Tx, kept, former, _ string) (string, string, error) {
		return kept, "", d.endSecret(tx, id, former)
	})
}

func (d *Desk) endSecret(tx *store.Tx, id chat.SiteID, secret string) error {
	if secret == "" {
		return nil
	}
	return tx.EndSignIns(id, secretName(secret), chat.Micros(d.now()))
}

// siteSecret changes the two secrets of a site as rule says.
func (d *Desk) siteSecret(ctx context.Context, by chat.Agent, id chat.SiteID, rule func(tx *store.Tx, kept, former, fresh string) (string, string, error)) (SiteSecret, error) {
	fresh, now := newSecret(), SiteSecret{}
	// Nobody is woken: a secret is in no event, and no screen shows it unasked.
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		if _, err := tx.Site(id); err != nil {
			return err
		}
		kept, err := tx.Setting(siteSecretSetting(id))
		if err != nil {
			return err
		}
		before, err := tx.Setting(formerSecretSetting(id))
		if err != nil {
			return err
		}
		secret, former, err := rule(tx, kept, before, fresh)
		if err != nil {
			return err
		}
		now = SiteSecret{secret, former != ""}
		return keepSecrets(tx, id, [2]string{kept, before}, [2]string{secret, former})
	})
	if err != nil {
		return SiteSecret{}, err
	}
	return now, nil
}

// keepSecrets stores the present secret and the one before, where they have changed.
func keepSecrets(tx *store.Tx, id chat.SiteID, before, after [2]string) error {
	for i, name := range []string{siteSecretSetting(id), formerSecretSetting(id)} {
		if before[i] == after[i] {
			continue
		}
		if err := tx.SetSetting(name, after[i]); err != nil {
			return err
		}
	}
	return nil
}

// secretsOf are the secrets that count at a site, at most two.
func secretsOf(tx *store.Tx, id chat.SiteID) ([]string, error) {
	var all []string
	for _, name := range []string{siteSecretSetting(id), formerSecretSetting(id)} {
		secret, err := tx.Setting(name)
		if err != nil {
			return nil, err
		}
		if secret != "" {
			all = append(all, secret)
		}
	}
	return all, nil
}
