package chat_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// A role binds deeds as it binds words; and what takes a chat from its lead is for
// the lead and who oversees.
func TestRoles_BindDeeds(t *testing.T) {
	t.Parallel()
	two := chat.Group{ID: "g_2", Name: "Two", Policy: chat.PolicyGroup}
	pass := chat.NewTransfer{To: chat.Target{Kind: chat.ToAgent, Agent: dan.ID, Group: two.ID}, Agent: dan, Group: two, For: time.Minute}
	deeds := map[string]func(chat.State, chat.Agent) error{
		"close": func(s chat.State, a chat.Agent) error {
			return second(chat.Close(s, a.Actor(), chat.Resolved, 0, noon))
		},
		"move": func(s chat.State, a chat.Agent) error {
			return second(chat.Move(s, a, chat.NewTransfer{Group: two, Reason: "a bill"}, chat.Order{}, noon))
		},
		"pass": func(s chat.State, a chat.Agent) error { return second(chat.PassOn(s, a, pass, noon)) },
		"invite": func(s chat.State, a chat.Agent) error {
			return second(chat.InviteIn(s, a, chat.Inviting{Agent: dan, Room: roomy}, noon))
		},
		"hold": func(s chat.State, a chat.Agent) error {
			return second(chat.Hold(s, a, chat.NewHold{NewTransfer: pass, Way: chat.HeldWait, Due: noon.Add(time.Hour)}, noon))
		},
	}
	s := hosted(t)
	s.must(t)(chat.Join(s.state, sue, roomy, noon))
	for _, m := range []chat.Agent{bob, cleo} {
		s.must(t)(chat.Join(s.state, m, roomy, noon))
	}
	s.must(t)(chat.SetRole(s.state, ada, sue, chat.Scribe, noon))
	for role, want := range map[chat.ChatRole][]string{"": {"close", "pass", "invite"}, chat.Expert: nil, chat.Scribe: nil} {
		s.must(t)(chat.SetRole(s.state, ada, bob, role, noon))
		if got := allowed(t, deeds, s.state, bob); !cmp.Equal(got, want) {
			t.Errorf("a member with role %q does %v, want %v", role, got, want)
		}
	}
	all := []string{"close", "pass", "invite", "move", "hold"}
	if got := allowed(t, deeds, s.state, ada); !cmp.Equal(got, all) {
		t.Errorf("the lead does %v", got)
	}
	if got := allowed(t, deeds, s.state, sue); !cmp.Equal(got, all[1:]) {
		t.Errorf("a supervisor who writes down what is said does %v, want %v", got, all[1:])
	}
}

func allowed(t *testing.T, deeds map[string]func(chat.State, chat.Agent) error, s chat.State, a chat.Agent) (may []string) {
	t.Helper()
	for _, name := range []string{"close", "pass", "invite", "move", "hold"} {
		if err := deeds[name](s, a); err == nil {
			may = append(may, name)
		} else if !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s by %s: %v", name, a.Name, err)
		}
	}
	return may
}
