package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/store/storetest"
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
		s := start(t, back, freeAddress(t))
		checkRestored(t, s, file, inbox.Cursor)
		s.kill()
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

// checkRestored signs the owner in, opens the file, and follows with a cursor of
// before.
func checkRestored(t *testing.T, s *server, file client.File, cursor string) *client.Agent {
	t.Helper()
	owner := signIn(t, s.url)
	resp, err := owner.Download(t.Context(), file.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(resp.Body); err != nil || got.String() != "kept over a backup\n" {
		t.Errorf("the file came back as %q (%v)", got.String(), err)
	}
	checkReset(t, owner, cursor)
	return owner
}

// TestBackup_PostgreSQL_UnderLoadHoldsWhatWasAcknowledged: the copy is made beside
// a busy node, and restored into empty databases, and at last into a file.
func TestBackup_PostgreSQL_UnderLoadHoldsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	w := setUpPostgres(t, t.TempDir(), address)
	file := sendFile(t, w)
	inbox, err := w.owner.Inbox(t.Context(), "all")
	if err != nil {
		t.Fatal(err)
	}
	l := startLoad(t, w, 20, 2)
	for _, database := range []string{storetest.EmptyPostgres(t), storetest.EmptyPostgres(t), ""} {
		promised := l.ledger.copyAcked()
		to := filepath.Join(t.TempDir(), "copy")
		mustRun(t, []string{"EARSHOT_DATABASE=" + address}, "backup", "--data", w.dir, to)
		mustRun(t, nil, "restore", "--check", to)
		env := []string{"EARSHOT_DATABASE=" + database}
		back := filepath.Join(t.TempDir(), "restored")
		mustRun(t, env, "restore", "--data", back, to)
		s := start(t, back, freeAddress(t), append([]string{"env"}, env...)...)
		if v := compare(promised, nil, throughAPI(t, checkRestored(t, s, file, inbox.Cursor))); !v.clean() || v.acked == 0 {
			t.Errorf("restored: %v", v)
		}
		s.kill()
	}
	l.stop(t)
	if v := compare(l.ledger.acked, nil, throughAPI(t, w.owner)); !v.clean() || v.acked == 0 {
		t.Errorf("the copied workspace itself: %v", v)
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

// TestMoving_RefusesBadCopies is TestRestore_RefusesBadCopies for lines.
func TestMoving_RefusesBadCopies(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	sendFile(t, w)
	good := export(t, nil, w.dir)
	the := func(dir, pattern string) string {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		return found[0]
	}
	replace := func(path, old, with string) error {
		data := readBytes(t, path)
		if !bytes.Contains(data, []byte(old)) {
			t.Fatalf("%s has no %q", path, old)
		}
		return os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(with), 1), 0o600)
	}
	for what, spoil := range map[string]func(dir string) error{
		"no manifest":             func(dir string) error { return os.Remove(filepath.Join(dir, "copy.json")) },
		"a part lost":             func(dir string) error { return os.Remove(the(dir, "rows/visitors-*")) },
		"a part cut short":        func(dir string) error { return os.Truncate(the(dir, "rows/log-*"), 100) },
		"a byte turned in a part": func(dir string) error { return turnByte(the(dir, "rows/agents-*")) },
		"a row more":              func(dir string) error { return replace(the(dir, "rows/agents-*"), "{", "{}\n{") },
		"a file lost":             func(dir string) error { return os.RemoveAll(filepath.Join(dir, "files")) },
		"a byte turned in a file": func(dir string) error { return turnByte(the(dir, "files/*/f_*")) },
		"a list lost":             func(dir string) error { return os.Remove(the(dir, "lists/files-*")) },
		"a part left out of the manifest": func(dir string) error {
			return replace(filepath.Join(dir, "copy.json"), `"table": "visitors"`, `"table": "agents"`)
		},
		"a part outside": func(dir string) error {
			return replace(filepath.Join(dir, "copy.json"), "rows/agents-", "../rows/agents-")
		},
		"a count changed":    func(dir string) error { return replace(filepath.Join(dir, "copy.json"), `"files": 1`, `"files": 2`) },
		"of a later program": func(dir string) error { return replace(filepath.Join(dir, "copy.json"), `"format": 2`, `"format": 3`) },
	} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.CopyFS(bad, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		if err := spoil(bad); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "to")
		for _, args := range [][]string{{"restore", "--check", bad}, {"restore", "--data", to, bad}, {"import", "--data", to, bad}} {
			if out, err := command(t, args...); err == nil || !strings.Contains(out, "refused") {
				t.Errorf("%s: %s: %v\n%s", what, args[0], err, out)
			}
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: a workspace was made all the same", what)
		}
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
