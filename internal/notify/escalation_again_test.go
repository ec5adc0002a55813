package notify_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestEscalation_AStepCallsOneColleagueHoweverOftenItIsRun plays the job of a colleague
// again, as after a kill between what it did and its end: who was called already is left
// out, so that it would be somebody else's turn each time.
func TestEscalation_AStepCallsOneColleagueHoweverOftenItIsRun(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.do([]string{"steps", "assigned", "10", "60", "0", "0"})
	p.do([]string{"ann", "gets", "it"})
	p.Clock.Advance(time.Minute)
	var due []store.Job
	p.Write(func(tx *store.Tx) (err error) {
		due, err = tx.ClaimJobs(chat.Micros(p.Clock.Now()), chat.Micros(p.Clock.Now()), 50)
		return err
	})
	ran := 0
	for _, j := range due {
		if j.Kind != desk.JobStep {
			continue
		}
		for range 3 {
			p.must(p.Desk.ClimbAlert(t.Context(), j.Body))
			ran++
		}
	}
	var called []chat.AgentID
	for _, name := range []string{"ben", "cleo", "sue", "owner"} {
		all, err := p.Desk.Alerts(t.Context(), p.team[name])
		p.must(err)
		for _, a := range all {
			if a.Alert.Step == chat.StepColleague {
				called = append(called, a.Alert.Agent)
			}
		}
	}
	if ran == 0 || len(called) != 1 {
		t.Errorf("after %d runs %v are called, want one", ran, called)
	}
}
