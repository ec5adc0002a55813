package desk_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

func TestPostMessage_OneKeyIsOneRow(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	in := desk.Message{Key: "the-key", Text: "good morning", TypingMS: 4000}
	answers := make([]desk.Done, 20)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], err = w.Desk.PostMessage(t.Context(), ada, c, in); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	first := 0
	for _, a := range answers {
		if !a.Again {
			first++
		}
		if diff := cmp.Diff(answers[0].Events, a.Events); diff != "" {
			t.Errorf("two answers to one key:\n%s", diff)
		}
	}
	if first != 1 {
		t.Errorf("%d of 20 were new, want 1", first)
	}
	if got := kinds(w.Log(c)); got != "thread.started message assign message" {
		t.Errorf("the log holds %q", got)
	}
	said, err := chat.Decode[chat.Said](answers[0].Events[0])
	if err != nil || said.TypingMS != 4000 {
		t.Errorf("said %+v, %v", said, err)
	}
}

func TestPostMessage_AKeyStandsForWhatWasMeant(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	_, other := w.Taken(ada)
	in := desk.Message{Key: "k", Text: "good morning", Seen: 3, TypingMS: 10}
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, in))
	again := in
	again.Seen, again.TypingMS = 99, 77
	if done, err := w.Desk.PostMessage(t.Context(), ada, c, again); err != nil || !done.Again {
		t.Errorf("with another seen and typing time: %+v, %v; want the stored answer", done, err)
	}
	head := w.State(c).Conversation.Head
	text := in
	text.Text = "good evening"
	_, err := w.Desk.PostMessage(t.Context(), ada, c, text)
	wantKind(t, "another text", err, chat.Conflict)
	_, err = w.Desk.AddNote(t.Context(), ada, c, in)
	wantKind(t, "another audience", err, chat.Conflict)
	_, err = w.Desk.PostMessage(t.Context(), ada, other, in)
	wantKind(t, "another conversation", err, chat.Conflict)
	_, err = w.Desk.Close(t.Context(), ada, c, "k")
	wantKind(t, "another act", err, chat.Conflict)
	_, err = w.Desk.TakeNext(t.Context(), ada, "k")
	wantKind(t, "another act without conversation", err, chat.Conflict)
	if got := w.State(c).Conversation.Head; got != head {
		t.Errorf("conflicts stored %d events", got-head)
	}
	must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key()))
	in.Seen = 0
	if done, err := w.Desk.PostMessage(t.Context(), bob, c, in); err != nil || done.Again {
		t.Errorf("the same key of another agent: %+v, %v; want a new message", done, err)
	}
	for what, key := range map[string]string{"none": "", "long": strings.Repeat("k", 65), "blank": "a b", "control": "a\n", "not ASCII": "schlüssel"} {
		_, err := w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: key, Text: "x"})
		wantKind(t, "key: "+what, err, chat.Invalid)
	}
}

func TestCommand_KeysOutliveARestart(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	in := desk.Message{Key: "k", Text: "good morning"}
	want := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, in))
	w.Clock.Advance(400 * day)
	got := must[desk.Done](t)(w.Restart().PostMessage(t.Context(), ada, c, in))
	if diff := cmp.Diff(want.Events, got.Events); diff != "" || !got.Again {
		t.Errorf("a year and a restart later, again %v (-want +got):\n%s", got.Again, diff)
	}
}

func TestCommand_ARefusedOneStoresNothing(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Arrives("hello")
	before := w.State(c)
	_, err := w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: "k", Text: "too early"})
	wantKind(t, "before taking", err, chat.Denied)
	for what, text := range map[string]string{"empty": " ", "NUL": "a\x00", "not UTF-8": "\xff", "long": strings.Repeat("x", chat.MaxText+1)} {
		_, err := w.Desk.AddNote(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: text})
		wantKind(t, what, err, chat.Invalid)
		_, err = w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: text})
		wantKind(t, what+" by the visitor", err, chat.Invalid)
	}
	if diff := cmp.Diff(before, w.State(c)); diff != "" {
		t.Errorf("refused commands changed the state:\n%s", diff)
	}
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	if done, err := w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: "k", Text: "in time"}); err != nil || done.Again {
		t.Errorf("the key of a refused command is free: %+v, %v", done, err)
	}
}

