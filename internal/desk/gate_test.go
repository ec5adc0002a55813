package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// A gate holds for every way into a group and out of it, the list of targets says so
// before, and a supervisor passes.
func TestGate_HoldsForEveryWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bar  desk.Bar
		book func(h *handover) chat.Playbook
	}{
		"into": {desk.BarInto, func(h *handover) chat.Playbook {
			return chat.Playbook{Group: h.billing.ID, Transfer: chat.TransferChapter{Into: chat.Gate{Who: chat.GateMembers}}}
		}},
		"out": {desk.BarOut, func(h *handover) chat.Playbook {
			return chat.Playbook{Group: h.Group.ID, Transfer: chat.TransferChapter{Out: chat.Gate{Who: chat.GateSupervisors}}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, c.book(h)))
			for way, err := range map[string]error{
				"a colleague": h.pass(toAgent(h.ben)),
				"the group":   h.pass(chat.Target{Kind: chat.ToGroup, Group: h.billing.ID}),
				"holding":     h.hold(toAgent(h.ben)),
				"moving":      moved(h),
			} {
				wantKind(t, way, err, chat.Denied)
			}
			bars := map[string]desk.Bar{}
			targets := must[desk.Targets](t)(h.Desk.Targets(t.Context(), h.ada, h.c))
			for _, g := range targets.Groups {
				bars[string(g.Group)] = g.Bar
			}
			for _, a := range targets.Agents {
				bars[string(a.Agent)] = a.Bar
			}
			if bars[string(h.billing.ID)] != c.bar || bars[string(h.ben.ID)] != c.bar {
				t.Errorf("the list says %v, want %s for Billing and Ben", bars, c.bar)
			}
			sue := h.Agent("Sue", chat.Supervisor)
			_, err := h.Desk.Transfer(t.Context(), sue, h.c, desk.Transfer{Key: h.Key(), To: toAgent(h.ben), Reason: "x"})
			if err != nil {
				t.Errorf("a supervisor is kept: %v", err)
			}
		})
	}
}

func moved(h *handover) error {
	_, err := h.Desk.Move(h.t.Context(), h.ada, h.c, desk.Moving{Key: h.Key(), Group: h.billing.ID, Reason: "an invoice"})
	return err
}
