package desk_test

import (
	"strings"
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
			for way, err := range map[string]error{"handing over": handedTo(h, h.ben), "signing out": signedOutTo(h, h.ben)} {
				refused, _ := detail[desk.HandoverRefused](err)
				if !chat.IsKind(err, chat.Conflict) || len(refused.Lines) != 1 || !strings.Contains(refused.Lines[0].Why, "playbook of") {
					t.Errorf("%s: %v, %+v", way, err, refused)
				}
			}
			if th := h.thread(); th.Lead != h.ada.ID || len(th.Passed) != 0 {
				t.Errorf("led by %q, passed on %v", th.Lead, th.Passed)
			}
			bars := map[string]desk.Bar{}
			targets := must[desk.Targets](t)(h.Desk.Targets(t.Context(), h.ada, h.c))
			for _, g := range targets.Groups {
				bars[string(g.Group)] = g.Bar
			}
			for _, a := range targets.Agents {
				bars[string(a.Agent)] = a.Bar
			}
			for _, o := range must[[]desk.HandoverLine](t)(h.Desk.HandoverProposal(t.Context(), h.ada))[0].Others {
				if o.Agent == h.ben.ID && (o.Bar != c.bar || len(o.Groups) != 0) {
					t.Errorf("the end of the shift says of Ben %+v, want %s", o, c.bar)
				}
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

func handedTo(h *handover, to chat.Agent) error {
	_, err := h.Desk.HandOver(h.t.Context(), h.ada, desk.Handover{Key: h.Key(), Lines: []desk.Handing{{Conversation: h.c, Way: desk.HandToAgent, To: to.ID}}})
	return err
}

func signedOutTo(h *handover, to chat.Agent) error {
	in := h.SignIn(h.ada)
	return h.Desk.SignOut(h.t.Context(), h.ada, in.Session.ID, desk.SignOut{Chats: desk.ChatsToAgent, To: to.ID})
}

func moved(h *handover) error {
	_, err := h.Desk.Move(h.t.Context(), h.ada, h.c, desk.Moving{Key: h.Key(), Group: h.billing.ID, Reason: "an invoice"})
	return err
}
