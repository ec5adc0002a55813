package desk_test

import (
	"bytes"
	"context"
	"io"
	"slices"
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

func wants(scope chat.Scope, g chat.GroupID, name, text string) desk.SavedReplyInput {
	return desk.SavedReplyInput{Scope: scope, Group: g, Name: name, Text: text}
}

// saves stores a reply that its writer may store.
func saves(t *testing.T, w *desktest.World, by chat.Agent, in desk.SavedReplyInput) desk.ReplyView {
	t.Helper()
	in.Key = w.Key()
	v, _, err := w.Desk.MakeSavedReply(t.Context(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func namesOf(t *testing.T, w *desktest.World, a chat.Agent) string {
	t.Helper()
	var names []string
	for _, r := range must[[]desk.ReplyView](t)(w.Desk.SavedReplies(t.Context(), a)) {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestSavedReplies_EachSeesWhatIsForHim(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	other := addGroup(t, w, "Other", desk.GroupChange{})
	ann, bob, sue := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member, other.ID), w.Agent("Sue", chat.Supervisor, other.ID)
	cal := w.Agent("Cal", chat.Colleague)
	saves(t, w, ann, wants(chat.ScopeOwn, "", "ann-own", "x"))
	saves(t, w, bob, wants(chat.ScopeOwn, "", "bob-own", "x"))
	saves(t, w, sue, wants(chat.ScopeGroup, w.Group.ID, "group", "x"))
	saves(t, w, sue, wants(chat.ScopeGroup, other.ID, "other", "x"))
	saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "team", "x"))
	_, _, err := w.Desk.DraftReply(t.Context(), ann, desk.NewReplyDraft{Key: w.Key(), Scope: chat.ScopeGroup, Group: w.Group.ID, Name: "draft", Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  chat.Agent
		want string
	}{
		{ann, "ann-own draft group team"},
		{bob, "bob-own other team"},
		{sue, "draft group other team"},
		{cal, ""},
	} {
		if got := namesOf(t, w, c.who); got != c.want {
			t.Errorf("%s sees %q, want %q", c.who.Name, got, c.want)
		}
	}
	for what, c := range map[string]struct {
		who chat.Agent
		in  desk.SavedReplyInput
	}{
		"a member for the group":    {ann, wants(chat.ScopeGroup, w.Group.ID, "n", "x")},
		"a supervisor for the team": {sue, wants(chat.ScopeTeam, "", "n", "x")},
		"a colleague for himself":   {cal, wants(chat.ScopeOwn, "", "n", "x")},
	} {
		c.in.Key = w.Key()
		if _, _, err := w.Desk.MakeSavedReply(t.Context(), c.who, c.in); !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSavedReplies_WhatIsNotForSomebodyIsNotThere(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member)
	mine := saves(t, w, ann, wants(chat.ScopeOwn, "", "mine", "canary"))
	teams := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "teams", "x"))
	_, c := w.Taken(bob)
	in := wants(chat.ScopeOwn, "", "theirs", "x")
	in.Version = mine.Version
	_, changed := w.Desk.ChangeSavedReply(t.Context(), bob, mine.ID, in)
	_, filled := w.Desk.FillReply(t.Context(), bob, c, mine.ID)
	_, chats := w.Desk.ReplyChats(t.Context(), bob, mine.ID, 1)
	for what, err := range map[string]error{"change": changed, "fill": filled, "chats": chats, "delete": w.Desk.DeleteSavedReply(t.Context(), bob, mine.ID)} {
		if !chat.IsKind(err, chat.Missing) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := w.Desk.DeleteSavedReply(t.Context(), bob, teams.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the team's: %v", err)
	}
	for _, e := range append(w.Log(chat.TeamConversation), w.Log(chat.AgentConversation(ann.ID))...) {
		if strings.Contains(string(e.Body), "canary") || strings.Contains(string(e.Body), string(mine.ID)) && e.Conversation == chat.TeamConversation {
			t.Errorf("the log tells %s: %s", e.Kind, e.Body)
		}
	}
}

func TestMakeSavedReply_AgainIsOnceAndNamesDiffer(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	in := wants(chat.ScopeTeam, "", "Refund", "x")
	in.Key = w.Key()
	first, again, err := w.Desk.MakeSavedReply(t.Context(), w.Owner, in)
	if err != nil || again {
		t.Fatal(again, err)
	}
	second, again, err := w.Desk.MakeSavedReply(t.Context(), w.Owner, in)
	if err != nil || !again || second.ID != first.ID {
		t.Errorf("again: %v %v, %v; want %v", again, second.ID, err, first.ID)
	}
	in.Text = "y"
	if _, _, err := w.Desk.MakeSavedReply(t.Context(), w.Owner, in); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the key with other words: %v", err)
	}
	in.Key, in.Name = w.Key(), "REFUND"
	if _, _, err := w.Desk.MakeSavedReply(t.Context(), w.Owner, in); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("a second one of the name: %v", err)
	}
	in.Scope = chat.ScopeOwn
	saves(t, w, w.Owner, in) // elsewhere
	in = wants(chat.ScopeTeam, "", "Refund", "z")
	in.Version = first.Version
	if v, err := w.Desk.ChangeSavedReply(t.Context(), w.Owner, first.ID, in); err != nil || v.Text != "z" || v.Version != 2 {
		t.Errorf("%+v %v", v, err)
	}
	if v, err := w.Desk.ChangeSavedReply(t.Context(), w.Owner, first.ID, in); err != nil || v.Version != 2 {
		t.Errorf("said twice: %+v %v", v, err)
	}
	in.Text = "mine"
	if _, err := w.Desk.ChangeSavedReply(t.Context(), w.Owner, first.ID, in); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("over somebody else's: %v", err)
	}
}

func TestMakeSavedReply_OfManyAtOnceOneHasTheName(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]*desktest.World{"sqlite": desktest.New(t), "postgres": desktest.NewPostgres(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sue, ada := w.Agent("Sue", chat.Supervisor), w.Agent("Ada", chat.Admin)
			var all sync.WaitGroup
			for i := range 8 {
				by := []chat.Agent{sue, ada, w.Owner}[i%3]
				in := wants(chat.ScopeGroup, w.Group.ID, "one", "x")
				in.Key = w.Key()
				all.Go(func() {
					if _, _, err := w.Desk.MakeSavedReply(context.WithoutCancel(t.Context()), by, in); err != nil && !chat.IsKind(err, chat.Conflict) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := namesOf(t, w, sue); got != "one" {
				t.Errorf("there are %q", got)
			}
		})
	}
}

func TestSavedReplies_MoreThanFitAreRefused(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	w.Write(func(tx *store.Tx) error {
		for i := range chat.MaxOwnReplies {
			r := chat.SavedReply{ID: chat.SavedReplyID("y_" + strings.Repeat("x", i+1)), Scope: chat.ScopeOwn, By: ann.ID, Name: strings.Repeat("n", i+1), Text: "x"}
			if err := tx.PutSavedReply(r); err != nil {
				return err
			}
		}
		return nil
	})
	in := wants(chat.ScopeOwn, "", "another", "x")
	in.Key = w.Key()
	if _, _, err := w.Desk.MakeSavedReply(t.Context(), ann, in); !chat.IsKind(err, chat.Limited) {
		t.Errorf("%v", err)
	}
	out, err := w.Desk.ImportReplies(t.Context(), ann, []byte("scope,name,text\nown,another,x\n"), true)
	if err != nil || out.Refused != 1 {
		t.Errorf("imported: %+v %v", out, err)
	}
}

func TestDeleteGroup_ItsRepliesAreTheSuccessors(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	old := addGroup(t, w, "Old", desk.GroupChange{})
	ann := w.Agent("Ann", chat.Member)
	saves(t, w, w.Owner, wants(chat.ScopeGroup, old.ID, "vat", "x"))
	if got := namesOf(t, w, ann); got != "" {
		t.Errorf("before: %q", got)
	}
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, old.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	if got := namesOf(t, w, ann); got != "vat" {
		t.Errorf("after: %q", got)
	}
}

// A chat of Ann's, of a visitor with a name.
func named(t *testing.T, w *desktest.World, ann chat.Agent, name string) chat.ConversationID {
	t.Helper()
	_, c := w.Taken(ann)
	w.Write(func(tx *store.Tx) error {
		s, err := tx.State(c)
		if err != nil {
			return err
		}
		v, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil {
			return err
		}
		v.Name, v.Data = name, map[string]string{"plan": "gold"}
		return tx.SaveVisitor(v)
	})
	return c
}

// Two of one name may stand in a group since another one was deleted: nobody chose
// that, and each can still be mended where it stands.
func TestChangeSavedReply_OfTwoThatHaveOneNameEachCanBeMended(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	old := addGroup(t, w, "Old", desk.GroupChange{})
	here := saves(t, w, w.Owner, wants(chat.ScopeGroup, w.Group.ID, "greeting", "helo"))
	came := saves(t, w, w.Owner, wants(chat.ScopeGroup, old.ID, "Greeting", "welcom"))
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, old.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	change := func(id chat.SavedReplyID, version int64, in desk.SavedReplyInput) (desk.ReplyView, error) {
		in.Version = version
		return w.Desk.ChangeSavedReply(t.Context(), w.Owner, id, in)
	}
	mended := must[desk.ReplyView](t)(change(came.ID, came.Version, wants(chat.ScopeGroup, w.Group.ID, "Greeting", "welcome")))
	if mended.Text != "welcome" {
		t.Errorf("the text is %q", mended.Text)
	}
	must[desk.ReplyView](t)(change(here.ID, here.Version, wants(chat.ScopeGroup, w.Group.ID, "greeting", "hello")))

	other := saves(t, w, w.Owner, wants(chat.ScopeGroup, w.Group.ID, "other", "x"))
	_, err := change(other.ID, other.Version, wants(chat.ScopeGroup, w.Group.ID, "Greeting", "x"))
	wantKind(t, "taking a name that is taken", err, chat.Conflict)
	team := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "greeting", "x"))
	_, err = change(team.ID, team.Version, wants(chat.ScopeGroup, w.Group.ID, "greeting", "x"))
	wantKind(t, "bringing a name that is taken", err, chat.Conflict)
	if _, err := change(came.ID, mended.Version, wants(chat.ScopeGroup, w.Group.ID, "welcome", "welcome")); err != nil {
		t.Errorf("giving one of them another name: %v", err)
	}
}

