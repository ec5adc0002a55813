package e2e

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// TestDisk_FullRefusesClearlyAndLosesNothing fills the disk under load. Who
// sends is told that nothing was stored, reading goes on, and after a kill and
// a start with room again everything that was promised is there once.
func TestDisk_FullRefusesClearlyAndLosesNothing(t *testing.T) { // not parallel: its clients wait for the disk
	dir := smallDisk(t)
	w := setUp(t, filepath.Join(dir, "data"))
	l := startLoad(t, w, 20, 2)
	probe := newProbe(t, w)
	fill(t, filepath.Join(dir, "ballast"))
	refused := probe.untilRefused(t, l.ledger)
	if !strings.Contains(refused.Detail, "disk is full") {
		t.Errorf("a sender is told %q", refused.Detail)
	}
	if _, err := w.owner.Inbox(t.Context(), "all"); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}
	_, err := client.New(w.url, client.WithoutRetries()).Visitor(client.NewToken(), w.site).Upload(t.Context(), "a.txt", strings.NewReader(strings.Repeat("text\n", 1000)))
	if !client.IsKind(err, "unavailable") {
		t.Errorf("a file on a full disk: %v; want unavailable", err)
	}
	w.kill()
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	w.server = start(t, w.dir, w.addr)
	probe.untilStored(t, l.ledger)
	l.stop(t)
	judge(t, w, l)
}

// TestDisk_FullAndRoomAgainNeedsNoRestart frees the disk under the running
// server.
func TestDisk_FullAndRoomAgainNeedsNoRestart(t *testing.T) { // not parallel: as above
	dir := smallDisk(t)
	w := setUp(t, filepath.Join(dir, "data"))
	l := startLoad(t, w, 20, 2)
	probe := newProbe(t, w)
	fill(t, filepath.Join(dir, "ballast"))
	probe.untilRefused(t, l.ledger)
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	probe.untilStored(t, l.ledger)
	l.stop(t)
	judge(t, w, l)
}

// TestDisk_FailingUnderTheRunningServerRefusesAndRecovers lets the system's
// calls fail: writes as on a file system that turned read-only, syncs as on a
// broken disk.
func TestDisk_FailingUnderTheRunningServerRefusesAndRecovers(t *testing.T) { // not parallel: as above
	needStrace(t)
	w := setUp(t, t.TempDir())
	l := startLoad(t, w, 20, 2)
	probe := newProbe(t, w)
	for _, fault := range []string{"pwrite64:error=EROFS", "pwrite64:error=ENOSPC", "fdatasync,fsync:error=EIO"} {
		mend := breakCalls(t, w.server, fault)
		refused := probe.untilRefused(t, l.ledger)
		if refused.Status != 503 || !strings.Contains(refused.Detail, "nothing was stored") {
			t.Errorf("%s: a sender is told %d %q", fault, refused.Status, refused.Detail)
		}
		if _, err := w.owner.Inbox(t.Context(), "all"); err != nil {
			t.Errorf("%s: reading: %v", fault, err)
		}
		mend()
		probe.untilStored(t, l.ledger)
	}
	l.stop(t)
	judge(t, w, l)
}

// TestStart_OnAReadOnlyDiskSaysSo starts on a workspace that cannot be written.
func TestStart_OnAReadOnlyDiskSaysSo(t *testing.T) { // not parallel: it mounts
	dir := smallDisk(t)
	w := setUp(t, filepath.Join(dir, "data"))
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := command(t, "serve", "--listen", w.addr, "--data", w.dir); err == nil || !strings.Contains(out, "read-only") {
		t.Errorf("started on a read-only disk: %v\n%s", err, out)
	}
	if out, err := command(t, "doctor", "--data", w.dir); err == nil || !strings.Contains(out, "read-only") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "remount,rw", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.server = start(t, w.dir, w.addr)
	if _, err := w.owner.Sites(t.Context()); err != nil {
		t.Errorf("after the disk is writable again: %v", err)
	}
}

// smallDisk mounts a file system of 24 MB.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "earshot-e2e", dir).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be mounted: %s", strings.TrimSpace(string(out)))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return dir
}

// fill writes until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(block)
	}
	if !strings.Contains(err.Error(), "no space left") && !errors.Is(err, io.ErrShortWrite) {
		t.Fatal(err)
	}
}

// breakCalls lets calls of the running server that touch its database fail, and
// returns what mends them.
func breakCalls(t *testing.T, s *server, fault string) func() {
	t.Helper()
	calls, _, _ := strings.Cut(fault, ":")
	cmd := exec.Command("strace", "-f", "-o", "/dev/null", "-p", strconv.Itoa(s.cmd.Process.Pid), "-e", "trace="+calls, "-e", "inject="+fault,
		"-P", filepath.Join(s.dir, "earshot.db"), "-P", filepath.Join(s.dir, "earshot.db-wal"))
	out := &output{grew: make(chan struct{})}
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := out.find(ctx, regexp.MustCompile(`(attached)`)); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Skipf("strace cannot attach here: %v", err)
	}
	mended := false
	mend := func() {
		if !mended {
			mended = true
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait()
		}
	}
	t.Cleanup(mend)
	return mend
}

// probe is a visitor who does not repeat by itself what was refused.
type probe struct {
	v *client.Visitor
	n int
}

func newProbe(t *testing.T, w workspace) *probe {
	t.Helper()
	return &probe{v: client.New(w.url, client.WithoutRetries()).Visitor(client.NewToken(), w.site)}
}

// untilRefused sends until the server says no, and returns what it says.
func (p *probe) untilRefused(t *testing.T, l *ledger) *client.Error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		var refused *client.Error
		switch err := p.send(ctx, l); {
		case errors.As(err, &refused):
			return refused
		case err != nil:
			t.Fatalf("want a refusal in words, got %v", err)
		}
	}
}

// untilStored sends until something is stored.
func (p *probe) untilStored(t *testing.T, l *ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for err := p.send(ctx, l); err != nil; err = p.send(ctx, l) {
		if ctx.Err() != nil {
			t.Fatalf("still refused: %v", err)
		}
	}
}

// send sends a new text once. What was refused was never promised, but it was
// tried.
func (p *probe) send(ctx context.Context, l *ledger) error {
	p.n++
	text, key := "probe "+strconv.Itoa(p.n), client.NewKey()
	l.tries(text)
	e, err := visitorPost(p.v, "probe")(ctx, key, text)
	if err == nil {
		l.isAcked(e)
	}
	return err
}

// judge compares everything with the ledger, through the API and in the file.
func judge(t *testing.T, w workspace, l *load) {
	t.Helper()
	online := compare(l.ledger.acked, l.ledger.attempted, throughAPI(t, w.owner))
	if err := w.stop(t); err != nil {
		t.Errorf("the last stop: %v\n%s", err, lastLines(w.out.String(), 20))
	}
	onDisk := compare(l.ledger.acked, l.ledger.attempted, readFile(t, w.dir))
	if !onDisk.clean() || !online.clean() || l.ledger.changed > 0 || onDisk.acked < 50 {
		t.Errorf("on disk: %v\nthrough the API: %v\nanswers that changed when repeated: %d", onDisk, online, l.ledger.changed)
	}
}
