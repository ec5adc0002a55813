package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Everything is all that a workspace in a directory has stored, by the name of what
// holds it: each file, and on PostgreSQL each table with all its rows, bytes as text
// where they are text. It is for tests that look for what must not be stored.
func Everything(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of a checkpoint, or a file that is being received
		}
		all[strings.TrimPrefix(path, dir)] = raw
		return err
	})
	if address, known := databases.Load(dir); known {
		err = errors.Join(err, everyTable(address.(string), all))
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everyTable reads a database of PostgreSQL, and leaves no connection behind.
func everyTable(address string, all map[string][]byte) (err error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := texts(db, `
SELECT format('SELECT concat_ws('' '', %s) FROM %I.%I',
	string_agg(format(CASE WHEN data_type = 'bytea' THEN 'encode(%I, ''escape'')' ELSE '%I::text' END, column_name), ', ' ORDER BY ordinal_position),
	table_schema, table_name)
FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
GROUP BY table_schema, table_name`)
	if err != nil {
		return err
	}
	for i, query := range tables {
		rows, err := texts(db, query)
		if err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		all[fmt.Sprintf("table %d %s", i, query[strings.LastIndex(query, " ")+1:])] = []byte(strings.Join(rows, "\n"))
	}
	return nil
}

// texts are the one column of a query's rows.
func texts(db *sql.DB, query string) (all []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
