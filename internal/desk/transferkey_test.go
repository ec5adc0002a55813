package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// TestTransfer_AKeyStandsForAllThatIsKept: the same key with anything else in it is a
// conflict, never the answer of the first.
func TestTransfer_AKeyStandsForAllThatIsKept(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*desk.Transfer){
		"answers":        func(in *desk.Transfer) { in.Answers = map[string]string{"q1": "4711"} },
		"other answers":  func(in *desk.Transfer) { in.Answers = map[string]string{"q2": "4710"} },
		"stay":           func(in *desk.Transfer) { in.Stay = true },
		"drop":           func(in *desk.Transfer) { in.Drop = []chat.AgentID{"a_dan"} },
		"words moved on": func(in *desk.Transfer) { in.Summary, in.Promised = "", "Wants invoice 4711." },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			key := h.Key()
			first := func(in *desk.Transfer) { in.Key, in.Answers = key, map[string]string{"q1": "4710"} }
			h.mustPass(toAgent(h.ben), first)
			h.mustPass(toAgent(h.ben), first) // the same again answers the first
			wantKind(t, "the key of the transfer", h.pass(toAgent(h.ben), first, change), chat.Conflict)
			must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key()))
			h.gone()
			key = h.Key()
			held := func(change ...func(*desk.Transfer)) func(*desk.Hold) {
				return func(in *desk.Hold) {
					first(&in.Transfer)
					for _, c := range change {
						c(&in.Transfer)
					}
				}
			}
			h.mustHold(toAgent(h.ben), held())
			h.mustHold(toAgent(h.ben), held())
			wantKind(t, "the key of the hold", h.hold(toAgent(h.ben), held(change)), chat.Conflict)
			wantKind(t, "with a deviation", h.hold(toAgent(h.ben), held(), func(in *desk.Hold) { in.Deviation = "so" }), chat.Conflict)
		})
	}
}
