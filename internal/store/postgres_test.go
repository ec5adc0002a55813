package store_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// beside opens a database beside every rule.
func beside(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestPostgreSQL_NodesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	address := storetest.EmptyPostgres(t)
	var wait sync.WaitGroup
	var stores [4]*store.Store
	for i := range stores {
		wait.Go(func() {
			s, err := store.Open(context.Background(), t.TempDir(), store.Options{Database: address})
			if err != nil {
				t.Error(err)
				return
			}
			stores[i] = s
		})
	}
	wait.Wait()
	for _, s := range stores {
		if s == nil {
			continue
		}
		if s.Epoch() != stores[0].Epoch() {
			t.Errorf("nodes of one database have the epochs %q and %q", s.Epoch(), stores[0].Epoch())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPostgreSQL_ANodeOlderThanTheSchemaIsRefused(t *testing.T) {
	t.Parallel()
	address := storetest.EmptyPostgres(t)
	open := func() error {
		s, err := store.Open(context.Background(), t.TempDir(), store.Options{Database: address})
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	db := beside(t, address)
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`); err != nil {
		t.Fatal(err)
	}
	var newer *store.NewerError
	if err := open(); !errors.As(err, &newer) || newer.Has != 99 {
		t.Errorf("opened with %v", err)
	}
	// The refusal leaves nothing locked.
	if _, err := db.Exec(`DELETE FROM goose_db_version WHERE version_id = 99`); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
}

func TestPostgreSQL_WhatIsNoDatabaseIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"mysql://root@localhost/x": "begins with postgres://",
		"earshot.db":               "begins with postgres://",
		"postgres:///x?host=" + t.TempDir() + "&user=nobody": "cannot be reached",
	} {
		_, err := store.Open(context.Background(), t.TempDir(), store.Options{Database: address})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", address, err, says)
		}
	}
	_, err := store.Open(context.Background(), t.TempDir(), store.Options{Database: "postgres://ann:s3cret@localhost:1/x?connect_timeout=1"})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password stands in %v", err)
	}
}

var updatePostgres = flag.Bool("update-postgres", false, "write the golden file of PostgreSQL's schema")

func TestPostgreSQL_MigrationsMakeTheSchemaThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	rows, err := beside(t, storetest.Postgres(t)).Query(`
		SELECT format('%s.%s %s %s%s%s', c.table_name, c.column_name, c.data_type, c.collation_name, CASE WHEN c.is_nullable = 'YES' THEN ' NULL' END, ' DEFAULT ' || c.column_default)
		FROM information_schema.columns c
		WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'goose%'
		UNION ALL
		SELECT indexdef
		FROM pg_indexes
		WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'
		UNION ALL
		SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
		FROM pg_constraint
		WHERE contype = 'f'
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, " text ") && !strings.Contains(line, " text C") && !strings.HasPrefix(line, "unnumbered.words ") {
			t.Errorf("%s: it is not in the order of its bytes", line)
		}
		got.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "schema.postgres.golden")
	if *updatePostgres {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the schema changed; run with -update-postgres if that is meant (-golden +got):\n%s", diff)
	}
}

// A statement that fails ends its transaction; a closure that goes on as if
// nothing were must not be told that it is stored.
func TestPostgreSQL_AnErrorThatAClosureSwallowsStoresNothing(t *testing.T) {
	t.Parallel()
	s := storetest.PostgreSQL().Open(t)
	c := store.Command{Key: "k", Actor: "a", Hash: []byte{1}, Conversation: "c_1", Answer: []byte(`{}`)}
	write := func(fn func(tx *store.Tx) error) error { return s.Write(context.Background(), fn) }
	if err := write(func(tx *store.Tx) error { return tx.SaveCommand(c) }); err != nil {
		t.Fatal(err)
	}
	runs := 0
	err := write(func(tx *store.Tx) error {
		runs++
		_ = tx.SetSetting("a", "a")
		_ = tx.SaveCommand(c)
		return nil
	})
	if err == nil || runs != 5 {
		t.Errorf("answered %v after %d runs, want an error after 5", err, runs)
	}
	if err := write(func(tx *store.Tx) error {
		_ = tx.SetSetting("a", "a")
		panic("boom")
	}); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("a panic is answered by %v", err)
	}
	err = s.Read(context.Background(), func(tx *store.Tx) error {
		a, err := tx.Setting("a")
		if a != "" {
			t.Error("something was stored")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Two nodes have one database: what one writes the other reads, in one order, and
// whichever numbers it.
func TestPostgreSQL_TwoNodesHaveOneLog(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	open := func() *storetest.World {
		return storetest.NewWorld(t, storetest.Open(t, t.TempDir(), store.Options{Database: address, StrictLocks: true}))
	}
	one, two := open(), open()
	v := one.Visitor("Vera")
	one.Start(v.Conversation, chat.System(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
	var wait sync.WaitGroup
	for n, w := range []*storetest.World{one, two} {
		wait.Go(func() {
			for i := range 50 {
				err := w.S.Write(context.Background(), func(tx *store.Tx) error {
					s, err := tx.Lock(v.Conversation)
					if err != nil {
						return err
					}
					events := s.Add("", []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: "x"})})
					events[0].ID = chat.EventID(strings.Repeat("e", n+1) + "_" + strings.Repeat("i", i+1))
					return tx.Append(s, events)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	two.Read(func(tx *store.Tx) error {
		log, err := tx.Log(0, 4096)
		for i, e := range log {
			if e.Pos != int64(i+1) || e.Event.Seq != int64(i+1) {
				t.Fatalf("entry %d has the position %d and the seq %d", i, e.Pos, e.Event.Seq)
			}
		}
		if len(log) != 101 {
			t.Errorf("the log has %d entries, want 101", len(log))
		}
		return err
	})
}

// What another node changed has to be looked at again by this one's router, and
// what this one changed is known already.
func TestPostgreSQL_WhatAnotherNodeChangedTurns(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	open := func() *storetest.World {
		return storetest.NewWorld(t, storetest.Open(t, t.TempDir(), store.Options{Database: address}))
	}
	one, two := open(), open()
	v := one.Visitor("Vera")
	one.Start(v.Conversation, chat.System(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
	follow := func(w *storetest.World) int64 {
		w.Read(func(tx *store.Tx) error {
			_, err := tx.Log(0, 10)
			return err
		})
		return w.S.Turned()
	}
	mine, theirs := follow(one), follow(two)
	one.Say(v.Conversation, chat.Agent{ID: "a_1", Name: "Ann"}.Actor(), chat.ForAgents, "a note")
	if got := follow(two); got != theirs {
		t.Errorf("a note turned another node from %d to %d", theirs, got)
	}
	one.Say(v.Conversation, v.Actor(), chat.ForAll, "hello?")
	if got := follow(two); got != theirs+1 {
		t.Errorf("a message turned another node from %d to %d", theirs, got)
	}
	if got := follow(two); got != theirs+1 {
		t.Error("what was followed turns again")
	}
	written := one.S.Turned()
	if got := follow(one); got != written || got == mine {
		t.Errorf("its own message turned a node from %d to %d by being read", written, got)
	}
}
