package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// odd is a text that a careless writer of JSON, or a database with opinions about
// language, changes. It is the id of everything, so that rows may refer to it.
const odd = "x <b>&amp; “é” e\u0301 \u2028 \\ \" 👩‍👩‍👧 \t"

// manyDigits is a number that a float does not hold.
const manyDigits = 9007199254740993

// fillTables puts a row into every table of a database that has none, beside every
// rule.
func fillTables(t *testing.T, db *sql.DB, tables []string) {
	t.Helper()
	for _, table := range tables {
		if table == "log" {
			continue
		}
		columns, values := columnsOf(t, db, table), []string{}
		args := []any{}
		for _, c := range columns {
			args = append(args, c.filler(table))
			values = append(values, fmt.Sprintf("$%d", len(args)))
		}
		text := fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, table, strings.Join(names(columns), ", "), strings.Join(values, ", "))
		if _, err := db.Exec(text, args...); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
}

type column struct{ name, kind string }

func (c column) filler(table string) any {
	switch {
	case c.kind == "TEXT":
		return odd
	case table == "conversations":
		return 0 // it has no events
	case c.kind == "BIGINT" || c.kind == "INT8":
		return manyDigits
	}
	return 1
}

func names(columns []column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = `"` + c.name + `"`
	}
	return all
}

func columnsOf(t *testing.T, db *sql.DB, table string) (all []column) {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM "` + table + `" LIMIT 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range types {
		all = append(all, column{name: c.Name(), kind: c.DatabaseTypeName()})
	}
	return all
}

