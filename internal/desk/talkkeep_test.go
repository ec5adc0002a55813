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
	if hits, _, err := w.Desk.Search(t.Context(), w.ada, "marzipan", 0); err != nil || len(hits) != 1 {
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
	if hits, _, err := w.Desk.Search(t.Context(), w.ada, "marzipan", 0); err != nil || len(hits) != 0 {
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
