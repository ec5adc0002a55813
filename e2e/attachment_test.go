package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/client"
)

// filePoint is a system call on the way of an upload: the content is written to
// a name nobody sees, synced, renamed, its directory synced, and then its row is
// committed. first is the first of such calls that kills: a start has some too.
type filePoint struct {
	call  string
	first int
}

// TestCrash_FilesAreWholeOrNotThere kills the real binary at chosen system calls
// of uploads. After each start no row lacks its file, no visible file is partial,
// and what was acknowledged is there as it was sent.
func TestCrash_FilesAreWholeOrNotThere(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	w := setUp(t, t.TempDir())
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	points := []filePoint{{"fsync", 4}, {"renameat", 3}, {"pwrite64", 60}}
	sent, rounds := &uploads{acked: map[string][]byte{}, lengths: map[int64]bool{}}, max(2, *rounds)
	for _, p := range points {
		for n := range rounds {
			when := p.first + 3*n // odd and even: syncs of files and of directories
			strace := []string{"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + p.call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", p.call, when)}
			w.server = launch(t, w.dir, w.addr, strace...)
			sent.untilKilled(t, w, p)
		}
	}
	w.server = start(t, w.dir, w.addr)
	sent.areServed(t, w)
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	rows := checkFiles(t, w.dir, sent.lengths)
	fmt.Printf("files: kills=%d acked=%d rows=%d\n", len(points)*rounds, len(sent.acked), rows)
	if len(sent.acked) < len(points) {
		t.Errorf("only %d uploads were acknowledged: the test proves nothing", len(sent.acked))
	}
}

// TestPowercut_AFileIsOnDiskBeforeItsRow reads the system calls of uploads: the
// content is synced, then renamed, then its directory is synced, and only then is
// anything written to the database.
func TestPowercut_AFileIsOnDiskBeforeItsRow(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	w := setUp(t, t.TempDir())
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	w.server = start(t, w.dir, w.addr, "strace", "-f", "-y", "-qq", "-o", trace, "-e", "trace=fsync,renameat,pwrite64")
	v := client.New(w.url).Visitor(client.NewToken(), w.site)
	const files = 5
	for range files {
		if _, err := v.Upload(t.Context(), "a.txt", strings.NewReader("some text\n")); err != nil {
			t.Fatal(err)
		}
	}
	w.killChild(t)
	renamed, state := 0, ""
	for _, line := range strings.Split(string(readBytes(t, trace)), "\n") {
		switch {
		case strings.Contains(line, "fsync(") && strings.Contains(line, "/files/incoming/"):
			state = "synced"
		case strings.Contains(line, "renameat(") && strings.Contains(line, "/files/incoming>"):
			if renamed++; state != "synced" {
				t.Errorf("renamed before its content was synced: %s", line)
			}
			state = "renamed"
		case strings.Contains(line, "fsync(") && strings.Contains(line, w.dir+"/files/"):
			state = ""
		case strings.Contains(line, "pwrite64(") && strings.Contains(line, "earshot.db") && state != "":
			t.Errorf("the database was written while a file was only %s: %.120s", state, line)
		}
	}
	if renamed != files {
		t.Errorf("strace saw %d renames of %d files: the test proves nothing", renamed, files)
	}
}

// uploads are what visitors sent, by file id.
type uploads struct {
	mu      sync.Mutex
	acked   map[string][]byte
	lengths map[int64]bool // of everything that was tried
}

// untilKilled uploads from four visitors until the server is gone.
func (u *uploads) untilKilled(t *testing.T, w workspace, p filePoint) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		_ = w.wait()
		close(gone)
		cancel()
	}()
	var all sync.WaitGroup
	for range 4 {
		v := client.New(w.url, client.WithoutRetries()).Visitor(client.NewToken(), w.site)
		all.Go(func() {
			for ctx.Err() == nil {
				u.send(ctx, v)
			}
		})
	}
	all.Wait()
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Fatalf("the server was never killed at %s:\n%s", p.call, lastLines(w.out.String(), 10))
	}
}

// send uploads one text of a length of its own and writes it into the chat.
func (u *uploads) send(ctx context.Context, v *client.Visitor) {
	content := u.next()
	f, err := v.Upload(ctx, "a.txt", bytes.NewReader(content))
	if err != nil {
		return
	}
	if _, err := v.Post(ctx, client.VisitorMessage{Text: "a file", Files: []string{f.ID}}); err != nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.acked[f.ID] = content
}

func (u *uploads) next() []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	content := []byte(strings.Repeat(fmt.Sprintf("line of upload %d\n", len(u.lengths)), 4000)[len(u.lengths):])
	u.lengths[int64(len(content))] = true
	return content
}

// areServed downloads everything that was acknowledged, as the team does.
func (u *uploads) areServed(t *testing.T, w workspace) {
	t.Helper()
	for id, want := range u.acked {
		resp, err := w.owner.Download(t.Context(), id)
		if err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
			continue
		}
		var got bytes.Buffer
		_, err = got.ReadFrom(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s came back with %d bytes of %d (%v)", id, got.Len(), len(want), err)
		}
	}
}

// checkFiles compares rows with contents and returns how many rows there are.
func checkFiles(t *testing.T, dir string, lengths map[int64]bool) int {
	t.Helper()
	onDisk := map[string]int64{}
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			onDisk[e.Name()] = info.Size()
			if !lengths[info.Size()] {
				t.Errorf("%s has %d bytes: partial", path, info.Size())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, size FROM files")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var id string
		var size int64
		if err := rows.Scan(&id, &size); err != nil {
			t.Fatal(err)
		}
		if got, ok := onDisk[id]; !ok || got != size {
			t.Errorf("the row of %s wants %d bytes, its file has %d (%v)", id, size, got, ok)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}
