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

// asks lets the lead ask the colleague in, and keeps the invitation.
func (h *happening) asks() { h.invited(client.AskingIn{Agent: string(h.mate.id), Note: "refund"}) }

func (h *happening) invited(in client.AskingIn) {
	h.t.Helper()
	done, err := h.lead.AskIn(h.t.Context(), h.id, in)
	h.must(done, err)
	h.seq = done.Events[0].Seq
}

// asksBilling asks for the first who is free of billing, and waits until it rings him.
func (h *happening) asksBilling() {
	h.t.Helper()
	h.mate = h.mates[2]
	h.invited(client.AskingIn{Group: "g_bill", Role: "expert"})
	h.until(h.t, 20*time.Second, "the invitation rings somebody", func() bool {
		return slices.ContainsFunc(h.stored(h.id), func(e client.Event) bool {
			return e.Kind == string(chat.KindInvite) && e.Actor.Kind == string(chat.BySystem)
		})
	})
}

func (h *happening) joins() { h.must(h.mate.Join(h.t.Context(), h.id)) }

func (h *happening) watches() { h.must(h.mate.Watch(h.t.Context(), h.id)) }

// calls lets the lead ask for help.
func (h *happening) calls() { h.must(h.lead.AskForHelp(h.t.Context(), h.id, "refund")) }

// comes lets the colleague take the flag, too.
func (h *happening) comes() {
	h.calls()
	h.must(h.mate.TakeHelp(h.t.Context(), h.id))
}

type acting = func(h *happening, ctx context.Context, key string) (client.Done, error)

// asking is a step of the lead asking somebody in, answering one of who is asked.
func asking(in client.AskingIn) acting {
	return func(h *happening, ctx context.Context, key string) (client.Done, error) {
		in := in
		if in.Key = key; in.Group == "" {
			in.Agent = string(h.mate.id)
		}
		return h.lead.AskIn(ctx, h.id, in)
	}
}

func answering(answer func(*client.Agent, context.Context, string, client.InvitationAnswer) (client.Done, error)) acting {
	return func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return answer(h.mate.Agent, ctx, h.id, client.InvitationAnswer{Key: key, Invite: h.seq})
	}
}

func groupChatSteps() []step {
	lead, mate := func(h *happening) *mate { return h.lead }, func(h *happening) *mate { return h.mate }
	asked, joined := (*happening).asks, (*happening).joins
	withdraw := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.lead.WithdrawInvitation(ctx, h.id, client.InvitationAnswer{Key: key, Invite: h.seq})
	}
	handLead := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.lead.HandLead(ctx, h.id, string(h.mate.id), key)
	}
	jumpIn := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.mate.JumpIn(ctx, h.id, "I know about this.", key)
	}
	takeOver := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.mate.TakeOverFrom(ctx, h.id, client.TakingOver{Key: key, From: string(h.lead.id), Reason: "I know him"})
	}
	return []step{
		{"ask in", nil, asking(client.AskingIn{Role: "scribe"}), chat.KindInvite, ""},
		{"ask for the first who is free", nil, asking(client.AskingIn{Group: "g_bill"}), chat.KindInvite, ""},
		{"accept", asked, answering((*client.Agent).AcceptInvitation), chat.KindJoin, ""},
		{"decline", asked, answering((*client.Agent).DeclineInvitation), chat.KindInviteEnded, ""},
		{"accept for a group", (*happening).asksBilling, answering((*client.Agent).AcceptInvitation), chat.KindJoin, ""},
		{"decline for a group", (*happening).asksBilling, answering((*client.Agent).DeclineInvitation), chat.KindInviteEnded, ""},
		{"withdraw", asked, withdraw, chat.KindInviteEnded, ""},
		{"join while asked", asked, keyed(mate, "join"), chat.KindJoin, ""},
		{"close while it rings", asked, keyed(lead, "close"), chat.KindClosed, ""},
		{"put back while it rings", asked, keyed(lead, "requeue"), chat.KindRequeued, ""},
		{"pass the lead", joined, handLead, chat.KindAssign, ""},
		{"leave the lead", joined, keyed(lead, "leave"), chat.KindLeave, chat.KindAssign},
		{"jump in with a line", (*happening).watches, jumpIn, chat.KindJoin, chat.KindMessage},
		{"take over", (*happening).watches, takeOver, chat.KindAssign, ""},
		{"come where help is wanted", (*happening).calls, keyed(mate, "take-help"), chat.KindHelpTaken, ""},
		{"come in where help is wanted", (*happening).calls, keyed(mate, "join"), chat.KindJoin, chat.KindHelpTaken},
		{"give the help flag back", (*happening).comes, keyed(mate, "return-help"), chat.KindHelpReturned, ""},
	}
}

// TestCrash_InvitationsAreThereOrNot kills the real binary in each step by which
// several agents come together in a chat and change places in it. After the restart
// it was taken as a whole or not at all; who is asked in, and who watches, knows it
// from a conversation of his own, as the events say.
func TestCrash_InvitationsAreThereOrNot(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThree(t)
	sum := killAtEach(t, &s, groupChatSteps())
	fmt.Printf("together: %+v\n", sum)
	if *rounds > 3 {
		s.until(t, 2*time.Minute, "who was asked in has let it ring in vain", func() bool {
			return !slices.ContainsFunc(s.everything(t), func(row client.Row) bool { return row.Thread != nil && len(row.Thread.Invites) > 0 })
		})
	}
}
