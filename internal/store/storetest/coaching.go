package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func coachingSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"moments and feedback are as they were saved": momentsAndFeedback,
		"examples and shadow replies":                 examplesAndShadows,
		"who may coach whom":                          whoMayCoach,
	}
}

// coachingTeam stores three agents.
func (w *World) coachingTeam() {
	w.Write(func(tx *store.Tx) error {
		for _, name := range []string{"ann", "bob", "eve"} {
			if err := tx.SaveAgent(Agent(name, chat.Member)); err != nil {
				return err
			}
		}
		return nil
	})
}

func someLines() chat.Lines { return chat.Lines{Conversation: "c_1", Thread: "t_1", From: 3, To: 7} }

func momentsAndFeedback(t *testing.T, w *World) {
	w.coachingTeam()
	m1 := chat.Moment{ID: "m_1", Lines: someLines(), Coach: "a_bob", Kind: chat.Praise, Word: "nice", At: 5}
	m2 := chat.Moment{ID: "m_2", Lines: someLines(), Coach: "a_bob", At: 6, Feedback: "b_1"}
	draft := chat.Feedback{ID: "b_1", Lines: someLines(), Coach: "a_bob", Agent: "a_ann", State: chat.FeedbackDraft, Words: []chat.FeedbackWord{}, Created: 7, Changed: 7, Version: 1}
	given := chat.Feedback{ID: "b_2", Lines: someLines(), Coach: "a_bob", Agent: "a_ann", Kind: chat.Wrong, Text: "no", Suggestion: "yes", State: chat.FeedbackDisputed,
		Words: []chat.FeedbackWord{{By: "a_ann", Act: chat.FeedbackDispute, Text: "why", At: 9}}, Created: 8, Given: 20, Changed: 9, Version: 3}
	back := given
	back.ID, back.State, back.Given = "b_3", chat.FeedbackWithdrawn, 21
	fresh := given
	fresh.ID, fresh.State, fresh.Given = "b_4", chat.FeedbackGiven, 35
	w.Write(func(tx *store.Tx) error {
		for _, m := range []chat.Moment{m1, m2} {
			if err := tx.SaveMoment(m); err != nil {
				return err
			}
		}
		for _, f := range []chat.Feedback{draft, given, back, fresh} {
			if err := tx.SaveFeedback(f); err != nil {
				return err
			}
		}
		return nil
	})
	w.Read(func(tx *store.Tx) error {
		same(t, "moments", []chat.Moment{m2, m1})(tx.Moments("a_bob", "", 10))
		same(t, "older moments", []chat.Moment{m1})(tx.Moments("a_bob", "m_2", 10))
		same(t, "moments of another", []chat.Moment{})(tx.Moments("a_ann", "", 10))
		same(t, "given", []chat.Feedback{fresh, back, given, draft})(tx.FeedbackGivenBy("a_bob", "", 10))
		same(t, "received, no drafts", []chat.Feedback{fresh, back, given})(tx.FeedbackReceivedBy("a_ann", "", 10))
		same(t, "one page", []chat.Feedback{back})(tx.FeedbackReceivedBy("a_ann", "b_4", 1))
		same(t, "received by another", []chat.Feedback{})(tx.FeedbackReceivedBy("a_bob", "", 10))
		same(t, "figures", []store.FeedbackCount{{Month: 10, Kind: chat.Wrong, Count: 1}, {Month: 30, Kind: chat.Wrong, Count: 1}})(tx.FeedbackFigures("a_ann", []int64{10, 30, 40}))
		same(t, "what waits for the coach", store.CoachingCounts{Waiting: 1, Moments: 1})(tx.CoachingCounts("a_bob"))
		same(t, "what waits for the agent", store.CoachingCounts{Received: 1})(tx.CoachingCounts("a_ann"))
		return nil
	})
	w.Write(func(tx *store.Tx) error {
		if err := tx.DeleteFeedback("b_1"); err != nil {
			return err
		}
		if err := tx.FreeMoments("b_1"); err != nil {
			return err
		}
		return tx.DeleteMoment("m_1")
	})
	m2.Feedback = ""
	w.Read(func(tx *store.Tx) error {
		same(t, "the freed moment", []chat.Moment{m2})(tx.Moments("a_bob", "", 10))
		_, err := tx.Feedback("b_1")
		if !chat.IsKind(err, chat.Missing) {
			t.Errorf("a deleted draft: %v", err)
		}
		return nil
	})
}

