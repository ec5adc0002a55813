package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Server is a server of PostgreSQL that a test has for itself, to take it away.
type Server struct {
	t testing.TB
	s *server
}

// NewServer starts one with an empty database, with settings such as
// "track_io_timing=on" beside those of every test. It ends with the test.
func NewServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := runServer(settings...)
	if errors.Is(err, exec.ErrNotFound) {
		t.Skipf("SKIP PostgreSQL: %v; install Debian's package postgresql", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	one := &Server{t, s}
	t.Cleanup(func() { one.order("end") })
	s.exec(t, `CREATE DATABASE workspace TEMPLATE template0`)
	return one
}

// Address is the address of its database.
func (s *Server) Address() string { return s.s.address("workspace") }

// Stop ends it at once, as a crash does; Start lets it come back.
func (s *Server) Stop() { s.order("stop") }

// Start returns when it takes connections.
func (s *Server) Start() { s.order("start") }

// Freeze lets all its processes stand still; Thaw lets them go on.
func (s *Server) Freeze() { s.order("freeze") }

// Thaw ends a Freeze.
func (s *Server) Thaw() { s.order("thaw") }

// StartPostgres starts a server with an empty database for a program that is no
// test, with settings as in NewServer. It ends with end, and with the process at the
// latest; who drops end lets it end at any time.
func StartPostgres(settings ...string) (address string, end func() error, err error) {
	s, err := runServer(settings...)
	if err != nil {
		return "", nil, err
	}
	err = s.run("postgres", `CREATE DATABASE workspace TEMPLATE template0`)
	return s.address("workspace"), func() error { return s.order("end") }, err
}

func (s *Server) order(word string) {
	s.t.Helper()
	if err := s.s.order(word); err != nil {
		s.t.Error(err)
	}
}

// order is answered when it is carried out.
func (s *server) order(word string) error {
	if _, err := fmt.Fprintln(s.orders, word); err != nil {
		return fmt.Errorf("PostgreSQL: %s: %w", word, err)
	}
	return s.expect(word)
}

func (s *server) expect(word string) error {
	if line, err := s.said.ReadString('\n'); err != nil || strings.TrimSpace(line) != word {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("PostgreSQL did not %s: %q, %w\n%s", word, line, err, log)
	}
	return nil
}

// lifetime makes a server and carries out what it is told. It ends the server when
// there are no more orders, which is when this process ends, however that happens.
const lifetime = `
bin=$1 dir=$2
shift 2
more=
for setting in "$@"; do more="$more -c $setting"; done
start() {
	"$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 120 -o "-k '$dir' -c listen_addresses='' -c fsync=on -c max_connections=300 -c deadlock_timeout=100ms -c shared_buffers=64MB$more" start >>"$dir/log" 2>&1 && echo start
}
stop() { "$bin/pg_ctl" -D "$dir/data" -m immediate stop >>"$dir/log" 2>&1; }
all() { p=$(head -n 1 "$dir/data/postmaster.pid"); echo "$p" $(cat "/proc/$p/task/$p/children"); }
"$bin/initdb" --no-sync --no-locale --encoding=UTF8 --auth=trust --username=earshot -D "$dir/data" >"$dir/log" && start
while read -r word; do
	case $word in
	start) start ;;
	stop) stop && echo stop ;;
	freeze) kill -STOP $(all) && echo freeze ;;
	thaw) kill -CONT $(all) && echo thaw ;;
	end) break ;;
	esac
done
stop
rm -rf "$dir"
echo end
`

func runServer(settings ...string) (*server, error) {
	programs, err := programDir()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "eapg")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", lifetime, "sh", programs, dir}, settings...)...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := asOrdinaryUser(cmd, dir); err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if s.orders, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.said = bufio.NewReader(output)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.expect("start")
}
