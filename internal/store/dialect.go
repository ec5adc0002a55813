package store

import (
	"database/sql/driver"
	"errors"
	"net/url"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// All that is particular to an engine stands in the files named *dialect*.go,
// sqlite*.go and migrations/*.sqlite.sql; the statements are written once.

// errBadConn tells the pool to drop a connection.
var errBadConn = driver.ErrBadConn

// clustered is what the mark in a migration becomes.
const clustered = "WITHOUT ROWID"

// engine is the driver's name in database/sql.
const engine = "sqlite"

// gooseDialect is what the migrator calls the engine.
const gooseDialect = goose.DialectSQLite3

// The primary result codes of SQLite that the store tells apart.
const (
	codeNoMemory  = 7
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIO        = 10
	codeCorrupt   = 11
	codeFull      = 13
	codeCantOpen  = 14
	codeNotADB    = 26
)

// code returns the primary result code of an error, 0 where it has none.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// killsBatch reports whether after this error nothing is known of the
// transaction any more: SQLite may have rolled it back as a whole.
func killsBatch(err error) bool {
	switch code(err) {
	case codeFull, codeIO, codeNoMemory, codeInterrupt, codeCorrupt:
		return true
	}
	return false
}

// dsn names a database file. Every connection of it gets these settings;
// readSetup and writeSetup add their own.
func dsn(path string) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)",
		"mmap_size(0)", "secure_delete(1)", "temp_store(2)", "wal_autocheckpoint(0)"} {
		q.Add("_pragma", p)
	}
	q.Set("_txlock", "immediate")
	return fileURI(path, q)
}

func fileURI(path string, q url.Values) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return strings.Replace(u.String(), "file:///", "file:/", 1)
}

// writeSetup and readSetup are run on a new connection of the writer and of the
// readers.
func writeSetup() []string {
	return []string{"PRAGMA cache_size = -16000", "PRAGMA journal_size_limit = 67108864"}
}

func readSetup() []string {
	return []string{"PRAGMA cache_size = -4000", "PRAGMA query_only = 1"}
}

// The statements that begin transactions. The writer takes its lock at once: a
// transaction that reads first and writes then could find it taken.
const (
	beginWrite = "BEGIN IMMEDIATE"
	beginRead  = "BEGIN DEFERRED"
)