func examplesAndShadows(t *testing.T, w *World) {
	w.coachingTeam()
	own := chat.Example{ID: "x_1", Lines: someLines(), By: "a_ann", Title: "own", Scope: chat.ScopeOwn, Consents: []chat.Consent{}, Created: 1, Version: 1}
	asks := chat.Example{ID: "x_2", Lines: someLines(), By: "a_bob", Title: "asks", Why: "calm", Scope: chat.ScopeGroup, Group: "g_1",
		Consents: []chat.Consent{{Agent: "a_bob", Answer: chat.ConsentYes, At: 4}, {Agent: "a_ann"}}, Created: 2, Version: 1}
	shared := asks
	shared.ID, shared.Scope, shared.Group, shared.Consents = "x_3", chat.ScopeTeam, "", []chat.Consent{{Agent: "a_bob", Answer: chat.ConsentYes, At: 4}}
	mine := chat.Shadow{ID: "h_1", Conversation: "c_1", Thread: "t_1", Anchor: 4, Trainee: "a_ann", Text: "x", Created: 1, Version: 1}
	asked := chat.Shadow{ID: "h_2", Conversation: "c_1", Thread: "t_1", Anchor: 6, Trainee: "a_ann", Coach: "a_bob", Text: "y", Created: 2, Version: 1}
	w.Write(func(tx *store.Tx) error {
		for _, e := range []chat.Example{own, asks, shared} {
			if err := tx.SaveExample(e); err != nil {
				return err
			}
		}
		if err := tx.SaveShadow(mine); err != nil {
			return err
		}
		return tx.SaveShadow(asked)
	})
	w.Read(func(tx *store.Tx) error {
		same(t, "the asked", []chat.Example{shared, asks, own})(tx.Examples("a_ann", "", 10))
		same(t, "the one who asks", []chat.Example{shared, asks})(tx.Examples("a_bob", "", 10))
		same(t, "others", []chat.Example{shared})(tx.Examples("a_eve", "", 10))
		same(t, "own shadow replies", []chat.Shadow{asked, mine})(tx.ShadowsOf("a_ann", "", 10))
		same(t, "those to grade", []chat.Shadow{asked})(tx.ShadowsFor("a_bob", "", 10))
		same(t, "nobody's are no coach's", []chat.Shadow{})(tx.ShadowsFor("", "", 10))
		same(t, "there is one", true)(tx.ShadowAt("a_ann", "c_1", 4))
		same(t, "there is none", false)(tx.ShadowAt("a_bob", "c_1", 4))
		same(t, "what waits", store.CoachingCounts{Grades: 1})(tx.CoachingCounts("a_bob"))
		same(t, "what asks", store.CoachingCounts{Consents: 1})(tx.CoachingCounts("a_ann"))
		return nil
	})
	asks.Consents, asks.Version = []chat.Consent{{Agent: "a_ann", Answer: chat.ConsentNo, At: 9}}, 2
	asked.Grade, asked.Word, asked.Graded, asked.Version = chat.GradeGood, "so", 9, 2
	w.Write(func(tx *store.Tx) error {
		if err := tx.SaveExample(asks); err != nil {
			return err
		}
		if err := tx.DeleteExample("x_3"); err != nil {
			return err
		}
		if err := tx.SaveShadow(asked); err != nil {
			return err
		}
		return tx.DeleteShadow("h_1")
	})
	w.Read(func(tx *store.Tx) error {
		same(t, "after the no", asks)(tx.Example("x_2"))
		same(t, "others have none", []chat.Example{})(tx.Examples("a_eve", "", 10))
		same(t, "the graded one", []chat.Shadow{asked})(tx.ShadowsOf("a_ann", "", 10))
		return nil
	})
	v := w.Visitor("v")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "may I?")
	w.Say(v.Conversation, Agent("ann", chat.Member).Actor(), chat.ForAgents, "hm")
	want := w.Say(v.Conversation, Agent("ann", chat.Member).Actor(), chat.ForAll, "yes")
	w.Read(func(tx *store.Tx) error {
		got, err := tx.FirstReply(v.Conversation, want.Thread, 0)
		if err != nil || got.Seq != want.Seq {
			t.Errorf("the first reply is %d, %v, want %d", got.Seq, err, want.Seq)
		}
		_, err = tx.FirstReply(v.Conversation, want.Thread, want.Seq)
		if !chat.IsKind(err, chat.Missing) {
			t.Errorf("behind the last reply: %v", err)
		}
		return nil
	})
}

func whoMayCoach(t *testing.T, w *World) {
	w.coachingTeam()
	w.Write(func(tx *store.Tx) error {
		for _, g := range []chat.GroupID{"g_1", "g_1", "g_2"} {
			if err := tx.SetPeers(g, true); err != nil {
				return err
			}
		}
		if err := tx.SetPeers("g_2", false); err != nil {
			return err
		}
		if err := tx.SetCoaches("a_ann", []chat.AgentID{"a_eve"}); err != nil {
			return err
		}
		return tx.SetCoaches("a_ann", []chat.AgentID{"a_bob"})
	})
	want := chat.Coaching{Peers: []chat.GroupID{"g_1"}, Asked: map[chat.AgentID][]chat.AgentID{"a_ann": {"a_bob"}}}
	w.Read(func(tx *store.Tx) error {
		same(t, "rules", want)(tx.Coaching())
		return nil
	})
}

// same compares what a query answers.
func same[T any](t *testing.T, what string, want T) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
