package notify_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// TestEscalation_WhoIsCalledInTheGapIsLetBe: where transactions run side by side, a step
// may call somebody whom the owner's reading, which ended all who were called, did not
// see yet.
func TestEscalation_WhoIsCalledInTheGapIsLetBe(t *testing.T) {
	t.Parallel()
	for over, want := range map[bool]int{true: 0, false: 1} {
		p := newPlay(t)
		p.do(strings.Fields("steps assigned 10 600 0 0"))
		p.do(strings.Fields("ann gets it"))
		p.note()
		all, err := p.Desk.Alerts(t.Context(), p.team["ann"])
		p.must(err)
		own := all[0].Alert
		if over {
			p.do([]string{"ann", "reads"})
		}
		late := chat.AlertID("al_gap")
		p.Write(func(tx *store.Tx) error {
			_, _, err := tx.RaiseAlert(chat.Alert{ID: late, Agent: p.team["ben"].ID, Kind: chat.AlertAssigned, Conversation: p.chat, Seq: own.Seq,
				At: chat.Micros(p.Clock.Now()), Step: chat.StepColleague, For: own.Agent, Ladder: string(own.ID)})
			if err != nil {
				return err
			}
			return tx.Enqueue(store.Job{Kind: "alert", Key: "gap", Due: chat.Micros(p.Clock.Now()), Body: []byte(`{"alert":"al_gap"}`)})
		})
		p.later(time.Second)
		if got := p.stage.arrived(); len(got) != want {
			t.Errorf("ann has read it: %t, and ben is pushed %+v", over, got)
		}
		var bens chat.Alert
		p.Read(func(tx *store.Tx) (err error) {
			bens, err = tx.Alert(late)
			return err
		})
		if ended := bens.EndedAt != 0; ended != over {
			t.Errorf("ann has read it: %t, and ben's is %+v", over, bens)
		}
	}
}
