package desktest

import (
	"path/filepath"

	"earshot/internal/store"
)

// Stored is every row of every table as it is now, as lines of JSON by the table's
// name: for tests that look for what must be gone. Files of the database are no good
// for that, since they hold what rows held before.
func (w *World) Stored() map[string]string {
	w.t.Helper()
	dir, address := w.Dir, w.database
	if address == "" {
		dir = w.t.TempDir() // the directory itself is held
		w.must(w.Store.Backup(w.t.Context(), filepath.Join(dir, "earshot.db")))
	}
	from, err := store.OpenExport(w.t.Context(), dir, address)
	w.must(err)
	all := map[string]string{}
	for _, table := range from.Tables() {
		w.must(from.Each(w.t.Context(), table, func(line []byte) error {
			all[table] += string(line)
			return nil
		}))
	}
	w.must(from.Close())
	return all
}
