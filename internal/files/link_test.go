package files

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/files/filestest"
)

const otherID chat.FileID = "f_01jd0000000000000000000001"

// TestLink_GivesAFileAnotherName on disk, and in a bucket of a real server.
func TestLink_GivesAFileAnotherName(t *testing.T) {
	t.Parallel()
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		links(t, open(t))
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		links(t, openBucket(t, filestest.Start(t), S3{Prefix: "a"}))
	})
}

func links(t *testing.T, s *Store) {
	ctx := t.Context()
	if err := s.Link(ctx, anID, otherID, true); !isKind(err, chat.Missing) {
		t.Errorf("of nothing: %v", err)
	}
	stored, err := put(t, s, "a.png", asPNG(t, aPicture(900, 900)))
	if err != nil || !stored.Thumb {
		t.Fatalf("%+v %v", stored, err)
	}
	read := func(open func() (io.ReadSeekCloser, error)) []byte {
		t.Helper()
		f, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	whole := read(func() (io.ReadSeekCloser, error) { return s.Get(ctx, anID) })
	thumb := read(func() (io.ReadSeekCloser, error) { return s.GetThumb(ctx, anID) })
	if err := s.Link(ctx, anID, otherID, true); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, anID); err != nil {
		t.Fatal(err)
	}
	if got := read(func() (io.ReadSeekCloser, error) { return s.Get(ctx, otherID) }); !bytes.Equal(got, whole) {
		t.Errorf("%d bytes, want %d", len(got), len(whole))
	}
	if got := read(func() (io.ReadSeekCloser, error) { return s.GetThumb(ctx, otherID) }); !bytes.Equal(got, thumb) {
		t.Errorf("the thumbnail has %d bytes, want %d", len(got), len(thumb))
	}
	if _, err := s.Get(ctx, anID); !isKind(err, chat.Missing) {
		t.Errorf("the first one outlives its removal: %v", err)
	}
}

// What has no row yet must not be taken for what a crash has left behind, however
// old the bytes are.
func TestLink_CountsAsNewAndStoresNothingTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := put(t, s, "a.txt", []byte("some words")); err != nil {
		t.Fatal(err)
	}
	at := func(id chat.FileID) string {
		place, err := placeOf(id)
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, filepath.FromSlash(place))
	}
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(at(anID), old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.Link(t.Context(), anID, otherID, false); err != nil {
		t.Fatal(err)
	}
	var aged []chat.FileID
	if err := s.Each(t.Context(), time.Now().Add(-time.Hour), func(id chat.FileID) error { aged = append(aged, id); return nil }); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(aged, otherID) {
		t.Error("the new name counts as old")
	}
	one, err := os.Stat(at(anID))
	two, other := os.Stat(at(otherID))
	if errors.Join(err, other) != nil || !os.SameFile(one, two) {
		t.Errorf("the bytes are stored twice: %v", errors.Join(err, other))
	}
}
