package store

import "net/url"

// walSuffix is what the name of a write-ahead log ends with.
const walSuffix = "-wal"

// untouched names a file that is only read, so that nothing is made beside it.
func untouched(path string) string {
	return fileURI(path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
}

// fileChecks ask SQLite about its own file.
func fileChecks() []check {
	return []check{
		{what: "its pages:", text: `PRAGMA integrity_check(1)`, ok: "ok"},
		{what: "a row refers to nothing, in table", text: `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`},
	}
}

// rowChecks are about what stands in two places here.
func rowChecks() []check {
	return []check{{what: "an event has another position than the log has for it, which is", text: `
		SELECT l.pos
		FROM log l
		JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
		WHERE e.pos <> l.pos
		LIMIT 1`}}
}
