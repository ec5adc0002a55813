package api

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// canaries plays what an outsider must lose: a conversation of three sittings with
// a file, one that is over, and one that waits. It returns them with the file.
func (h *house) canaries(ann chat.Agent) ([]chat.ConversationID, chat.FileID) {
	h.t.Helper()
	done := func(_ desk.Done, err error) { h.t.Helper(); h.must(err) }
	ctx := h.t.Context()
	v, talk := h.Taken(ann)
	picture, err := h.Desk.AddFileAsVisitor(ctx, v.Caller, "CANARY.png", bytes.NewReader(desktest.Picture()))
	h.must(err)
	_, err = h.Desk.PostAsVisitor(ctx, v.Caller, desk.VisitorMessage{Key: h.Key(), Text: "CANARY", Files: []chat.FileID{picture.ID}})
	h.must(err)
	for range 2 {
		done(h.Desk.AddNote(ctx, ann, talk, desk.Message{Key: h.Key(), Text: "CANARY of the team"}))
		done(h.Desk.Close(ctx, ann, talk, h.Key()))
		v.Says("CANARY again")
		done(h.Desk.Take(ctx, ann, talk, desk.Taking{Key: h.Key(), Over: true}))
	}
	w, over := h.Taken(ann)
	w.Says("CANARY too")
	done(h.Desk.Close(ctx, ann, over, h.Key()))
	_, waits := h.Arrives("CANARY waits")
	return []chat.ConversationID{talk, over, waits}, picture.ID
}

// reads asks for everything that an agent can ask for, and returns the answers
// that hold a canary.
func (h *house) reads(c who, ids []chat.ConversationID, file chat.FileID) (found []string) {
	h.t.Helper()
	paths := []string{"/v1/inbox?list=my", "/v1/inbox?list=queue", "/v1/inbox?list=all", "/v1/conversations?list=all", "/v1/conversations?list=queue",
		"/v1/search?q=CANARY", "/v1/search?q=team", "/v1/files/" + string(file), "/v1/files/" + string(file) + "/thumb"}
	for _, id := range ids {
		paths = append(paths, "/v1/conversations/"+string(id), "/v1/conversations/"+string(id)+"/events?after=0")
	}
	for _, path := range paths {
		resp, raw := h.send(h.request(http.MethodGet, path, nil, c))
		if bytes.Contains(raw, []byte("CANARY")) || strings.HasPrefix(path, "/v1/files/") && resp.StatusCode == http.StatusOK {
			found = append(found, path)
		}
	}
	return found
}

// until collects the frames of a line up to the first one that ends it.
func (h *house) until(conn *client.Conn, last func(client.Frame) bool) (frames []client.Frame) {
	h.t.Helper()
	for {
		f, err := conn.Read()
		h.must(err)
		frames = append(frames, f)
		if last(f) {
			return frames
		}
	}
}

// A group is closed to outsiders: from then on none of them finds a word, wherever
// he looks, and what his devices hold goes.
func TestCanary_AClosedGroupLeavesNothingToOutsiders(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	ann, eve := h.Agent("Ann", chat.Member), h.Agent("Eve", chat.Member, "g_other")
	signedIn := h.SignIn(eve)
	outsider, caller := h.agent(eve), who{cookie: signedIn.Secret}
	ids, file := h.canaries(ann)
	if found := h.reads(caller, ids, file); len(found) < 12 {
		t.Fatalf("an open group shows the outsider %v", found)
	}
	inbox, err := outsider.Inbox(t.Context(), "all")
	h.must(err)
	line, err := outsider.Dial(t.Context(), inbox.Cursor)
	h.must(err)
	defer line.Close()
	h.must(line.Write(map[string]any{"type": "watch", "conversations": ids[:1]}))
	h.until(line, func(f client.Frame) bool { return f.Type == "row" })

	h.manage(http.MethodPatch, "/v1/admin/groups/"+string(h.Group.ID), `{"policy":"lead"}`, http.StatusOK, nil)
	atOnce := h.reads(caller, ids[:1], file)
	for _, path := range atOnce {
		if strings.HasPrefix(path, "/v1/conversations/") {
			t.Errorf("at once %s still shows an open conversation", path)
		}
	}
	h.Relabel()
	if found := h.reads(caller, ids, file); len(found) > 0 {
		t.Errorf("the outsider still finds words by %v", found)
	}
	if all, err := outsider.Inbox(t.Context(), "all"); err != nil || all.Counts.All+all.Counts.Queue+all.Counts.My > 0 || len(all.Rows) > 0 {
		t.Errorf("lists and counters: %+v, %v", all, err)
	}
	_, err = h.Desk.SetStatus(t.Context(), eve, desk.NewStatus{Status: chat.Away})
	h.must(err)
	own := func(f client.Frame) bool { return f.Type == "event" && f.Event.Kind == "agent.changed" }
	live := h.until(line, own)
	again, err := outsider.Dial(t.Context(), inbox.Cursor)
	h.must(err)
	defer again.Close()
	resumed := h.until(again, func(f client.Frame) bool { return f.Type == "ping" })
	for what, frames := range map[string][]client.Frame{"live": live, "on resume": resumed} {
		var gone []chat.ConversationID
		for _, f := range frames {
			if f.Type == "gone" {
				gone = append(gone, chat.ConversationID(f.Conversation))
			}
			if bytes.Contains(f.Raw, []byte("CANARY")) || f.Type == "row" || f.Type == "reset" {
				t.Errorf("%s the outsider received %s", what, f.Raw)
			}
		}
		for _, id := range ids {
			if !slices.Contains(gone, id) {
				t.Errorf("%s nothing said that %s is gone: %v", what, id, gone)
			}
		}
	}
	if found := h.reads(who{cookie: h.SignedIn.Secret}, ids, file); len(found) < 12 {
		t.Errorf("a supervisor finds only %v", found)
	}
}