func TestFillReply_PutsInWhatIsKnownAndSaysWhatIsNot(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann Bee", chat.Member)
	c := named(t, w, ann, "Mia {{agent.name}}")
	r := saves(t, w, ann, wants(chat.ScopeOwn, "", "hi", "Hi {{visitor.first_name|there}} ({{visitor.name}}), {{agent.first_name}} of {{group.name}} at {{site.name}}: {{page.url}}, {{data.plan}}, {{visitor.email}}, {{data.seats|1}}"))
	got := must[desk.FilledReply](t)(w.Desk.FillReply(t.Context(), ann, c, r.ID))
	want := desk.FilledReply{Text: "Hi Mia (Mia {{agent.name}}), Ann of " + w.Group.Name + " at " + w.Site.Name + ": https://shop.example/cart, gold, {{visitor.email}}, 1", Blanks: []string{"visitor.email"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	post := func(text string) error {
		in := desk.Message{Key: w.Key(), Text: text, Seen: 1000, Replies: []chat.UsedReply{{ID: r.ID}}}
		_, err := w.Desk.PostMessage(t.Context(), ann, c, in)
		in.Key = w.Key()
		if _, noted := w.Desk.AddNote(t.Context(), ann, c, in); (noted == nil) != (err == nil) {
			t.Errorf("a note: %v, a message: %v", noted, err)
		}
		return err
	}
	if err := post(got.Text); !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), "{{visitor.email}}") {
		t.Errorf("sent blank: %v", err)
	}
	if err := post(strings.ReplaceAll(got.Text, "{{visitor.email}}", "mia@example.com")); err != nil {
		t.Errorf("filled in: %v", err)
	}
	secret := w.Agent("Eve", chat.Member, addGroup(t, w, "Other", desk.GroupChange{}).ID)
	w.SetPolicy(chat.PolicyGroup)
	closed := named(t, w, ann, "Bo")
	theirs := saves(t, w, secret, wants(chat.ScopeOwn, "", "spy", "{{visitor.name}}"))
	if out, err := w.Desk.FillReply(t.Context(), secret, closed, theirs.ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("of a chat that one may not see: %+v %v", out, err)
	}
}

