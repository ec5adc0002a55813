package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/files"
	"earshot/internal/store"
)

// packed returns a copy of a new workspace with a file, as the server sends it.
func packed(t *testing.T) []byte {
	t.Helper()
	data := t.TempDir()
	st, err := store.Open(t.Context(), data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := os.MkdirAll(filepath.Join(data, filesDir, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, filesDir, "ab", "f_000000ab"), "content of a file")
	kept, err := files.Open(filepath.Join(data, filesDir))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	var out bytes.Buffer
	if err := pack(t.Context(), st, kept, data, false, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCopy_ComesOutAsItWentIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m, err := unpack(bytes.NewReader(packed(t)), dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.Files != 1 || m.FilesBytes != 17 || m.DatabaseBytes == 0 || m.Epoch == "" {
		t.Errorf("manifest %+v", m)
	}
	if got, err := os.ReadFile(filepath.Join(dir, filesDir, "ab", "f_000000ab")); err != nil || string(got) != "content of a file" {
		t.Errorf("the file came out as %q, %v", got, err)
	}
	if _, err := checkCopy(context.Background(), dir); err != nil {
		t.Errorf("a good copy is refused: %v", err)
	}
}

// TestCopy_CutShortIsNone cuts the line at every tenth: a copy without its end
// is never taken for one.
func TestCopy_CutShortIsNone(t *testing.T) {
	t.Parallel()
	whole := packed(t)
	for tenth := range 10 {
		dir := t.TempDir()
		if _, err := unpack(bytes.NewReader(whole[:len(whole)*tenth/10]), dir); err == nil {
			t.Errorf("cut at %d/10: taken for whole", tenth)
		}
		if _, err := checkCopy(context.Background(), dir); err == nil {
			t.Errorf("cut at %d/10: the directory is taken for a copy", tenth)
		}
	}
}

func TestCopy_ChangedOnTheWayIsNone(t *testing.T) {
	t.Parallel()
	whole := packed(t)
	at := bytes.Index(whole, []byte("content of a file"))
	whole[at] ^= 1
	if _, err := unpack(bytes.NewReader(whole), t.TempDir()); err == nil {
		t.Error("a changed byte was not noticed")
	}
}
