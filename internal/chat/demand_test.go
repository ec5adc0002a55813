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
	if len(met) < 8 {
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
