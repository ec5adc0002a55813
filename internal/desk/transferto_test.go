package desk_test

import (
	"errors"
	"slices"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestTransfer_AnyoneElseIsWhoeverCouldTakeIt: neither its lead nor who passes it on,
// and no supervisor of the group, to whom the router gives nothing.
func TestTransfer_AnyoneElseIsWhoeverCouldTakeIt(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		class chat.Class
		by    func(*handover) chat.Agent
		want  bool
	}{
		"another member":                   {"", func(h *handover) chat.Agent { return h.ada }, true},
		"a supervisor of the group":        {chat.ClassSupervisor, func(h *handover) chat.Agent { return h.ada }, false},
		"who oversees, and passes it on":   {chat.ClassSupervisor, func(h *handover) chat.Agent { return h.Owner }, false},
		"a member beside who passes it on": {"", func(h *handover) chat.Agent { return h.Owner }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			dan := h.Agent("Dan", chat.Member)
			dan.Classes = map[chat.GroupID]chat.Class{h.Group.ID: one.class}
			h.Owner.Status, h.Owner.Groups = chat.Accepting, []chat.GroupID{h.Group.ID}
			h.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveAgent(dan), tx.SaveAgent(h.Owner)) })
			by := one.by(h)
			here := []chat.Agent{h.ada, dan}
			if by.ID == h.Owner.ID {
				here = append(here, by)
			}
			later(h.World, 0, here...)
			anyone := func() desk.TargetGroup {
				all := must[desk.Targets](t)(h.Desk.Targets(t.Context(), by, h.c)).Groups
				return all[slices.IndexFunc(all, func(g desk.TargetGroup) bool { return g.Group == h.Group.ID })]
			}()
			_, err := h.Desk.Transfer(t.Context(), by, h.c, desk.Transfer{Key: h.Key(), To: chat.Target{Kind: chat.ToAnyone}, Reason: "lunch"})
			if one.want {
				if err != nil || anyone.Askable != 1 || anyone.AskFree != 1 {
					t.Errorf("asked: %v; the list counts %+v", err, anyone)
				}
				return
			}
			if _, ok := detail[desk.NobodyThere](err); !ok || anyone.Askable != 0 {
				t.Errorf("asked: %v; the list counts %+v", err, anyone)
			}
		})
	}
}

// TestTransfer_NobodyIsAskedWhoGaveItBackForTheSameReason is card C5: neither by name,
// nor held for him, nor through a group whose members have all had it.
func TestTransfer_NobodyIsAskedWhoGaveItBackForTheSameReason(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	toBilling := chat.Target{Kind: chat.ToGroup, Group: h.billing.ID}
	givesBack := func(who chat.Agent, reason string) {
		h.mustPass(toAgent(who))
		must[desk.Done](t)(h.Desk.Accept(t.Context(), who, h.c, h.Key()))
		must[desk.Done](t)(h.Desk.Transfer(t.Context(), who, h.c, desk.Transfer{Key: h.Key(), To: toAgent(h.ada), Reason: reason}))
		must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ada, h.c, h.Key()))
	}
	because := func(reason string) func(*desk.Transfer) { return func(in *desk.Transfer) { in.Reason = reason } }
	in := func(who chat.Agent, groups ...chat.GroupID) {
		who.Groups = groups
		h.Write(func(tx *store.Tx) error { return tx.SaveAgent(who) })
		h.later(0)
	}
	in(h.cleo)
	givesBack(h.ben, "vat")
	all := must[desk.Targets](t)(h.Desk.Targets(t.Context(), h.ada, h.c)).Agents
	ben := all[slices.IndexFunc(all, func(a desk.TargetAgent) bool { return a.Agent == h.ben.ID })]
	if ben.Bar != "" || !slices.Equal(ben.Gave, []string{"vat"}) {
		t.Errorf("the list says %+v", ben)
	}
	wantKind(t, "by name", h.pass(toAgent(h.ben), because("vat")), chat.Conflict)
	wantKind(t, "held for him", h.hold(toAgent(h.ben), func(in *desk.Hold) { in.Reason = "vat" }), chat.Conflict)
	err := h.pass(toBilling, because("vat"))
	if _, ok := detail[desk.NobodyThere](err); !ok {
		t.Errorf("a group of which he is the only one: %v", err)
	}
	in(h.cleo, h.billing.ID)
	givesBack(h.cleo, "a refund")
	h.mustPass(toBilling, because("vat"))
	h.later(0)
	if who := h.rings(); !slices.Equal(who, []chat.AgentID{h.cleo.ID}) {
		t.Errorf("of a group it rings %v", who)
	}
	must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key()))
	h.mustPass(toAgent(h.ben), because("a refund")) // for another reason he may be asked
}
