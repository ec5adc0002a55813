package storetest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"earshot/internal/store"
)

// Postgres returns the address of an empty, migrated database on a real server of
// PostgreSQL, which this process starts once and which ends with it. Where its
// programs are missing the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	s := startedServer(t)
	name := s.free()
	if name == "" {
		name = fmt.Sprintf("t_%d", s.made.Add(1))
		s.exec(t, `CREATE DATABASE `+name+` TEMPLATE `+templateName)
	}
	t.Cleanup(func() {
		if err := s.empty(name); err != nil {
			t.Error(err)
		}
	})
	return s.address(name)
}

// free is a database that a former test has left; "" = none. To make one takes
// longer than most tests.
func (s *server) free() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.left)
	if n == 0 {
		return ""
	}
	name := s.left[n-1]
	s.left = s.left[:n-1]
	return name
}

// empty makes a database as it was before its test.
func (s *server) empty(name string) error {
	if err := s.run(name, emptied); err != nil {
		return fmt.Errorf("empty %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, name)
	return nil
}

const emptied = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$
DECLARE t text;
BEGIN
	FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('goose_db_version', 'routers', 'log_head') LOOP
		EXECUTE format('DELETE FROM %I', t);
	END LOOP;
	UPDATE log_head SET pos = 0;
END $$`

// EmptyPostgres is Postgres without a schema.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	s := startedServer(t)
	name := fmt.Sprintf("t_%d", s.made.Add(1))
	s.exec(t, `CREATE DATABASE `+name+` TEMPLATE template0`)
	t.Cleanup(func() { s.exec(t, `DROP DATABASE `+name+` WITH (FORCE)`) })
	return s.address(name)
}

const templateName = "earshot_template"

// server is a server of PostgreSQL on a socket of its own.
type server struct {
	dir    string
	orders io.Writer // open as long as this process
	said   *bufio.Reader
	made   atomic.Int64
	mu     sync.Mutex
	left   []string // databases; guarded by mu
}

func (s *server) address(database string) string {
	return "postgres:///" + database + "?user=earshot&host=" + s.dir
}

func (s *server) exec(t testing.TB, text string) {
	t.Helper()
	if err := s.run("postgres", text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// run leaves no connection and no goroutine behind, which tests look for.
func (s *server) run(database, text string) error {
	db, err := sql.Open("pgx", s.address(database))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), text)
	return errors.Join(err, db.Close())
}

func startedServer(t testing.TB) *server {
	t.Helper()
	s, err := startServer()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skipf("SKIP PostgreSQL: %v; install Debian's package postgresql", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var startServer = sync.OnceValues(func() (*server, error) {
	s, err := runServer()
	if err != nil {
		return nil, err
	}
	if err := s.run("postgres", `CREATE DATABASE `+templateName+` TEMPLATE template0`); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "earshot-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(context.Background(), dir, store.Options{Database: s.address(templateName)})
	if err != nil {
		return nil, err
	}
	return s, st.Close()
})

// programDir is where the programs of a server are: on the path, or where Debian
// puts them, of the newest version.
func programDir() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("initdb: %w", exec.ErrNotFound)
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// asOrdinaryUser runs a command as somebody else where we are root, as whom the
// server refuses to run.
func asOrdinaryUser(cmd *exec.Cmd, dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, errUser := strconv.Atoi(u.Uid)
	gid, errGroup := strconv.Atoi(u.Gid)
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(errUser, errGroup, os.Chown(dir, uid, gid))
}
