package chat_test

import (
	"testing"

	"earshot/internal/chat"
)

func TestAsGuest_IsWhoSeesItForNoOtherReason(t *testing.T) {
	t.Parallel()
	acc := chat.Access{Group: "g_1", Policy: chat.PolicyLead, Lead: "a_lead", Guests: []chat.AgentID{"a_guest", "a_lead", "a_over"}}
	open := acc
	open.Policy = chat.PolicyOpen
	for name, c := range map[string]struct {
		access chat.Access
		viewer chat.Viewer
		want   bool
	}{
		"a guest":                        {acc, agent("a_guest", chat.Member), true},
		"a guest who leads it now":       {acc, agent("a_lead", chat.Member), false},
		"a guest who oversees by now":    {acc, agent("a_over", chat.Supervisor), false},
		"a guest of what is open by now": {open, agent("a_guest", chat.Member), false},
		"a stranger":                     {acc, agent("a_x", chat.Member), false},
	} {
		if got := c.access.AsGuest(c.viewer); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestGrant_StopsAtTheLimitAsAWhole(t *testing.T) {
	t.Parallel()
	s := newScript()
	group := chat.Group{ID: "g_1", Policy: chat.PolicyLead}
	_ = s.add(chat.Post(s.state, ada.Actor(), chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: group}}, noon))
	var many []chat.Agent
	for i := range chat.MaxGuests + 1 {
		many = append(many, chat.Agent{ID: chat.AgentID(string(rune('a' + i))), Role: chat.Member})
	}
	if events, err := chat.Grant(s.state, ada, many, noon); !chat.IsKind(err, chat.Limited) || events != nil {
		t.Errorf("one too many: %d events, %v", len(events), err)
	}
	if err := s.add(chat.Grant(s.state, ada, many[1:], noon)); err != nil || len(s.state.Thread.Guests) != chat.MaxGuests {
		t.Errorf("as many as may be: %d guests, %v", len(s.state.Thread.Guests), err)
	}
	if _, err := chat.Grant(s.state, bob, many[:1], noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a colleague who does not lead it: %v, want denied", err)
	}
	if _, err := chat.Grant(newScript().state, ada, many, noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("before the first thread: %v, want gone", err)
	}
}

func TestCleanMentions_DropsDoublesAndTheAuthor(t *testing.T) {
	t.Parallel()
	got, err := chat.CleanMentions("a_me", []chat.AgentID{"a_1", "a_me", "", "a_2", "a_1"})
	if err != nil || len(got) != 2 || got[0] != "a_1" || got[1] != "a_2" {
		t.Errorf("cleaned to %v, %v", got, err)
	}
	var many []chat.AgentID
	for i := range chat.MaxMentions + 1 {
		many = append(many, chat.AgentID(string(rune('a'+i))))
	}
	if _, err := chat.CleanMentions("a_me", many); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("one too many: %v, want invalid", err)
	}
}
