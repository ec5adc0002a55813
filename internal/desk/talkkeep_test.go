package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// What is older than the team keeps it is emptied, with its former texts, and
// nothing else of it; what is younger stays, and so does everything while nothing
// was decided.
func TestTalks_AreEmptiedWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	c := w.channel(w.ada, true, w.bob)
	old := w.say(w.ada, c, desk.Line{Text: "marzipan first"})
	if _, err := w.Desk.EditInTalk(t.Context(), w.ada, c, w.Key(), old.Seq, "marzipan"); err != nil {
		t.Fatal(err)
	}
	under := w.say(w.bob, c, desk.Line{Text: "marzipan too", ReplyTo: old.Seq})
	if _, err := w.Desk.Pin(t.Context(), w.ada, c, w.Key(), chat.Pinned{Target: old.Seq, On: true}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(40 * 24 * time.Hour)
	young := w.say(w.ada, c, desk.Line{Text: "marzipan now"})
	said := func(seq int64) (b chat.Said) {
		for _, e := range w.Log(c) {
			if e.Seq == seq {
				b, _ = chat.Decode[chat.Said](e)
			}
		}
		return b
	}
	w.sweep()
	if said(old.Seq).Text != "marzipan" {
		t.Fatalf("with nothing decided the message is %+v", said(old.Seq))
	}
	if err := w.Desk.SetTalkSettings(t.Context(), w.ada, desk.TalkSettings{KeepDays: 30}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an agent decides how long talks are kept: %v", err)
	}
	if err := w.Desk.SetTalkSettings(t.Context(), w.Owner, desk.TalkSettings{KeepDays: 30}); err != nil {
		t.Fatal(err)
	}
	w.sweep()
	w.sweep()
	if b := said(old.Seq); b.Text != "" || b.Emptied == 0 {
		t.Errorf("the old message is %+v", b)
	}
	if b := said(under.Seq); b.Text != "" || b.ReplyTo != old.Seq {
		t.Errorf("the old reply is %+v, want it empty under %d", b, old.Seq)
	}
	if b := said(young.Seq); b.Text != "marzipan now" {
		t.Errorf("the young message is %+v", b)
	}
	told := 0
	for _, e := range w.Log(c) {
		switch e.Kind {
		case chat.KindTalkEmptied:
			told++
		case chat.KindEdit:
			if b, _ := chat.Decode[chat.Edited](e); b.Text != "" || b.Former != "" {
				t.Errorf("the edit of the old message says %+v", b)
			}
		}
	}
	if told != 1 {
		t.Errorf("told of emptying %d times, want once", told)
	}
	opened, err := w.Desk.Talk(t.Context(), w.ada, c)
	if err != nil || len(opened.Row.Talk.Pins) != 0 || opened.Row.Talk.Emptied < under.Seq {
		t.Errorf("the talk %+v, %v", opened.Row.Talk, err)
	}
	if hits, _, err := w.Desk.Search(t.Context(), w.ada, desk.Sought{Words: "marzipan"}); err != nil || len(hits) != 1 {
		t.Errorf("%d hits, want the young one: %v", len(hits), err)
	}
	if got := opened.Row.Conversation.Last.Text; got != "marzipan now" {
		t.Errorf("the list shows %q", got)
	}
	// Also where nothing younger was said, nothing of it stays in a list.
	w.Clock.Advance(40 * 24 * time.Hour)
	w.sweep()
	if opened, err = w.Desk.Talk(t.Context(), w.ada, c); err != nil || opened.Row.Conversation.Last.Text != "" {
		t.Errorf("the list shows %q of what was emptied: %v", opened.Row.Conversation.Last.Text, err)
	}
	if hits, _, err := w.Desk.Search(t.Context(), w.ada, desk.Sought{Words: "marzipan"}); err != nil || len(hits) != 0 {
		t.Errorf("%d hits, want none: %v", len(hits), err)
	}
}

func TestTalkSettings_HaveBounds(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	for days, wantsIt := range map[int]bool{-1: false, 0: true, 1: true, 3650: true, 3651: false} {
		err := w.Desk.SetTalkSettings(t.Context(), w.Owner, desk.TalkSettings{KeepDays: days})
		if wantsIt != (err == nil) || err != nil && !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%d days: %v", days, err)
		}
		if got, err := w.Desk.TalkSettings(t.Context(), w.Owner); wantsIt && (err != nil || got.KeepDays != days) {
			t.Errorf("%d days are kept as %d: %v", days, got.KeepDays, err)
		}
	}
}

// Whose account is deactivated is in no channel after the next sweep: a closed one
// goes to those who are left, and is archived where nobody is.
func TestTalks_WhoseAccountEndsIsInNoChannel(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	shared, alone, open := w.channel(w.ada, true, w.bob), w.channel(w.ada, true), w.channel(w.ada, false)
	yes := true
	if _, err := w.Desk.ChangeAgent(t.Context(), w.Owner, w.ada.ID, desk.AgentChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	w.sweep()
	w.sweep()
	for c, want := range map[chat.ConversationID]struct {
		members  int
		archived bool
	}{shared: {1, false}, alone: {0, true}, open: {0, false}} {
		if talk := w.State(c).Talk; len(talk.Members) != want.members || (talk.Archived != 0) != want.archived {
			t.Errorf("the channel is %+v, want %+v", talk, want)
		}
	}
	opened, err := w.Desk.Talk(t.Context(), w.bob, shared)
	if err != nil || !opened.Runs {
		t.Errorf("bob runs what ada left: %v, %v", opened.Runs, err)
	}
	left := 0
	for _, e := range w.Log(shared) {
		if e.Kind == chat.KindTalkLeft {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d times it was told that ada left, want once", left)
	}
}

// What was taken back, or whose time is over, calls nobody any more.
func TestTalks_WhatIsEmptiedCallsNobody(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	if err := w.Desk.SetTalkSettings(t.Context(), w.Owner, desk.TalkSettings{KeepDays: 30}); err != nil {
		t.Fatal(err)
	}
	c := w.channel(w.ada, true, w.bob)
	call := desk.Line{Text: "@Bob", Mentions: []chat.AgentID{w.bob.ID}}
	calls := func() int {
		t.Helper()
		opened, err := w.Desk.Talk(t.Context(), w.bob, c)
		if err != nil {
			t.Fatal(err)
		}
		_, unread, _, err := w.Desk.Mentions(t.Context(), w.bob, 0, 10)
		if err != nil || unread != opened.Row.Calls {
			t.Errorf("%d mentions unread (%v), the row says %d", unread, err, opened.Row.Calls)
		}
		return unread
	}
	w.say(w.ada, c, call)
	w.Clock.Advance(40 * 24 * time.Hour)
	back := w.say(w.ada, c, call)
	w.say(w.ada, c, call)
	if n := calls(); n != 3 {
		t.Fatalf("%d mentions, want 3", n)
	}
	if _, err := w.Desk.RedactInTalk(t.Context(), w.ada, c, w.Key(), back.Seq); err != nil {
		t.Fatal(err)
	}
	if n := calls(); n != 2 {
		t.Errorf("%d mentions after one was taken back, want 2", n)
	}
	w.sweep()
	if n := calls(); n != 1 {
		t.Errorf("%d mentions after the time of one was over, want 1", n)
	}
}