// aWorkspace is a file of SQLite with a row in every table, and a log in which a
// text was taken back and replaced.
func aWorkspace(t *testing.T) (dir string) {
	t.Helper()
	dir = storetest.Dir(t)
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := storetest.NewWorld(t, s)
	ann := storetest.Agent("ann", chat.Member)
	for i := range 7 {
		v := w.Visitor("Vera")
		w.Start(v.Conversation, v.Actor(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
		for n := range 20 {
			w.Say(v.Conversation, v.Actor(), chat.ForAll, fmt.Sprintf("Wo bleibt die Lieferung %d-%d? %s", i, n, odd))
			w.Say(v.Conversation, ann.Actor(), chat.ForAgents, "hm")
		}
		w.Write(func(tx *store.Tx) error {
			return errors.Join(tx.ReplaceBody(v.Conversation, 2, chat.Said{Emptied: 5}), tx.ReplaceBody(v.Conversation, 4, chat.Said{Text: "Ersatzwort"}),
				tx.SaveCommand(store.Command{Key: fmt.Sprint("key", i), Actor: "visitor:v", Hash: []byte{1, 2, 255}, Conversation: v.Conversation, Answer: []byte(`{"seq":2}`)}))
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	source := export(t, dir, "")
	tables := source.Tables()
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
	fillTables(t, db, tables)
	return dir
}

func export(t *testing.T, dir, address string) *store.Export {
	t.Helper()
	s, err := store.OpenExport(t.Context(), dir, address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// linesOf reads a whole workspace, and checks that what is counted is what is read.
func linesOf(t *testing.T, dir, address string) map[string][]byte {
	t.Helper()
	s := export(t, dir, address)
	all := map[string][]byte{}
	for _, table := range s.Tables() {
		err := s.Each(t.Context(), table, func(line []byte) error {
			all[table] = append(all[table], line...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n, err := s.Count(t.Context(), table)
		if got := bytes.Count(all[table], []byte("\n")); err != nil || table != "settings" && int64(got) != n {
			t.Errorf("%s: %d lines of %d rows, %v", table, got, n, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// bring imports lines, each table in parts of some rows.
func bring(t *testing.T, dir, address string, all map[string][]byte) {
	t.Helper()
	i, err := store.BeginImport(t.Context(), dir, address, int64(store.Versions()), "sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, parts := range ordered(all) {
		for _, part := range parts.parts {
			if err := i.Rows(t.Context(), parts.table, bytes.NewReader(part)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(i.Finish(t.Context()), i.Close()); err != nil {
		t.Fatal(err)
	}
}

type tableParts struct {
	table string
	parts [][]byte
}

func ordered(all map[string][]byte) (out []tableParts) {
	for _, table := range store.Exported() {
		one := tableParts{table: table}
		lines := bytes.SplitAfter(all[table], []byte("\n"))
		for some := range slices.Chunk(lines, 70) {
			if part := bytes.Join(some, nil); len(part) > 0 {
				one.parts = append(one.parts, part)
			}
		}
		out = append(out, one)
	}
	return out
}

func TestMoving_EveryRowCrossesBothWays(t *testing.T) {
	t.Parallel()
	dir, address := aWorkspace(t), storetest.EmptyPostgres(t)
	want := linesOf(t, dir, "")
	for table, lines := range want {
		if len(lines) == 0 {
			t.Errorf("%s is empty: nothing is tried of it", table)
		}
	}
	bring(t, t.TempDir(), address, want)
	there := linesOf(t, t.TempDir(), address)
	if diff := cmp.Diff(want, there); diff != "" {
		t.Errorf("on PostgreSQL (-want +got):\n%s", diff)
	}
	back := t.TempDir()
	bring(t, back, "", there)
	if diff := cmp.Diff(want, linesOf(t, back, "")); diff != "" {
		t.Errorf("back on SQLite (-want +got):\n%s", diff)
	}
	if err := store.Verify(t.Context(), filepath.Join(back, "earshot.db")); err != nil {
		t.Error(err)
	}
	epochs := []string{}
	for _, place := range [][2]string{{dir, ""}, {t.TempDir(), address}, {back, ""}} {
		s := storetest.Open(t, place[0], store.Options{Database: place[1]})
		epochs = append(epochs, s.Epoch())
		goesOn(t, storetest.NewWorld(t, s))
	}
	slices.Sort(epochs)
	if len(slices.Compact(epochs)) != 3 {
		t.Errorf("the epochs are %v: a cursor would go on in another history", epochs)
	}
}

// goesOn: what was said is found and what was taken back is not; the log goes on
// behind its end.
func goesOn(t *testing.T, w *storetest.World) {
	t.Helper()
	var head chat.Position
	w.Read(func(tx *store.Tx) error {
		for words, want := range map[string]int{"lieferung": 7*20 - 7*2, "Ersatzwort": 7} {
			found := 0
			for before, more := int64(0), true; more; more = before > 0 {
				hits, next, err := tx.Search(storetest.Agent("ann", chat.Owner).Viewer(), store.Sought{Words: words, Before: before, Limit: 50})
				if err != nil {
					return err
				}
				found, before = found+len(hits), next
			}
			if found != want {
				t.Errorf("%q is found %d times, want %d", words, found, want)
			}
		}
		var err error
		head, err = tx.Head()
		return err
	})
	for range 10_000 { // past the ids that are there
		w.Next()
	}
	v := w.Visitor("Nora")
	w.Start(v.Conversation, v.Actor(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "one more")
	w.Read(func(tx *store.Tx) error {
		log, err := tx.Log(head.Pos, 10)
		if len(log) != 2 || log[1].Pos != head.Pos+2 {
			t.Errorf("after %d the log has %+v", head.Pos, log)
		}
		return err
	})
}

// TestMoving_NamesEveryTable: a table that neither an export holds nor is made anew
// from what it holds would stay behind without a word.
func TestMoving_NamesEveryTable(t *testing.T) {
	t.Parallel()
	dir := storetest.Dir(t)
	file, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	for engine, ask := range map[string]struct {
		db   *sql.DB
		text string
	}{
		"SQLite":     {file, `SELECT name FROM sqlite_schema WHERE type = 'table'`},
		"PostgreSQL": {beside(t, storetest.Postgres(t)), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`},
	} {
		rows, err := ask.db.Query(ask.text)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var has []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			own := strings.HasPrefix(name, "search_") || strings.HasPrefix(name, "sqlite_") // made by the search, and by the engine
			if !own && !slices.Contains(store.Derived(), name) {
				has = append(has, name)
			}
		}
		slices.Sort(has)
		named := slices.Sorted(slices.Values(store.Exported()))
		if diff := cmp.Diff(named, has); diff != "" {
			t.Errorf("%s: tables.go names other tables (-tables.go +schema); name each new one there, in exported or in derived:\n%s", engine, diff)
		}
	}
}

// TestMoving_AnImportGoesOnWhereItEnded and refuses what is not its own.
func TestMoving_AnImportGoesOnWhereItEnded(t *testing.T) {
	t.Parallel()
	all := linesOf(t, aWorkspace(t), "")
	for engine, address := range map[string]string{"SQLite": "", "PostgreSQL": storetest.EmptyPostgres(t)} {
		dir := t.TempDir()
		begin := func(sum string) (*store.Import, error) {
			return store.BeginImport(t.Context(), dir, address, int64(store.Versions()), sum)
		}
		n, done := 0, false
		for !done { // a few parts each time, and never an end
			i, err := begin("one")
			if err != nil {
				t.Fatal(err)
			}
			if i.Parts() != n {
				t.Fatalf("%s: %d parts are stored, want %d", engine, i.Parts(), n)
			}
			if done = someParts(t, i, all, n, 9); done {
				if diff := cmp.Diff(all["log"], logOf(t, i)); diff != "" {
					t.Errorf("%s: the log (-want +got):\n%s", engine, diff)
				}
				if err := i.Finish(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			n = i.Parts()
			if err := i.Close(); err != nil {
				t.Fatal(err)
			}
			if !done {
				refuses(t, engine, "was not finished", func() error {
					s, err := store.Open(t.Context(), dir, store.Options{Database: address})
					if err == nil {
						_ = s.Close()
					}
					return err
				})
				refuses(t, engine, "was not finished", func() error { _, err := store.OpenExport(t.Context(), dir, address); return err })
				refuses(t, engine, "import of another copy", func() error { _, err := begin("two"); return err })
			}
		}
		i, err := begin("one")
		if err != nil || !i.Done() {
			t.Fatalf("%s: begun again after its end: %v", engine, err)
		}
		if err := i.Close(); err != nil {
			t.Fatal(err)
		}
		refuses(t, engine, "is not empty", func() error { _, err := begin("two"); return err })
	}
}

func logOf(t *testing.T, i *store.Import) (lines []byte) {
	t.Helper()
	if err := i.Each(t.Context(), "log", func(line []byte) error { lines = append(lines, line...); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// someParts stores parts after the first ones, at most some; true at the end.
func someParts(t *testing.T, i *store.Import, all map[string][]byte, after, most int) bool {
	t.Helper()
	n := 0
	for _, one := range ordered(all) {
		for _, part := range one.parts {
			if n++; n <= after {
				continue
			}
			if most--; most < 0 {
				return false
			}
			// Read to the middle, and broken off: nothing of it may stay.
			if err := i.Rows(t.Context(), one.table, io.MultiReader(bytes.NewReader(part), iotest.ErrReader(errBroken))); !errors.Is(err, errBroken) {
				t.Fatalf("a part that broke off: %v", err)
			}
			if err := i.Rows(t.Context(), one.table, bytes.NewReader(part)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return true
}

var errBroken = errors.New("broken off")

func refuses(t *testing.T, what, words string, do func() error) {
	t.Helper()
	if err := do(); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: answered %v, want %q", what, err, words)
	}
}

func TestMoving_WhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	all := linesOf(t, aWorkspace(t), "")
	now := int64(store.Versions())
	begin := func(schema int64) (*store.Import, error) {
		return store.BeginImport(t.Context(), t.TempDir(), "", schema, "sum")
	}
	refuses(t, "a later schema", "newer program", func() error { _, err := begin(now + 1); return err })
	one := func(table, line string) func() error {
		return func() error {
			i, err := begin(now)
			if err != nil {
				return err
			}
			return errors.Join(i.Rows(t.Context(), table, strings.NewReader(line)), i.Close())
		}
	}
	refuses(t, "no table", "no table of its schema", one("x; DROP TABLE agents", "{}\n"))
	refuses(t, "no row", "is no row", one("reads", "hello\n"))
	refuses(t, "a column more", "has 4 columns", one("reads", `{"agent":"a","conversation":"c","seq":1,"x":1}`+"\n"))
	refuses(t, "another column", "lacks the column seq", one("reads", `{"agent":"a","conversation":"c","x":1}`+"\n"))
	refuses(t, "cut off", "EOF", one("reads", `{"agent":"a","conversation":"c","seq":1}`))
	without := func(table string, drop func(line string) bool) func() error {
		return func() error {
			i, err := begin(now)
			if err != nil {
				return err
			}
			defer i.Close()
			for _, parts := range ordered(all) {
				for _, part := range parts.parts {
					if parts.table == table {
						part = []byte(strings.Join(slices.DeleteFunc(strings.SplitAfter(string(part), "\n"), drop), ""))
					}
					if err := i.Rows(t.Context(), parts.table, bytes.NewReader(part)); err != nil {
						return err
					}
				}
			}
			return i.Finish(t.Context())
		}
	}
	refuses(t, "an event is missing", "the events have gaps", without("log", func(line string) bool { return strings.Contains(line, `"seq":9,`) }))
	refuses(t, "the last ones are missing", "end elsewhere", without("log", func(line string) bool { return strings.Contains(line, `"seq":41,`) }))
	refuses(t, "a conversation is missing", "FOREIGN KEY", without("conversations", func(line string) bool { return strings.Contains(line, `"id":"c_`) }))
	if err := without("", nil)(); err != nil {
		t.Errorf("nothing is missing: %v", err)
	}
}

// TestMoving_AnExportOfAnotherSchemaIsRefused: it would be read with the wrong
// eyes.
func TestMoving_AnExportOfAnotherSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for engine, address := range map[string]string{"SQLite": "", "PostgreSQL": storetest.EmptyPostgres(t)} {
		dir := t.TempDir()
		look := func() error {
			s, err := store.OpenExport(t.Context(), dir, address)
			if err == nil {
				_ = s.Close()
			}
			return err
		}
		refuses(t, engine, "there is no workspace", look)
		old, err := store.OpenVersion(t.Context(), dir, store.Options{Database: address}, store.Versions()-1)
		if err != nil {
			t.Fatal(err)
		}
		if address == "" {
			refuses(t, engine, "is in use", look)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		refuses(t, engine, "brings it up to date", look)
	}
}

// TestMoving_AnExportIsOfOneMoment: on PostgreSQL, where others write meanwhile.
// What was acknowledged before is in it, with or without a position.
func TestMoving_AnExportIsOfOneMoment(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	w := storetest.NewWorld(t, storetest.Open(t, t.TempDir(), store.Options{Database: address}))
	v := w.Visitor("Vera")
	w.Start(v.Conversation, v.Actor(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
	w.Read(func(*store.Tx) error { return nil }) // all have their positions
	db := beside(t, address)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`SELECT pos FROM log_head FOR UPDATE`); err != nil { // and nobody gets one now
		t.Fatal(err)
	}
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "first")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "second")
	s := export(t, t.TempDir(), address)
	defer s.Close()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "after it")
	w.Read(func(*store.Tx) error { return nil })
	var log []string
	if err := s.Each(t.Context(), "log", func(line []byte) error { log = append(log, string(line)); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(log) != 3 || !strings.Contains(log[1], `"pos":2,`) || !strings.Contains(log[1], "first") || !strings.Contains(log[2], `"pos":3,`) || !strings.Contains(log[2], "second") {
		t.Errorf("the export has %q", log)
	}
}
