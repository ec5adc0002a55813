package store

import (
	"database/sql"

	"earshot/internal/chat"
)

const siteColumns = `id, key, name, origins, language, appearance, grp, choose, quiet_joins, preview`

func scanSite(rows *sql.Rows) (s chat.Site, err error) {
	err = rows.Scan(&s.ID, &s.Key, &s.Name, asJSON{&s.Origins}, &s.Language, asJSON{&s.Appearance}, &s.Group, asJSON{&s.Choose}, &s.QuietJoins, &s.Preview)
	if len(s.Choose) == 0 {
		s.Choose = nil
	}
	return s, err
}

// Sites loads every site by name.
func (tx *Tx) Sites() ([]chat.Site, error) {
	return list(tx, "load sites", `
		SELECT `+siteColumns+`
		FROM sites
		ORDER BY name, id`, nil, scanSite)
}

// Site loads one site.
func (tx *Tx) Site(id chat.SiteID) (chat.Site, error) {
	return first(tx, "site", `
		SELECT `+siteColumns+`
		FROM sites
		WHERE id = $1`, []any{string(id)}, scanSite)
}

// SiteByKey loads a site by its public key.
func (tx *Tx) SiteByKey(key string) (chat.Site, error) {
	return first(tx, "site", `
		SELECT `+siteColumns+`
		FROM sites
		WHERE key = $1`, []any{key}, scanSite)
}

// SaveSite inserts or updates a site.
func (tx *Tx) SaveSite(s chat.Site) error {
	if s.Origins == nil {
		s.Origins = []string{}
	}
	origins, err := toJSON(s.Origins)
	if err != nil {
		return err
	}
	appearance, err := toJSON(s.Appearance)
	if err != nil {
		return err
	}
	if s.Choose == nil {
		s.Choose = []chat.GroupID{}
	}
	choose, err := toJSON(s.Choose)
	if err != nil {
		return err
	}
	_, err = tx.exec("save site", `
		INSERT INTO sites (id, key, name, origins, language, appearance, grp, choose, quiet_joins, preview)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE
		SET key = excluded.key, name = excluded.name, origins = excluded.origins, language = excluded.language,
			appearance = excluded.appearance, grp = excluded.grp, choose = excluded.choose,
			quiet_joins = excluded.quiet_joins, preview = excluded.preview`,
		string(s.ID), s.Key, s.Name, origins, s.Language, appearance, string(s.Group), choose, bit(s.QuietJoins), bit(s.Preview))
	return err
}
