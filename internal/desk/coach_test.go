package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// lesson is a chat that Ann has led and in which Ben has helped, seen by Sue, who
// coaches, and by Eve, a colleague.
type lesson struct {
	*desktest.World
	t                  *testing.T
	ann, ben, sue, eve chat.Agent
	visitor            desktest.Visitor
	c                  chat.ConversationID
	asked, anns, bens  int64 // seqs
}

func newLesson(t *testing.T) *lesson {
	t.Helper()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	l := &lesson{World: w, t: t, ann: w.Agent("Ann", chat.Member), ben: w.Agent("Ben", chat.Member), sue: w.Agent("Sue", chat.Supervisor), eve: w.Agent("Eve", chat.Member)}
	l.visitor, l.c = w.Taken(l.ann)
	l.asked = l.visitor.Says("may I send it back?").Events[0].Seq
	must[desk.Done](t)(w.Desk.Join(t.Context(), l.ben, l.c, w.Key()))
	l.anns = l.says(l.ann, "no. canary-of-ann")
	l.bens = l.says(l.ben, "of course you may")
	l.asked = 0
	for _, e := range w.Log(l.c) {
		if e.Kind == chat.KindMessage && e.Actor.Kind == chat.ByVisitor {
			l.asked = e.Seq
		}
	}
	return l
}

func (l *lesson) says(a chat.Agent, text string) int64 {
	l.t.Helper()
	done := must[desk.Done](l.t)(l.Desk.PostMessage(l.t.Context(), a, l.c, desk.Message{Key: l.Key(), Text: text, Seen: 1000}))
	return done.Events[len(done.Events)-1].Seq
}

func (l *lesson) close() {
	l.t.Helper()
	must[desk.Done](l.t)(l.Desk.Close(l.t.Context(), l.ann, l.c, l.Key()))
}

func (l *lesson) at(from, to int64) desk.Stretch {
	return desk.Stretch{Conversation: l.c, From: from, To: to}
}

// draft is feedback of Sue's about Ann's line.
func (l *lesson) draft() chat.FeedbackID {
	l.t.Helper()
	f, _, err := l.Desk.DraftFeedback(l.t.Context(), l.sue, desk.NewFeedback{Key: l.Key(), Stretch: l.at(l.anns, l.anns), Kind: chat.Improve,
		Text: "canary-text", Suggestion: "canary-suggestion"})
	if err != nil {
		l.t.Fatal(err)
	}
	return f.ID
}

func (l *lesson) act(a chat.Agent, id chat.FeedbackID, act chat.FeedbackAct, text string) (desk.QuotedFeedback, error) {
	f, _, err := l.Desk.ActOnFeedback(l.t.Context(), a, id, desk.FeedbackDeed{Key: l.Key(), Act: act, Text: text})
	return f, err
}

func (l *lesson) given() chat.FeedbackID {
	l.t.Helper()
	id := l.draft()
	l.close()
	must[desk.QuotedFeedback](l.t)(l.act(l.sue, id, chat.FeedbackGive, ""))
	return id
}

