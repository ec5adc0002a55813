package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// story plays a conversation in which every kind of event happens.
func story(t *testing.T, w *desktest.World) (chat.Agent, chat.ConversationID) {
	t.Helper()
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Connect(w.Owner)
	v, c := w.Arrives("hello")
	w.Clock.Advance(2 * time.Minute)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.Says("I am back")
	done := must[desk.Done](t)
	done(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	done(w.Desk.Join(t.Context(), bob, c, w.Key()))
	sent := done(w.Desk.PostMessage(t.Context(), ada, c, says(w, "good morning")))
	if err := w.Desk.SeenByVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 99); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.MarkRead(t.Context(), ada, c, 99); err != nil {
		t.Fatal(err)
	}
	done(w.Desk.EditMessage(t.Context(), ada, c, w.Key(), sent.Events[0].Seq, "good evening"))
	note := done(w.Desk.AddNote(t.Context(), bob, c, says(w, "he sounds tired")))
	done(w.Desk.RedactMessage(t.Context(), bob, c, w.Key(), note.Events[0].Seq))
	done(w.Desk.Leave(t.Context(), bob, c, w.Key()))
	must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "I am Mia", Name: "Mia"}))
	done(w.Desk.Close(t.Context(), ada, c, w.Key()))
	v.Says("one more thing")
	done(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	done(w.Desk.Requeue(t.Context(), ada, c, w.Key()))
	if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
		t.Fatal(err)
	}
	must[int64](t)(w.Desk.SaveDraft(t.Context(), ada, desk.Draft{Conversation: c, Voice: chat.VoiceReply, Text: "yes"}))
	session := w.SignIn(ada)
	if err := w.Desk.EndSession(t.Context(), ada, session.Session.ID); err != nil {
		t.Fatal(err)
	}
	must[chat.Agent](t)(w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: chat.Away}))
	return ada, c
}

func TestEveryKind_StateAndEventsAreTheFreshState(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, c := story(t, w)
	offered := offers(t, w)
	reached := map[chat.Kind]bool{}
	compare := func(w *desktest.World, ids ...chat.ConversationID) {
		for _, id := range ids {
			want := w.State(id)
			folded := chat.State{Conversation: chat.Conversation{ID: id, Kind: want.Conversation.Kind, Site: want.Conversation.Site, Visitor: want.Conversation.Visitor}}
			for _, e := range w.Log(id) {
				reached[e.Kind] = true
				folded.Apply(e)
			}
			if diff := cmp.Diff(want, folded); diff != "" {
				t.Errorf("%s (-stored +folded):\n%s", id, diff)
			}
		}
	}
	compare(w, c, offered, chat.TeamConversation, chat.AgentConversation(ada.ID))
	l := lostAndBack(t, chat.PolicyOpen)
	must[desk.Done](t)(l.Desk.Waive(t.Context(), l.ada, l.c, l.Key()))
	compare(l.World, l.c, chat.AgentConversation(l.ada.ID))
	for _, k := range []chat.Kind{chat.KindStarted, chat.KindReopened, chat.KindClosed, chat.KindMessage, chat.KindNote, chat.KindAssign, chat.KindJoin,
		chat.KindLeave, chat.KindRequeued, chat.KindEnded, chat.KindSeen, chat.KindEdit, chat.KindRedact, chat.KindVisitor, chat.KindAgent, chat.KindSite, chat.KindGroup, chat.KindRead,
		chat.KindDraft, chat.KindSession, chat.KindOffer, chat.KindOfferEnded, chat.KindAlarm, chat.KindReplyDue, chat.KindIdle, chat.KindWoke,
		chat.KindMailOffered, chat.KindMailAnswered, chat.KindLeadBack, chat.KindBackAsked, chat.KindBackWaived, chat.KindLoss, chat.KindMoved} {
		if !reached[k] {
			t.Errorf("the story has no %s", k)
		}
	}
}

func TestInbox_SnapshotAndTheLogAfterItAreTheNextSnapshot(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, c := w.Arrives("hello")
	before := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), w.Owner, desk.ListAll))
	ada := w.Agent("Ada", chat.Member)
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "good morning")))
	v.Says("thanks")
	w.Numbered()
	after := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), w.Owner, desk.ListAll))

	state := before.Page.Rows[0].State
	var last chat.Position
	w.Read(func(tx *store.Tx) error {
		entries, err := tx.Log(before.Position.Pos, 100)
		for _, e := range entries {
			if e.Event.Conversation == c {
				state.Apply(e.Event)
			}
			last = chat.Position{Pos: e.Pos, Event: e.Event.ID}
		}
		return err
	})
	if diff := cmp.Diff(after.Page.Rows[0].State, state); diff != "" {
		t.Errorf("the row (-fresh +followed):\n%s", diff)
	}
	if last != after.Position {
		t.Errorf("the log ends at %+v, the snapshot is of %+v", last, after.Position)
	}
	if len(after.Team) != 2 || len(after.Sites) != 1 || len(after.Groups) != 1 || after.Counts.Queue != 0 || after.Counts.All != 1 {
		t.Errorf("team %d, sites %d, groups %d, counts %+v", len(after.Team), len(after.Sites), len(after.Groups), after.Counts)
	}
}