func TestFillReply_ATalkHasNoVisitor(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	talk := w.channel(w.ada, true, w.bob)
	in := wants(chat.ScopeOwn, "", "hi", "Hello {{visitor.first_name}}, {{visitor.name|all}}: {{agent.first_name}} at {{site.name}} here.")
	r := saves(t, w.World, w.ada, in)
	got := must[desk.FilledReply](t)(w.Desk.FillReply(t.Context(), w.ada, talk, r.ID))
	want := desk.FilledReply{Text: "Hello, all: " + strings.Fields(w.ada.Name)[0] + " at here.", Left: []string{"visitor.first_name", "site.name"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	theirs := saves(t, w.World, w.cem, in)
	_, err := w.Desk.FillReply(t.Context(), w.cem, talk, theirs.ID)
	wantKind(t, "a talk that one is not in", err, chat.Missing)
}

func TestReplyUse_IsNotedWithTheMessage(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member)
	r := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "bye", "Bye!"))
	idle := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "idle", "x"))
	own := saves(t, w, bob, wants(chat.ScopeOwn, "", "own", "x"))
	c, d := named(t, w, ann, "Mia"), named(t, w, bob, "Bo")
	in := desk.Message{Key: w.Key(), Text: "Bye!", Seen: 1000, Replies: []chat.UsedReply{{ID: r.ID}, {ID: own.ID}, {ID: "y_none"}, {ID: r.ID, Edited: true}}}
	for range 2 { // the key makes it one
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ann, c, in))
	}
	later(w, 14*24*time.Hour, ann, bob)
	must[desk.Done](t)(w.Desk.AddNote(t.Context(), bob, d, desk.Message{Key: w.Key(), Text: "Bye!", Replies: []chat.UsedReply{{ID: r.ID}}}))
	if _, err := w.Desk.PostMessage(t.Context(), bob, d, desk.Message{Key: w.Key(), Text: " ", Replies: []chat.UsedReply{{ID: r.ID}}}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("an empty message: %v", err)
	}
	now := chat.Micros(w.Clock.Now())
	want := []desk.ReplyUse{{Reply: r.ID, ReplyFigures: store.ReplyFigures{Sent: 2, Edited: 1, People: 2, Last: now}}, {Reply: idle.ID}}
	if diff := cmp.Diff(want, must[[]desk.ReplyUse](t)(w.Desk.ReplyUse(t.Context(), ann, 13))); diff != "" {
		t.Errorf("in a quarter (-want +got):\n%s", diff)
	}
	want[0].ReplyFigures = store.ReplyFigures{Sent: 1, People: 1, Last: now}
	if diff := cmp.Diff(want, must[[]desk.ReplyUse](t)(w.Desk.ReplyUse(t.Context(), ann, 1))); diff != "" {
		t.Errorf("this week (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]chat.ConversationID{d, c}, must[[]chat.ConversationID](t)(w.Desk.ReplyChats(t.Context(), ann, r.ID, 13))); diff != "" {
		t.Errorf("chats (-want +got):\n%s", diff)
	}
	rank := func(a chat.Agent, id chat.SavedReplyID) int {
		for _, v := range must[[]desk.ReplyView](t)(w.Desk.SavedReplies(t.Context(), a)) {
			if v.ID == id {
				return v.Rank
			}
		}
		t.Fatalf("%s does not see %s", a.Name, id)
		return 0
	}
	if ann, bob, none := rank(ann, r.ID), rank(bob, r.ID), rank(bob, idle.ID); bob <= ann || ann <= none {
		t.Errorf("ranks: %d by whom used it lately, %d by whom used it before, %d of what nobody used", bob, ann, none)
	}
	later(w, 91*24*time.Hour, ann, bob)
	for _, u := range must[[]desk.ReplyUse](t)(w.Desk.ReplyUse(t.Context(), ann, 52)) {
		if !u.Unused {
			t.Errorf("%s is in use after 91 days", u.Reply)
		}
	}
}

