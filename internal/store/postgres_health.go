package store

import "time"

func (*postgres) alone() bool { return false }

const postgresClock = `SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`

func (*postgres) clock(tx *Tx) (time.Time, error) {
	var at int64
	_, err := tx.find("ask for the time", postgresClock, nil, &at)
	return time.UnixMicro(at), err
}

func (*postgres) health(tx *Tx) (h Health, err error) {
	var version string
	if _, err = tx.find("size of the database", `
		SELECT current_setting('server_version'), pg_database_size(current_database())`, nil, &version, &h.Bytes); err != nil {
		return h, err
	}
	h.Engine = "PostgreSQL " + version
	_, err = tx.find("count what waits for its position", `
		SELECT COUNT(*), COALESCE(MIN(e.at), 0)
		FROM unnumbered u
		JOIN events e ON e.conversation = u.conversation AND e.seq = u.seq`, nil, &h.Unnumbered, &h.Oldest)
	return h, err
}
