package chat_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
)

// Whatever asking a group needs, holding for it, moving to its queue and sending on
// to it need, too: what is refused, and in which words, does not depend on the way.
func TestPassing_EveryWayHasTheSameGates(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		by, thread, m := drawPassing(t)
		active, queued := thread, thread
		active.State, active.Lead = chat.Active, by.ID
		queued.State = chat.Queued
		hold := chat.NewHold{NewTransfer: m, Way: chat.HeldWait, Due: noon.Add(time.Hour)}
		want := refusal(second(chat.PassOn(chat.State{Thread: &active}, by, m, noon)))
		met[want]++
		colleague := drawColleague(t, &thread, m)
		active.Passed, queued.Passed = thread.Passed, thread.Passed
		one := chat.NewHold{NewTransfer: colleague, Way: chat.HeldWait, Due: noon.Add(time.Hour)}
		asked := refusal(second(chat.PassOn(chat.State{Thread: &active}, by, colleague, noon)))
		met[asked]++
		for way, err := range map[string]error{
			"hold":      second(chat.Hold(chat.State{Thread: &active}, by, one, noon)),
			"hand over": second(chat.HandOver(chat.State{Thread: &active}, by, colleague, chat.Given{}, noon)),
			"triage":    second(chat.Triage(chat.State{Thread: &queued}, by, chat.NewTriage{NewTransfer: colleague}, noon)),
		} {
			if got := refusal(err); got != asked {
				t.Fatalf("%s to a colleague is answered %q, asking him %q", way, got, asked)
			}
		}
		for way, err := range map[string]error{
			"hold":           second(chat.Hold(chat.State{Thread: &active}, by, hold, noon)),
			"move":           second(chat.Move(chat.State{Thread: &active}, by, m, chat.Order{}, noon)),
			"move a waiting": second(chat.Move(chat.State{Thread: &queued}, by, m, chat.Order{}, noon)),
			"triage":         second(chat.Triage(chat.State{Thread: &queued}, by, chat.NewTriage{NewTransfer: m}, noon)),
		} {
			if got := refusal(err); got != want {
				t.Fatalf("%s is answered %q, asking %q", way, got, want)
			}
		}
	})
	if len(met) < 11 {
		t.Errorf("too few refusals were met to say anything: %v", met)
	}
}