func TestReplyChats_AreThoseThatOneMayOpen(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	ann, eve := w.Agent("Ann", chat.Member), w.Agent("Eve", chat.Member, addGroup(t, w, "Other", desk.GroupChange{}).ID)
	r := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "bye", "Bye!"))
	c := named(t, w, ann, "Mia")
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: w.Key(), Text: "Bye!", Seen: 1000, Replies: []chat.UsedReply{{ID: r.ID}}}))
	if got := must[[]chat.ConversationID](t)(w.Desk.ReplyChats(t.Context(), eve, r.ID, 1)); len(got) != 0 {
		t.Errorf("Eve is named %v", got)
	}
}

// What no report looks back to is forgotten, and to the day not before.
func TestReplyUses_AreKeptAsLongAsTheReportLooksBack(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	r := saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "bye", "Bye!"))
	use := func(visitor string) chat.ConversationID {
		c := named(t, w, ann, visitor)
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: w.Key(), Text: "Bye!", Seen: 1000, Replies: []chat.UsedReply{{ID: r.ID}}}))
		return c
	}
	kept := func() (chats int) {
		t.Helper()
		if err := w.Desk.ForgetReplyUses(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Read(func(tx *store.Tx) error {
			uses, err := tx.ReplyUses(r.ID, 0, 100)
			chats = len(uses)
			return err
		})
		return chats
	}
	use("Mia")
	later(w, 7*24*time.Hour, ann)
	second := use("Max")
	later(w, 50*7*24*time.Hour, ann) // the second one is of the 51st week before
	if n := kept(); n != 2 {
		t.Errorf("in the 52nd week %d uses are kept, want 2", n)
	}
	later(w, 7*24*time.Hour, ann)
	if n := kept(); n != 1 {
		t.Errorf("a week later %d uses are kept, want the second alone", n)
	}
	if got := must[[]chat.ConversationID](t)(w.Desk.ReplyChats(t.Context(), ann, r.ID, desk.MaxUseWeeks)); cmp.Diff([]chat.ConversationID{second}, got) != "" {
		t.Errorf("a year's report opens %v, want %s", got, second)
	}
	if use := must[[]desk.ReplyUse](t)(w.Desk.ReplyUse(t.Context(), ann, desk.MaxUseWeeks)); len(use) != 1 || use[0].Last == 0 || use[0].Sent != 1 {
		t.Errorf("counted: %+v", use)
	}
}

