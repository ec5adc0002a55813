package notify_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// TestAlerts_WhoAnswersAsideHasNotSeenTheChat is that what comes back into a chat, or goes
// out of one, by itself is no act of its author there.
func TestAlerts_WhoAnswersAsideHasNotSeenTheChat(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	call := func() {
		t.Helper()
		_, err := s.Desk.AddNote(t.Context(), s.bob, c, desk.Message{Key: s.Key(), Text: "@Cem, look", Mentions: []chat.AgentID{s.cem.ID}})
		s.must(err)
	}
	ask := func() chat.SideTalk {
		t.Helper()
		_, err := s.Desk.Ask(t.Context(), s.bob, c, desk.Asking{Key: s.Key(), Agent: s.cem.ID, Text: "May she?", Confirmed: true})
		s.must(err)
		all := s.State(c).Thread.SideTalks
		return all[len(all)-1]
	}
	side := ask()
	call()
	answer := s.say(s.cem, side.Talk, desk.Line{Text: "Yes.", ReplyTo: side.Message})
	if how, _ := s.ends(s.cem, c); how[chat.AlertMention] != "" {
		t.Errorf("answered in the talk, and seen in the chat: %v", how)
	}
	_, err := s.Desk.EditInTalk(t.Context(), s.cem, side.Talk, s.Key(), answer.Seq, "No.")
	s.must(err)
	s.takeBack(s.cem, side.Talk, answer.Seq)
	s.later(chat.AlertGrace)
	if got := s.pushedTo()["cem"]; len(got) != 1 || got[0] != "mention Bob" {
		t.Errorf("Cem is pushed %v", got)
	}

	s.say(s.cem, side.Talk, desk.Line{Text: "@Bob, and lunch?", Mentions: []chat.AgentID{s.bob.ID}})
	ask()
	if how, _ := s.ends(s.bob, side.Talk); how[chat.AlertMention] != "" {
		t.Errorf("asked in the chat, and seen in the talk: %v", how)
	}
	_, err = s.Desk.AddNote(t.Context(), s.cem, c, desk.Message{Key: s.Key(), Text: "looked"})
	s.must(err)
	if how, _ := s.ends(s.cem, c); how[chat.AlertMention] != chat.AlertSeen {
		t.Errorf("he wrote in the chat himself: %v", how)
	}
}
