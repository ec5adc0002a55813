package desk_test

import (
	"io"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func canOpen(t *testing.T, w *desktest.World, v chat.Viewer, id chat.FileID) bool {
	t.Helper()
	f, err := w.Desk.OpenFile(t.Context(), v, id, false)
	if err != nil {
		wantKind(t, "open", err, chat.Missing)
		return false
	}
	defer f.Content.Close()
	content, err := io.ReadAll(f.Content)
	if err != nil || int64(len(content)) != f.Ref.Size || f.Ref.Type != "image/png" {
		t.Errorf("opened %+v with %d bytes, %v", f.Ref, len(content), err)
	}
	return true
}

func TestFile_IsSeenByWhoSeesItsMessage(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ada, eve := w.Agent("Ada", chat.Member), w.Agent("Eve", chat.Member)
	v, c := w.Taken(ada)
	other, _ := w.Arrives("hello")
	me := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)).Viewer()
	them := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), other.Caller)).Viewer()
	add := func() chat.FileID {
		t.Helper()
		return must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())).ID
	}
	unsent, sent, noted := add(), add(), add()
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Files: []chat.FileID{sent}}))
	must[desk.Done](t)(w.Desk.AddNote(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "look", Files: []chat.FileID{noted}}))
	mine := must[chat.FileRef](t)(w.Desk.AddFileAsVisitor(t.Context(), v.Caller, "b.png", picture())).ID
	for what, c := range map[string]struct {
		id   chat.FileID
		may  []chat.Viewer
		mayn []chat.Viewer
	}{
		"unsent of an agent":  {unsent, []chat.Viewer{ada.Viewer()}, []chat.Viewer{w.Owner.Viewer(), eve.Viewer(), me, them, {}}},
		"unsent of a visitor": {mine, []chat.Viewer{me}, []chat.Viewer{ada.Viewer(), w.Owner.Viewer(), them, {}}},
		"sent":                {sent, []chat.Viewer{ada.Viewer(), w.Owner.Viewer(), me}, []chat.Viewer{eve.Viewer(), them, {}}},
		"in a note":           {noted, []chat.Viewer{ada.Viewer(), w.Owner.Viewer()}, []chat.Viewer{eve.Viewer(), me, them, {}}},
		"unknown":             {"f_unknown00", nil, []chat.Viewer{ada.Viewer(), w.Owner.Viewer(), me}},
	} {
		for _, v := range c.may {
			if !canOpen(t, w, v, c.id) {
				t.Errorf("%s: %+v cannot open it", what, v)
			}
		}
		for _, v := range c.mayn {
			if canOpen(t, w, v, c.id) {
				t.Errorf("%s: %+v can open it", what, v)
			}
		}
	}
}

func TestFile_IsSentOnceByItsOwnerIntoItsConversation(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	v, c := w.Taken(ada)
	_, d := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key()))
	id := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())).ID
	post := func(a chat.Agent, c chat.ConversationID, key string, ids ...chat.FileID) error {
		_, err := w.Desk.PostMessage(t.Context(), a, c, desk.Message{Key: key, Text: "look", Files: ids})
		return err
	}
	wantKind(t, "by a colleague", post(bob, c, w.Key(), id), chat.Missing)
	wantKind(t, "into another conversation", post(ada, d, w.Key(), id), chat.Missing)
	wantKind(t, "twice in one message", post(ada, c, w.Key(), id, id), chat.Conflict)
	wantKind(t, "that never was", post(ada, c, w.Key(), "f_unknown00"), chat.Missing)
	_, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Files: []chat.FileID{id}})
	wantKind(t, "by the visitor", err, chat.Missing)
	if err := post(ada, c, "k", id); err != nil {
		t.Fatal(err)
	}
	if err := post(ada, c, "k", id); err != nil {
		t.Errorf("the retry: %v", err)
	}
	wantKind(t, "in a second message", post(ada, c, w.Key(), id), chat.Conflict)
}

// What was taken out of a composer makes room for another file, and nobody takes out
// what is another's or was sent.
func TestFile_IsRemovedByItsOwnerUntilItIsSent(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	var ids []chat.FileID
	for range chat.MaxUnsent {
		ids = append(ids, must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())).ID)
	}
	_, err := w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())
	wantKind(t, "one too many", err, chat.Conflict)
	wantKind(t, "a colleague removes it", w.Desk.DropFile(t.Context(), bob, ids[0]), chat.Missing)
	if err := w.Desk.DropFile(t.Context(), ada, ids[0]); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "twice", w.Desk.DropFile(t.Context(), ada, ids[0]), chat.Missing)
	runJobs(t, w)
	if _, err := w.Files.Get(t.Context(), ids[0]); !chat.IsKind(err, chat.Missing) {
		t.Errorf("its content: %v", err)
	}
	must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture()))
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Files: ids[1:2]}))
	wantKind(t, "one that was sent", w.Desk.DropFile(t.Context(), ada, ids[1]), chat.Missing)
	if !canOpen(t, w, ada.Viewer(), ids[1]) {
		t.Error("the file that was sent is gone")
	}
}

func TestFile_BeforeTheFirstMessageBelongsToTheToken(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, eve := w.Visitor(), w.Visitor()
	ref := must[chat.FileRef](t)(w.Desk.AddFileAsVisitor(t.Context(), v.Caller, "a.png", picture()))
	_, err := w.Desk.PostAsVisitor(t.Context(), eve.Caller, desk.VisitorMessage{Key: w.Key(), Files: []chat.FileID{ref.ID}})
	wantKind(t, "by another token", err, chat.Missing)
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Files: []chat.FileID{ref.ID}}))
	if said, err := chat.Decode[chat.Said](done.Events[0]); err != nil || len(said.Files) != 1 || said.Files[0] != ref {
		t.Errorf("said %+v, %v", said, err)
	}
	me := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	if !canOpen(t, w, me.Viewer(), ref.ID) || !canOpen(t, w, w.Owner.Viewer(), ref.ID) {
		t.Error("the sent file cannot be opened")
	}
	thumb, err := w.Desk.OpenFile(t.Context(), me.Viewer(), ref.ID, true)
	if err == nil {
		defer thumb.Content.Close()
		if thumb.Ref.Type != "image/jpeg" {
			t.Errorf("the thumbnail is %+v", thumb.Ref)
		}
	} else {
		wantKind(t, "a small picture's thumbnail", err, chat.Missing)
	}
	_, err = w.Desk.AddFileAsVisitor(t.Context(), desk.Caller{Token: v.Token, Site: "unknown"}, "a.png", picture())
	wantKind(t, "on an unknown site", err, chat.Denied)
}

func TestSweep_RemovesUnsentFilesAfterADay(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	unsent := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())).ID
	sent := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture())).ID
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Files: []chat.FileID{sent}}))
	w.Clock.Advance(24*time.Hour - time.Second)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !canOpen(t, w, ada.Viewer(), unsent) {
		t.Error("removed too early")
	}
	w.Clock.Advance(2 * time.Second)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	runJobs(t, w)
	if canOpen(t, w, ada.Viewer(), unsent) || !canOpen(t, w, ada.Viewer(), sent) {
		t.Error("a day later the unsent file is there or the sent one is not")
	}
	_, err := w.Files.Get(t.Context(), unsent)
	wantKind(t, "its content", err, chat.Missing)
	_, err = w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "look", Files: []chat.FileID{unsent}})
	wantKind(t, "a message with an expired file", err, chat.Missing)
}
