package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func unread(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) (read int64, n int) {
	t.Helper()
	row := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), a, c)).Row
	return row.Read, row.Unread
}

func TestMarkRead_NeverGoesBack(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Arrives("one")
	v.Says("two")
	v.Says("three")
	if _, n := unread(t, w, ada, c); n != 3 {
		t.Errorf("unread %d, want 3", n)
	}
	for _, step := range []struct{ mark, read int64 }{{3, 3}, {2, 3}, {0, 3}, {-5, 3}, {3, 3}, {99, 4}} {
		if err := w.Desk.MarkRead(t.Context(), ada, c, step.mark); err != nil {
			t.Fatal(err)
		}
		if read, n := unread(t, w, ada, c); read != step.read || n != int(4-step.read) {
			t.Errorf("after marking %d: read %d, unread %d; want read %d", step.mark, read, n, step.read)
		}
	}
	own := w.Log(chat.AgentConversation(ada.ID))
	if kinds(own) != "read read" {
		t.Errorf("his own log holds %q, want one event each time it rose", kinds(own))
	}
	if body, err := chat.Decode[chat.Read](own[1]); err != nil || body.Seq != 4 || body.Conversation != c {
		t.Errorf("read %+v, %v", body, err)
	}
	if s := w.State(c); s.Conversation.SeenTeam != 0 {
		t.Errorf("looking at the queue told the visitor that he was seen up to %d", s.Conversation.SeenTeam)
	}
}

func TestMarkRead_OfWhoTakesPartTellsTheVisitor(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	v, c := w.Taken(ada) // started 1, message 2, assign 3
	must[desk.Done](t)(w.Desk.AddNote(t.Context(), bob, c, says(w, "careful")))
	v.Says("anybody?") // 5, the visitor's third
	mark := func(a chat.Agent, seq, want int64) {
		t.Helper()
		if err := w.Desk.MarkRead(t.Context(), a, c, seq); err != nil {
			t.Fatal(err)
		}
		if got := w.State(c).Conversation.SeenTeam; got != want {
			t.Errorf("%s read up to %d: the visitor is seen up to %d, want %d", a.Name, seq, got, want)
		}
	}
	mark(bob, 5, 0)
	mark(ada, 3, 1)
	mark(ada, 4, 1)
	mark(ada, 5, 3)
	head := w.State(c).Conversation.Head
	mark(ada, head, 3)
	if got := w.State(c).Conversation.Head; got != head {
		t.Errorf("reading a seen mark made %d events more", got-head)
	}
}

func TestSeenByVisitor_FollowsMessagesAloneAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada) // vseq: message 1, assign 2
	me := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	seen := func(upTo, want int64) {
		t.Helper()
		if err := w.Desk.SeenByVisitor(t.Context(), me, upTo); err != nil {
			t.Fatal(err)
		}
		if got := w.State(c).Conversation.SeenVisitor; got != want {
			t.Errorf("seen up to %d: %d, want %d", upTo, got, want)
		}
	}
	seen(2, 0)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "hello"))) // vseq 3
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "again"))) // vseq 4
	seen(3, 3)
	seen(99, 4)
	head := w.State(c).Conversation.Head
	seen(1, 4)
	seen(-1, 4)
	seen(head, 4)
	if got := w.State(c).Conversation.Head; got != head {
		t.Errorf("nothing new to see made %d events", got-head)
	}
}

func TestSaveDraft_IsKeptPerVoiceAndToldToItsAuthorAlone(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	save := func(voice chat.Voice, text string) int64 {
		t.Helper()
		return must[int64](t)(w.Desk.SaveDraft(t.Context(), ada, desk.Draft{Conversation: c, Voice: voice, Text: text}))
	}
	save(chat.VoiceReply, "canary one")
	save(chat.VoiceNote, "canary two")
	version := save(chat.VoiceReply, "canary three")
	drafts := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), ada, desk.ListMy)).Drafts
	texts := map[chat.Voice]string{}
	for _, d := range drafts {
		texts[d.Voice] = d.Text
	}
	if len(drafts) != 2 || texts[chat.VoiceReply] != "canary three" || texts[chat.VoiceNote] != "canary two" {
		t.Errorf("drafts %+v", drafts)
	}
	own := w.Log(chat.AgentConversation(ada.ID))
	body, err := chat.Decode[chat.DraftChanged](own[len(own)-1])
	if err != nil || body.Version != version || body.Voice != chat.VoiceReply || len(own) != 3 {
		t.Errorf("told %q, last %+v, %v", kinds(own), body, err)
	}
	if others := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), bob, desk.ListMy)).Drafts; len(others) != 0 {
		t.Errorf("a colleague gets %+v", others)
	}
	save(chat.VoiceReply, "")
	if left := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), ada, desk.ListMy)).Drafts; len(left) != 1 {
		t.Errorf("after emptying one: %+v", left)
	}
	_, err = w.Desk.SaveDraft(t.Context(), ada, desk.Draft{Conversation: c, Voice: "shout", Text: "x"})
	wantKind(t, "an unknown voice", err, chat.Invalid)
	_, err = w.Desk.SaveDraft(t.Context(), ada, desk.Draft{Conversation: c, Voice: chat.VoiceNote, Text: "\xff"})
	wantKind(t, "not UTF-8", err, chat.Invalid)
}
