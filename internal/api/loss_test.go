package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// TestCanary_AFormerLeadIsToldOfHisLossAndNothingElse follows who lost a chat of a
// lead-only group through everything that he can ask for and everything that his
// line brings: the fact in his own conversation is all that there is.
func TestCanary_AFormerLeadIsToldOfHisLossAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	h.SetPolicy(chat.PolicyLead)
	done := func(_ desk.Done, err error) { t.Helper(); h.must(err) }
	ctx := t.Context()
	ada, bob := h.Agent("Ada", chat.Member), h.Agent("Bob", chat.Member)
	h.Connect(ada, bob)
	v, lost := h.Taken(ada)
	h.Disconnect(ada)
	h.Clock.Advance(time.Minute)
	h.Connect(bob)
	h.Route()
	done(h.Desk.Take(ctx, bob, lost, desk.Taking{Key: h.Key()}))
	picture, err := h.Desk.AddFileAsVisitor(ctx, v.Caller, "CANARY.png", bytes.NewReader([]byte("CANARY")))
	h.must(err)
	_, err = h.Desk.PostAsVisitor(ctx, v.Caller, desk.VisitorMessage{Key: h.Key(), Text: "CANARY", Name: "CANARY", Files: []chat.FileID{picture.ID}})
	h.must(err)

	caller := who{cookie: h.SignIn(ada).Secret}
	former := h.agent(ada)
	before, err := former.Inbox(ctx, "all")
	h.must(err)
	line, err := former.Dial(ctx, before.Cursor)
	h.must(err)
	defer line.Close()
	h.must(line.Write(map[string]any{"type": "watch", "conversations": []chat.ConversationID{lost}}))
	h.Connect(ada, bob)
	h.Route() // Ada is back
	ask := h.request(http.MethodPost, "/v1/conversations/"+string(lost)+"/ask-back", []byte(`{"key":"`+client.NewKey()+`"}`), caller)
	if resp, raw := h.send(ask); resp.StatusCode != http.StatusCreated || string(bytes.TrimSpace(raw)) != `{"events":[],"again":false}` {
		t.Errorf("asking is answered %d %s", resp.StatusCode, raw)
	}
	if found := h.reads(caller, []chat.ConversationID{lost}, picture.ID); len(found) > 0 {
		t.Errorf("the former lead finds words by %v", found)
	}
	done(h.Desk.AddNote(ctx, bob, lost, desk.Message{Key: h.Key(), Text: "CANARY of the team"}))
	v.Says("CANARY again")
	done(h.Desk.Close(ctx, bob, lost, h.Key()))

	ended := func(f client.Frame) bool {
		return f.Type == "event" && f.Event.Kind == string(chat.KindLoss) && bytes.Contains(f.Raw, []byte(`"ended":true`))
	}
	live := h.until(line, ended)
	again, err := former.Dial(ctx, before.Cursor)
	h.must(err)
	defer again.Close()
	for what, frames := range map[string][]client.Frame{"live": live, "on resume": h.until(again, ended)} {
		var told []chat.Loss
		for _, f := range frames {
			if f.Type == "row" || f.Type == "event" && f.Event.Conversation == string(lost) || bytes.Contains(f.Raw, []byte("CANARY")) {
				t.Errorf("%s the former lead received %s", what, f.Raw)
			}
			if f.Type == "event" && f.Event.Kind == string(chat.KindLoss) {
				var one chat.Loss
				h.must(json.Unmarshal(f.Event.Body, &one))
				told = append(told, one)
			}
		}
		if len(told) != 3 || told[0].Lead != bob.ID || told[0].Asked || !told[1].Asked || !told[2].Ended {
			t.Errorf("%s he was told %+v, want that Bob has it, that he asked, that it is over", what, told)
		}
	}
}