func (l *lesson) received(a chat.Agent) []desk.QuotedFeedback {
	l.t.Helper()
	all, _, err := l.Desk.Feedback(l.t.Context(), a, desk.FeedbackReceived, "")
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

// told counts what each reserved Conversation holds of coaching.
func (l *lesson) told() map[string]int {
	counts := map[string]int{}
	for name, c := range map[string]chat.ConversationID{"ann": chat.AgentConversation(l.ann.ID), "ben": chat.AgentConversation(l.ben.ID),
		"sue": chat.AgentConversation(l.sue.ID), "eve": chat.AgentConversation(l.eve.ID), "owner": chat.AgentConversation(l.Owner.ID), "team": chat.TeamConversation} {
		for _, e := range l.Log(c) {
			if e.Kind == chat.KindCoaching {
				counts[name]++
			}
			if strings.Contains(string(e.Body), "canary") {
				l.t.Errorf("the log of %s holds words: %s", name, e.Body)
			}
		}
	}
	return counts
}

func TestFeedback_IsBetweenTheTwoAloneAndLeavesTheChatAsItWas(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	before := l.Log(l.c)
	id := l.draft()
	if diff := cmp.Diff(map[string]int{"sue": 1}, l.told()); diff != "" {
		t.Errorf("of a draft were told (-want +got):\n%s", diff)
	}
	_, err := l.act(l.sue, id, chat.FeedbackGive, "")
	wantKind(t, "given in the middle of the talk", err, chat.Conflict)
	if diff := cmp.Diff(before, l.Log(l.c)); diff != "" {
		t.Errorf("the chat has changed:\n%s", diff)
	}
	_, err = l.act(l.ann, id, chat.FeedbackSee, "")
	wantKind(t, "the agent looks at a draft", err, chat.Missing)
	l.close()
	before = l.Log(l.c)
	must[desk.QuotedFeedback](t)(l.act(l.sue, id, chat.FeedbackGive, ""))
	got := l.received(l.ann)
	if len(got) != 1 || got[0].Agent != l.ann.ID || !got[0].Quote.Open || len(got[0].Quote.Events) != 1 || got[0].Quote.Events[0].Seq != l.anns {
		t.Fatalf("Ann has received %+v", got)
	}
	must[desk.QuotedFeedback](t)(l.act(l.ann, id, chat.FeedbackSee, ""))
	must[desk.QuotedFeedback](t)(l.act(l.ann, id, chat.FeedbackDispute, "canary-answer"))
	must[desk.QuotedFeedback](t)(l.act(l.sue, id, chat.FeedbackReply, "canary-reply"))
	must[desk.QuotedFeedback](t)(l.act(l.ann, id, chat.FeedbackAccept, ""))
	f := must[desk.QuotedFeedback](t)(l.act(l.sue, id, chat.FeedbackSettle, ""))
	if f.State != chat.FeedbackSettled || len(f.Words) != 4 {
		t.Errorf("in the end it is %+v", f.Feedback)
	}
	if diff := cmp.Diff(map[string]int{"sue": 7, "ann": 6}, l.told()); diff != "" {
		t.Errorf("told were (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, l.Log(l.c)); diff != "" {
		t.Errorf("the chat has changed:\n%s", diff)
	}
	for name, other := range map[string]chat.Agent{"Ben": l.ben, "Eve": l.eve, "the owner": l.Owner} {
		if got := l.received(other); len(got) != 0 {
			t.Errorf("%s has received %+v", name, got)
		}
		for _, act := range []chat.FeedbackAct{chat.FeedbackSee, chat.FeedbackReply, chat.FeedbackWithdraw} {
			_, err := l.act(other, id, act, "x")
			wantKind(t, name+" does "+string(act), err, chat.Missing)
		}
	}
}

func TestFeedback_OneKeyIsOneWord(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	id := l.given()
	in := desk.FeedbackDeed{Key: "the-key", Act: chat.FeedbackAnswer, Text: "I see"}
	for i := range 3 {
		f, again, err := l.Desk.ActOnFeedback(t.Context(), l.ann, id, in)
		if err != nil || again != (i > 0) || len(f.Words) != 1 || f.State != chat.FeedbackAnswered {
			t.Errorf("time %d: %+v, again %t, %v", i, f.Feedback, again, err)
		}
	}
	in.Text = "something else"
	_, _, err := l.Desk.ActOnFeedback(t.Context(), l.ann, id, in)
	wantKind(t, "the key for other words", err, chat.Conflict)
	_, _, err = l.Desk.ActOnFeedback(t.Context(), l.ann, id, desk.FeedbackDeed{Act: chat.FeedbackAnswer, Text: "x"})
	wantKind(t, "no key", err, chat.Invalid)
}

func TestFeedback_IsForWhoeverSentTheLines(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	try := func(from, to int64, agent chat.AgentID) (desk.QuotedFeedback, error) {
		f, _, err := l.Desk.DraftFeedback(t.Context(), l.sue, desk.NewFeedback{Key: l.Key(), Stretch: l.at(from, to), Agent: agent})
		return f, err
	}
	if f := must[desk.QuotedFeedback](t)(try(l.bens, l.bens, "")); f.Agent != l.ben.ID {
		t.Errorf("a line of a member's is for %s, want %s", f.Agent, l.ben.ID)
	}
	_, err := try(l.anns, l.bens, "")
	wantKind(t, "two wrote it", err, chat.Invalid)
	if f := must[desk.QuotedFeedback](t)(try(l.anns, l.bens, l.ann.ID)); f.Agent != l.ann.ID {
		t.Errorf("named was Ann, it is for %s", f.Agent)
	}
	_, err = try(l.asked, l.asked, "")
	wantKind(t, "the visitor's line", err, chat.Invalid)
	_, err = try(l.anns, l.bens, l.eve.ID)
	wantKind(t, "one who wrote nothing", err, chat.Invalid)
	_, err = try(4000, 4000, "")
	wantKind(t, "no such line", err, chat.Missing)
	_, _, err = l.Desk.DraftFeedback(t.Context(), l.sue, desk.NewFeedback{Key: l.Key(), Stretch: desk.Stretch{Conversation: chat.AgentConversation(l.ann.ID), From: 1, To: 1}})
	wantKind(t, "a reserved conversation", err, chat.Missing)
}

func TestFeedback_PeersNeedToBeAskedOrAGroupThatSaysSo(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	try := func() error {
		_, _, err := l.Desk.DraftFeedback(t.Context(), l.eve, desk.NewFeedback{Key: l.Key(), Stretch: l.at(l.anns, l.anns)})
		return err
	}
	wantKind(t, "a colleague", try(), chat.Denied)
	wantKind(t, "asks himself", l.Desk.SetCoaches(t.Context(), l.ann, []chat.AgentID{l.ann.ID}), chat.Invalid)
	if err := l.Desk.SetCoaches(t.Context(), l.ann, []chat.AgentID{l.eve.ID, l.eve.ID}); err != nil {
		t.Fatal(err)
	}
	if err := try(); err != nil {
		t.Errorf("who was asked: %v", err)
	}
	v := must[desk.CoachingView](t)(l.Desk.Coaching(t.Context(), l.eve))
	if diff := cmp.Diff([]chat.AgentID{l.ann.ID}, v.MayCoach); diff != "" {
		t.Errorf("Eve may coach (-want +got):\n%s", diff)
	}
	if err := l.Desk.SetCoaches(t.Context(), l.ann, nil); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "no longer asked", try(), chat.Denied)
	wantKind(t, "a member opens a group", l.Desk.SetPeers(t.Context(), l.eve, l.Group.ID, true), chat.Denied)
	if err := l.Desk.SetPeers(t.Context(), l.Owner, l.Group.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := try(); err != nil {
		t.Errorf("a peer of a group that says so: %v", err)
	}
}

// Ann's group closes itself to her and to her coach.
func (l *lesson) expel(who chat.Agent) {
	l.t.Helper()
	who.Groups, who.Role = []chat.GroupID{"g_other"}, chat.Member
	who.Rights++
	l.Write(func(tx *store.Tx) error { return tx.SaveAgent(who) })
}

func TestFeedback_WhoLosesTheThreadReadsTheWordsAndNotTheLines(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	late := l.draft()
	id := l.given()
	l.expel(l.sue)
	f := must[desk.QuotedFeedback](t)(l.act(l.sue, id, chat.FeedbackWithdraw, ""))
	if f.Quote.Open || len(f.Quote.Events) != 0 || f.Quote.Visitor != "" {
		t.Errorf("the coach still reads %+v", f.Quote)
	}
	_, err := l.act(l.sue, late, chat.FeedbackGive, "")
	wantKind(t, "given without seeing the lines", err, chat.Denied)
	must[desk.QuotedFeedback](t)(l.act(l.sue, late, chat.FeedbackWithdraw, ""))
	if all, _, err := l.Desk.Feedback(t.Context(), l.sue, desk.FeedbackGiven, ""); err != nil || len(all) != 1 || strings.Contains(asText(t, all), "canary") {
		t.Errorf("what Sue has: %s, %v", asText(t, all), err)
	}
	// One whom Ann has asked may still coach her, and sees no lines either.
	p := newLesson(t)
	if err := p.Desk.SetCoaches(t.Context(), p.ann, []chat.AgentID{p.eve.ID}); err != nil {
		t.Fatal(err)
	}
	asked := must[desk.QuotedFeedback](t)(first2(p.Desk.DraftFeedback(t.Context(), p.eve, desk.NewFeedback{Key: p.Key(), Stretch: p.at(p.anns, p.anns), Kind: chat.Praise})))
	p.close()
	p.expel(p.eve)
	_, err = p.act(p.eve, asked.ID, chat.FeedbackGive, "")
	wantKind(t, "given by one who was asked and does not see the lines", err, chat.Denied)
	// Ann led it and keeps what she led; Ben only sees his own part while he is a member.
	b := newLesson(t)
	fb, _, err := b.Desk.DraftFeedback(t.Context(), b.sue, desk.NewFeedback{Key: b.Key(), Stretch: b.at(b.bens, b.bens), Kind: chat.Praise})
	if err != nil {
		t.Fatal(err)
	}
	must[desk.Done](t)(b.Desk.Leave(t.Context(), b.ben, b.c, b.Key()))
	b.close()
	must[desk.QuotedFeedback](t)(b.act(b.sue, fb.ID, chat.FeedbackGive, ""))
	b.expel(b.ben)
	got := b.received(b.ben)
	if len(got) != 1 || got[0].Quote.Open || strings.Contains(asText(t, got), "of course") {
		t.Errorf("Ben reads %s", asText(t, got))
	}
	must[desk.QuotedFeedback](t)(b.act(b.ben, fb.ID, chat.FeedbackAccept, "thanks"))
}

func TestFeedback_WhatIsTakenBackIsTakenOutOfEveryQuote(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	must[desk.QuotedMoment](t)(first2(l.Desk.MarkMoment(t.Context(), l.sue, desk.NewMoment{Key: l.Key(), Stretch: l.at(l.asked, l.anns)})))
	must[desk.QuotedExample](t)(first2(l.Desk.MakeExample(t.Context(), l.ann, desk.NewExample{Key: l.Key(), Stretch: l.at(l.asked, l.anns), Title: "how not to", Scope: chat.ScopeTeam})))
	must[desk.PairedShadow](t)(first2(l.Desk.WriteShadow(t.Context(), l.eve, desk.NewShadow{Key: l.Key(), Conversation: l.c, Seq: l.asked, Text: "yes"})))
	id := l.given()
	look := func() string {
		moments, _, err := l.Desk.Moments(t.Context(), l.sue, "")
		examples, _, err2 := l.Desk.Examples(t.Context(), l.eve, "")
		shadows, _, err3 := l.Desk.Shadows(t.Context(), l.eve, desk.ShadowsMine, "")
		if err := cmpErr(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		return asText(t, []any{moments, examples, shadows, l.received(l.ann)})
	}
	if n := strings.Count(look(), "canary-of-ann"); n != 4 {
		t.Fatalf("the line is quoted %d times, want 4", n)
	}
	must[desk.Done](t)(l.Desk.RedactMessage(t.Context(), l.ann, l.c, l.Key(), l.anns))
	if text := look(); strings.Contains(text, "canary-of-ann") || strings.Count(text, `"emptied"`) != 4 {
		t.Errorf("after it was taken back: %s", text)
	}
	must[desk.QuotedFeedback](t)(l.act(l.ann, id, chat.FeedbackAccept, ""))
}

func first2[T any](v T, _ bool, err error) (T, error) { return v, err }

func TestMoment_IsItsCoachsUntilItBecomesFeedback(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	in := desk.NewMoment{Key: l.Key(), Stretch: l.at(l.asked, l.anns), Word: "canary-word"}
	m, again, err := l.Desk.MarkMoment(t.Context(), l.eve, in)
	if err != nil || again || m.Quote.Visitor != "" || len(m.Quote.Events) != 2 || m.Thread == "" {
		t.Fatalf("marked %+v, %v", m, err)
	}
	if m2, again, err := l.Desk.MarkMoment(t.Context(), l.eve, in); err != nil || !again || m2.ID != m.ID {
		t.Errorf("the same key marked %+v, %v", m2, err)
	}
	_, _, err = l.Desk.MarkMoment(t.Context(), l.ann, desk.NewMoment{Key: l.Key(), Stretch: l.at(l.anns, l.anns)})
	wantKind(t, "the lead marks herself", err, chat.Denied)
	kind := chat.Praise
	_, err = l.Desk.ChangeMoment(t.Context(), l.sue, m.ID, desk.MomentChange{Kind: &kind})
	wantKind(t, "a supervisor changes it", err, chat.Missing)
	wantKind(t, "the owner deletes it", l.Desk.DeleteMoment(t.Context(), l.Owner, m.ID), chat.Missing)
	to := l.bens
	m = must[desk.QuotedMoment](t)(l.Desk.ChangeMoment(t.Context(), l.eve, m.ID, desk.MomentChange{Kind: &kind, To: &to}))
	if m.Kind != chat.Praise || len(m.Quote.Events) != 3 || m.Word != "canary-word" {
		t.Errorf("changed to %+v", m)
	}
	for _, other := range []chat.Agent{l.ann, l.sue, l.Owner} {
		if all, _, err := l.Desk.Moments(t.Context(), other, ""); err != nil || len(all) != 0 {
			t.Errorf("%s has moments %+v, %v", other.Name, all, err)
		}
	}
	if err := l.Desk.SetCoaches(t.Context(), l.ben, []chat.AgentID{l.eve.ID}); err != nil {
		t.Fatal(err)
	}
	from := desk.NewFeedback{Key: l.Key(), Moment: m.ID, Agent: l.ben.ID}
	f := must[desk.QuotedFeedback](t)(first2(l.Desk.DraftFeedback(t.Context(), l.eve, from)))
	from.Key = l.Key()
	_, _, err = l.Desk.DraftFeedback(t.Context(), l.eve, from)
	wantKind(t, "the same moment twice", err, chat.Conflict)
	if v := must[desk.CoachingView](t)(l.Desk.Coaching(t.Context(), l.eve)); v.Counts.Moments != 0 {
		t.Errorf("unused moments: %d", v.Counts.Moments)
	}
	drop := desk.FeedbackDeed{Key: l.Key(), Act: chat.FeedbackWithdraw}
	for range 2 {
		if f, _, err := l.Desk.ActOnFeedback(t.Context(), l.eve, f.ID, drop); err != nil || f.State != chat.FeedbackWithdrawn {
			t.Errorf("a dropped draft: %+v, %v", f, err)
		}
	}
	if v := must[desk.CoachingView](t)(l.Desk.Coaching(t.Context(), l.eve)); v.Counts.Moments != 1 {
		t.Errorf("unused moments after the draft was dropped: %d", v.Counts.Moments)
	}
	if err := l.Desk.DeleteMoment(t.Context(), l.eve, m.ID); err != nil {
		t.Error(err)
	}
	// That he asked her is all that Ben has been told; of a draft that was dropped he never hears.
	if told := l.told(); told["ann"]+told["sue"]+told["team"]+told["owner"] != 0 || told["ben"] != 1 {
		t.Errorf("told were %v", told)
	}
}

func TestQuote_LeavesOutWhatIsForOthersAlone(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	l.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(l.c)
		if err != nil {
			return err
		}
		note := chat.Fact(chat.KindNote, l.ann.Actor(), chat.Private(l.ann.ID, l.ben.ID), 1, chat.Said{Text: "canary-private"})
		note.ID = "e_private"
		events := s.Add("", []chat.Event{note})
		return tx.Append(s, events)
	})
	to := l.State(l.c).Conversation.Head
	m := must[desk.QuotedMoment](t)(first2(l.Desk.MarkMoment(t.Context(), l.sue, desk.NewMoment{Key: l.Key(), Stretch: l.at(l.anns, to)})))
	if text := asText(t, m); strings.Contains(text, "canary-private") || len(m.Quote.Events) != 2 {
		t.Errorf("Sue reads %s", text)
	}
	_, _, err := l.Desk.MarkMoment(t.Context(), l.sue, desk.NewMoment{Key: l.Key(), Stretch: l.at(to, to)})
	wantKind(t, "a line that is not for her", err, chat.Invalid)
	m = must[desk.QuotedMoment](t)(first2(l.Desk.MarkMoment(t.Context(), l.ben, desk.NewMoment{Key: l.Key(), Stretch: l.at(l.anns, to)})))
	if !strings.Contains(asText(t, m), "canary-private") {
		t.Error("Ben does not read what is for him")
	}
}

func TestExample_NeedsConsentAndIsGoneWithIt(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	mia := l.Agent("Mia", chat.Member, "g_other")
	e := must[desk.QuotedExample](t)(first2(l.Desk.MakeExample(t.Context(), l.sue,
		desk.NewExample{Key: l.Key(), Stretch: desk.Stretch{Conversation: l.c, Thread: l.State(l.c).Thread.ID}, Title: "Returns", Scope: chat.ScopeTeam})))
	if len(e.Consents) != 2 || e.Shared || len(e.Quote.Events) != 4 {
		t.Fatalf("made %+v", e)
	}
	shown := func(a chat.Agent) bool {
		all, _, err := l.Desk.Examples(t.Context(), a, "")
		if err != nil {
			t.Fatal(err)
		}
		return len(all) == 1
	}
	consent := func(a chat.Agent, yes bool) error {
		_, err := l.Desk.ConsentToExample(t.Context(), a, e.ID, yes)
		return err
	}
	wantKind(t, "one who is not asked", consent(l.eve, true), chat.Missing)
	if err := cmpErr(consent(l.ann, true)); err != nil || shown(l.eve) || shown(l.Owner) || !shown(l.ben) {
		t.Errorf("with one yes of two: %v, Eve %t, the owner %t", err, shown(l.eve), shown(l.Owner))
	}
	if told := l.told(); told["team"] != 0 || told["ben"] != 2 {
		t.Errorf("before it is shared: %v", told)
	}
	if err := consent(l.ben, true); err != nil || !shown(l.eve) || !shown(l.Owner) || l.told()["team"] != 1 {
		t.Errorf("with both: %v, %v", err, l.told())
	}
	if shown(mia) {
		t.Error("it is shown to one who may not see the chat")
	}
	if err := consent(l.ben, false); err != nil || shown(l.eve) || l.told()["team"] != 2 {
		t.Errorf("taken back: %v, %v", err, l.told())
	}
	if err := consent(l.ben, true); err != nil || !shown(l.eve) {
		t.Errorf("and given again: %v", err)
	}
	why := "because"
	if e, err := l.Desk.ChangeExample(t.Context(), l.sue, e.ID, desk.ExampleChange{Why: &why}); err != nil || e.Shared || shown(l.eve) {
		t.Errorf("changed behind their backs: %+v, %v", e, err)
	}
	_, err := l.Desk.ChangeExample(t.Context(), l.ann, e.ID, desk.ExampleChange{Why: &why})
	wantKind(t, "one who is asked changes it", err, chat.Missing)
	wantKind(t, "one who is asked deletes it", l.Desk.DeleteExample(t.Context(), l.ann, e.ID), chat.Missing)
	if err := l.Desk.DeleteExample(t.Context(), l.sue, e.ID); err != nil || shown(l.sue) || shown(l.ann) {
		t.Errorf("deleted: %v", err)
	}
	_, _, err = l.Desk.MakeExample(t.Context(), mia, desk.NewExample{Key: l.Key(), Stretch: l.at(l.anns, l.anns), Title: "x", Scope: chat.ScopeOwn})
	wantKind(t, "of a chat that one may not see", err, chat.Missing)
	_, _, err = l.Desk.MakeExample(t.Context(), l.ann, desk.NewExample{Key: l.Key(), Stretch: l.at(l.anns, l.anns), Title: "x", Scope: chat.ScopeGroup, Group: "g_none"})
	wantKind(t, "for no group", err, chat.Missing)
}

func TestShadow_StandsBesideTheRealAnswer(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	l.visitor.Says("and until when?")
	log := l.Log(l.c)
	late := log[len(log)-1].Seq
	in := desk.NewShadow{Key: l.Key(), Conversation: l.c, Seq: late, Text: "canary-shadow"}
	before := l.Log(l.c)
	s, _, err := l.Desk.WriteShadow(t.Context(), l.eve, in)
	if err != nil || s.Real != nil || len(s.Quote.Events) != 1 {
		t.Fatalf("written %+v, %v", s, err)
	}
	in.Key = l.Key()
	_, _, err = l.Desk.WriteShadow(t.Context(), l.eve, in)
	wantKind(t, "a second one", err, chat.Conflict)
	in.Coach = l.ben.ID
	_, _, err = l.Desk.WriteShadow(t.Context(), l.Agent("Tom", chat.Member), in)
	wantKind(t, "a coach who may not", err, chat.Invalid)
	_, _, err = l.Desk.WriteShadow(t.Context(), l.ann, desk.NewShadow{Key: l.Key(), Conversation: l.c, Seq: late, Text: "x"})
	wantKind(t, "in one's own chat", err, chat.Denied)
	if diff := cmp.Diff(before, l.Log(l.c)); diff != "" {
		t.Errorf("the chat has changed:\n%s", diff)
	}
	mine := func(a chat.Agent, side string) []desk.PairedShadow {
		all, _, err := l.Desk.Shadows(t.Context(), a, side, "")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if len(mine(l.sue, desk.ShadowsToGrade)) != 0 {
		t.Error("a supervisor sees what she was not asked about")
	}
	if told := l.told(); told["sue"] != 0 || told["ann"] != 0 {
		t.Errorf("told were %v", told)
	}
	_, err = l.Desk.GradeShadow(t.Context(), l.sue, s.ID, chat.GradeGood, "")
	wantKind(t, "she grades it all the same", err, chat.Missing)
	must[desk.PairedShadow](t)(l.Desk.AskForGrade(t.Context(), l.eve, s.ID, l.sue.ID))
	real := l.says(l.ann, "for thirty days")
	got := mine(l.sue, desk.ShadowsToGrade)
	if len(got) != 1 || got[0].Real == nil || got[0].Real.Seq != real || got[0].Text != "canary-shadow" {
		t.Fatalf("Sue is to grade %+v", got)
	}
	if p := must[desk.PairedShadow](t)(l.Desk.GradeShadow(t.Context(), l.sue, s.ID, chat.GradeClose, "canary-grade")); p.Grade != chat.GradeClose {
		t.Errorf("graded %+v", p)
	}
	for _, other := range []chat.Agent{l.ann, l.ben, l.Owner} {
		if n := len(mine(other, desk.ShadowsMine)) + len(mine(other, desk.ShadowsToGrade)); n != 0 {
			t.Errorf("%s sees %d", other.Name, n)
		}
		wantKind(t, other.Name+" deletes it", l.Desk.DeleteShadow(t.Context(), other, s.ID), chat.Missing)
	}
	l.expel(l.sue)
	if got := mine(l.sue, desk.ShadowsToGrade); got[0].Quote.Open || got[0].Real != nil {
		t.Errorf("without the thread Sue reads %+v", got)
	}
	_, err = l.Desk.GradeShadow(t.Context(), l.sue, s.ID, chat.GradeOff, "")
	wantKind(t, "graded blindly", err, chat.Denied)
	wantKind(t, "the coach deletes it", l.Desk.DeleteShadow(t.Context(), l.sue, s.ID), chat.Missing)
	if err := l.Desk.DeleteShadow(t.Context(), l.eve, s.ID); err != nil || len(mine(l.eve, desk.ShadowsMine)) != 0 {
		t.Errorf("deleted: %v", err)
	}
	l.told()
}

func TestCoaching_CountsWhatWaitsAndWhatWasGiven(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	id := l.given()
	l.Clock.Advance(40 * 24 * time.Hour)
	view := func(a chat.Agent) desk.CoachingView {
		return must[desk.CoachingView](t)(l.Desk.Coaching(t.Context(), a))
	}
	v := view(l.ann)
	if v.Counts != (store.CoachingCounts{Received: 1}) || len(v.Months) != 6 || v.Months[4].Improve != 1 || v.Months[5].Improve != 0 {
		t.Errorf("Ann's: %+v", v)
	}
	if last := time.UnixMicro(v.Months[5].From).UTC(); last.Day() != 1 || last.Month() != time.April {
		t.Errorf("the present month begins at %s", last)
	}
	must[desk.QuotedFeedback](t)(l.act(l.ann, id, chat.FeedbackAnswer, "well"))
	if v := view(l.sue); v.Counts.Waiting != 1 || v.Months[4].Improve != 0 {
		t.Errorf("Sue's: %+v", v)
	}
	if v := view(l.Owner); v.Counts != (store.CoachingCounts{}) {
		t.Errorf("the owner's: %+v", v.Counts)
	}
	must[desk.QuotedFeedback](t)(l.act(l.sue, id, chat.FeedbackWithdraw, ""))
	if v := view(l.ann); v.Months[4].Improve != 0 || v.Counts.Received != 0 {
		t.Errorf("after it was withdrawn: %+v", v)
	}
}
