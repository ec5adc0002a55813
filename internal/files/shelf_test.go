package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/files/filestest"
)

// TestShelf_KeepsItsPromises on disk, and in a bucket of a real server.
func TestShelf_KeepsItsPromises(t *testing.T) {
	t.Parallel()
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		promises(t, open(t))
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		promises(t, openBucket(t, filestest.Start(t), S3{Prefix: "a/b"}))
	})
}

func promises(t *testing.T, s *Store) {
	ctx := t.Context()
	want := bytes.Repeat([]byte("A line of text.\n"), 1000)
	if _, err := s.Put(ctx, anID, "a.txt", bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	f, err := s.Get(ctx, anID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	broughtAgain(t, s, want)
	// A browser asks for parts.
	if at, err := f.Seek(-10, io.SeekEnd); err != nil || at != int64(len(want)-10) {
		t.Errorf("seek to %d, %v", at, err)
	}
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, want[len(want)-10:]) {
		t.Errorf("the last bytes are %q, %v", got, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.GetThumb(ctx, anID); !isKind(err, chat.Missing) {
		t.Errorf("a thumbnail of a text: %v", err)
	}
	listed := func(before time.Time) (ids []chat.FileID) {
		if err := s.Each(ctx, before, func(id chat.FileID) error { ids = append(ids, id); return nil }); err != nil {
			t.Error(err)
		}
		return ids
	}
	if got := listed(time.Now().Add(time.Hour)); !slices.Equal(got, []chat.FileID{anID}) {
		t.Errorf("listed %v", got)
	}
	if got := listed(time.Now().Add(-time.Hour)); len(got) != 0 {
		t.Errorf("listed as old: %v", got)
	}
	stop := errors.New("stop")
	if err := s.Each(ctx, time.Now().Add(time.Hour), func(chat.FileID) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an end of the listing is %v", err)
	}
	for range 2 { // the second time there is nothing
		if err := s.Remove(ctx, anID); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Get(ctx, anID); !isKind(err, chat.Missing) {
		t.Errorf("after its removal: %v", err)
	}
	if got := listed(time.Now().Add(time.Hour)); len(got) != 0 {
		t.Errorf("after its removal: %v", got)
	}
	// Many at once, as from many nodes.
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			id := chat.FileID(fmt.Sprintf("f_01jd%022d", i))
			if _, err := s.Put(ctx, id, "a.txt", bytes.NewReader(contentOf(id))); err != nil {
				t.Error(err)
				return
			}
			f, err := s.Get(ctx, id)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, contentOf(id)) {
				t.Errorf("%s: %d bytes, %v", id, len(got), err)
			}
		})
	}
	all.Wait()
	if got := listed(time.Now().Add(time.Hour)); len(got) != 8 {
		t.Errorf("listed %v", got)
	}
}

