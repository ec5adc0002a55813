package notify_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// ends are how the alerts of an agent about a conversation ended, by kind, and how many
// of them his pages were told to take down.
func (s *stage) ends(a chat.Agent, c chat.ConversationID) (how map[chat.AlertKind]chat.AlertEnd, told int) {
	s.t.Helper()
	how = map[chat.AlertKind]chat.AlertEnd{}
	all, err := s.Desk.Alerts(s.t.Context(), a)
	s.must(err)
	for _, one := range all {
		if one.Alert.Conversation == c {
			how[one.Alert.Kind] = one.Alert.End
		}
	}
	for _, e := range s.Log(chat.AgentConversation(a.ID)) {
		if b, err := chat.Decode[chat.AlertEnded](e); e.Kind == chat.KindAlertEnded && err == nil && b.Conversation == c {
			told++
		}
	}
	return how, told
}

func (s *talks) takeBack(by chat.Agent, c chat.ConversationID, seq int64) {
	s.t.Helper()
	_, err := s.Desk.RedactInTalk(s.t.Context(), by, c, s.Key(), seq)
	s.must(err)
}

// TestAlerts_WhatIsTakenBackIsNotPushed is of what was called in error, within the ten
// seconds.
func TestAlerts_WhatIsTakenBackIsNotPushed(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	called := []chat.AgentID{s.ann.ID}
	e := s.say(s.bob, s.lunch, desk.Line{Text: "@Ann", Mentions: called})
	note, err := s.Desk.AddNote(t.Context(), s.bob, c, desk.Message{Key: s.Key(), Text: "@Ann", Mentions: called})
	s.must(err)
	s.takeBack(s.bob, s.lunch, e.Seq)
	_, err = s.Desk.RedactMessage(t.Context(), s.bob, c, s.Key(), note.Events[0].Seq)
	s.must(err)
	s.tenSeconds("taken back", pushes{})
	if how, _ := s.ends(s.ann, s.lunch); how[chat.AlertMention] != chat.AlertOver {
		t.Errorf("there is nothing left to notice: %v", how)
	}
}

// TestAlerts_NoWordStaysOfWhatIsTakenBack is of what a device shows already: it is taken
// down, or told anew without its text.
func TestAlerts_NoWordStaysOfWhatIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	e := s.say(s.bob, s.lunch, desk.Line{Text: "@Ann canary", Mentions: []chat.AgentID{s.ann.ID}})
	s.tenSeconds("called", pushes{"phone": {"mention Bob @Ann canary"}})
	s.takeBack(s.bob, s.lunch, e.Seq)
	if how, told := s.ends(s.ann, s.lunch); how[chat.AlertMention] != chat.AlertOver || told != 1 {
		t.Errorf("taken back, and told to take down %d times: %v", told, how)
	}
	direct := s.direct(s.bob, s.ann)
	s.say(s.bob, direct, desk.Line{Text: "one"})
	e = s.say(s.bob, direct, desk.Line{Text: "canary"})
	s.tenSeconds("two lines", pushes{"phone": {"talk Bob canary"}})
	s.takeBack(s.bob, direct, e.Seq)
	s.later(0)
	got := s.want("told anew", chat.AlertTalk)
	if len(got) == 1 && (got[0].Count != 1 || got[0].Text != "") {
		t.Errorf("one line is left, and no word: %+v", got[0])
	}
	s.later(time.Hour)
	s.want("once")
}

// TestAlerts_EndWithTheTimeOfWhatTheyAreAbout is of talks that are kept for a day.
func TestAlerts_EndWithTheTimeOfWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.must(s.Desk.SetTalkSettings(t.Context(), s.Owner, desk.TalkSettings{KeepDays: 1}))
	direct := s.direct(s.bob, s.ann)
	for range 2 {
		s.say(s.bob, direct, desk.Line{Text: "old"})
	}
	s.tenSeconds("two lines", pushes{"phone": {"talk Bob"}})
	s.Clock.Advance(25 * time.Hour)
	s.must(s.Desk.Sweep(t.Context()))
	if how, _ := s.ends(s.ann, direct); how[chat.AlertTalk] != chat.AlertOver {
		t.Errorf("its words are gone: %v", how)
	}
}

// TestAlerts_OfAVisitorWhoWaitsOutliveHisWords is that a taken-back line of his is none
// of a visitor who has gone.
func TestAlerts_OfAVisitorWhoWaitsOutliveHisWords(t *testing.T) {
	t.Parallel()
	a := chat.Alert{Kind: chat.AlertQueue, Seq: 3}
	back := []chat.Event{chat.Fact(chat.KindRedact, chat.System(), chat.ForAll, 1, chat.Redacted{Target: 3})}
	if a.TakenBack(back) {
		t.Error("a visitor waits still")
	}
	a.Kind = chat.AlertMessage
	if !a.TakenBack(back) {
		t.Error("the line is gone")
	}
	if a.Seq = 4; a.TakenBack(back) {
		t.Error("another line is not")
	}
}
