package e2e

import (
	"context"
	"fmt"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
)

// goes fills in what somebody says who goes home: some of it as lines say, the rest
// he keeps. What he says is made once, so that he can repeat it.
func (h *happening) goes(who *mate, brief string, lines ...client.Handing) {
	h.t.Helper()
	said := map[string]client.Handing{}
	for _, l := range lines {
		said[l.Conversation] = l
	}
	mine, err := who.Handover(h.t.Context())
	h.must(client.Done{}, err)
	h.home, h.handing = who, client.HandingOver{Brief: brief}
	for _, l := range mine {
		one, named := said[l.Conversation]
		if !named {
			one = client.Handing{Conversation: l.Conversation, Way: "keep"}
		}
		delete(said, l.Conversation)
		h.handing.Lines = append(h.handing.Lines, one)
	}
	if len(said) > 0 {
		h.t.Fatalf("not his: %+v", said)
	}
}

func goHome(h *happening, ctx context.Context, key string) (client.Done, error) {
	in := h.handing
	in.Key = key
	again, err := h.home.HandOver(ctx, in)
	return client.Done{Again: again}, err
}

// allParts is a hand-over of a chat to a colleague, of one to the queue, and of a
// membership.
func (h *happening) allParts() {
	second, _ := h.begun(h.lead, "the second")
	third, _ := h.begun(h.mate, "the third")
	h.must(h.lead.Join(h.t.Context(), third))
	h.others = map[string]chat.Kind{second: chat.KindRequeued, third: chat.KindLeave}
	h.goes(h.lead, "", client.Handing{Conversation: h.id, Way: "agent", To: string(h.mate.id), Reason: "night", Say: "My colleague goes on."},
		client.Handing{Conversation: second, Way: "group"}, client.Handing{Conversation: third, Way: "leave"})
}

// promised is a hand-over by who owes an answer in a chat that nobody leads.
func (h *happening) promised() {
	h.must(h.holds(h.t.Context(), client.NewKey()))
	second, _ := h.begun(h.mate, "the second")
	h.others = map[string]chat.Kind{second: chat.KindAssign}
	h.goes(h.mate, "", client.Handing{Conversation: h.id, Way: "group"}, client.Handing{Conversation: second, Way: "agent", To: string(h.lead.id)})
}

// answered is a hand-over in which what is answered is closed, with a brief.
func (h *happening) answered() {
	h.must(h.lead.Post(h.t.Context(), h.id, client.Message{Text: "here it is"}))
	second, _ := h.begun(h.lead, "the second")
	h.others = map[string]chat.Kind{second: chat.KindAssign}
	h.goes(h.lead, "The shop was down.", client.Handing{Conversation: h.id, Way: "close"}, client.Handing{Conversation: second, Way: "agent", To: string(h.mate.id)})
}

// TestCrash_HandingOverIsAllOrNothing kills the real binary while somebody hands over
// all that he has. After the restart every conversation went where he said, or none.
func TestCrash_HandingOverIsAllOrNothing(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThree(t)
	sum := killAtEach(t, &s, []step{
		{"to a colleague, to the queue, and out", (*happening).allParts, goHome, chat.KindAssign, chat.KindMessage},
		{"a promise", (*happening).promised, goHome, chat.KindPromisePassed, ""},
		{"closed, with a brief", (*happening).answered, goHome, chat.KindClosed, chat.KindNote},
	})
	fmt.Printf("handing over: %+v\n", sum)
}
