package desk_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// locked is a chat that Ada leads in a group that others may not look into, and
// Bob, who is of another one.
func locked(t *testing.T) (w *desktest.World, ada, bob chat.Agent, v desktest.Visitor, c chat.ConversationID) {
	t.Helper()
	w = desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_out", Name: "Elsewhere", Policy: chat.PolicyGroup})
	})
	ada, bob = w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member, "g_out")
	v, c = w.Taken(ada)
	return w, ada, bob, v, c
}

func calls(w *desktest.World, text string, grant bool, who ...chat.AgentID) desk.Message {
	m := says(w, text)
	m.Mentions, m.Grant = who, grant
	return m
}

func mentionsOf(t *testing.T, w *desktest.World, a chat.Agent) ([]desk.Mention, int) {
	t.Helper()
	all, unread, _, err := w.Desk.Mentions(t.Context(), a, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all, unread
}

func TestGuest_ReadsAndWritesNotesAndDoesNothingThatTheVisitorNotices(t *testing.T) {
	t.Parallel()
	w, ada, bob, v, c := locked(t)
	ctx := t.Context()
	_, err := w.Desk.Conversation(ctx, bob, c)
	wantKind(t, "before the grant", err, chat.Missing)
	must[desk.Done](t)(w.Desk.Grant(ctx, ada, c, w.Key(), bob.ID))
	must[desk.Conversation](t)(w.Desk.Conversation(ctx, bob, c))
	must[desk.Done](t)(w.Desk.AddNote(ctx, bob, c, says(w, "the contract is signed")))
	if s := w.State(c); s.Thread.TakesPart(bob.ID) {
		t.Error("a guest takes part")
	}
	_, err = w.Desk.PostMessage(ctx, bob, c, says(w, "hello"))
	wantKind(t, "a message", err, chat.Denied)
	_, err = w.Desk.Join(ctx, bob, c, w.Key())
	wantKind(t, "joining", err, chat.Denied)
	_, err = w.Desk.JumpIn(ctx, bob, c, says(w, "hello"))
	wantKind(t, "jumping in", err, chat.Denied)
	_, err = w.Desk.Move(ctx, bob, c, desk.Moving{Key: w.Key(), Group: "g_out", Reason: "x"})
	wantKind(t, "moving", err, chat.Denied)
	_, err = w.Desk.Transfer(ctx, bob, c, desk.Transfer{Key: w.Key(), To: chat.Target{Agent: bob.ID}})
	wantKind(t, "passing it to himself", err, chat.Denied)
	_, err = w.Desk.Grant(ctx, bob, c, w.Key(), w.Agent("Cem", chat.Member, "g_out").ID)
	wantKind(t, "letting others in", err, chat.Denied)
	must[desk.Done](t)(w.Desk.Requeue(ctx, ada, c, w.Key()))
	_, err = w.Desk.Take(ctx, bob, c, desk.Taking{Key: w.Key()})
	wantKind(t, "taking", err, chat.Denied)
	_, err = w.Desk.Close(ctx, bob, c, w.Key())
	wantKind(t, "closing what nobody leads", err, chat.Denied)
	must[desk.Done](t)(w.Desk.Close(ctx, w.Owner, c, w.Key()))
	_, err = w.Desk.PostMessage(ctx, bob, c, says(w, "hello again"))
	wantKind(t, "beginning a thread", err, chat.Denied)
	v.Says("one more thing")
	_, err = w.Desk.Conversation(ctx, bob, c)
	wantKind(t, "the next thread", err, chat.Missing)
}

func TestGuest_EndsByWhoMayGrantAndByHimself(t *testing.T) {
	t.Parallel()
	w, ada, bob, _, c := locked(t)
	eve, ctx := w.Agent("Eve", chat.Member, "g_out"), t.Context()
	for _, id := range []chat.AgentID{bob.ID, eve.ID} {
		must[desk.Done](t)(w.Desk.Grant(ctx, ada, c, w.Key(), id))
	}
	if done := must[desk.Done](t)(w.Desk.Grant(ctx, ada, c, w.Key(), bob.ID)); len(done.Events) != 0 {
		t.Errorf("granting twice makes %q", kinds(done.Events))
	}
	_, err := w.Desk.Revoke(ctx, eve, c, w.Key(), bob.ID)
	wantKind(t, "a guest ends another's access", err, chat.Denied)
	must[desk.Done](t)(w.Desk.Revoke(ctx, eve, c, w.Key(), eve.ID))
	must[desk.Done](t)(w.Desk.Revoke(ctx, w.Owner, c, w.Key(), bob.ID))
	if guests := w.State(c).Thread.Guests; guests != nil {
		t.Errorf("guests %v are left", guests)
	}
	for _, a := range []chat.Agent{bob, eve} {
		_, err := w.Desk.Conversation(ctx, a, c)
		wantKind(t, a.Name+" after the end", err, chat.Missing)
		_, err = w.Desk.AddNote(ctx, a, c, says(w, "still here?"))
		wantKind(t, a.Name+" writes", err, chat.Missing)
	}
	_, err = w.Desk.Grant(ctx, ada, c, w.Key(), "a_nobody")
	wantKind(t, "granting to nobody", err, chat.Missing)
}

func TestMention_AsksBeforeItLetsSomebodyIn(t *testing.T) {
	t.Parallel()
	w, ada, bob, _, c := locked(t)
	eve, ctx := w.Agent("Eve", chat.Member, "g_out"), t.Context()
	must[desk.Done](t)(w.Desk.Grant(ctx, ada, c, w.Key(), eve.ID))
	head := w.State(c).Conversation.Head
	_, err := w.Desk.AddNote(ctx, eve, c, calls(w, "@Bob look", true, bob.ID))
	if !chat.IsKind(err, chat.Denied) || !strings.Contains(err.Error(), "Bob may not see") {
		t.Errorf("a guest calls a stranger: %v", err)
	}
	in := calls(w, "@Bob look", false, bob.ID)
	_, err = w.Desk.AddNote(ctx, ada, c, in)
	wantKind(t, "the lead has not said so", err, chat.Conflict)
	if d, ok := detail[chat.NoAccess](err); !ok || len(d.Agents) != 1 || d.Agents[0] != bob.ID {
		t.Errorf("the conflict names %+v", d)
	}
	if got := w.State(c).Conversation.Head; got != head {
		t.Errorf("what was refused made %d events", got-head)
	}
	in.Grant = true
	done := must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, in))
	if kinds(done.Events) != "grant note" {
		t.Errorf("the note made %q", kinds(done.Events))
	}
	if again := must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, in)); !again.Again || kinds(again.Events) != "grant note" {
		t.Errorf("the same key again: %v %q", again.Again, kinds(again.Events))
	}
	must[desk.Conversation](t)(w.Desk.Conversation(ctx, bob, c))
}

