package store

import "time"

// alone: one process has the file.
func (*sqlite) alone() bool { return true }

// clock is this machine's.
func (*sqlite) clock(*Tx) (time.Time, error) { return time.Now(), nil }

func (*sqlite) health(tx *Tx) (h Health, err error) {
	var version string
	_, err = tx.find("size of the database", `
		SELECT sqlite_version(), page_count * page_size
		FROM pragma_page_count(), pragma_page_size()`, nil, &version, &h.Bytes)
	h.Engine = "SQLite " + version
	return h, err
}
