package chat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	coachID, agentID, thirdID AgentID = "a_coach", "a_agent", "a_third"
)

func feedbackActs() []FeedbackAct {
	return []FeedbackAct{FeedbackGive, FeedbackReply, FeedbackWithdraw, FeedbackSee, FeedbackAnswer, FeedbackAccept, FeedbackDispute, FeedbackSettle}
}

func draft() Feedback {
	return Feedback{ID: "b_1", Lines: Lines{Conversation: "c_1", Thread: "t_1", From: 1, To: 2}, Coach: coachID, Agent: agentID,
		Kind: Improve, Text: "canary text", Suggestion: "canary suggestion", State: FeedbackDraft, Words: []FeedbackWord{}, Version: 1}
}

// canEnd reports whether a person can bring feedback to its end by his own acts.
func canEnd(f Feedback, who AgentID) bool {
	for range 3 {
		if f.State.Over() {
			return true
		}
		moved := false
		for _, act := range []FeedbackAct{FeedbackSettle, FeedbackWithdraw, FeedbackAccept} {
			if next, err := f.Act(who, act, "", time.Unix(9, 0)); err == nil {
				f, moved = next, true
				break
			}
		}
		if !moved {
			return false
		}
	}
	return f.State.Over()
}

func TestFeedback_NoOrderOfActsIsADeadEndOrShowsItToAThird(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := draft()
		for i := range rapid.IntRange(0, 140).Draw(rt, "acts") {
			by := rapid.SampledFrom([]AgentID{coachID, agentID, thirdID, ""}).Draw(rt, "by")
			act := rapid.SampledFrom(feedbackActs()).Draw(rt, "act")
			text := rapid.SampledFrom([]string{"", "words", "  ", strings.Repeat("x", MaxCoachText+1)}).Draw(rt, "text")
			before := f
			words := slices.Clone(f.Words)
			next, err := f.Act(by, act, text, time.Unix(int64(i+1), 0))
			checkStep(rt, before, next, by, err)
			if !slices.Equal(words, before.Words) {
				rt.Fatalf("%s changed the former words in place", act)
			}
			if err == nil {
				f = next
			}
			if !canEnd(f, coachID) || f.Given > 0 && !canEnd(f, agentID) {
				rt.Fatalf("a dead end in %s with %d words", f.State, len(f.Words))
			}
		}
	})
}

func checkStep(rt *rapid.T, before, after Feedback, by AgentID, err error) {
	rt.Helper()
	switch {
	case err == nil && by != coachID && by != agentID:
		rt.Fatalf("%q did something with feedback of others", by)
	case err == nil && before.State.Over():
		rt.Fatalf("%s went on to %s", before.State, after.State)
	case err == nil && after.Version != before.Version+1:
		rt.Fatalf("version %d after %d", after.Version, before.Version)
	case err == nil && by == agentID && before.Given == 0:
		rt.Fatalf("the agent touched a draft")
	case after.ShownTo(thirdID) || after.ShownTo("") || !after.ShownTo(coachID) || after.ShownTo(agentID) != (after.Given > 0):
		rt.Fatalf("%+v is shown to the wrong people", after)
	case after.State == FeedbackWithdrawn && (after.Text != "" || after.Suggestion != ""):
		rt.Fatalf("what was withdrawn still says %q", after.Text)
	case len(after.Words) > MaxFeedbackWords+3:
		rt.Fatalf("%d words", len(after.Words))
	case (after.Given > 0) == (after.State == FeedbackDraft) && after.State != FeedbackWithdrawn:
		rt.Fatalf("%s, given at %d", after.State, after.Given)
	}
}

