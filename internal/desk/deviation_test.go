package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// decides writes what Billing does with chats that are passed on while nobody is there.
func (h *handover) decides(rule chat.HeldRule) {
	h.t.Helper()
	must[chat.Playbook](h.t)(h.Desk.SavePlaybook(h.t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Transfer: chat.TransferChapter{Held: rule}}))
}

// TestHold_EveryDeviationFromTheGroupsRuleNeedsAReasonAndIsCounted is card C4: the
// way, the due time and the sentence are decided once per group.
func TestHold_EveryDeviationFromTheGroupsRuleNeedsAReasonAndIsCounted(t *testing.T) {
	t.Parallel()
	rule := chat.HeldRule{Way: chat.HeldWait, Due: 240, Say: "Billing writes to you."}
	asDecided := func(in *desk.Hold) { in.Say = "  Billing writes\n to you. " }
	for name, one := range map[string]struct {
		rule  chat.HeldRule
		with  func(*handover, *desk.Hold)
		parts []chat.HeldPart
	}{
		"as decided":            {rule: rule},
		"due within the minute": {rule: rule, with: func(h *handover, in *desk.Hold) { in.Due = h.Clock.Now().Add(4*time.Hour - 59*time.Second) }},
		"the other way":         {rule, func(_ *handover, in *desk.Hold) { in.Way, in.Email = chat.HeldMail, "mia@home.example" }, []chat.HeldPart{chat.OtherWay}},
		"later":                 {rule, func(h *handover, in *desk.Hold) { in.Due = h.Clock.Now().Add(5 * time.Hour) }, []chat.HeldPart{chat.OtherDue}},
		"sooner":                {rule, func(h *handover, in *desk.Hold) { in.Due = h.Clock.Now().Add(4*time.Hour - time.Minute) }, []chat.HeldPart{chat.OtherDue}},
		"another sentence":      {rule, func(_ *handover, in *desk.Hold) { in.Say = "Ben knows." }, []chat.HeldPart{chat.OtherSay}},
		"no sentence":           {rule, func(_ *handover, in *desk.Hold) { in.Say = "" }, []chat.HeldPart{chat.OtherSay}},
		"all of it": {rule, func(h *handover, in *desk.Hold) {
			in.Way, in.Email, in.Due, in.Say = chat.HeldMail, "mia@home.example", h.Clock.Now().Add(time.Hour), ""
		}, []chat.HeldPart{chat.OtherWay, chat.OtherDue, chat.OtherSay}},
		"where nothing is decided": {with: func(h *handover, in *desk.Hold) { in.Due = h.Clock.Now().Add(time.Hour) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			h.decides(one.rule)
			h.gone()
			change := func(in *desk.Hold) {
				asDecided(in)
				if one.with != nil {
					one.with(h, in)
				}
			}
			if len(one.parts) > 0 {
				wantKind(t, "without a reason", h.hold(toAgent(h.ben), change), chat.Invalid)
			}
			h.mustHold(toAgent(h.ben), change, func(in *desk.Hold) { in.Deviation = "She asked for it." })
			why := ""
			if len(one.parts) > 0 {
				why = "She asked for it."
			}
			if e := last[chat.Held](t, h.World, h.c, chat.KindHold); !slices.Equal(e.Deviated, one.parts) || e.Deviation != why {
				t.Errorf("the team reads %q, %q", e.Deviated, e.Deviation)
			}
			if o := h.owed(h.ben, desk.PromiseList{}); len(o) != 1 || !slices.Equal(o[0].Deviated, one.parts) || o[0].Deviation != why {
				t.Errorf("owed: %+v", o)
			}
			n := func(p chat.HeldPart) int {
				if slices.Contains(one.parts, p) {
					return 1
				}
				return 0
			}
			want := desk.Kept{Group: h.billing.ID, Open: 1, Deviations: min(1, len(one.parts)), OtherWay: n(chat.OtherWay), OtherDue: n(chat.OtherDue), OtherSay: n(chat.OtherSay)}
			if diff := cmp.Diff(want, must[[]desk.Kept](t)(h.Desk.KeptPromises(t.Context(), h.Owner, 30))[0]); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
		})
	}
}

// Who does not take part cannot write to the visitor, so leaving the group's
// sentence out is not his doing.
func TestHold_TheSentenceOfWhoCannotWriteToTheVisitorIsNoDeviation(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.decides(chat.HeldRule{Say: "Billing writes to you."})
	h.gone()
	must[desk.Done](t)(h.Desk.Hold(t.Context(), h.Owner, h.c, desk.Hold{Transfer: desk.Transfer{Key: h.Key(), To: toAgent(h.ben), Reason: "an invoice"}, Way: chat.HeldWait}))
	if e := last[chat.Held](t, h.World, h.c, chat.KindHold); len(e.Deviated) != 0 {
		t.Errorf("held otherwise in %v", e.Deviated)
	}
}

// TestHold_IsForWhenNobodyIsThere: while somebody takes chats there, he is asked, or it
// is said why not; who is here and takes none has said so himself.
func TestHold_IsForWhenNobodyIsThere(t *testing.T) {
	t.Parallel()
	toBilling := func(h *handover) chat.Target { return chat.Target{Kind: chat.ToGroup, Group: h.billing.ID} }
	toBen := func(h *handover) chat.Target { return toAgent(h.ben) }
	both := func(s chat.Status) func(*handover) {
		return func(h *handover) { h.set(h.ben, s); h.set(h.cleo, s); h.later(0) }
	}
	for name, one := range map[string]struct {
		to    func(*handover) chat.Target
		stand func(*handover)
		there bool
	}{
		"a colleague who takes chats":      {toBen, func(*handover) {}, true},
		"a colleague who takes none":       {toBen, both(chat.Away), false},
		"a colleague who is not connected": {toBen, (*handover).gone, false},
		"a group in which somebody does":   {toBilling, func(h *handover) { h.set(h.ben, chat.Away); h.later(0) }, true},
		"a group in which nobody does":     {toBilling, both(chat.Finishing), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			one.stand(h)
			to := one.to(h)
			if one.there {
				err := h.hold(to)
				wantKind(t, "held though somebody is there", err, chat.Conflict)
				if d, ok := detail[chat.SomebodyThere](err); !ok || d.There.Kind != to.Kind || d.There.Group != h.billing.ID {
					t.Errorf("the conflict says %+v", d)
				}
				if th := h.thread(); th.Lead != h.ada.ID || th.Promise != nil {
					t.Fatalf("it was passed on: %+v", th)
				}
			}
			h.mustHold(to, func(in *desk.Hold) { in.Deviation = "It needs half a day of his." })
			e := last[chat.Held](t, h.World, h.c, chat.KindHold)
			if got := slices.Equal(e.Deviated, []chat.HeldPart{chat.OtherHeld}); got != one.there {
				t.Errorf("held otherwise in %v", e.Deviated)
			}
			counted := 0
			if one.there {
				counted = 1
			}
			if k := must[[]desk.Kept](t)(h.Desk.KeptPromises(t.Context(), h.Owner, 30))[0]; k.Deviations != counted || k.OtherThere != counted {
				t.Errorf("counted %+v", k)
			}
		})
	}
}

// Whoever was asked in vain can have it held for him after all, with a word.
func TestHold_AfterAskingInVain(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, h.c, h.Key(), "not now"))
	h.mustHold(toAgent(h.ben), func(in *desk.Hold) { in.Deviation = "He wants it after lunch." })
	if th := h.thread(); th.Held == nil || th.Held.Agent != h.ben.ID {
		t.Errorf("held for %+v", th.Held)
	}
}
