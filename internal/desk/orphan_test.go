package desk_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk/desktest"
)

func TestSweepFiles_TakesOldFilesWithoutARow(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	named, err := w.Desk.AddFileAsVisitor(t.Context(), w.Visitor().Caller, "a.txt", strings.NewReader("named"))
	if err != nil {
		t.Fatal(err)
	}
	const orphan chat.FileID = "f_01jd0000000000000000000000"
	if _, err := w.Files.Put(t.Context(), orphan, "b.txt", strings.NewReader("left by a crash")); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Since(w.Clock.Now()))
	sweep := func() (orphanThere, namedThere bool) {
		t.Helper()
		if err := w.Desk.SweepFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
		return has(t, w, orphan), has(t, w, named.ID)
	}
	if young, kept := sweep(); !young || !kept {
		t.Errorf("young files went: orphan there %v, named there %v", young, kept)
	}
	w.Clock.Advance(25 * time.Hour)
	if old, kept := sweep(); old || !kept {
		t.Errorf("after 25 hours: orphan there %v, named there %v; want the named one alone", old, kept)
	}
}

func has(t *testing.T, w *desktest.World, id chat.FileID) bool {
	t.Helper()
	f, err := w.Files.Get(t.Context(), id)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
