package api

import (
	"bytes"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// Side-talks reach those who may read their two places. The visitor cannot see that
// they exist, by no operation and on no line, live or resumed; who is asked and may
// not see the chat receives nothing of it; and who may see the chat and not the talk
// receives the question and the answers, and nothing else of the talk.
func TestCanary_ASideTalkShowsNobodyMoreThanHeMaySee(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	ctx := t.Context()
	h.SetPolicy(chat.PolicyGroup)
	h.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_bill", Name: "Billing", Policy: chat.PolicyGroup})
	})
	h.must(h.Desk.Sweep(ctx))
	ann, bob, eve := h.Agent("Ann", chat.Member), h.Agent("Bob", chat.Member, "g_bill"), h.Agent("Eve", chat.Colleague)
	v, c := h.Taken(ann)
	page := h.visitor(v)
	view, err := page.Conversation(ctx, 0)
	h.must(err)
	front, err := page.Dial(ctx, view.Cursor)
	h.must(err)
	defer front.Close()
	lines, cursors := map[string]*client.Conn{}, map[string]string{}
	asked := map[string]chat.Agent{"Bob": bob, "Eve": eve}
	for name, a := range asked {
		inbox, err := h.agent(a).Inbox(ctx, "all")
		h.must(err)
		cursors[name] = inbox.Cursor
		lines[name], err = h.agent(a).Dial(ctx, inbox.Cursor)
		h.must(err)
		defer lines[name].Close()
		h.must(lines[name].Write(map[string]any{"type": "watch", "conversations": []chat.ConversationID{c}}))
	}
	v.Says("SPARROW of the visitor")
	_, err = h.Desk.AddNote(ctx, ann, c, desk.Message{Key: h.Key(), Text: "SPARROW of the team"})
	h.must(err)
	for _, in := range []desk.Asking{{Group: "g_bill"}, {Agent: eve.ID}} {
		in.Key, in.Text, in.Confirmed = h.Key(), "CANARY?", true
		_, err = h.Desk.Ask(ctx, ann, c, in)
		h.must(err)
	}
	for i, by := range []chat.Agent{bob, eve} {
		to := h.State(c).Thread.SideTalks[i]
		said, err := h.Desk.SayInTalk(ctx, by, to.Talk, desk.Line{Key: h.Key(), Text: "CANARY!", ReplyTo: to.Message})
		h.must(err)
		_, err = h.Desk.EditInTalk(ctx, by, to.Talk, h.Key(), said.Events[0].Seq, "CANARY!!")
		h.must(err)
		_, err = h.Desk.SayInTalk(ctx, by, to.Talk, desk.Line{Key: h.Key(), Text: by.Name + "'s SPARROW"})
		h.must(err)
	}
	_, err = h.Desk.SetStatus(ctx, ann, desk.NewStatus{Status: chat.Away})
	h.must(err)
	h.Numbered()
	for name, a := range asked {
		in := who{cookie: h.SignIn(a).Secret}
		if found := h.everyGet(in, []chat.ConversationID{c}, "f_none", 1, "SPARROW of the"); len(found) > 0 {
			t.Errorf("%s, who was asked, finds the chat by %v", name, found)
		}
		again, err := h.agent(a).Dial(ctx, cursors[name])
		h.must(err)
		last := func(f client.Frame) bool { return f.Type == "event" && f.Event.Kind == "agent.changed" }
		frames := append(h.until(lines[name], last), h.until(again, last)...)
		again.Close()
		answers := 0
		for _, f := range frames {
			if bytes.Contains(f.Raw, []byte("SPARROW of the")) || f.Type == "event" && f.Event.Conversation == string(c) {
				t.Errorf("%s, who was asked, received %s", name, f.Raw)
			}
			if f.Type == "event" && f.Event.Kind == "side.card" {
				answers++
			}
		}
		if answers != 2 {
			t.Errorf("%s saw the card change %d times, live and on resume", name, answers)
		}
	}
	in := who{cookie: h.SignIn(ann).Secret}
	if found := h.everyGet(in, []chat.ConversationID{c}, "f_none", 1, "CANARY!!"); len(found) < 3 {
		t.Errorf("the asker finds the answers by %v alone", found)
	}
	for _, side := range h.State(c).Thread.SideTalks[:1] {
		if found := h.everyGet(in, []chat.ConversationID{side.Talk, c}, "f_none", 1, "Bob's SPARROW"); len(found) > 0 {
			t.Errorf("the asker reads a channel that he is not in, by %v", found)
		}
	}
	resumed, err := page.Dial(ctx, view.Cursor)
	h.must(err)
	defer resumed.Close()
	v.Says("the end")
	end := func(f client.Frame) bool { return f.Type == "event" && bytes.Contains(f.Raw, []byte("the end")) }
	for name, frames := range map[string][]client.Frame{"live": h.until(front, end), "on resume": h.until(resumed, end)} {
		for _, f := range frames {
			for _, word := range []string{"CANARY", "side", "Bob", "Eve", "answer", "SPARROW of the team"} {
				if bytes.Contains(f.Raw, []byte(word)) {
					t.Errorf("the visitor received %s, %s", f.Raw, name)
				}
			}
		}
	}
	h.visitorGets(v.Caller, "CANARY")
	h.visitorGets(v.Caller, "side_talks")
}
