package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/client"
)

// TestBackup_UnderLoadHoldsWhatWasAcknowledged copies a busy workspace and
// restores it elsewhere: everything that was promised before the copy began is
// there, a file included, and a reader's old cursor does not count there.
func TestBackup_UnderLoadHoldsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	file := sendFile(t, w)
	inbox, err := w.owner.Inbox(t.Context(), "all")
	if err != nil {
		t.Fatal(err)
	}
	l := startLoad(t, w, 20, 2)
	for range 3 {
		promised := l.ledger.copyAcked()
		to := filepath.Join(t.TempDir(), "copy")
		if out, err := command(t, "backup", "--data", w.dir, to); err != nil {
			t.Fatalf("backup: %v\n%s", err, out)
		}
		back := filepath.Join(t.TempDir(), "restored")
		if out, err := command(t, "restore", "--data", back, to); err != nil {
			t.Fatalf("restore: %v\n%s", err, out)
		}
		if v := compare(promised, nil, readFile(t, back)); !v.clean() {
			t.Fatal(v)
		}
		checkRestored(t, w, back, file, inbox.Cursor)
	}
	l.stop(t)
	if v := compare(l.ledger.acked, nil, throughAPI(t, w.owner)); !v.clean() || v.acked == 0 {
		t.Errorf("the copied workspace itself: %v", v)
	}
}

func sendFile(t *testing.T, w workspace) client.File {
	t.Helper()
	v := client.New(w.url).Visitor(client.NewToken(), w.site)
	f, err := v.Upload(t.Context(), "notes.txt", strings.NewReader("kept over a backup\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Post(t.Context(), client.VisitorMessage{Text: "with a file", Files: []string{f.ID}}); err != nil {
		t.Fatal(err)
	}
	return f
}

func checkRestored(t *testing.T, w workspace, dir string, file client.File, cursor string) {
	t.Helper()
	s := start(t, dir, freeAddress(t))
	defer s.kill()
	owner, err := client.New(s.url).SignIn(t.Context(), ownerEmail, ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := owner.Download(t.Context(), file.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(resp.Body); err != nil || got.String() != "kept over a backup\n" {
		t.Errorf("the file came back as %q (%v)", got.String(), err)
	}
	conn, err := owner.Dial(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for {
		f, err := conn.Read()
		if err != nil {
			t.Fatal(err)
		}
		if f.Type == "reset" {
			return
		}
		if f.Type != "hello" {
			t.Fatalf("a cursor of before the restore was answered with %s", f.Raw)
		}
	}
}

// TestRestore_RefusesBadCopies spoils a good copy in each way that a disk or a
// person can, and restores none of them.
func TestRestore_RefusesBadCopies(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	sendFile(t, w)
	good := filepath.Join(t.TempDir(), "good")
	if out, err := command(t, "backup", "--data", w.dir, good); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for what, spoil := range map[string]func(dir string) error{
		"no manifest":        func(dir string) error { return os.Remove(filepath.Join(dir, "copy.json")) },
		"no database":        func(dir string) error { return os.Remove(filepath.Join(dir, "earshot.db")) },
		"database cut short": func(dir string) error { return os.Truncate(filepath.Join(dir, "earshot.db"), 8192) },
		"a byte turned":      func(dir string) error { return turnByte(filepath.Join(dir, "earshot.db")) },
		"a file lost":        func(dir string) error { return os.RemoveAll(filepath.Join(dir, "files")) },
	} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.CopyFS(bad, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		if err := spoil(bad); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "to")
		out, err := command(t, "restore", "--data", to, bad)
		if err == nil || !strings.Contains(out, "refused") {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: a workspace was made all the same", what)
		}
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.CopyFS(plain, os.DirFS(w.dir)); err != nil && !strings.Contains(err.Error(), "earshot.sock") {
		t.Fatal(err)
	}
	if out, err := command(t, "restore", "--check", plain); err == nil {
		t.Errorf("a plain copy of a running workspace was taken: %s", out)
	}
	if out, err := command(t, "restore", "--check", good); err != nil {
		t.Errorf("the good copy: %v\n%s", err, out)
	}
}

func turnByte(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 0x40
	return os.WriteFile(path, data, 0o600)
}