func TestFeedback_IsGivenAnsweredDisputedAndSettled(t *testing.T) {
	t.Parallel()
	f, now := draft(), time.Unix(1, 0)
	for _, step := range []struct {
		by   AgentID
		act  FeedbackAct
		text string
		want FeedbackState
		kind ErrorKind
	}{
		{agentID, FeedbackSee, "", "", Missing},
		{coachID, FeedbackReply, "too early", "", Conflict},
		{coachID, FeedbackGive, "", FeedbackGiven, ""},
		{coachID, FeedbackGive, "", "", Conflict},
		{coachID, FeedbackAccept, "", "", Conflict},
		{agentID, FeedbackSee, "", FeedbackSeen, ""},
		{agentID, FeedbackSettle, "", "", Conflict},
		{agentID, FeedbackDispute, " ", "", Invalid},
		{agentID, FeedbackDispute, "he had asked for it", FeedbackDisputed, ""},
		{coachID, FeedbackReply, "", "", Invalid},
		{agentID, FeedbackAccept, "on second thoughts", FeedbackAccepted, ""},
		{agentID, FeedbackDispute, "no", FeedbackDisputed, ""},
		{coachID, FeedbackReply, "then say so", FeedbackGiven, ""},
		{agentID, FeedbackAnswer, "right", FeedbackAnswered, ""},
		{thirdID, FeedbackSettle, "", "", Missing},
		{coachID, FeedbackSettle, "", FeedbackSettled, ""},
		{agentID, FeedbackAnswer, "one more", "", Conflict},
	} {
		next, err := f.Act(step.by, step.act, step.text, now)
		if step.kind != "" {
			if !IsKind(err, step.kind) {
				t.Errorf("%s by %s in %s answers %v, want %s", step.act, step.by, f.State, err, step.kind)
			}
			continue
		}
		if err != nil || next.State != step.want {
			t.Fatalf("%s by %s in %s leads to %s, %v", step.act, step.by, f.State, next.State, err)
		}
		f = next
	}
	if len(f.Words) != 6 || f.Words[3].Text != "then say so" {
		t.Errorf("the words are %+v", f.Words)
	}
}

func TestFeedback_WithdrawnLeavesTheAgentsWordsAlone(t *testing.T) {
	t.Parallel()
	f := draft()
	var err error
	for _, act := range []struct {
		by  AgentID
		act FeedbackAct
	}{{coachID, FeedbackGive}, {agentID, FeedbackDispute}, {coachID, FeedbackReply}, {coachID, FeedbackWithdraw}} {
		if f, err = f.Act(act.by, act.act, "canary of "+string(act.by), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.Words) != 2 || f.Words[0].By != agentID || f.Words[1].Act != FeedbackWithdraw || f.Text+f.Suggestion != "" {
		t.Errorf("after withdrawing there is %+v", f)
	}
}

func TestFeedback_ADraftIsItsCoachsAlone(t *testing.T) {
	t.Parallel()
	f, bad := draft(), FeedbackKind("rude")
	text := "better"
	changed, err := f.Change(coachID, FeedbackChange{Text: &text}, time.Unix(2, 0))
	if err != nil || changed.Text != text || changed.Kind != Improve || changed.Version != 2 {
		t.Errorf("changed to %+v, %v", changed, err)
	}
	if _, err := f.Change(agentID, FeedbackChange{Text: &text}, time.Unix(2, 0)); !IsKind(err, Missing) {
		t.Errorf("the agent changes a draft: %v", err)
	}
	if _, err := f.Change(coachID, FeedbackChange{Kind: &bad}, time.Unix(2, 0)); !IsKind(err, Invalid) {
		t.Errorf("a kind of one's own: %v", err)
	}
	empty := Feedback{Coach: coachID, Agent: agentID, State: FeedbackDraft}
	for kind, want := range map[FeedbackKind]bool{"": false, Improve: false, Wrong: false, Praise: true} {
		empty.Kind = kind
		if _, err := empty.Act(coachID, FeedbackGive, "", time.Unix(2, 0)); (err == nil) != want {
			t.Errorf("giving %q without words: %v", kind, err)
		}
	}
	if err := MayGive(Thread{State: Active}); !IsKind(err, Conflict) {
		t.Errorf("in the middle of the talk: %v", err)
	}
	if err := MayGive(Thread{State: IsClosed}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
