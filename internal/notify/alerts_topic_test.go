package notify_test

import (
	"encoding/json"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// TestAlerts_OfTwoKindsDoNotReplaceEachOther is of a device that is off: of what has one
// topic its push service keeps the newest alone.
func TestAlerts_OfTwoKindsDoNotReplaceEachOther(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.wants(s.ann, s.lunch, chat.LevelAll, 0)
	say := func(called ...chat.AgentID) {
		s.say(s.bob, s.lunch, desk.Line{Text: "x", Mentions: called})
		s.later(chat.AlertGrace)
	}
	say()
	say(s.ann.ID)
	say()
	topics := map[chat.AlertKind][]string{}
	for len(s.service.Pushed) > 0 {
		p := <-s.service.Pushed
		var body chat.Pushed
		s.must(json.Unmarshal(p.Body, &body))
		topics[body.Kind] = append(topics[body.Kind], p.Topic)
	}
	talk, mention := topics[chat.AlertTalk], topics[chat.AlertMention]
	if len(talk) != 2 || len(mention) != 1 {
		t.Fatalf("pushed %v", topics)
	}
	if talk[0] != talk[1] || talk[0] == mention[0] || len(talk[0]) != 32 {
		t.Errorf("topics %v", topics)
	}
}
