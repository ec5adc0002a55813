package e2e

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"earshot.db", "earshot.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o600)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return to
}

// sameTables holds the offers and the warnings of promises in a database file
// against the events.
func (r *race) sameTables(t testing.TB, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range r.states {
		th := s.Thread
		if th == nil {
			continue
		}
		if got, want := readRings(t, db, th.ID), ringsOf(*th); !cmp.Equal(got, want) {
			t.Errorf("%s: rings %v, of events %v", th.Conversation, got, want)
		}
		if th.Promise == nil || th.Promise.SoonAt < time.Now().UnixMicro() {
			continue
		}
		jobs := 0
		err := db.QueryRow("SELECT count(*) FROM jobs WHERE kind = 'promise' AND key LIKE $1", fmt.Sprintf("%s %d %%", th.Conversation, th.Promise.Seq)).Scan(&jobs)
		if err != nil {
			t.Fatal(err)
		}
		if jobs != 2 {
			t.Errorf("%s: a promise with %d warnings to come, not 2", th.Conversation, jobs)
		}
	}
}

// ringsOf is whom a Thread rings until when; who is asked to take over may read it.
func ringsOf(t chat.Thread) map[string]int64 {
	all := map[string]int64{}
	for _, i := range t.Invites {
		if i.Agent != "" {
			all[string(i.Agent)] = i.Deadline
		}
	}
	for _, o := range t.Offers {
		delete(all, string(o.Agent))
		if t.Transfer != nil {
			all[string(o.Agent)+" reads"] = o.Deadline
		} else {
			all[string(o.Agent)] = o.Deadline
		}
	}
	return all
}

func readRings(t testing.TB, db *sql.DB, id chat.ThreadID) map[string]int64 {
	t.Helper()
	rows, err := db.Query("SELECT agent || CASE WHEN passed = 1 THEN ' reads' ELSE '' END, deadline FROM offers WHERE thread = $1", string(id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]int64{}
	for rows.Next() {
		var who string
		var until int64
		if err := rows.Scan(&who, &until); err != nil {
			t.Fatal(err)
		}
		all[who] = until
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