func TestPostMessage_IsHeldWhereAColleagueAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key()))
	seen := w.State(c).Conversation.Head
	theirs := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), bob, c, says(w, "it is in stock")))
	mine := desk.Message{Key: "k", Text: "it is sold out", Seen: seen}
	_, err := w.Desk.PostMessage(t.Context(), ada, c, mine)
	wantKind(t, "an answer over another", err, chat.Conflict)
	held, ok := detail[chat.Collision](err)
	if diff := cmp.Diff(theirs.Events, held.Replies); !ok || diff != "" {
		t.Errorf("held by (-want +got):\n%s", diff)
	}
	mine.Seen = theirs.Events[0].Seq
	if done, err := w.Desk.PostMessage(t.Context(), ada, c, mine); err != nil || done.Again {
		t.Errorf("confirmed: %+v, %v", done, err)
	}
	own := desk.Message{Key: w.Key(), Text: "one more thing", Seen: theirs.Events[0].Seq}
	if _, err := w.Desk.PostMessage(t.Context(), ada, c, own); err != nil {
		t.Errorf("my own answer holds me up: %v", err)
	}
}

func TestPostMessage_ToAClosedConversationBeginsAThreadThatItsAuthorLeads(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	done := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), bob, c, says(w, "it has arrived")))
	if got := kinds(done.Events); got != "thread.started message" {
		t.Errorf("made %q", got)
	}
	s := w.State(c)
	if s.Thread.Number != 2 || s.Thread.Lead != bob.ID || s.Thread.State != chat.Active || s.Thread.Group != w.Group.ID {
		t.Errorf("the new thread is %+v", s.Thread)
	}
}

func TestInvisibleConversation_IsMissingForEveryAct(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ada, eve := w.Agent("Ada", chat.Member), w.Agent("Eve", chat.Member)
	v, c := w.Taken(ada)
	ref := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture()))
	sent := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "canary-words", Files: []chat.FileID{ref.ID}}))
	seq := sent.Events[0].Seq
	acts := map[string]func(chat.ConversationID) error{
		"message": func(c chat.ConversationID) error {
			_, err := w.Desk.PostMessage(t.Context(), eve, c, says(w, "x"))
			return err
		},
		"note": func(c chat.ConversationID) error {
			_, err := w.Desk.AddNote(t.Context(), eve, c, says(w, "x"))
			return err
		},
		"edit": func(c chat.ConversationID) error {
			_, err := w.Desk.EditMessage(t.Context(), eve, c, w.Key(), seq, "x")
			return err
		},
		"redact": func(c chat.ConversationID) error {
			_, err := w.Desk.RedactMessage(t.Context(), eve, c, w.Key(), seq)
			return err
		},
		"take": func(c chat.ConversationID) error {
			_, err := w.Desk.Take(t.Context(), eve, c, desk.Taking{Key: w.Key()})
			return err
		},
		"join": func(c chat.ConversationID) error {
			_, err := w.Desk.Join(t.Context(), eve, c, w.Key())
			return err
		},
		"leave": func(c chat.ConversationID) error {
			_, err := w.Desk.Leave(t.Context(), eve, c, w.Key())
			return err
		},
		"close": func(c chat.ConversationID) error {
			_, err := w.Desk.Close(t.Context(), eve, c, w.Key())
			return err
		},
		"read":   func(c chat.ConversationID) error { return w.Desk.MarkRead(t.Context(), eve, c, seq) },
		"signal": func(c chat.ConversationID) error { return w.Desk.MaySignal(t.Context(), eve, c) },
		"draft": func(c chat.ConversationID) error {
			_, err := w.Desk.SaveDraft(t.Context(), eve, desk.Draft{Conversation: c, Voice: chat.VoiceReply, Text: "x"})
			return err
		},
		"file": func(c chat.ConversationID) error {
			_, err := w.Desk.AddFile(t.Context(), eve, c, "a.png", picture())
			return err
		},
		"open": func(c chat.ConversationID) error {
			_, err := w.Desk.Conversation(t.Context(), eve, c)
			return err
		},
		"events": func(c chat.ConversationID) error {
			_, _, err := w.Desk.Events(t.Context(), eve, c, desk.Span{})
			return err
		},
	}
	for what, act := range acts {
		hidden := act(c)
		wantKind(t, what, hidden, chat.Missing)
		for _, none := range []chat.ConversationID{"c_none", chat.TeamConversation, chat.AgentConversation(eve.ID), ""} {
			absent := act(none)
			wantKind(t, what+" of "+string(none), absent, chat.Missing)
			if hidden.Error() != absent.Error() {
				t.Errorf("%s tells what is hidden (%q) from what is not there (%q)", what, hidden, absent)
			}
		}
	}
	_, err := w.Desk.OpenFile(t.Context(), eve.Viewer(), ref.ID, false)
	wantKind(t, "a file", err, chat.Missing)
	if hits, _, err := w.Desk.Search(t.Context(), eve, desk.Sought{Words: "canary"}); err != nil || len(hits) != 0 {
		t.Errorf("search finds %+v, %v", hits, err)
	}
	in := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), eve, desk.ListAll))
	if len(in.Page.Rows) != 0 || in.Counts.All != 0 {
		t.Errorf("the inbox shows %+v, %+v", in.Page.Rows, in.Counts)
	}
	if done := v.Says("still there?"); len(done.Events) != 1 {
		t.Errorf("the visitor goes on with %q", kinds(done.Events))
	}
}

