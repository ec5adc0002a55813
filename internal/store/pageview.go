package store

import (
	"database/sql"
	"time"

	"earshot/internal/chat"
)

// PageView is one view of a page. Path is without query.
type PageView struct {
	Site     chat.SiteID
	Path     string
	Referrer string // host alone
	Language string
	At       int64
}

// CountPageViews adds views to the counters per site, hour, path, referrer and
// language. No view is stored by itself.
func (tx *Tx) CountPageViews(views []PageView) error {
	counts := map[PageView]int64{}
	for _, v := range views {
		v.At -= v.At % time.Hour.Microseconds()
		counts[v]++
	}
	for v, n := range counts {
		if _, err := tx.exec("count page views", `
			INSERT INTO page_views (site, hour, path, referrer, language, views)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (site, hour, path, referrer, language) DO UPDATE
			SET views = page_views.views + excluded.views`, string(v.Site), v.At, v.Path, v.Referrer, v.Language, n); err != nil {
			return err
		}
	}
	return nil
}

// HourViews is a counter of page views; At is the beginning of the hour.
type HourViews struct {
	PageView
	Views int64
}

// PageViews loads a site's counters of the hours in [from, to), oldest first.
func (tx *Tx) PageViews(site chat.SiteID, from, to int64) ([]HourViews, error) {
	return list(tx, "load page views", `
		SELECT site, path, referrer, language, hour, views
		FROM page_views
		WHERE site = $1 AND hour >= $2 AND hour < $3
		ORDER BY hour, path, referrer, language`, []any{string(site), from, to},
		func(rows *sql.Rows) (v HourViews, err error) {
			return v, rows.Scan(&v.Site, &v.Path, &v.Referrer, &v.Language, &v.At, &v.Views)
		})
}
