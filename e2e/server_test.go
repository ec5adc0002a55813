package e2e

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/store"
)

// TestMain builds the binary where EARSHOT_BIN does not name one.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if to := os.Getenv(relayTo); to != "" {
		return runRelay(os.Getenv(relayFrom), to)
	}
	if os.Getenv("EARSHOT_BIN") == "" {
		dir, err := os.MkdirTemp("", "earshot-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		bin := filepath.Join(dir, "earshot")
		build := exec.Command("go", "build", "-buildvcs=false", "-o", bin, "..")
		build.Stdout, build.Stderr = os.Stdout, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "e2e: build the binary:", err)
			return 1
		}
		if err := os.Setenv("EARSHOT_BIN", bin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

func binary() string { return os.Getenv("EARSHOT_BIN") }

// server is a running process of the real binary.
type server struct {
	cmd   *exec.Cmd
	url   string
	addr  string
	dir   string
	out   *output
	wait  func() error
	ready time.Duration // from the start of the process to the first /readyz
}

// output keeps what a process prints and wakes who waits for a line.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	close(o.grew)
	o.grew = make(chan struct{})
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// find waits for the first match and returns its first group.
func (o *output) find(ctx context.Context, re *regexp.Regexp) (string, error) {
	for {
		o.mu.Lock()
		m, grew := re.FindStringSubmatch(o.text.String()), o.grew
		o.mu.Unlock()
		if m != nil {
			return m[1], nil
		}
		select {
		case <-grew:
		case <-ctx.Done():
			return "", fmt.Errorf("no line like %s in:\n%s", re, o)
		}
	}
}

// freeAddress finds an address that stays the same over restarts.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs the binary on a directory and waits until it is ready. wrap are
// words in front of the command, such as those of strace.
func start(t testing.TB, dir, addr string, wrap ...string) *server {
	t.Helper()
	s := launch(t, dir, addr, wrap...)
	began := time.Now()
	if err := s.waitReady(t.Context(), 30*time.Second); err != nil {
		t.Fatalf("not ready: %v\n%s", err, s.out)
	}
	s.ready = time.Since(began)
	return s
}

func launch(t testing.TB, dir, addr string, wrap ...string) *server {
	t.Helper()
	return launchBinary(t, binary(), dir, addr, wrap...)
}

func launchBinary(t testing.TB, bin, dir, addr string, wrap ...string) *server {
	t.Helper()
	words := append(wrap, bin, "serve", "--listen", addr, "--data", dir)
	cmd := exec.Command(words[0], words[1:]...)
	s := &server{cmd: cmd, addr: addr, url: "http://" + addr, dir: dir, out: &output{grew: make(chan struct{})}}
	cmd.Stdout, cmd.Stderr = s.out, s.out
	cmd.Env = append(os.Environ(), "EARSHOT_UNLIMITED=true") // the load is the point
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.wait = sync.OnceValue(cmd.Wait)
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *server) waitReady(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	exited := make(chan error, 1)
	go func() { exited <- s.wait() }()
	for again := time.NewTicker(2 * time.Millisecond); ; {
		if s.answers(ctx) {
			again.Stop()
			return nil
		}
		select {
		case err := <-exited:
			return fmt.Errorf("the process ended: %v", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

func (s *server) answers(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kill ends the process group without a word.
func (s *server) kill() {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	_ = s.wait()
}

// stop asks the process to end and returns what it ended with.
func (s *server) stop(t testing.TB) error {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(15 * time.Second):
		s.kill()
		return errors.New("still running 15 s after SIGTERM")
	}
}

const (
	ownerEmail    = "ada@acme.example"
	ownerPassword = "Wörter aus dem Hafen 42"
)

// workspace is a server that has been set up.
type workspace struct {
	*server
	owner    *client.Agent
	site     string // its key
	database string // the address of a database of PostgreSQL; "" = the file in dir
}

// open opens the store of a workspace that nobody serves, or that lies in PostgreSQL.
func (w workspace) open(t testing.TB) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), w.dir, store.Options{Database: w.database})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// query asks the database of a workspace past the store.
func (w workspace) query(t testing.TB, text string, each func(*sql.Rows) error) {
	t.Helper()
	driver, source := "sqlite", filepath.Join(w.dir, "earshot.db")
	if w.database != "" {
		driver, source = "pgx", w.database
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// setUp starts the binary on a new directory and makes the owner and a site.
func setUp(t testing.TB, dir string) workspace {
	t.Helper()
	s := start(t, dir, freeAddress(t))
	return workspace{server: s, owner: s.makeOwner(t), site: ""}.withSite(t)
}

func (s *server) makeOwner(t testing.TB) *client.Agent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	token, err := s.out.find(ctx, regexp.MustCompile(`/setup#([A-Za-z0-9_-]+)`))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := client.New(s.url).SetUp(ctx, client.SetUp{Token: token, Name: "Ada", Email: ownerEmail, Password: ownerPassword,
		SiteName: "Acme", Origins: []string{"https://acme.example"}, Language: "en", Method: "pull"})
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

func (w workspace) withSite(t testing.TB) workspace {
	t.Helper()
	sites, err := w.owner.Sites(t.Context())
	if err != nil || len(sites) == 0 {
		t.Fatalf("sites %v, %v", sites, err)
	}
	w.site = sites[0].Key
	return w
}

// command runs the binary to its end and returns what it printed.
func command(t testing.TB, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary(), args...).CombinedOutput()
	return string(out), err
}

// lastLines is for failures: the end of a server's output.
func lastLines(text string, n int) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	var all []string
	for lines.Scan() {
		all = append(all, lines.Text())
	}
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
