package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPowercut_SyncedIsEnough cuts the power: it kills the binary under load,
// takes every write back that was not followed by a sync of its file, and
// starts on what is left. Everything that was acknowledged is there.
func TestPowercut_SyncedIsEnough(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	for round := range 3 {
		v := powercut(t, binary())
		fmt.Printf("power cut %d: %v\n", round+1, v)
		if !v.clean() || v.acked == 0 {
			t.Errorf("the power cut lost something: %v", v)
		}
	}
}

// TestPowercut_PlantedFaultsLose shows that the test above can fail: with
// commits that do not wait for the disk, and with answers before the commit,
// the same cut loses acknowledged messages.
func TestPowercut_PlantedFaultsLose(t *testing.T) { // not parallel: as above
	needStrace(t)
	dir := os.Getenv("EARSHOT_MUTANTS")
	if dir == "" {
		t.Skip("the planted faults are not built; make powercut builds them")
	}
	for _, name := range []string{"syncoff", "ackearly"} {
		var v verdict
		for range 8 { // an early answer is lost only where the cut comes before its commit
			if v = powercut(t, filepath.Join(dir, name)); v.lost > 0 {
				break
			}
		}
		fmt.Printf("planted fault %s: %v\n", name, v)
		if v.lost == 0 {
			t.Errorf("%s loses nothing: the power-cut test proves nothing", name)
		}
	}
}

func needStrace(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is missing")
	}
	if testing.Short() {
		t.Skip("not in short runs")
	}
}

// powercut runs a binary under strace until a random moment and returns what
// the disk would hold if it had kept synced writes alone.
func powercut(t *testing.T, bin string) verdict {
	t.Helper()
	dir := t.TempDir()
	w := setUp(t, dir)
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	trace := filepath.Join(t.TempDir(), "trace")
	strace := []string{"strace", "-f", "-y", "-xx", "-qq", "-s", "1048576", "-o", trace, "-e", "trace=pwrite64,ftruncate,fsync,fdatasync,unlinkat,unlink",
		"-P", filepath.Join(dir, "earshot.db"), "-P", filepath.Join(dir, "earshot.db-wal")}
	w.server = startBinary(t, bin, dir, w.addr, strace...)
	l := startLoad(t, w, 50, 2)
	select {
	case <-time.After(time.Second + time.Duration(rand.Int64N(int64(time.Second)))):
	case <-l.ctx.Done():
		t.Fatalf("a client gave up: %v\n%s", l.group.Wait(), lastLines(w.out.String(), 20))
	}
	w.killChild(t)
	promised := l.ledger.copyAcked()
	l.abandon()
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	left := t.TempDir()
	before.replay(t, string(raw))
	before.write(t, left)
	return compare(promised, l.ledger.attempted, readFile(t, left))
}

func startBinary(t testing.TB, bin, dir, addr string, wrap ...string) *server {
	t.Helper()
	s := launchBinary(t, bin, dir, addr, wrap...)
	if err := s.waitReady(t.Context(), 30*time.Second); err != nil {
		t.Fatalf("not ready: %v\n%s", err, s.out)
	}
	return s
}