func refusal(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// drawPassing is a chat of the first group that was passed on so often, and how
// somebody passes it to the second.
func drawPassing(t *rapid.T) (chat.Agent, chat.Thread, chat.NewTransfer) {
	gate := rapid.SampledFrom([]chat.Gate{{}, {}, {}, {Who: chat.GateMembers}, {Who: chat.GateGroups, Groups: []chat.GroupID{"g_1"}}, {Who: chat.GateSupervisors}})
	reason := rapid.SampledFrom([]string{"", "", "bill", "other"})
	by := chat.Agent{ID: "a_by", Name: "By", Role: rapid.SampledFrom([]chat.Role{chat.Member, chat.Member, chat.Supervisor}).Draw(t, "role"), Groups: []chat.GroupID{"g_1"}}
	thread := chat.Thread{ID: "t_1", Group: "g_1", QueuedAt: 1}
	for range rapid.IntRange(0, 4).Draw(t, "passed") {
		thread.Passed = append(thread.Passed, chat.Passage{By: "a_other", Group: "g_1", Reason: reason.Draw(t, "earlier")})
	}
	chapter := chat.TransferChapter{Into: gate.Draw(t, "into")}
	if rapid.Bool().Draw(t, "has codes") {
		chapter.Reasons = []chat.ReasonCode{{Code: "bill", Label: "A bill"}}
	}
	if rapid.Bool().Draw(t, "asks") {
		chapter.Questions = []chat.PlaybookQuestion{{ID: "q_1", Text: "Which?", Required: true, Reasons: rapid.SampledFrom([][]string{nil, {"bill"}}).Draw(t, "for")}}
	}
	m := chat.NewTransfer{To: chat.Target{Kind: chat.ToGroup, Group: "g_2"}, Group: chat.Group{ID: "g_2", Name: "Two", Deleted: rapid.IntRange(0, 9).Draw(t, "deleted") == 0},
		Chapter: chapter, Reason: reason.Draw(t, "reason"), For: time.Minute,
		Leaves: chat.Leaving{From: chat.Group{ID: "g_1", Name: "One"}, Out: gate.Draw(t, "out"), Owns: rapid.Bool().Draw(t, "owns")}}
	if rapid.Bool().Draw(t, "answers") {
		m.Answers = map[string]string{"q_1": "4711"}
	}
	return by, thread, m
}

// drawColleague is the same passed to somebody of the second group, who may be excepted,
// disabled, or have passed the chat on before.
func drawColleague(t *rapid.T, thread *chat.Thread, m chat.NewTransfer) chat.NewTransfer {
	m.To.Kind, m.To.Agent = chat.ToAgent, "a_ben"
	m.Agent = chat.Agent{ID: "a_ben", Name: "Ben", Groups: []chat.GroupID{"g_2"}, Disabled: rapid.IntRange(0, 9).Draw(t, "disabled") == 0}
	if rapid.IntRange(0, 3).Draw(t, "excepted") == 0 {
		m.Chapter.Except = []chat.AgentID{"a_ben"}
	}
	thread.Passed = slices.Clone(thread.Passed)
	for i := range thread.Passed {
		thread.Passed[i].By = rapid.SampledFrom([]chat.AgentID{"a_other", "a_ben"}).Draw(t, "by")
	}
	return m
}

// Who goes home gives a chat inside its group without the codes and questions of those
// who bring one, and within the other gates; the queue always takes it, and either is a
// passage that keeps its reason and version.
func TestHandOver_InsideItsGroupAndBackToIt(t *testing.T) {
	t.Parallel()
	ada, support := chat.Agent{ID: "a_ada", Name: "Ada"}, chat.Group{ID: "g_1", Name: "Support"}
	asks := chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "bill", Label: "A bill"}}, Questions: []chat.PlaybookQuestion{{ID: "q", Text: "Which?", Required: true}},
		Except: []chat.AgentID{"a_cleo"}}
	to := func(id chat.AgentID, reason string) chat.NewTransfer {
		return chat.NewTransfer{To: chat.Target{Kind: chat.ToAgent, Agent: id, Group: "g_1"}, Agent: chat.Agent{ID: id, Name: string(id), Groups: []chat.GroupID{"g_1"}},
			Group: support, Chapter: asks, Version: 7, Reason: reason}
	}
	led := func(n int) chat.State {
		th := chat.Thread{ID: "t_1", Group: "g_1", State: chat.Active, Lead: "a_ada"}
		for range n {
			th.Passed = append(th.Passed, chat.Passage{By: "a_ben", Group: "g_1", Reason: "bill"})
		}
		return chat.State{Thread: &th}
	}
	for name, c := range map[string]struct {
		state chat.State
		m     chat.NewTransfer
		room  chat.Room
		want  chat.ErrorKind // "" = he has it
	}{
		"the first time":                      {led(0), to("a_ben", ""), chat.Room{}, ""},
		"whom the playbook excepts":           {led(0), to("a_cleo", ""), chat.Room{}, chat.Denied},
		"the third time, without a reason":    {led(2), to("a_dan", ""), chat.Room{}, chat.Invalid},
		"the third time, with any words":      {led(2), to("a_dan", "night"), chat.Room{}, ""},
		"back to who gave it, the same again": {led(2), to("a_ben", "bill"), chat.Room{}, chat.Conflict},
		"back to who gave it, for another":    {led(2), to("a_ben", "night"), chat.Room{}, ""},
		"above his limit":                     {led(0), to("a_ben", ""), chat.Room{Load: 400, Need: 100, Limit: 400}, chat.Conflict},
		"what another leads":                  {chat.State{Thread: &chat.Thread{ID: "t_1", Group: "g_1", State: chat.Active, Lead: "a_x"}}, to("a_ben", ""), chat.Room{}, chat.Denied},
	} {
		events, err := chat.HandOver(c.state, ada, c.m, chat.Given{Room: c.room}, noon)
		if c.want != "" {
			if !chat.IsKind(err, c.want) || events != nil {
				t.Errorf("%s: %v, %v; want %s", name, events, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantPassage(t, name, c.state, events, chat.Passage{By: "a_ada", Agent: c.m.Agent.ID, Group: "g_1", Reason: c.m.Reason, At: chat.Micros(noon)})
	}
	back, err := chat.HandBack(led(2), ada, to("a_cleo", ""), chat.SignedOut, chat.Order{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	wantPassage(t, "to the queue", led(2), back, chat.Passage{By: "a_ada", Group: "g_1", At: chat.Micros(noon)})
}

func wantPassage(t *testing.T, name string, s chat.State, events []chat.Event, want chat.Passage) {
	t.Helper()
	if told, err := chat.Decode[chat.Handed](events[0]); err != nil || events[0].Kind != chat.KindHanded || told.Playbook != 7 || events[0].Audience != chat.ForAgents {
		t.Errorf("%s: told %+v, %v", name, told, err)
	}
	s.Add("t_1", events)
	if got := s.Thread.Passed[len(s.Thread.Passed)-1]; got != want {
		t.Errorf("%s: kept as %+v, want %+v", name, got, want)
	}
	if s.Thread.Lead != want.Agent {
		t.Errorf("%s: %q leads", name, s.Thread.Lead)
	}
}

// A chat that is moved does not come back by itself to who moved it, nor to those
// who have passed it on for the same reason before; for another one it may.
func TestMove_NotBackToWhoPassedItOnForTheSameReason(t *testing.T) {
	t.Parallel()
	passed := []chat.Passage{{By: "a_ben", Reason: "bill"}, {By: "a_cleo", Reason: "tech"}, {By: "a_by", Reason: "bill"}}
	for reason, want := range map[string][]chat.AgentID{"bill": {"a_by", "a_ben"}, "tech": {"a_by", "a_cleo"}, "new": {"a_by"}} {
		s := chat.State{Thread: &chat.Thread{ID: "t_1", Group: "g_1", State: chat.Active, Lead: "a_by", Turn: chat.Turn{Passed: passed}}}
		events, err := chat.Move(s, chat.Agent{ID: "a_by"}, chat.NewTransfer{Group: chat.Group{ID: "g_2"}, Reason: reason}, chat.Order{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		events[0].Thread, events[0].Seq = "t_1", 1
		s.Apply(events[0])
		if got := s.Thread.Excluded; !slices.Equal(got, want) {
			t.Errorf("moved for %q it is kept from %v, want %v", reason, got, want)
		}
		if n := len(s.Thread.Passed); n != len(passed)+1 {
			t.Errorf("moving is no passage: %d", n)
		}
	}
}