func TestEditMessage_ReplacesItsOwnTextEverywhere(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	v, c := w.Taken(ada)
	sent := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "the formertext")))
	seq := sent.Events[0].Seq
	_, err := w.Desk.EditMessage(t.Context(), bob, c, w.Key(), seq, "mine now")
	wantKind(t, "a colleague edits", err, chat.Denied)
	done := must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, "k", seq, "the present text"))
	if again, err := w.Desk.EditMessage(t.Context(), ada, c, "k", seq, "the present text"); err != nil || !again.Again || !cmp.Equal(again.Events, done.Events) {
		t.Errorf("edited again: %+v, %v", again, err)
	}
	_, err = w.Desk.EditMessage(t.Context(), ada, c, "k", seq, "another text")
	wantKind(t, "the key with another text", err, chat.Conflict)
	if said, err := chat.Decode[chat.Said](w.Log(c)[seq-1]); err != nil || said.Text != "the present text" || said.Edited == 0 {
		t.Errorf("the log holds %+v, %v", said, err)
	}
	if last := w.State(c).Conversation.Last.Text; last != "the present text" {
		t.Errorf("the list shows %q", last)
	}
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	if text := asText(t, view); strings.Contains(text, "formertext") || !strings.Contains(text, "the present text") {
		t.Errorf("the visitor sees %s", text)
	}
	if hits, _, err := w.Desk.Search(t.Context(), ada, desk.Sought{Words: "formertext"}); err != nil || len(hits) != 0 {
		t.Errorf("the former text is found: %+v, %v", hits, err)
	}
}

func TestRedactMessage_LeavesNoByteOfIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	v, c := w.Taken(ada)
	ref := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "canaryname.png", picture()))
	in := desk.Message{Key: "k", Text: "canaryone", Files: []chat.FileID{ref.ID}}
	sent := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, in))
	seq := sent.Events[0].Seq
	must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, "k2", seq, "canarytwo"))
	must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, "k3", seq, "canarythree"))
	_, err := w.Desk.RedactMessage(t.Context(), bob, c, w.Key(), seq)
	wantKind(t, "a colleague takes it back", err, chat.Denied)
	must[desk.Done](t)(w.Desk.RedactMessage(t.Context(), ada, c, w.Key(), seq))
	_, err = w.Desk.RedactMessage(t.Context(), ada, c, w.Key(), seq)
	wantKind(t, "taken back twice", err, chat.Gone)

	again := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, in))
	edit := must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, "k2", seq, "canarytwo"))
	if !again.Again || !edit.Again {
		t.Error("a retry after taking back is new")
	}
	open := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), bob, c))
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	for what, v := range map[string]any{"log": w.Log(c), "state": w.State(c), "retry": again, "retried edit": edit, "team": open, "visitor": view} {
		if text := asText(t, v); strings.Contains(text, "canary") {
			t.Errorf("%s still holds %s", what, text)
		}
	}
	if hits, _, err := w.Desk.Search(t.Context(), ada, desk.Sought{Words: "canaryone"}); err != nil || len(hits) != 0 {
		t.Errorf("found %+v, %v", hits, err)
	}
	_, err = w.Desk.OpenFile(t.Context(), ada.Viewer(), ref.ID, false)
	wantKind(t, "its file", err, chat.Missing)
	runJobs(t, w)
	_, err = w.Files.Get(t.Context(), ref.ID)
	wantKind(t, "its file's content", err, chat.Missing)
}

// runJobs hands the due jobs to the desk, as app does.
func runJobs(t *testing.T, w *desktest.World) {
	t.Helper()
	var due []store.Job
	now := w.Clock.Now()
	w.Write(func(tx *store.Tx) (err error) {
		due, err = tx.ClaimJobs(chat.Micros(now), chat.Micros(now.Add(time.Minute)), 100)
		return err
	})
	for _, j := range due {
		do, known := map[string]func(context.Context, []byte) error{desk.JobRemoveFile: w.Desk.RemoveFile, desk.JobWaiting: w.Desk.AskTheQueue, desk.JobStep: w.Desk.ClimbAlert, desk.JobCheck: w.Desk.CheckDevices,
			desk.JobVisitorMail: func(ctx context.Context, body []byte) error {
				_, _, err := w.Desk.DueVisitorMail(ctx, body)
				return err
			}}[j.Kind]
		if !known {
			t.Errorf("a job of kind %q", j.Kind)
			continue
		}
		if err := do(t.Context(), j.Body); err != nil {
			t.Error(err)
		}
		w.Write(func(tx *store.Tx) error { return tx.FinishJob(j.ID) })
	}
}