func TestReplyFiles_AreSentAgainAndAgain(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member)
	picture := must[chat.FileRef](t)(w.Desk.AddReplyFile(t.Context(), w.Owner, "map.png", bytes.NewReader(desktest.Picture())))
	in := wants(chat.ScopeTeam, "", "way", "Here is the way.")
	in.Files = []chat.FileID{picture.ID}
	r := saves(t, w, w.Owner, in)
	// A day later what was never sent is gone, and a reply's file is not.
	later(w, 25*time.Hour, ann, bob)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := func(a chat.Agent, id chat.FileID) error {
		f, err := w.Desk.OpenFile(t.Context(), a.Viewer(), id, false)
		if err != nil {
			return err
		}
		defer f.Content.Close()
		_, err = io.Copy(io.Discard, f.Content)
		return err
	}
	if err := open(ann, picture.ID); err != nil {
		t.Errorf("who may use the reply: %v", err)
	}
	c := named(t, w, ann, "Mia")
	_, err := w.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: w.Key(), Text: "x", Seen: 1000, Files: []chat.FileID{picture.ID}})
	if !chat.IsKind(err, chat.Missing) {
		t.Errorf("the reply's own file in a message: %v", err)
	}
	var sent []chat.FileID
	for range 2 {
		filled := must[desk.FilledReply](t)(w.Desk.FillReply(t.Context(), ann, c, r.ID))
		if len(filled.Files) != 1 || filled.Files[0].ID == picture.ID || filled.Files[0].Size != picture.Size {
			t.Fatalf("files are %+v", filled.Files)
		}
		id := filled.Files[0].ID
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: w.Key(), Text: filled.Text, Seen: 1000, Files: []chat.FileID{id}, Replies: []chat.UsedReply{{ID: r.ID}}}))
		sent = append(sent, id)
	}
	if err := w.Desk.DeleteSavedReply(t.Context(), w.Owner, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.RemoveFile(t.Context(), []byte(picture.ID)); err != nil {
		t.Fatal(err)
	}
	if err := open(ann, picture.ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("a deleted reply's file: %v", err)
	}
	for _, id := range sent {
		if err := open(bob, id); err != nil {
			t.Errorf("what was sent: %v", err)
		}
	}
}

func TestReplyFiles_AreNotForWhoMayNotSeeTheReply(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob, cal := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cal", chat.Colleague)
	picture := must[chat.FileRef](t)(w.Desk.AddReplyFile(t.Context(), ann, "map.png", bytes.NewReader(desktest.Picture())))
	in := wants(chat.ScopeOwn, "", "way", "")
	in.Files = []chat.FileID{picture.ID}
	r := saves(t, w, ann, in)
	for who, v := range map[string]chat.Viewer{"a colleague": bob.Viewer(), "of another department": cal.Viewer(), "a visitor": {Kind: chat.ByVisitor, Visitor: "v_1"}} {
		if _, err := w.Desk.OpenFile(t.Context(), v, picture.ID, false); !chat.IsKind(err, chat.Missing) {
			t.Errorf("%s: %v", who, err)
		}
	}
	theirs := wants(chat.ScopeOwn, "", "theft", "")
	theirs.Files, theirs.Key = []chat.FileID{picture.ID}, w.Key()
	if _, _, err := w.Desk.MakeSavedReply(t.Context(), bob, theirs); !chat.IsKind(err, chat.Missing) {
		t.Errorf("another one's file: %v", err)
	}
	// Taken out of the reply it is gone; the reply needs words then.
	in.Files, in.Version, in.Text = nil, r.Version, "left"
	if v := must[desk.ReplyView](t)(w.Desk.ChangeSavedReply(t.Context(), ann, r.ID, in)); len(v.Files) != 0 {
		t.Errorf("%+v", v)
	}
	if _, err := w.Desk.OpenFile(t.Context(), ann.Viewer(), picture.ID, false); !chat.IsKind(err, chat.Missing) {
		t.Errorf("taken out: %v", err)
	}
}
