package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

func TestDraftReply_OfFeedbackIsPublishedByWhoOversees(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	f, _, err := l.Desk.DraftFeedback(t.Context(), l.sue, desk.NewFeedback{Key: l.Key(), Stretch: l.at(l.anns, l.anns), Kind: chat.Improve, Text: "kinder", Suggestion: "Of course you may, {{visitor.first_name}}!"})
	if err != nil {
		t.Fatal(err)
	}
	// Not given yet: there is nothing of it for Ann.
	if _, _, err := l.Desk.DraftReplyOfFeedback(t.Context(), l.ann, l.Key(), f.ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("before it is given: %v", err)
	}
	l.close()
	if _, _, err := l.Desk.ActOnFeedback(t.Context(), l.sue, f.ID, desk.FeedbackDeed{Key: l.Key(), Act: chat.FeedbackGive}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Desk.DraftReplyOfFeedback(t.Context(), l.eve, l.Key(), f.ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("a colleague: %v", err)
	}
	draft, _, err := l.Desk.DraftReplyOfFeedback(t.Context(), l.ann, l.Key(), f.ID)
	if err != nil || !draft.Draft || draft.Name != "Of course you may," || draft.Group != l.Group.ID || draft.Writable || draft.Usable || !draft.Discardable {
		t.Fatalf("%+v %v", draft, err)
	}
	if _, _, err := l.Desk.DraftReplyOfFeedback(t.Context(), l.sue, l.Key(), f.ID); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := l.Desk.FillReply(t.Context(), l.ann, l.c, draft.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("used as a draft: %v", err)
	}
	if got := namesOf(t, l.World, l.eve); got != "" {
		t.Errorf("Eve sees %q", got)
	}
	in := wants(chat.ScopeGroup, l.Group.ID, "send back", draft.Text)
	in.Version, in.Publish = draft.Version, true
	if _, err := l.Desk.ChangeSavedReply(t.Context(), l.ann, draft.ID, in); !chat.IsKind(err, chat.Denied) {
		t.Errorf("published by a member: %v", err)
	}
	out := must[desk.ReplyView](t)(l.Desk.ChangeSavedReply(t.Context(), l.sue, draft.ID, in))
	if out.Draft || out.Origin == nil || out.Origin.Kind != chat.FromFeedback || out.Origin.Lines == nil || out.Origin.ID != "" {
		t.Errorf("%+v", out)
	}
	for _, v := range must[[]desk.ReplyView](t)(l.Desk.SavedReplies(t.Context(), l.eve)) {
		if v.Origin != nil || !v.Usable {
			t.Errorf("Eve is told %+v", v)
		}
	}
	if err := l.Desk.DeleteSavedReply(t.Context(), l.ann, draft.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("what was published is discarded by who suggested it: %v", err)
	}
}

func TestDraftReply_BracesOfATalkAreKeptAndNamedWhenItIsPublished(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	lines := chat.Lines{Conversation: l.c, Thread: l.State(l.c).Thread.ID, From: l.anns, To: l.anns}
	draft, _, err := l.Desk.DraftReply(t.Context(), l.ann, desk.NewReplyDraft{Key: l.Key(), Scope: chat.ScopeTeam, Text: "write {{order}} there",
		Origin: &chat.ReplyOrigin{Kind: chat.FromSideTalk, ID: "c_side", Lines: &lines}})
	if err != nil || draft.Text != "write {{order}} there" || draft.Name != "write {{order}} there" {
		t.Fatalf("%+v %v", draft, err)
	}
	in := wants(chat.ScopeTeam, "", "order", draft.Text)
	in.Version, in.Publish = draft.Version, true
	if _, err := l.Desk.ChangeSavedReply(t.Context(), l.Owner, draft.ID, in); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("published with braces: %v", err)
	}
	if _, _, err := l.Desk.DraftReply(t.Context(), l.ann, desk.NewReplyDraft{Key: l.Key(), Scope: chat.ScopeOwn, Text: "x"}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a draft of one's own: %v", err)
	}
	if err := l.Desk.DeleteSavedReply(t.Context(), l.ann, draft.ID); err != nil {
		t.Errorf("discarded by who suggested it: %v", err)
	}
}

// The lines behind a draft are named to who may see them, and to nobody else.
func TestDraftReply_ItsLinesAreForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	l.SetPolicy(chat.PolicyLead)
	v, c := l.Taken(l.ann)
	v.Says("something private")
	lines := chat.Lines{Conversation: c, Thread: l.State(c).Thread.ID, From: 1, To: 3}
	other := addGroup(t, l.World, "Other", desk.GroupChange{})
	olga := supervisorOf(t, l.World, other.ID)
	if _, err := l.Desk.SetMembers(t.Context(), l.Owner, other.ID, []desk.Membership{{Agent: olga.ID, Class: chat.ClassSupervisor}, {Agent: l.ann.ID}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Desk.DraftReply(t.Context(), l.ann, desk.NewReplyDraft{Key: l.Key(), Scope: chat.ScopeGroup, Group: other.ID, Text: "x", Origin: &chat.ReplyOrigin{Kind: chat.FromSideTalk, ID: "c_side", Lines: &lines}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  chat.Agent
		seen bool
	}{{l.ann, true}, {olga, false}, {l.sue, true}} {
		all := must[[]desk.ReplyView](t)(l.Desk.SavedReplies(t.Context(), c.who))
		if len(all) != 1 || all[0].Origin == nil || (all[0].Origin.Lines != nil) != c.seen {
			t.Errorf("%s: %+v", c.who.Name, all)
		}
	}
}