func TestMention_CallsTheMentionedAloneUntilHeHasReadIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, eve := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Eve", chat.Member)
	_, c := w.Taken(ada)
	ctx := t.Context()
	done := must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, calls(w, "@Bob @Ada look", false, bob.ID, ada.ID, bob.ID)))
	note := done.Events[0]
	said, err := chat.Decode[chat.Said](note)
	if diff := cmp.Diff([]chat.AgentID{bob.ID}, said.Mentions); diff != "" || err != nil {
		t.Errorf("the note mentions (-want +got): %v\n%s", err, diff)
	}
	for _, a := range []chat.Agent{ada, bob, eve} {
		want := ""
		if a.ID == bob.ID {
			want = "mentioned"
		}
		if got := kinds(w.Log(chat.AgentConversation(a.ID))); got != want {
			t.Errorf("%s is told %q, want %q", a.Name, got, want)
		}
	}
	all, unread := mentionsOf(t, w, bob)
	if len(all) != 1 || unread != 1 || !all[0].Unread || all[0].Event.Seq != note.Seq {
		t.Fatalf("Bob's mentions: %+v, %d unread", all, unread)
	}
	if err := w.Desk.MarkRead(ctx, bob, c, note.Seq); err != nil {
		t.Fatal(err)
	}
	if all, unread := mentionsOf(t, w, bob); len(all) != 1 || unread != 0 || all[0].Unread {
		t.Errorf("after he has read it: %+v, %d unread", all, unread)
	}
	must[desk.Done](t)(w.Desk.RedactMessage(ctx, ada, c, w.Key(), note.Seq))
	if all, _ := mentionsOf(t, w, bob); len(all) != 0 {
		t.Errorf("a note that was taken back is still shown: %+v", all)
	}
	_, err = w.Desk.AddNote(ctx, ada, c, calls(w, "@X", false, "a_nobody"))
	wantKind(t, "a mention of nobody", err, chat.Missing)
}

func TestMention_OfAChatThatOneMayNotSeeAnyMoreIsNotShown(t *testing.T) {
	t.Parallel()
	w, ada, bob, v, c := locked(t)
	ctx := t.Context()
	must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, calls(w, "@Bob canary", true, bob.ID)))
	if all, unread := mentionsOf(t, w, bob); len(all) != 1 || unread != 1 {
		t.Fatalf("%d mentions, %d unread", len(all), unread)
	}
	must[desk.Done](t)(w.Desk.Close(ctx, ada, c, w.Key()))
	v.Says("next time") // another sitting, to which he is not let
	if all, unread := mentionsOf(t, w, bob); len(all) != 0 || unread != 0 {
		t.Errorf("in the next sitting he has %+v, %d unread", all, unread)
	}
}

func TestGuest_NothingOfItReachesTheVisitor(t *testing.T) {
	t.Parallel()
	w, ada, bob, v, c := locked(t)
	ctx := t.Context()
	must[desk.Done](t)(w.Desk.AddNote(ctx, ada, c, calls(w, "@Bob canary", true, bob.ID)))
	must[desk.Done](t)(w.Desk.AddNote(ctx, bob, c, says(w, "canary of a guest")))
	must[desk.Done](t)(w.Desk.Revoke(ctx, ada, c, w.Key(), bob.ID))
	must[desk.Done](t)(w.Desk.PostMessage(ctx, ada, c, says(w, "hello")))
	before := w.State(c).Conversation.VHead
	me := must[chat.Visitor](t)(w.Desk.VisitorOf(ctx, v.Caller))
	told := asText(t, must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(ctx, me, 0)))
	if !strings.Contains(told, "hello") {
		t.Fatalf("the visitor does not receive the message: %s", told)
	}
	for _, canary := range []string{"canary", "guest", "mention", "grant", "Bob", string(bob.ID)} {
		if strings.Contains(told, canary) {
			t.Errorf("the visitor receives %q in %s", canary, told)
		}
	}
	for _, e := range w.Log(c) {
		seen := chat.Visible(e, w.State(c).Access(), me.Viewer())
		if team := e.Kind == chat.KindGrant || e.Kind == chat.KindGrantEnded || e.Kind == chat.KindNote; team && (seen || e.VSeq != 0) {
			t.Errorf("%s is the visitor's number %d, visible %v", e.Kind, e.VSeq, seen)
		}
	}
	if before != 3 { // message, assign, message
		t.Errorf("the visitor counts %d events, want 3", before)
	}
}
