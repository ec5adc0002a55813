package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// everyGet asks all that an agent may ask for, about some conversations and a file,
// and returns what of it holds a text.
func (h *house) everyGet(c who, ids []chat.ConversationID, file chat.FileID, seq int64, text string) (found []string) {
	h.t.Helper()
	for _, rt := range h.server.routes {
		if rt.method != http.MethodGet || rt.who != forAgents && rt.who != forTeam && rt.who != forManagers || strings.HasSuffix(rt.path, "/stream") {
			continue
		}
		var paths []string
		switch {
		case strings.HasPrefix(rt.path, "/v1/files/"):
			paths = append(paths, strings.Replace(rt.path, "{id}", string(file), 1))
		case rt.path == "/v1/search":
			paths = append(paths, "/v1/search?q="+text)
		case rt.path == "/v1/inbox" || rt.path == "/v1/conversations":
			paths = append(paths, rt.path+"?list=all", rt.path+"?list=my")
		}
		for _, id := range ids {
			switch {
			case rt.path == "/v1/reference":
				paths = append(paths, fmt.Sprintf("/v1/reference?conversation=%s&seq=%d", id, seq), "/v1/reference?conversation="+string(id))
			case strings.Contains(rt.path, "{id}") && !strings.HasPrefix(rt.path, "/v1/files/"):
				paths = append(paths, strings.Replace(rt.path, "{id}", string(id), 1))
			}
		}
		if len(paths) == 0 {
			paths = append(paths, rt.path)
		}
		for _, path := range paths {
			resp, raw := h.send(h.request(http.MethodGet, path, nil, c))
			if bytes.Contains(raw, []byte(text)) || strings.HasPrefix(path, "/v1/files/") && resp.StatusCode == http.StatusOK {
				found = append(found, path)
			}
		}
	}
	return found
}

// What is said in a closed channel, in a group's own and in a direct talk reaches
// those in it and nobody else: not a colleague, not the owner, not a visitor, by no
// operation and on no line, live or resumed; and who is removed loses it.
func TestCanary_TalksReachThoseInThemAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	ctx := t.Context()
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyGroup}
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
	h.must(h.Desk.Sweep(ctx))
	ann, bob, eve, cem := h.Agent("Ann", chat.Member, other.ID), h.Agent("Bob", chat.Member, other.ID), h.Agent("Eve", chat.Member), h.Agent("Cem", chat.Member, other.ID)
	shut, _, err := h.Desk.MakeChannel(ctx, ann, desk.NewChannel{Key: h.Key(), Name: "CANARY", Topic: "CANARY", Closed: true, With: []chat.AgentID{bob.ID, cem.ID}})
	h.must(err)
	direct, _, err := h.Desk.OpenDirect(ctx, ann, h.Key(), []chat.AgentID{bob.ID})
	h.must(err)
	var own chat.ConversationID
	h.Read(func(tx *store.Tx) (err error) {
		own, _, err = tx.GroupChannel(other.ID)
		return err
	})
	v, _ := h.Taken(eve)
	outsiders := map[string]chat.Agent{"Eve": eve, "the owner": h.Owner}
	lines, cursors, agents := map[string]*client.Conn{}, map[string]string{}, map[string]*client.Agent{}
	for name, a := range outsiders {
		agents[name] = h.agent(a)
		inbox, err := agents[name].Inbox(ctx, "all")
		h.must(err)
		cursors[name] = inbox.Cursor
		lines[name], err = agents[name].Dial(ctx, inbox.Cursor)
		h.must(err)
		defer lines[name].Close()
		h.must(lines[name].Write(map[string]any{"type": "watch", "conversations": []chat.ConversationID{shut, direct}}))
	}
	page := h.visitor(v)
	view, err := page.Conversation(ctx, 0)
	h.must(err)
	front, err := page.Dial(ctx, view.Cursor)
	h.must(err)
	defer front.Close()
	picture, err := h.Desk.AddFile(ctx, ann, shut, "CANARY.png", bytes.NewReader(desktest.Picture()))
	h.must(err)
	// Who oversees may read a group's own channel, so its words are others.
	words := map[chat.ConversationID]string{shut: "CANARY", direct: "CANARY", own: "SPARROW"}
	var seq int64
	for _, c := range []chat.ConversationID{shut, direct, own} {
		in := desk.Line{Key: h.Key(), Text: words[c]}
		if c == shut {
			in.Files = []chat.FileID{picture.ID}
		}
		said, err := h.Desk.SayInTalk(ctx, ann, c, in)
		h.must(err)
		seq = said.Events[0].Seq
		_, err = h.Desk.Pin(ctx, ann, c, h.Key(), chat.Pinned{Target: seq, On: true})
		h.must(err)
		_, err = h.Desk.EditInTalk(ctx, ann, c, h.Key(), seq, words[c]+" again")
		h.must(err)
	}
	h.Numbered()
	_, err = h.Desk.SetStatus(ctx, ann, desk.NewStatus{Status: chat.Away})
	h.must(err)
	closed := []chat.ConversationID{shut, direct}
	last := func(f client.Frame) bool { return f.Type == "event" && f.Event.Kind == "agent.changed" }
	for name, a := range outsiders {
		in := who{cookie: h.SignIn(a).Secret}
		found := h.everyGet(in, closed, picture.ID, seq, "CANARY")
		if name == "Eve" {
			found = append(found, h.everyGet(in, []chat.ConversationID{own}, picture.ID, seq, "SPARROW")...)
		}
		if len(found) > 0 {
			t.Errorf("%s finds what is said among others by %v", name, found)
		}
		again, err := agents[name].Dial(ctx, cursors[name])
		h.must(err)
		h.silentOf(name+" live", h.until(lines[name], last))
		h.silentOf(name+" on resume", h.until(again, func(f client.Frame) bool { return f.Type == "ping" }))
		again.Close()
	}
	if found := h.everyGet(who{cookie: h.SignIn(h.Owner).Secret}, []chat.ConversationID{own}, picture.ID, seq, "SPARROW"); len(found) < 6 {
		t.Errorf("the owner reads a group's channel by %v alone", found)
	}
	in := who{cookie: h.SignIn(cem).Secret}
	if found := h.everyGet(in, closed[:1], picture.ID, seq, "CANARY"); len(found) < 6 {
		t.Errorf("who is in it finds it by %v alone", found)
	}
	_, err = h.Desk.RemoveFromTalk(ctx, ann, shut, h.Key(), cem.ID)
	h.must(err)
	if found := h.everyGet(in, closed, picture.ID, seq, "CANARY"); len(found) > 0 {
		t.Errorf("who was removed finds it by %v", found)
	}
	resumed, err := page.Dial(ctx, view.Cursor)
	h.must(err)
	defer resumed.Close()
	v.Says("the end")
	end := func(f client.Frame) bool { return f.Type == "event" && bytes.Contains(f.Raw, []byte("the end")) }
	h.silentOf("the visitor live", h.until(front, end))
	h.silentOf("the visitor on resume", h.until(resumed, end))
	h.visitorReads(v.Caller, "CANARY")
}

// silentOf wants no word of a talk in frames.
func (h *house) silentOf(whose string, frames []client.Frame) {
	h.t.Helper()
	for _, f := range frames {
		if bytes.Contains(f.Raw, []byte("CANARY")) || bytes.Contains(f.Raw, []byte("SPARROW")) {
			h.t.Errorf("%s received %s", whose, f.Raw)
		}
	}
}
