package app

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/files/filestest"
)

// TestApp_FilesInABucket: a visitor's file goes there and comes back from there,
// also after a restart with an empty directory of files, and a copy holds it.
func TestApp_FilesInABucket(t *testing.T) {
	t.Parallel()
	b := filestest.Start(t)
	s3 := S3{Endpoint: b.Endpoint, Bucket: b.Name, Prefix: "/team/", Region: b.Region, Key: b.Key, Secret: b.Secret}
	dir := dataDir(t)
	first := start(t, Config{Data: dir, S3: s3})
	owner := setUp(t, first)
	sites, err := owner.Sites(t.Context())
	must(t, err)
	token := client.NewToken()
	visitor := client.New(first.URL()).Visitor(token, sites[0].Key)
	text := strings.Repeat("My order is late.\n", 500)
	sent, err := visitor.Upload(t.Context(), "order.txt", strings.NewReader(text))
	must(t, err)
	_, err = visitor.Post(t.Context(), client.VisitorMessage{Text: "See this.", Files: []string{sent.ID}})
	must(t, err)
	must(t, first.stop())
	if found, err := os.ReadDir(filepath.Join(dir, filesDir)); err == nil && len(found) > 0 {
		t.Errorf("the data directory has files: %v", found)
	}

	second := start(t, Config{Data: dir, S3: s3})
	res, err := client.New(second.URL()).Visitor(token, sites[0].Key).Download(t.Context(), sent.ID)
	must(t, err)
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || string(got) != text {
		t.Errorf("%s, %d bytes, %v", res.Status, len(got), err)
	}
	copied := filepath.Join(dataDir(t), "copy")
	must(t, Backup(t.Context(), BackupOptions{Data: dir, To: copied}, &bytes.Buffer{}, io.Discard))
	kept, err := filepath.Glob(filepath.Join(copied, filesDir, "*", sent.ID))
	must(t, err)
	if len(kept) != 1 {
		t.Fatalf("the copy has %v", kept)
	}
	if got, err := os.ReadFile(kept[0]); err != nil || string(got) != text {
		t.Errorf("the copy has %d bytes, %v", len(got), err)
	}
	must(t, second.stop())
	other := Config{Listen: "127.0.0.1:0", Data: dataDir(t), S3: s3}
	a, err := New(t.Context(), other, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "another workspace") {
		t.Errorf("another workspace in the same place: %v", err)
	}
	if a != nil {
		must(t, a.Close())
	}
}

func TestConfig_RefusesABucketThatCannotWork(t *testing.T) {
	t.Parallel()
	for says, s := range map[string]S3{
		"belong together":          {Endpoint: "https://s3.example"},
		"EARSHOT_S3_SECRET":        {Endpoint: "https://s3.example", Bucket: "b", Key: "k"},
		"like https://s3.example.": {Endpoint: "s3.example", Bucket: "b", Key: "k", Secret: "s3cr3t"},
	} {
		err := Config{Listen: "127.0.0.1:0", S3: s}.Check()
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