// TestBucket_KeepsWorkspacesApart: each removes what no row of its own names, so
// nobody may use another one's prefix.
func TestBucket_KeepsWorkspacesApart(t *testing.T) {
	t.Parallel()
	at := filestest.Start(t)
	one := openBucket(t, at, S3{Prefix: "one", Owner: "one"})
	for range 2 { // another node, or another start
		if err := openBucket(t, at, S3{Prefix: "one", Owner: "one"}).Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	other, err := OpenS3(in(at, S3{Prefix: "one", Owner: "other"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "another workspace") {
		t.Errorf("the prefix of another workspace: %v", err)
	}
	apart := openBucket(t, at, S3{Prefix: "one-more", Owner: "other"})
	for _, s := range []*Store{one, apart} {
		if _, err := put(t, s, "a.txt", []byte("words")); err != nil {
			t.Fatal(err)
		}
	}
	// The longer prefix begins with the shorter one, and is not in it.
	count := func() (seen int) {
		if err := one.Each(t.Context(), time.Now().Add(time.Hour), func(chat.FileID) error { seen++; return nil }); err != nil {
			t.Error(err)
		}
		return seen
	}
	if got := count(); got != 1 {
		t.Errorf("listed %d files, want its own one", got)
	}
	if err := apart.Remove(t.Context(), anID); err != nil {
		t.Error(err)
	}
	if got := count(); got != 1 {
		t.Errorf("%d files are left after another workspace removed its own", got)
	}
}

// TestBucket_SaysWhatIsWrong, and no secret.
func TestBucket_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	at := filestest.Start(t)
	for what, c := range map[string]struct {
		s    S3
		says string
	}{
		"no such bucket": {S3{Bucket: "nowhere"}, "there is no bucket nowhere"},
		"wrong secret":   {S3{SecretKey: "s3cr3t-and-wrong"}, "bucket chats"},
	} {
		s, err := OpenS3(in(at, c.s))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Check(t.Context())
		if err == nil || errors.Is(err, ErrAway) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, endpoint := range []string{"", "s3.example.com", "ftp://host", "https://host/path", "https://u:p@host"} {
		if _, err := OpenS3(S3{Endpoint: endpoint, Bucket: "b"}); err == nil {
			t.Errorf("the endpoint %q was taken", endpoint)
		}
	}
}

// TestBucket_ThatIsAwayCostsTheFileAlone: people are told so, and what is missing
// is not taken for it.
func TestBucket_ThatIsAwayCostsTheFileAlone(t *testing.T) {
	t.Parallel()
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(failing.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there now
	for what, endpoint := range map[string]string{"a server that fails": failing.URL, "no server": "http://" + l.Addr().String()} {
		s, err := OpenS3(S3{Endpoint: endpoint, Bucket: "chats", Region: "us-east-1", Key: "k", SecretKey: "s3cr3t", Owner: "w"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); !errors.Is(err, ErrAway) {
			t.Errorf("%s: check: %v", what, err)
		}
		if _, err := put(t, s, "a.txt", []byte("words")); !isKind(err, chat.Unavailable) {
			t.Errorf("%s: put: %v", what, err)
		}
		if _, err := s.Get(t.Context(), anID); !isKind(err, chat.Unavailable) {
			t.Errorf("%s: get: %v", what, err)
		}
	}
}

func isKind(err error, k chat.ErrorKind) bool {
	var known *chat.Error
	return errors.As(err, &known) && known.Kind == k
}

// in fills in what a test does not say.
func in(b filestest.Bucket, s S3) S3 {
	or := func(text *string, otherwise string) {
		if *text == "" {
			*text = otherwise
		}
	}
	or(&s.Endpoint, b.Endpoint)
	or(&s.Bucket, b.Name)
	or(&s.Region, b.Region)
	or(&s.Key, b.Key)
	or(&s.SecretKey, b.Secret)
	or(&s.Owner, "w")
	return s
}

func openBucket(t *testing.T, b filestest.Bucket, s S3) *Store {
	t.Helper()
	st, err := OpenS3(in(b, s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

// broughtAgain: what is taken out by its name can be brought back under it.
func broughtAgain(t *testing.T, s *Store, want []byte) {
	t.Helper()
	names, err := Names(anID, true)
	if err != nil {
		t.Fatal(err)
	}
	content := func(name string) ([]byte, error) {
		f, err := s.Content(t.Context(), name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	}
	if got, err := content(names[0]); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the content is %d bytes, %v", len(got), err)
	}
	if _, err := content(names[1]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("content that is not there: %v", err)
	}
	if err := s.Remove(t.Context(), anID); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Bring(t.Context(), names[0], want), s.Bring(t.Context(), names[0], want)); err != nil {
		t.Error(err)
	}
	if got, err := content(names[0]); err != nil || !bytes.Equal(got, want) {
		t.Errorf("brought back, the content is %d bytes, %v", len(got), err)
	}
	for _, name := range []string{"", "earshot-owner", "../../x", "incoming/" + string(anID), names[0] + "/..", string(anID)} {
		if err := s.Bring(t.Context(), name, want); err == nil {
			t.Errorf("content was brought under the name %q", name)
		}
	}
}
