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

// A file of a saved reply belongs to no message and is never sent itself: it stays as
// long as the reply, and goes with it.
func TestSweepFiles_KeepsTheFilesOfSavedReplies(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	add := func(name string) chat.FileID {
		t.Helper()
		return must[chat.FileRef](t)(w.Desk.AddReplyFile(t.Context(), w.Owner, name, strings.NewReader(name))).ID
	}
	saved, unsaved := add("way.txt"), add("other.txt")
	in := wants(chat.ScopeTeam, "", "way", "Here is the way.")
	in.Files = []chat.FileID{saved}
	r := saves(t, w, w.Owner, in)
	w.Clock.Advance(time.Since(w.Clock.Now()) + 25*time.Hour)
	tidy := func() {
		t.Helper()
		if err := w.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		runJobs(t, w)
		if err := w.Desk.SweepFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if tidy(); !has(t, w, saved) || has(t, w, unsaved) {
		t.Errorf("after a day the reply's file is there: %v, what was saved in none: %v", has(t, w, saved), has(t, w, unsaved))
	}
	if err := w.Desk.DeleteSavedReply(t.Context(), w.Owner, r.ID); err != nil {
		t.Fatal(err)
	}
	if tidy(); has(t, w, saved) {
		t.Error("the file stays though its reply is deleted")
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
