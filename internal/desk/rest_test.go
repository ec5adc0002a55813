package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// The chat is not taken from its lead while he asks a colleague; after the no he has
// as long as an offer rings.
func TestTransfer_StopsTheTimeOfTheFirstReply(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.later(80 * time.Second)
	h.Route()
	h.mustPass(toAgent(h.ben))
	h.later(25 * time.Second)
	h.Route()
	if th := h.thread(); th.Lead != h.ada.ID || th.Transfer == nil {
		t.Fatalf("the first reply's time ran out under the transfer: led by %q, %+v", th.Lead, th.Transfer)
	}
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, h.c, h.Key(), "busy"))
	h.later(19 * time.Second)
	h.Route()
	if th := h.thread(); th.Lead != h.ada.ID || th.WarnedAt == 0 {
		t.Fatalf("19 s after the no it is led by %q, warned at %d", th.Lead, th.WarnedAt)
	}
	h.later(time.Second)
	h.Route()
	if th := h.thread(); th.Lead != "" {
		t.Fatalf("20 s after the no it is led by %q still", th.Lead)
	}
}
