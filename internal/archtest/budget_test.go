package archtest

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The budgets, in bytes after gzip.
const (
	budgetLoader = 4 << 10
	budgetFrame  = 35 << 10
	budgetInbox  = 180 << 10
)

func TestBudget_PagesAreLight(t *testing.T) {
	t.Parallel()
	dist := filepath.Join(top, "web", "dist")
	for _, c := range []struct {
		what, root, entry string
		budget            int
	}{
		{"the loader on the host page", "widget", "widget.js", budgetLoader},
		{"the frame's first screen", "widget", "frame.html", budgetFrame},
		{"the inbox's first load", "inbox", "index.html", budgetInbox},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(dist, c.root, c.entry)); err != nil {
				t.Skip("the front ends are not built; make build builds them")
			}
			total := 0
			for name := range load(t, filepath.Join(dist, c.root), c.entry) {
				total += gzipped(t, filepath.Join(dist, c.root, name))
			}
			t.Logf("%s: %d bytes gzip of %d", c.what, total, c.budget)
			if total > c.budget {
				t.Errorf("%s: %d bytes gzip; at most %d", c.what, total, c.budget)
			}
		})
	}
}

// load finds every file that a browser fetches for an entry before anybody
// does anything: linked from the page, or imported without a condition.
func load(t *testing.T, root, entry string) map[string]bool {
	t.Helper()
	linked := regexp.MustCompile(`(?:src|href)="/?([^":]+\.(?:js|css))"`)
	imported := regexp.MustCompile(`(?:import|from)\s*"(\.[^"]+\.js)"`)
	found := map[string]bool{}
	for queue := []string{entry}; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if found[name] {
			continue
		}
		found[name] = true
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) == ".html" {
			for _, m := range linked.FindAllSubmatch(text, -1) {
				queue = append(queue, string(m[1]))
			}
		}
		for _, m := range imported.FindAllSubmatch(text, -1) {
			queue = append(queue, filepath.Join(filepath.Dir(name), string(m[1])))
		}
	}
	return found
}

func gzipped(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
