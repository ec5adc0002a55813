package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
)

func (h *happening) toMate() client.Passing {
	return client.Passing{To: client.Target{Kind: "agent", Agent: string(h.mate.id)}, Reason: "invoice", Summary: "Wants a copy."}
}

func (h *happening) toBill() client.Passing {
	return client.Passing{To: client.Target{Kind: "group", Group: "g_bill"}, Reason: "invoice"}
}

// asksBill passes it to billing, and waits until the router has rung who is there.
func (h *happening) asksBill() {
	h.t.Helper()
	h.mate = h.mates[2]
	h.passes(h.toBill())
	h.until(h.t, 20*time.Second, "it rings in billing", func() bool { return h.tells(h.id, chat.KindOffer) })
}

// tells reports whether the owner reads an event of the kind in a conversation.
func (h *happening) tells(id string, kind chat.Kind) bool {
	h.t.Helper()
	return slices.ContainsFunc(h.stored(id), func(e client.Event) bool { return e.Kind == string(kind) })
}

func (h *happening) passes(p client.Passing) { h.must(h.lead.Transfer(h.t.Context(), h.id, p)) }

func (h *happening) holds(ctx context.Context, key string) (client.Done, error) {
	p := h.toMate()
	p.Key = key
	return h.lead.Hold(ctx, h.id, client.Holding{Passing: p, Way: "wait", Deviation: "it goes on later", Sure: true})
}

// keyed is an act that needs a key alone.
func keyed(who func(*happening) *mate, verb string) func(*happening, context.Context, string) (client.Done, error) {
	return func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return who(h).Again(ctx, h.id, verb, key)
	}
}

func passingSteps() []step {
	lead, mate := func(h *happening) *mate { return h.lead }, func(h *happening) *mate { return h.mate }
	asked, left := func(h *happening) { h.passes(h.toMate()) }, func(h *happening) { h.passes(h.toBill()) }
	pass := func(to func(*happening) client.Passing) func(*happening, context.Context, string) (client.Done, error) {
		return func(h *happening, ctx context.Context, key string) (client.Done, error) {
			p := to(h)
			p.Key = key
			return h.lead.Transfer(ctx, h.id, p)
		}
	}
	answer := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.mate.Post(ctx, h.id, client.Message{Key: key, Text: "here it is"})
	}
	held := func(h *happening) {
		h.must(h.holds(h.t.Context(), client.NewKey()))
	}
	waits := func(h *happening) { h.must(h.lead.Requeue(h.t.Context(), h.id)) }
	triage := func(to func(*happening) client.Target) func(*happening, context.Context, string) (client.Done, error) {
		return func(h *happening, ctx context.Context, key string) (client.Done, error) {
			return h.mate.Triage(ctx, h.id, client.Passing{Key: key, To: to(h), Reason: "invoice"})
		}
	}
	billing := func(*happening) client.Target { return client.Target{Kind: "group", Group: "g_bill"} }
	biller := func(h *happening) client.Target { return client.Target{Kind: "agent", Agent: string(h.mates[2].id)} }
	return []step{
		{"send on to a group", waits, triage(billing), chat.KindMoved, ""},
		{"send on to an agent", waits, triage(biller), chat.KindMoved, chat.KindOffer},
		{"answer from triage", waits, keyed(mate, "take"), chat.KindAssign, ""},
		{"transfer to an agent", nil, pass((*happening).toMate), chat.KindTransfer, chat.KindOffer},
		{"transfer to a group", nil, pass((*happening).toBill), chat.KindTransfer, ""},
		{"accept", asked, keyed(mate, "accept"), chat.KindAssign, chat.KindTransferEnded},
		{"accept what a group is asked", (*happening).asksBill, keyed(mate, "accept"), chat.KindAssign, chat.KindTransferEnded},
		{"decline", asked, keyed(mate, "decline"), chat.KindTransferEnded, chat.KindOfferEnded},
		{"withdraw", asked, keyed(lead, "withdraw"), chat.KindTransferEnded, chat.KindOfferEnded},
		{"let go", left, keyed(lead, "let-go"), chat.KindMoved, chat.KindTransferEnded},
		{"close while it rings", asked, keyed(lead, "close"), chat.KindClosed, chat.KindTransferEnded},
		{"hold", nil, (*happening).holds, chat.KindHold, ""},
		{"hold while it rings", asked, (*happening).holds, chat.KindHold, chat.KindTransferEnded},
		{"take what is held", held, keyed(mate, "take"), chat.KindAssign, ""},
		{"keep the promise", func(h *happening) { held(h); h.must(h.mate.Take(h.t.Context(), h.id)) }, answer, chat.KindPromiseEnded, chat.KindMessage},
		{"close what is promised", func(h *happening) { held(h); h.must(h.mate.Take(h.t.Context(), h.id)) }, keyed(mate, "close"), chat.KindPromiseEnded, chat.KindClosed},
	}
}

// TestCrash_PassingOnIsThereOrNot kills the real binary while it writes one step of
// triage, a transfer or a hold: at one of its writes to the disk, at the sync, or when it
// has answered. After the restart the step was taken as a whole or not at all, the
// ledger of promises and the table of offers say what the events say, and the same
// key answers what is stored, or takes the step once.
func TestCrash_PassingOnIsThereOrNot(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThree(t)
	sum := killAtEach(t, &s, passingSteps())
	fmt.Printf("passing on: %+v\n", sum)
	if *rounds > 3 {
		s.until(t, 2*time.Minute, "what was passed on has ended by itself", func() bool {
			return !slices.ContainsFunc(s.everything(t), func(row client.Row) bool { return row.Thread != nil && row.Thread.Transfer != nil })
		})
	}
}
