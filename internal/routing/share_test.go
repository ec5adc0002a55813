package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestShare_NamesTheSentenceThatForbids is the fair-share agreement: each part
// allows, and forbids with its own sentence.
func TestShare_NamesTheSentenceThatForbids(t *testing.T) {
	t.Parallel()
	now := morning
	at := func(seconds int64) int64 { return chat.Micros(now) - seconds*1e6 }
	base := func() routing.State {
		return routing.State{
			Agents: []routing.Agent{
				{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: far, AcceptingAt: at(7300), Today: 5},
				{ID: "ben", Name: "Ben", Status: chat.Accepting, AliveAt: far, Today: 2}},
			Groups: []routing.Group{{ID: "g", Name: "G", Distribution: routing.Distribution{Method: routing.Pull}, Members: []routing.Member{{Agent: "anna"}, {Agent: "ben"}}}},
			Threads: []routing.Thread{
				{ID: "old", Group: "g", State: chat.Queued, QueuedAt: at(100)},
				{ID: "new", Group: "g", State: chat.Queued, QueuedAt: at(50)},
				{ID: "hers", Group: "g", State: chat.Active, Lead: "anna", AssignedAt: at(500)},
				{ID: "idle", Group: "g", State: chat.Active, Lead: "anna", AssignedAt: at(5000), Idle: true}},
		}
	}
	for _, c := range []struct {
		name      string
		agreement routing.Agreement
		change    func(*routing.State)
		agent     chat.AgentID
		thread    chat.ThreadID
		want      string
	}{
		{"nothing agreed", routing.Agreement{}, nil, "anna", "new", ""},
		{"at most two, one held and one idle", routing.Agreement{Most: 2}, nil, "anna", "old", ""},
		{"at most one", routing.Agreement{Most: 1}, nil, "anna", "old", "Nobody has more than 1 chats at once. You have 1."},
		{"at most one, of whom has none", routing.Agreement{Most: 1}, nil, "ben", "old", ""},
		{"the oldest", routing.Agreement{OldestFirst: true}, nil, "ben", "old", ""},
		{"not the oldest", routing.Agreement{OldestFirst: true}, nil, "ben", "new", "The chat that has waited longest is taken first. An older one waits."},
		{"not the oldest, which he cannot answer", routing.Agreement{OldestFirst: true}, func(s *routing.State) { s.Threads[0].Skills = []string{"french"} }, "ben", "new", ""},
		{"picked a cherry", routing.Agreement{NoCherryPicking: true}, func(s *routing.State) { s.Threads[0].Tries = []routing.Try{{Agent: "ben", Count: 1}} }, "ben", "new",
			"Who has refused a chat takes no younger one while it waits. One that you refused still waits."},
		{"picked no cherry", routing.Agreement{NoCherryPicking: true}, nil, "ben", "new", ""},
		{"needs a break", routing.Agreement{BreakAfter: 7200}, nil, "anna", "old", "After 120 minutes there is a break. You have answered for 121 minutes."},
		{"no break yet", routing.Agreement{BreakAfter: 7200}, nil, "ben", "old", ""},
		{"too far ahead", routing.Agreement{Ahead: 3}, nil, "anna", "old", "Nobody is more than 3 chats ahead of the colleague with the fewest today. You are 3 ahead."},
		{"not ahead", routing.Agreement{Ahead: 3}, nil, "ben", "old", ""},
		{"over already", routing.Agreement{}, nil, "ben", "hers", "This chat does not wait any more."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := base()
			if c.change != nil {
				c.change(&s)
			}
			allowed, forbids := routing.Share(c.agreement, c.agent, c.thread, s, now)
			if got := forbids.English(); got != c.want || allowed != (c.want == "") {
				t.Errorf("allowed %v: %q, want %q", allowed, got, c.want)
			}
		})
	}
}

func TestAgreement_ReadsAsSentences(t *testing.T) {
	t.Parallel()
	want := []string{"Nobody has more than 3 chats at once.", "The chat that has waited longest is taken first.", "Who has refused a chat takes no younger one while it waits.",
		"After 120 minutes there is a break.", "Nobody is more than 2 chats ahead of the colleague with the fewest today."}
	var got []string
	for _, s := range (routing.Agreement{Most: 3, OldestFirst: true, NoCherryPicking: true, BreakAfter: routing.Seconds(2 * time.Hour / time.Second), Ahead: 2}).Sentences() {
		got = append(got, s.English())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestShares_IsShareForTheWholeQueue goes through a queue in which one is
// refused, one is excluded and one asks for a skill.
func TestShares_IsShareForTheWholeQueue(t *testing.T) {
	t.Parallel()
	now := morning
	at := func(seconds int64) int64 { return chat.Micros(now) - seconds*1e6 }
	s := routing.State{
		Agents: []routing.Agent{{ID: "anna", Status: chat.Accepting, AliveAt: far}, {ID: "ben", Status: chat.Accepting, AliveAt: far, Skills: []string{"french"}}},
		Groups: []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "anna"}, {Agent: "ben"}}}},
		Threads: []routing.Thread{
			{ID: "first", Group: "g", State: chat.Queued, QueuedAt: at(90), Excluded: []chat.AgentID{"anna"}},
			{ID: "second", Group: "g", State: chat.Queued, QueuedAt: at(80), Skills: []string{"french"}},
			{ID: "third", Group: "g", State: chat.Queued, QueuedAt: at(70), Tries: []routing.Try{{Agent: "ben", Count: 1}}},
			{ID: "fourth", Group: "g", State: chat.Queued, QueuedAt: at(60)},
			{ID: "elsewhere", Group: "h", State: chat.Queued, QueuedAt: at(100)}},
	}
	free := func(g routing.Agreement, a chat.AgentID) []chat.ThreadID {
		var all []chat.ThreadID
		forbidden := routing.Shares(g, a, "g", s, now)
		for _, id := range s.Queue("g") {
			allowed, forbids := routing.Share(g, a, id, s, now)
			if allowed != (forbidden[id] == nil) || !cmp.Equal(forbids, forbidden[id]) {
				t.Errorf("%s of %s: Share says %q, Shares says %q", id, a, forbids.English(), forbidden[id].English())
			}
			if allowed {
				all = append(all, id)
			}
		}
		return all
	}
	for _, c := range []struct {
		agreement routing.Agreement
		agent     chat.AgentID
		want      []chat.ThreadID
	}{
		{routing.Agreement{}, "anna", []chat.ThreadID{"first", "second", "third", "fourth"}},
		{routing.Agreement{OldestFirst: true}, "anna", []chat.ThreadID{"first", "second", "third"}},
		{routing.Agreement{OldestFirst: true}, "ben", []chat.ThreadID{"first"}},
		{routing.Agreement{NoCherryPicking: true}, "anna", []chat.ThreadID{"first"}},
		{routing.Agreement{NoCherryPicking: true}, "ben", []chat.ThreadID{"first", "second", "third"}},
	} {
		if diff := cmp.Diff(c.want, free(c.agreement, c.agent)); diff != "" {
			t.Errorf("%+v, %s (-want +got):\n%s", c.agreement, c.agent, diff)
		}
	}
}
