package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
)

// aside is a question about the happening's conversation, and where it stands.
type aside struct {
	seq   int64
	asked chat.SideAsked
}

// billingAsks lets the lead ask billing.
func (h *happening) billingAsks(ctx context.Context, key string) (client.Done, error) {
	return h.lead.AskAside(ctx, h.id, client.AskingAside{Key: key, Text: "May she return it?", Group: "g_bill", Confirmed: true})
}

// billingsChannel is billing's own channel.
func (h *happening) billingsChannel() string {
	h.t.Helper()
	found := ""
	h.until(h.t, 20*time.Second, "billing has its channel", func() bool {
		all, err := h.mates[2].Channels(h.t.Context())
		h.must(client.Done{}, err)
		for id, group := range all {
			if group == "g_bill" {
				found = id
			}
		}
		return found != ""
	})
	return found
}

// alsoInChannel has a step change billing's channel, too.
func (h *happening) alsoInChannel(kind chat.Kind) {
	h.others = map[string]chat.Kind{h.billingsChannel(): kind}
}

func (h *happening) hasAsked() aside {
	h.t.Helper()
	done, err := h.billingAsks(h.t.Context(), client.NewKey())
	h.must(done, err)
	var said chat.Said
	if err := json.Unmarshal(done.Events[0].Body, &said); err != nil {
		h.t.Fatal(err)
	}
	return aside{done.Events[0].Seq, *said.Asks}
}

// inTheChannel goes on in billing's channel: what is done there changes the
// customer's conversation, too.
func (h *happening) inTheChannel(kind chat.Kind) aside {
	h.t.Helper()
	is := h.hasAsked()
	h.id, h.others = string(is.asked.Talk), map[string]chat.Kind{h.id: kind}
	return is
}

func asideSteps() []step {
	var is aside
	var said int64
	answer := func(h *happening, ctx context.Context, key string) (client.Done, error) {
		return h.mates[2].SayInTalk(ctx, string(is.asked.Talk), client.TalkLine{Key: key, Text: "Yes.", ReplyTo: is.asked.Message})
	}
	return []step{
		{"ask a group", func(h *happening) { h.alsoInChannel(chat.KindMessage) }, (*happening).billingAsks, chat.KindSideAsked, ""},
		{"answer", func(h *happening) { is = h.inTheChannel(chat.KindNote) }, answer, chat.KindMessage, chat.KindSideCard},
		{"take an answer back", func(h *happening) {
			is = h.inTheChannel(chat.KindRedact)
			done, err := answer(h, h.t.Context(), client.NewKey())
			h.must(done, err)
			said = done.Events[0].Seq
		}, func(h *happening, ctx context.Context, key string) (client.Done, error) {
			return h.mates[2].RedactInTalk(ctx, string(is.asked.Talk), said, key)
		}, chat.KindRedact, ""},
		{"withdraw a question", func(h *happening) { is = h.hasAsked(); h.alsoInChannel(chat.KindSideCard) }, func(h *happening, ctx context.Context, key string) (client.Done, error) {
			return h.lead.EndAside(ctx, h.id, is.seq, key)
		}, chat.KindSideEnded, ""},
		{"tell the visitor", func(h *happening) { is = h.hasAsked() }, func(h *happening, ctx context.Context, key string) (client.Done, error) {
			return h.lead.TellAside(ctx, h.id, is.seq, "I have asked a colleague.", key)
		}, chat.KindSideTold, chat.KindMessage},
		{"close with a question open", func(h *happening) { is = h.hasAsked() }, keyed(func(h *happening) *mate { return h.lead }, "close"), chat.KindClosed, ""},
	}
}

// TestCrash_SideTalksAreThereOrNot kills the real binary while it writes one step of a
// side-talk. After the restart it was taken in both conversations or in neither, the
// same key answers what is stored or takes it once, and the channel has come to know
// which questions are over with their chats.
func TestCrash_SideTalksAreThereOrNot(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThree(t)
	sum := killAtEach(t, &s, asideSteps())
	fmt.Printf("aside: %+v\n", sum)
	h := &happening{seeded: s, t: t}
	channel := h.billingsChannel()
	closed := map[chat.ConversationID]bool{}
	for _, row := range s.everything(t) {
		closed[chat.ConversationID(row.Conversation.ID)] = row.Thread != nil && row.Thread.State == "closed"
	}
	s.until(t, time.Minute, "the cards of closed chats say that they are over", func() bool {
		over := 0
		for _, e := range h.stored(channel) {
			var said chat.Said
			if err := json.Unmarshal(e.Body, &said); err != nil || e.Kind != string(chat.KindMessage) || said.Side == nil {
				continue
			}
			live := said.Side.State != chat.SideOver && said.Side.State != chat.SideWithdrawn
			if closed[said.Side.Conversation] && live {
				return false
			}
			if said.Side.State == chat.SideOver {
				over++
			}
		}
		return over > 0
	})
}