func TestList_PagesAndCounts(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	for range 5 {
		w.Arrives("hello")
		w.Clock.Advance(time.Second)
	}
	_, mine := w.Taken(ada)
	seen := map[chat.ConversationID]bool{}
	after := ""
	for range 3 {
		page, counts, err := w.Desk.List(t.Context(), ada, desk.ListQueue, after, 2)
		if err != nil || counts != (desk.Counts{My: 1, Queue: 5, All: 6}) {
			t.Fatalf("counts %+v, %v", counts, err)
		}
		for _, row := range page.Rows {
			seen[row.Conversation.ID] = true
		}
		after = page.Next
	}
	if len(seen) != 5 || after != "" || seen[mine] {
		t.Errorf("three pages hold %d conversations, next %q", len(seen), after)
	}
	if page, _, err := w.Desk.List(t.Context(), ada, desk.ListMy, "", 0); err != nil || len(page.Rows) != 1 || page.Rows[0].Conversation.ID != mine {
		t.Errorf("my list: %+v, %v", page, err)
	}
	for _, bad := range []int{-1, 101} {
		_, _, err := w.Desk.List(t.Context(), ada, desk.ListMy, "", bad)
		wantKind(t, fmt.Sprintf("limit %d", bad), err, chat.Invalid)
	}
	_, _, err := w.Desk.List(t.Context(), ada, "archive", "", 0)
	wantKind(t, "an unknown list", err, chat.Invalid)
}

func TestConversation_ShowsTheThreadsThatTheAgentMaySee(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ada, eve := w.Agent("Ada", chat.Member), w.Agent("Eve", chat.Member)
	v, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "canary-of-march")))
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	w.SetPolicy(chat.PolicyOpen)
	v.Says("hello in May")
	got := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), eve, c))
	if text := asText(t, got); strings.Contains(text, "canary") || len(got.Threads) != 1 || kinds(got.Events) != "thread.started message" || got.More {
		t.Errorf("eve opens %s", text)
	}
	if all := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), ada, c)); len(all.Threads) != 2 || len(all.Events) != 7 {
		t.Errorf("ada opens %d threads, %d events; want 2, 7", len(all.Threads), len(all.Events))
	}
	if hits, _, err := w.Desk.Search(t.Context(), eve, desk.Sought{Words: "canary"}); err != nil || len(hits) != 0 {
		t.Errorf("eve finds %+v, %v", hits, err)
	}
	if hits, _, err := w.Desk.Search(t.Context(), ada, desk.Sought{Words: "canary"}); err != nil || len(hits) != 1 || hits[0].Event.Conversation != c {
		t.Errorf("ada finds %+v, %v", hits, err)
	}
}

func TestEvents_PageBothWaysOverWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ada, eve := w.Agent("Ada", chat.Member), w.Agent("Eve", chat.Member)
	v, c := w.Taken(ada)
	for range 150 {
		v.Says("hidden")
	}
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key())) // 154 hidden events
	w.SetPolicy(chat.PolicyOpen)
	for range 60 {
		v.Says("shown") // 155 begins the thread, 156 to 215
	}
	open := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), eve, c))
	if len(open.Events) != 50 || !open.More || open.Events[49].Seq != 215 || open.Events[0].Seq != 166 {
		t.Fatalf("opened with %d events from %d, more %v", len(open.Events), open.Events[0].Seq, open.More)
	}
	check := func(what string, span desk.Span, first, last int64, wantMore bool) {
		t.Helper()
		events, more, err := w.Desk.Events(t.Context(), eve, c, span)
		if err != nil || more != wantMore || len(events) != int(last-first+1) || (len(events) > 0 && events[0].Seq != first) {
			t.Errorf("%s: %d events, more %v, %v; want %d to %d", what, len(events), more, err, first, last)
		}
	}
	check("before the page", desk.Span{Before: 166}, 155, 165, false)
	check("before all", desk.Span{Before: 155}, 155, 154, false)
	check("after nothing visible", desk.Span{After: 1, Limit: 5}, 155, 159, true)
	check("after a number", desk.Span{After: 210}, 211, 215, false)
	check("exactly the rest", desk.Span{After: 210, Limit: 5}, 211, 215, false)
	check("after the end", desk.Span{After: 215}, 216, 215, false)
	check("the newest", desk.Span{Limit: 2}, 214, 215, true)
	for _, bad := range []desk.Span{{Limit: -1}, {Limit: 501}, {Before: -1}, {After: -1}} {
		_, _, err := w.Desk.Events(t.Context(), eve, c, bad)
		wantKind(t, fmt.Sprintf("%+v", bad), err, chat.Invalid)
	}
}

func TestSearch_TakesWhateverIsTyped(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, c := w.Arrives("Where is my parcel?")
	v.Says("parcel 4711")
	w.Numbered()
	for words, want := range map[string]int{"parcel": 2, "PARCEL 4711": 1, "": 0, " \x00 ": 0, "\xff": 0, `"`: 0, "parcel AND NOT *": 0, "' OR 1=1 --": 0, strings.Repeat("x", 100_000): 0} {
		hits, _, err := w.Desk.Search(t.Context(), w.Owner, desk.Sought{Words: words})
		if err != nil || len(hits) != want {
			t.Errorf("%.20q finds %d, %v; want %d", words, len(hits), err, want)
		}
		for _, h := range hits {
			if h.Event.Conversation != c || h.Visitor.Conversation != c {
				t.Errorf("%.20q finds %+v", words, h)
			}
		}
	}
	for range 40 {
		v.Says("umbrella")
	}
	w.Numbered()
	first, next, err := w.Desk.Search(t.Context(), w.Owner, desk.Sought{Words: "umbrella"})
	if err != nil || len(first) != 30 || next == 0 {
		t.Fatalf("the first page holds %d, next %d, %v", len(first), next, err)
	}
	second, next, err := w.Desk.Search(t.Context(), w.Owner, desk.Sought{Words: "umbrella", Before: next})
	if err != nil || len(second) != 10 || next != 0 || second[0].Event.Seq >= first[29].Event.Seq {
		t.Errorf("the second page holds %d, next %d, %v", len(second), next, err)
	}
}
