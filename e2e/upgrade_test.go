package e2e

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/internal/store/storetest"
)

// TestUpgrade_AnOlderBinaryRefusesANewerSchema shows this binary a database that
// a later one has brought further: it says so and leaves it as it is.
func TestUpgrade_AnOlderBinaryRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "earshot.db")
	sqlExec(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	before := readBytes(t, path)
	out, err := command(t, "serve", "--listen", w.addr, "--data", w.dir)
	if err == nil || !strings.Contains(out, "9999") || !strings.Contains(out, "newer program") {
		t.Errorf("served a newer schema: %v\n%s", err, out)
	}
	if strings.Contains(out, "Welcome") {
		t.Errorf("a first start was offered:\n%s", out)
	}
	if !bytes.Equal(before, readBytes(t, path)) {
		t.Error("the refused database was changed")
	}
	sqlExec(t, path, "DELETE FROM goose_db_version WHERE version_id = 9999")
	w.server = start(t, w.dir, w.addr)
	if _, err := w.owner.Sites(t.Context()); err != nil {
		t.Errorf("the right version again: %v", err)
	}
}

// TestUpgrade_MigratesUnderTheLockAlone holds a new directory's lock: who does
// not have it makes no schema.
func TestUpgrade_MigratesUnderTheLockAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := os.Create(filepath.Join(dir, "earshot.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, "serve", "--listen", freeAddress(t), "--data", dir); err == nil || !strings.Contains(out, "in use") {
		t.Errorf("served beside the lock: %v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "earshot.db")); !os.IsNotExist(err) {
		t.Errorf("the database was touched without the lock (%v)", err)
	}
	lock.Close()
	start(t, dir, freeAddress(t))
}

// TestUpgrade_PostgreSQL_AnOlderBinaryRefusesANewerSchema is
// TestUpgrade_AnOlderBinaryRefusesANewerSchema where other nodes may go on with it.
func TestUpgrade_PostgreSQL_AnOlderBinaryRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	w := setUpPostgres(t, t.TempDir(), address)
	db := besidePostgres(t, address)
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, "serve", "--listen", freeAddress(t), "--data", t.TempDir(), "--database", address)
	if err == nil || !strings.Contains(out, "9999") || !strings.Contains(out, "newer program") || strings.Contains(out, "Welcome") {
		t.Errorf("served a newer schema: %v\n%s", err, out)
	}
	if _, err := w.owner.Sites(t.Context()); err != nil {
		t.Errorf("the node that was there: %v", err)
	}
	if _, err := db.Exec("DELETE FROM goose_db_version WHERE version_id = 9999"); err != nil {
		t.Fatal(err)
	}
	again := start(t, t.TempDir(), freeAddress(t), onPostgres(address)...)
	if _, err := signIn(t, again.url).Sites(t.Context()); err != nil {
		t.Errorf("the right version again: %v", err)
	}
}

// TestUpgrade_PostgreSQL_NodesWaitForTheOneThatMigrates holds the lock of an empty
// database, as a node does that migrates: three others make nothing meanwhile, and
// are ready once it is free.
func TestUpgrade_PostgreSQL_NodesWaitForTheOneThatMigrates(t *testing.T) {
	t.Parallel()
	address := storetest.EmptyPostgres(t)
	db := besidePostgres(t, address)
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(t.Context(), "SELECT pg_advisory_lock(x'65617273686f74'::bigint)"); err != nil {
		t.Fatal(err)
	}
	var nodes []*server
	for range 3 {
		nodes = append(nodes, launch(t, t.TempDir(), freeAddress(t), onPostgres(address)...))
	}
	for waiting := 0; waiting < len(nodes); {
		var tables int
		if err := db.QueryRow(`
			SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
				(SELECT count(*) FROM pg_tables WHERE schemaname = 'public')`).Scan(&waiting, &tables); err != nil {
			t.Fatal(err)
		}
		if tables != 0 {
			t.Fatalf("%d tables were made beside the lock", tables)
		}
	}
	if _, err := c.ExecContext(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		if err := n.waitReady(t.Context(), time.Minute); err != nil {
			t.Errorf("%v\n%s", err, n.out)
		}
	}
}

func besidePostgres(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func sqlExec(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func readBytes(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
