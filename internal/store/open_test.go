package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files")

const childDir = "EARSHOT_STORE_TEST_DIR"

func TestOpen_ASecondProcessIsRefusedAndToldWhy(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(childDir); dir != "" {
		_, err := Open(context.Background(), dir, Options{})
		t.Fatalf("child: %v", err)
	}
	dir := t.TempDir()
	s, err := Open(context.Background(), dir, Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestOpen_ASecondProcessIsRefusedAndToldWhy$")
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is in use (process ") || !strings.Contains(string(out), "started 1970-01-01") {
		t.Errorf("the second process says: %s (%v)", out, err)
	}
	var held *HeldError
	if _, err := Open(context.Background(), dir, Options{}); !errors.As(err, &held) || held.Dir != dir {
		t.Errorf("a second store in one process: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// raw opens the database file of a directory beside every rule.
func raw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open(sqliteDriver, dsn(filepath.Join(dir, fileName)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestOpen_ANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	s := opened(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := raw(t, s.dir).Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	if _, err := Open(context.Background(), s.dir, Options{}); !errors.As(err, &newer) || newer.Has != 99 {
		t.Errorf("opened with %v", err)
	}
	// The refusal leaves nothing locked.
	if _, err := raw(t, s.dir).Exec(`DELETE FROM goose_db_version WHERE version_id = 99`); err != nil {
		t.Fatal(err)
	}
	again, err := Open(context.Background(), s.dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_WhatIsNoDatabaseIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	content := strings.Repeat("This is a letter to my grandmother. ", 300)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), dir, Options{}); err == nil {
		t.Error("a letter was opened as a database")
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != content {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestOpen_KeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	s := opened(t)
	if err := errors.Join(s.Write(context.Background(), set("a")), s.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := Open(context.Background(), s.dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := stored(t, again, "a"); got != "a" || again.Epoch() != s.Epoch() {
		t.Errorf("stored %q, epoch %q where it was %q", got, again.Epoch(), s.Epoch())
	}
}

func TestMigrations_MakeTheSchemaThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := opened(t)
	var got strings.Builder
	err := s.Read(context.Background(), func(tx *Tx) error {
		return tx.each("schema", `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' ORDER BY name`, nil, func(rows *sql.Rows) error {
			var text string
			err := rows.Scan(&text)
			got.WriteString(text + ";\n\n")
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "schema.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the schema changed; run with -update if that is meant (-golden +got):\n%s", diff)
	}
}

// TestMigrations_EveryFileIsRun: a file that is not listed, or that names no engine
// we have, would be left out without a word.
func TestMigrations_EveryFileIsRun(t *testing.T) {
	t.Parallel()
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, kind, _ := strings.Cut(f.Name(), ".")
		if !slices.Contains(migrationNames[:], name) {
			t.Errorf("%s is not listed in migrationNames", f.Name())
		}
		if !slices.Contains([]string{"sql", "sqlite.sql", "postgres.sql"}, kind) {
			t.Errorf("%s belongs to no engine", f.Name())
		}
	}
	for i, name := range migrationNames {
		if number, _, _ := strings.Cut(name, "_"); number != fmt.Sprintf("%04d", i+1) {
			t.Errorf("%s stands at place %d", name, i+1)
		}
	}
}

func TestLog_ItsFileStaysBoundedWhileSomebodyReads(t *testing.T) {
	t.Parallel()
	s := opened(t)
	stop, reading := make(chan struct{}), make(chan error, 2)
	for range cap(reading) {
		go func() {
			for {
				select {
				case <-stop:
					reading <- nil
					return
				default:
				}
				if err := s.Read(context.Background(), func(tx *Tx) error { _, err := tx.Setting("a"); return err }); err != nil {
					reading <- err
					return
				}
			}
		}()
	}
	large := strings.Repeat("x", 400_000)
	var most int64
	for range 600 {
		if err := s.Write(context.Background(), func(tx *Tx) error { return tx.SetSetting("a", large) }); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(s.dir, fileName) + walSuffix); err == nil {
			most = max(most, info.Size())
		}
	}
	close(stop)
	for range cap(reading) {
		if err := <-reading; err != nil {
			t.Error(err)
		}
	}
	if bound := int64(maxLogPages * 4096); most > bound*3/2 {
		t.Errorf("the write-ahead log grew to %d bytes, over one and a half of %d", most, bound)
	}
}

// TestEngine_IsNamedInFewPlaces counts where the store branches on its engine
// outside the files that are of one: that is what a reader has to know twice.
func TestEngine_IsNamedInFewPlaces(t *testing.T) {
	t.Parallel()
	own := regexp.MustCompile(`\*?\b(sqlite\w*|postgres\w*|pgx|pgconn|goose\.Dialect\w+)\b|PRAGMA|rowid|MATCH|fts5|WITHOUT|tsvector|tsquery|FOR NO KEY|pg_\w+`)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "sqlite") || strings.HasPrefix(path, "postgres") {
			continue
		}
		for _, line := range strings.Split(string(text), "\n") {
			if code, _, _ := strings.Cut(line, "//"); own.MatchString(code) {
				got[path]++
			}
		}
	}
	want := map[string]int{
		"engine.go": 5, // chosen by the address, and the sentences of both
		"inside.go": 1, // what stands below a closure
		"backup.go": 1, // a copy of the file
		"verify.go": 1, // the file of a copy
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines that are of one engine (-want +got); they belong into a file that bears its name:\n%s", diff)
	}
}
