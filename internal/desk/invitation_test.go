package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// An invitation opens nothing, and neither does it while the chat is passed on to
// another one, who reads before he accepts.
func TestInviteIn_OpensNothingWhileTheChatIsPassedOn(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyLead)
	seesNothing := func(when string) {
		t.Helper()
		in := must[desk.Inbox](t)(h.Desk.Inbox(t.Context(), h.cleo, store.ListAll))
		hits, _, err := h.Desk.Search(t.Context(), h.cleo, desk.Sought{Words: "hello"})
		if err != nil || len(in.Page.Rows) != 0 || in.Counts.All != 0 || len(hits) != 0 {
			t.Errorf("%s, who is invited is shown %+v, counts %+v, finds %+v (%v)", when, in.Page.Rows, in.Counts, hits, err)
		}
	}
	said := must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.ada, h.c, desk.Message{Key: h.Key(), Text: "hello there"}))
	if hits, _, err := h.Desk.Search(t.Context(), h.ada, desk.Sought{Words: "hello"}); err != nil || len(hits) == 0 {
		t.Fatalf("nobody finds %+v: %v", said, err)
	}
	h.mustPass(toAgent(h.ben))
	invited(t, h.World, h.ada, h.c, desk.Inviting{Agent: h.cleo.ID})
	seesNothing("while it is passed on")
	must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key()))
	seesNothing("after that")
	if rings := ringsFor(t, h.World, h.cleo); len(rings) != 1 {
		t.Errorf("the invitation is gone: %+v", rings)
	}
}
