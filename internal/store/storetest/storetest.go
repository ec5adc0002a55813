// Package storetest makes stores for tests and holds the suite that every
// engine has to pass.
//
// It guarantees that each store is alone in its own directory and is closed with
// its test. It may import chat and store; tests of every package call it.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"earshot/internal/store"
)

// New opens a Store with an empty, migrated database. It closes with the test.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, Dir(t), store.Options{})
}

// Open opens a Store in a directory. It closes with the test.
func Open(t testing.TB, dir string, opt store.Options) *store.Store {
	t.Helper()
	if opt.Database == "" && os.Getenv(engineVariable) == "postgres" {
		opt.Database = databaseOf(t, dir)
	}
	s, err := store.Open(context.Background(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Dir returns a directory that holds an empty, migrated database.
func Dir(t testing.TB) string {
	t.Helper()
	content, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// engineVariable lets the tests of every package run on PostgreSQL: "postgres".
const engineVariable = "EARSHOT_TEST_ENGINE"

// databases are the ones that stand for the file of a directory.
var databases sync.Map

func databaseOf(t testing.TB, dir string) string {
	t.Helper()
	if address, known := databases.Load(dir); known {
		return address.(string)
	}
	address := Postgres(t)
	databases.Store(dir, address)
	return address
}

const databaseName = "earshot.db"

// template is the migrated database that every test copies; migrating takes
// longer than most tests.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "earshot-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, databaseName))
})
