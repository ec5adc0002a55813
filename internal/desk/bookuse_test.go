package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestBookUse_CountsByVersionAndReasonAndWhatCameBack: each way of passing a chat on
// counts by the version of the playbook that it went by, which it keeps when another
// is saved; what came back is told from what went on. Only who oversees the group
// reads it.
func TestBookUse_CountsByVersionAndReasonAndWhatCameBack(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	write := func(version int64, codes ...string) int64 {
		chapter := chat.TransferChapter{}
		for _, code := range codes {
			chapter.Reasons = append(chapter.Reasons, chat.ReasonCode{Code: code, Label: code})
		}
		return must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Version: version, Transfer: chapter})).Version
	}
	first := write(0, "invoice")
	taken := func() chat.ConversationID {
		_, c := h.Taken(h.ada)
		return c
	}
	as := func(key, reason string) desk.Transfer {
		return desk.Transfer{Key: key, Reason: reason, To: toGroup(h.billing.ID)}
	}
	moved, back, held, letGo := h.c, taken(), taken(), taken()
	for _, c := range []chat.ConversationID{moved, back} {
		must[desk.Done](t)(h.Desk.Move(t.Context(), h.ada, c, desk.Moving{Key: h.Key(), Group: h.billing.ID, Reason: "invoice"}))
	}
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.ben, back, desk.Moving{Key: h.Key(), Group: h.Group.ID, Reason: "not ours"}))
	must[desk.Done](t)(h.Desk.Transfer(t.Context(), h.ada, letGo, as(h.Key(), "invoice")))

	second := write(first, "refund")
	must[desk.Done](t)(h.Desk.LetGo(t.Context(), h.ada, letGo, h.Key())) // it was asked by the first
	accepted := taken()
	must[desk.Done](t)(h.Desk.Transfer(t.Context(), h.ada, accepted, desk.Transfer{Key: h.Key(), Reason: "refund", To: toAgent(h.ben)}))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, accepted, h.Key()))
	declined := taken()
	must[desk.Done](t)(h.Desk.Transfer(t.Context(), h.ada, declined, desk.Transfer{Key: h.Key(), Reason: "refund", To: toAgent(h.ben)}))
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, declined, h.Key(), ""))
	h.gone()
	must[desk.Done](t)(h.Desk.Hold(t.Context(), h.ada, held, desk.Hold{Transfer: as(h.Key(), "refund"), Way: chat.HeldWait}))

	use := func(a chat.Agent, days int) []desk.BookUse {
		return must[[]desk.BookUse](t)(h.Desk.BookUse(t.Context(), a, days))
	}
	want := []desk.BookUse{
		{Group: h.billing.ID, Version: first, Reason: "invoice", N: 3, Back: 1, Conversations: []chat.ConversationID{letGo, back, moved}},
		{Group: h.billing.ID, Version: second, Reason: "refund", N: 2, Conversations: []chat.ConversationID{held, accepted}},
	}
	leads := h.Agent("Lea", chat.Member, h.billing.ID).Enrol(h.billing.ID, chat.ClassSupervisor)
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(leads) })
	if diff := cmp.Diff(want, use(leads, 7)); diff != "" {
		t.Errorf("who oversees Billing reads (-want +got):\n%s", diff)
	}
	own := desk.BookUse{Group: h.Group.ID, Reason: "not ours", N: 1, Conversations: []chat.ConversationID{back}}
	if diff := cmp.Diff(append(want, own), use(h.Owner, 7)); diff != "" {
		t.Errorf("the owner reads (-want +got):\n%s", diff)
	}
	if got := use(h.ben, 7); len(got) != 0 {
		t.Errorf("a member reads %+v", got)
	}
	h.later(8 * 24 * time.Hour)
	if got := use(h.Owner, 7); len(got) != 0 {
		t.Errorf("eight days later: %+v", got)
	}
	_, err := h.Desk.BookUse(t.Context(), h.Owner, desk.MaxBookUseDays+1)
	wantKind(t, "too many days", err, chat.Invalid)
}

// TestBookUse_ReadsNothingForWhoOverseesNothing: not one of the thousands of passages,
// which an event shows that nobody can read.
func TestBookUse_ReadsNothingForWhoOverseesNothing(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(h.c)
		check(t, err)
		broken := chat.Fact(chat.KindHanded, h.ada.Actor(), chat.ForAgents, chat.Micros(h.Clock.Now()), "no body")
		broken.ID = "e_broken"
		return tx.Append(s, s.Add("", []chat.Event{broken}))
	})
	if got, err := h.Desk.BookUse(t.Context(), h.ben, 7); err != nil || len(got) != 0 {
		t.Errorf("a member reads %+v, %v", got, err)
	}
	if _, err := h.Desk.BookUse(t.Context(), h.Owner, 7); err == nil {
		t.Error("the owner reads what cannot be read: the test proves nothing")
	}
}