// killChild kills what strace watches, and waits until strace has written its
// last line.
func (s *server) killChild(t *testing.T) {
	t.Helper()
	pid := strconv.Itoa(s.cmd.Process.Pid)
	raw, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range strings.Fields(string(raw)) {
		n, err := strconv.Atoi(child)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.wait()
}

// change is a write or truncation that waits for a sync.
type change struct {
	at   int64
	data []byte // nil = the file ends at at
}

// image is a data directory as the disk has it: what was synced, and what waits.
type image struct {
	files   map[string][]byte
	waiting map[string][]change
	// open are calls of a thread that have not returned yet.
	open map[string]string
}

func snapshot(t *testing.T, dir string) *image {
	t.Helper()
	i := &image{files: map[string][]byte{}, waiting: map[string][]change{}, open: map[string]string{}}
	for _, name := range []string{"earshot.db", "earshot.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			i.files[name] = data
		} else if !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return i
}

// replay reads strace's lines: "PID call(…) = result", where a call that
// another thread interrupts is two lines, "PID call(… <unfinished ...>" and
// "PID <... call resumed>…) = result". A write counts from its begin, a sync at
// its end.
func (i *image) replay(t *testing.T, trace string) {
	t.Helper()
	syncs := 0
	for _, line := range strings.Split(trace, "\n") {
		thread, call, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		call = strings.TrimSpace(call)
		if head, cut := strings.CutSuffix(call, "<unfinished ...>"); cut {
			i.open[thread] = head
			i.begins(t, head)
			continue
		}
		if strings.HasPrefix(call, "<... ") {
			i.ends(i.open[thread], call)
			delete(i.open, thread)
			continue
		}
		i.begins(t, call)
		if i.ends(call, call) {
			syncs++
		}
	}
	if syncs == 0 && os.Getenv("EARSHOT_MUTANTS") == "" {
		t.Fatal("strace saw no sync: the test proves nothing")
	}
}

// begins keeps a write or truncation among those that wait.
func (i *image) begins(t *testing.T, call string) {
	t.Helper()
	name := fileOf(call)
	switch {
	case name == "":
	case strings.HasPrefix(call, "pwrite64("):
		quoted, rest, ok := cutQuoted(call)
		args := strings.Split(strings.Trim(strings.SplitN(rest, ")", 2)[0], ", "), ", ")
		if !ok || len(args) != 2 {
			t.Fatalf("strace line not understood: %.200s", call)
		}
		at, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		i.waiting[name] = append(i.waiting[name], change{at: at, data: unhex(t, quoted)})
	case strings.HasPrefix(call, "ftruncate("):
		_, rest, _ := strings.Cut(call, ">, ")
		at, err := strconv.ParseInt(strings.SplitN(rest, ")", 2)[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		i.waiting[name] = append(i.waiting[name], change{at: at})
	}
}

// ends makes what waits last, at the successful end of a sync.
func (i *image) ends(call, end string) bool {
	if !strings.HasPrefix(call, "fsync(") && !strings.HasPrefix(call, "fdatasync(") || !strings.HasSuffix(end, "= 0") {
		return false
	}
	name := fileOf(call)
	for _, c := range i.waiting[name] {
		i.files[name] = c.apply(i.files[name])
	}
	i.waiting[name] = nil
	return name != ""
}

func (c change) apply(data []byte) []byte {
	end := c.at + int64(len(c.data))
	if int64(len(data)) < end {
		data = append(data, make([]byte, end-int64(len(data)))...)
	}
	if c.data == nil {
		return data[:c.at]
	}
	copy(data[c.at:], c.data)
	return data
}

func (i *image) write(t *testing.T, dir string) {
	t.Helper()
	for name, data := range i.files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// fileOf is the name of the file that a call's first argument stands for:
// "pwrite64(7<\x2f…>, …" with the path in hexadecimal, or plain.
func fileOf(call string) string {
	_, rest, ok := strings.Cut(call, "<")
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(rest, ">")
	if strings.HasPrefix(path, `\x`) {
		path = string(unhexOr(path))
	}
	switch name := filepath.Base(path); name {
	case "earshot.db", "earshot.db-wal":
		return name
	}
	return ""
}

func cutQuoted(call string) (quoted, rest string, ok bool) {
	_, after, ok := strings.Cut(call, `"`)
	if !ok {
		return "", "", false
	}
	return strings.Cut(after, `"`)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	out := unhexOr(s)
	if len(out)*4 != len(s) {
		t.Fatalf("strace cut a write short: %.60s", s)
	}
	return out
}

// unhexOr decodes "\x0a\xff…" as far as it goes.
func unhexOr(s string) []byte {
	out := make([]byte, 0, len(s)/4)
	for ; len(s) >= 4 && s[:2] == `\x`; s = s[4:] {
		b, err := strconv.ParseUint(s[2:4], 16, 8)
		if err != nil {
			return out
		}
		out = append(out, byte(b))
	}
	return out
}
