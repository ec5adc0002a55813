package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/files/filestest"
)

// TestMoving_FilesGoFromTheDirectoryIntoABucketAndBack, by a move and by a restore.
func TestMoving_FilesGoFromTheDirectoryIntoABucketAndBack(t *testing.T) {
	t.Parallel()
	b := filestest.Start(t)
	bucket := func(prefix string) S3 {
		return S3{Endpoint: b.Endpoint, Bucket: b.Name, Prefix: prefix, Region: b.Region, Key: b.Key, Secret: b.Secret}
	}
	dir := dataDir(t)
	first := start(t, Config{Data: dir})
	owner := setUp(t, first)
	sites, err := owner.Sites(t.Context())
	must(t, err)
	token := client.NewToken()
	text := strings.Repeat("My order is late.\n", 500)
	visitor := client.New(first.URL()).Visitor(token, sites[0].Key)
	sent, err := visitor.Upload(t.Context(), "order.txt", strings.NewReader(text))
	must(t, err)
	_, err = visitor.Post(t.Context(), client.VisitorMessage{Text: "See this.", Files: []string{sent.ID}})
	must(t, err)
	pages := filepath.Join(dataDir(t), "copy")
	must(t, Backup(t.Context(), BackupOptions{Data: dir, To: pages}, io.Discard, io.Discard))
	must(t, first.stop())
	opens := func(cfg Config, where string) {
		t.Helper()
		a := start(t, cfg)
		res, err := client.New(a.URL()).Visitor(token, sites[0].Key).Download(t.Context(), sent.ID)
		must(t, err)
		defer res.Body.Close()
		if got, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || string(got) != text {
			t.Errorf("%s: %s, %d bytes, %v", where, res.Status, len(got), err)
		}
		must(t, a.stop())
		inside, err := filepath.Glob(filepath.Join(cfg.Data, filesDir, "*", "f_*"))
		must(t, err)
		if inBucket := cfg.S3.Endpoint != ""; inBucket != (len(inside) == 0) {
			t.Errorf("%s: the directory has %v", where, inside)
		}
	}

	out := filepath.Join(dataDir(t), "out")
	must(t, Export(t.Context(), ExportOptions{Data: dir, To: out}, io.Discard, io.Discard))
	there := dataDir(t)
	must(t, Import(t.Context(), ImportOptions{Data: there, S3: bucket("moved"), From: out}, io.Discard, io.Discard))
	opens(Config{Data: there, S3: bucket("moved")}, "imported into a bucket")

	back := filepath.Join(dataDir(t), "back")
	must(t, Export(t.Context(), ExportOptions{Data: there, S3: bucket("moved"), To: back}, io.Discard, io.Discard))
	home := dataDir(t)
	must(t, Import(t.Context(), ImportOptions{Data: home, From: back}, io.Discard, io.Discard))
	opens(Config{Data: home}, "imported into a directory")

	var said bytes.Buffer
	must(t, Export(t.Context(), ExportOptions{Data: there, S3: bucket("nowhere"), To: filepath.Join(dataDir(t), "lost")}, &said, io.Discard))
	if !strings.Contains(said.String(), "1 files that the workspace names are not where") {
		t.Errorf("files that are not there: %s", &said)
	}

	restored := filepath.Join(dataDir(t), "restored")
	must(t, Restore(t.Context(), RestoreOptions{Data: restored, S3: bucket("restored"), From: pages}, io.Discard, io.Discard))
	opens(Config{Data: restored, S3: bucket("restored")}, "restored into a bucket")
}

// TestExport_IsBroughtUpToDate: what was taken back since the last time is not in
// it any more, and a file that is there is not fetched again.
func TestExport_IsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	a := start(t, Config{Data: dir})
	owner := setUp(t, a)
	sites, err := owner.Sites(t.Context())
	must(t, err)
	visitor := client.New(a.URL()).Visitor(client.NewToken(), sites[0].Key)
	for range 2 {
		sent, err := visitor.Upload(t.Context(), "order.txt", strings.NewReader("My order."))
		must(t, err)
		_, err = visitor.Post(t.Context(), client.VisitorMessage{Text: "See this.", Files: []string{sent.ID}})
		must(t, err)
	}
	to := filepath.Join(dataDir(t), "export")
	must(t, Export(t.Context(), ExportOptions{Data: dir, To: to}, io.Discard, io.Discard))
	must(t, os.MkdirAll(filepath.Join(to, filesDir, "ab"), 0o700))
	write(t, filepath.Join(to, filesDir, "ab", "f_000000ab"), "of a message that was taken back")
	write(t, filepath.Join(to, rowsDir, "log-000099.ndjson"), "of a moment that was larger\n")
	found, err := filepath.Glob(filepath.Join(to, filesDir, "*", "f_*"))
	must(t, err)
	cut := slices.DeleteFunc(found, func(name string) bool { return strings.HasSuffix(name, "f_000000ab") })[0]
	must(t, os.Truncate(cut, 3))
	var said bytes.Buffer
	must(t, Export(t.Context(), ExportOptions{Data: dir, To: to}, &said, io.Discard))
	if !strings.Contains(said.String(), "2 files (18 bytes)") || !strings.Contains(said.String(), "and 1 files were there already") {
		t.Errorf("the second export says %s", &said)
	}
	for _, gone := range []string{filepath.Join(filesDir, "ab", "f_000000ab"), filepath.Join(rowsDir, "log-000099.ndjson"), unfinishedFile, sourceDir} {
		if _, err := os.Stat(filepath.Join(to, gone)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is there (%v)", gone, err)
		}
	}
	must(t, Restore(t.Context(), RestoreOptions{Check: true, From: to}, io.Discard, io.Discard))
	must(t, a.stop())
}

// rowsOf are the lines of one table.
type rowsOf []string

// Each implements rowSource.
func (r rowsOf) Each(_ context.Context, _ string, fn func([]byte) error) error {
	for _, line := range r {
		if err := fn([]byte(line)); err != nil {
			return err
		}
	}
	return nil
}

func TestCompareLines_SeesEveryDifference(t *testing.T) {
	t.Parallel()
	sum := func(lines string) string {
		s := sha256.Sum256([]byte(lines))
		return hex.EncodeToString(s[:])
	}
	m := manifest{Rows: map[string]int64{"reads": 3}, Parts: []part{
		{Table: "agents", Rows: 1, SHA256: sum("x\n")},
		{Table: "reads", Rows: 2, SHA256: sum("a\nb\n")},
		{Table: "reads", Rows: 1, SHA256: sum("c\n")}}}
	for _, tt := range []struct {
		what string
		rows rowsOf
		same bool
	}{
		{"the same", rowsOf{"a\n", "b\n", "c\n"}, true},
		{"none", rowsOf{}, false},
		{"one changed", rowsOf{"a\n", "B\n", "c\n"}, false},
		{"the last one changed", rowsOf{"a\n", "b\n", "C\n"}, false},
		{"one less", rowsOf{"a\n", "c\n"}, false},
		{"a part less", rowsOf{"a\n", "b\n"}, false},
		{"one more", rowsOf{"a\n", "b\n", "c\n", "d\n"}, false},
		{"others in order", rowsOf{"b\n", "a\n", "c\n"}, false},
	} {
		if err := compareLines(t.Context(), tt.rows, m); (err == nil) != tt.same {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	m = manifest{Rows: map[string]int64{"reads": 0}}
	if err := compareLines(t.Context(), rowsOf{"a\n"}, m); err == nil {
		t.Error("a row in a table that was empty is not seen")
	}
}
