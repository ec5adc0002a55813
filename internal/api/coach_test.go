package api

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// lessons are one of each thing of coaching, by id, and a line that waits for an
// answer in a chat of the supervisor's.
type lessons struct {
	moment, draft, given, example, shadow string
	// seq waits for an answer in the supervisor's chat, own is a line of Ann's.
	seq, own int64
}

// learning makes what the operations of coaching act upon: Cora coaches Ann, who
// has asked her.
func (s *stage) learning(ann chat.Agent) (l lessons) {
	ctx, cora := s.t.Context(), s.Agent("Cora", chat.Member)
	s.must(s.Desk.SetCoaches(ctx, ann, []chat.AgentID{cora.ID}))
	s.callers["coach"] = who{cookie: s.SignIn(cora).Secret}
	v, c := s.Taken(ann)
	said, err := s.Desk.PostMessage(ctx, ann, c, desk.Message{Key: s.Key(), Text: "hi", Seen: 1000})
	s.must(err)
	v.Says("and now?")
	seq := said.Events[0].Seq
	lines := desk.Stretch{Conversation: c, From: seq, To: seq}
	m, _, err := s.Desk.MarkMoment(ctx, cora, desk.NewMoment{Key: s.Key(), Stretch: lines})
	s.must(err)
	draft, _, err := s.Desk.DraftFeedback(ctx, cora, desk.NewFeedback{Key: s.Key(), Stretch: lines, Kind: chat.Praise})
	s.must(err)
	given, _, err := s.Desk.DraftFeedback(ctx, cora, desk.NewFeedback{Key: s.Key(), Stretch: lines, Kind: chat.Praise, Suggestion: "try this"})
	s.must(err)
	e, _, err := s.Desk.MakeExample(ctx, cora, desk.NewExample{Key: s.Key(), Stretch: lines, Title: "x", Scope: chat.ScopeTeam})
	s.must(err)
	_, err = s.Desk.Close(ctx, ann, c, s.Key())
	s.must(err)
	sh, _, err := s.Desk.WriteShadow(ctx, ann, desk.NewShadow{Key: s.Key(), Conversation: c, Seq: s.lastOfVisitor(c), Text: "x", Coach: cora.ID})
	s.must(err)
	_, _, err = s.Desk.ActOnFeedback(ctx, cora, given.ID, desk.FeedbackDeed{Key: s.Key(), Act: chat.FeedbackGive})
	s.must(err)
	own, err := strconv.ParseInt(s.paths["seq"], 10, 64)
	s.must(err)
	return lessons{string(m.ID), string(draft.ID), string(given.ID), string(e.ID), string(sh.ID), s.lastOfVisitor(chat.ConversationID(s.paths["led"])), own}
}

// bodies are what is sent to the operations of coaching.
func (l lessons) bodies(s *stage, key func(...any) map[string]any) map[string]any {
	return map[string]any{
		"PUT /v1/coaching/coaches":        map[string]any{"coaches": []any{s.Owner.ID}},
		"PUT /v1/admin/groups/{id}/peers": map[string]any{"peers": true},
		"POST /v1/moments":                key("conversation", s.paths["led"], "from", l.seq, "to", l.seq),
		"PATCH /v1/moments/{id}":          map[string]any{"word": "x"},
		"POST /v1/feedback":               key("conversation", s.paths["{id}"], "from", l.own, "to", l.own),
		"PATCH /v1/feedback/{id}":         map[string]any{"text": "x"},
		"POST /v1/feedback/{id}/act":      key("act", "answer", "text", "x"),
		"POST /v1/examples":               key("conversation", s.paths["{id}"], "from", l.own, "to", l.own, "title", "x", "scope", "own"),
		"PATCH /v1/examples/{id}":         map[string]any{"why": "x"},
		"POST /v1/examples/{id}/consent":  map[string]any{"yes": true},
		"POST /v1/shadows":                key("conversation", s.paths["led"], "seq", l.seq, "text", "x"),
		"PATCH /v1/shadows/{id}":          map[string]any{"coach": s.Owner.ID},
		"POST /v1/shadows/{id}/grade":     map[string]any{"grade": "good"},
	}
}

// lastOfVisitor is the seq of a visitor's newest message.
func (h *house) lastOfVisitor(c chat.ConversationID) (seq int64) {
	for _, e := range h.Log(c) {
		if e.Kind == chat.KindMessage && e.Actor.Kind == chat.ByVisitor {
			seq = e.Seq
		}
	}
	return seq
}

// coachingReads are all operations that answer something of coaching.
func coachingReads() []string {
	return []string{"/v1/coaching", "/v1/moments", "/v1/feedback", "/v1/feedback?side=given", "/v1/examples", "/v1/shadows", "/v1/shadows?side=grade"}
}

// everyRead asks for everything that an agent can load, and returns the paths
// whose answers hold a text.
func (h *house) everyRead(c who, ids []chat.ConversationID, text string) (found []string) {
	h.t.Helper()
	paths := append(coachingReads(), "/v1/inbox?list=my", "/v1/inbox?list=queue", "/v1/inbox?list=all", "/v1/conversations?list=all",
		"/v1/search?q="+text, "/v1/board", "/v1/queue", "/v1/restricted", "/v1/me")
	for _, id := range ids {
		paths = append(paths, "/v1/conversations/"+string(id), "/v1/conversations/"+string(id)+"/events?after=0")
	}
	for _, path := range paths {
		resp, raw := h.send(h.request(http.MethodGet, path, nil, c))
		if resp.StatusCode != http.StatusOK && !strings.HasPrefix(path, "/v1/conversations/agent:") && path != "/v1/conversations/team" && !strings.Contains(path, "/conversations/") {
			h.t.Errorf("%s answers %d", path, resp.StatusCode)
		}
		if bytes.Contains(raw, []byte(text)) {
			found = append(found, path)
		}
	}
	return found
}

// Words of coaching reach the two of them and nobody else: not the visitor, not
// another agent, not the owner, by no operation and on no line, live or resumed.
func TestCanary_CoachingReachesItsTwoAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	ann, cora, eve, sue := h.Agent("Ann", chat.Member), h.Agent("Cora", chat.Member), h.Agent("Eve", chat.Member), h.Agent("Sue", chat.Supervisor)
	h.must(h.Desk.SetCoaches(t.Context(), ann, []chat.AgentID{cora.ID}))
	v, c := h.Taken(ann)
	lines := map[string]*client.Conn{}
	cursors := map[string]string{}
	agents := map[string]*client.Agent{}
	for name, a := range map[string]chat.Agent{"Ann": ann, "Cora": cora, "Eve": eve, "Sue": sue, "the owner": h.Owner} {
		agents[name] = h.agent(a)
		inbox, err := agents[name].Inbox(t.Context(), "all")
		h.must(err)
		cursors[name] = inbox.Cursor
		lines[name], err = agents[name].Dial(t.Context(), inbox.Cursor)
		h.must(err)
		defer lines[name].Close()
		h.must(lines[name].Write(map[string]any{"type": "watch", "conversations": []chat.ConversationID{c}}))
	}
	page := h.visitor(v)
	view, err := page.Conversation(t.Context(), 0)
	h.must(err)
	front, err := page.Dial(t.Context(), view.Cursor)
	h.must(err)
	defer front.Close()
	h.coach(ann, cora, c)
	v.Says("the end")
	_, err = h.Desk.Close(t.Context(), ann, c, h.Key())
	h.must(err)
	for _, f := range h.given(cora) {
		_, _, err := h.Desk.ActOnFeedback(t.Context(), cora, f, desk.FeedbackDeed{Key: h.Key(), Act: chat.FeedbackGive})
		h.must(err)
		_, _, err = h.Desk.ActOnFeedback(t.Context(), ann, f, desk.FeedbackDeed{Key: h.Key(), Act: chat.FeedbackDispute, Text: "CANARY-dispute"})
		h.must(err)
		_, _, err = h.Desk.ActOnFeedback(t.Context(), cora, f, desk.FeedbackDeed{Key: h.Key(), Act: chat.FeedbackReply, Text: "CANARY-reply"})
		h.must(err)
	}
	_, err = h.Desk.SetStatus(t.Context(), ann, desk.NewStatus{Status: chat.Away})
	h.must(err)
	ids := []chat.ConversationID{c, chat.AgentConversation(ann.ID), chat.AgentConversation(cora.ID), chat.TeamConversation}
	for name, a := range map[string]chat.Agent{"Eve": eve, "Sue": sue, "the owner": h.Owner} {
		if found := h.everyRead(who{cookie: h.SignIn(a).Secret}, ids, "CANARY"); len(found) > 0 {
			t.Errorf("%s finds words of coaching by %v", name, found)
		}
		last := func(f client.Frame) bool { return f.Type == "event" && f.Event.Kind == "agent.changed" }
		again, err := agents[name].Dial(t.Context(), cursors[name])
		h.must(err)
		h.silent(name+" live", h.until(lines[name], last))
		h.silent(name+" on resume", h.until(again, func(f client.Frame) bool { return f.Type == "ping" }))
		again.Close()
	}
	for name, want := range map[string]int{"Ann": 2, "Cora": 3} {
		a := map[string]chat.Agent{"Ann": ann, "Cora": cora}[name]
		if found := h.everyRead(who{cookie: h.SignIn(a).Secret}, nil, "CANARY"); len(found) != want {
			t.Errorf("%s finds words by %v alone", name, found)
		}
	}
	resumed, err := page.Dial(t.Context(), view.Cursor)
	h.must(err)
	defer resumed.Close()
	h.silent("the visitor live", h.until(front, func(f client.Frame) bool { return f.Type == "event" && f.Event.Kind == "thread.closed" }))
	h.silent("the visitor on resume", h.until(resumed, func(f client.Frame) bool { return f.Type == "ping" }))
	h.visitorReads(v.Caller, "CANARY")
}

// silent wants no word of coaching in frames.
func (h *house) silent(whose string, frames []client.Frame) {
	h.t.Helper()
	for _, f := range frames {
		if bytes.Contains(f.Raw, []byte("CANARY")) || bytes.Contains(f.Raw, []byte("coaching.changed")) {
			h.t.Errorf("%s received %s", whose, f.Raw)
		}
	}
}

// coach leaves one of each thing of coaching with words that must not leak.
func (h *house) coach(ann, cora chat.Agent, c chat.ConversationID) {
	h.t.Helper()
	ctx := h.t.Context()
	said, err := h.Desk.PostMessage(ctx, ann, c, desk.Message{Key: h.Key(), Text: "hi", Seen: 1000})
	h.must(err)
	lines := desk.Stretch{Conversation: c, From: said.Events[0].Seq, To: said.Events[0].Seq}
	_, _, err = h.Desk.MarkMoment(ctx, cora, desk.NewMoment{Key: h.Key(), Stretch: lines, Word: "CANARY-moment"})
	h.must(err)
	_, _, err = h.Desk.DraftFeedback(ctx, cora, desk.NewFeedback{Key: h.Key(), Stretch: lines, Kind: chat.Wrong, Text: "CANARY-text", Suggestion: "CANARY-suggestion"})
	h.must(err)
	s, _, err := h.Desk.WriteShadow(ctx, cora, desk.NewShadow{Key: h.Key(), Conversation: c, Seq: h.lastOfVisitor(c), Text: "CANARY-shadow"})
	h.must(err)
	h.must(h.Desk.SetCoaches(ctx, cora, []chat.AgentID{ann.ID}))
	_, err = h.Desk.AskForGrade(ctx, cora, s.ID, ann.ID)
	h.must(err)
	_, err = h.Desk.GradeShadow(ctx, ann, s.ID, chat.GradeOff, "CANARY-grade")
	h.must(err)
}

func (h *house) given(coach chat.Agent) (ids []chat.FeedbackID) {
	h.t.Helper()
	all, _, err := h.Desk.Feedback(h.t.Context(), coach, desk.FeedbackGiven, "")
	h.must(err)
	for _, f := range all {
		ids = append(ids, f.ID)
	}
	return ids
}

// visitorGets looks for a text in everything that a visitor can load and in his
// line from its beginning.
func (h *house) visitorGets(v desk.Caller, text string) {
	h.t.Helper()
	for _, rt := range h.server.routes {
		if rt.who != forVisitors || rt.method != http.MethodGet || strings.Contains(rt.path, "{") || strings.HasSuffix(rt.path, "/stream") {
			continue
		}
		_, raw := h.send(h.request(http.MethodGet, rt.path, nil, who{by: v}))
		if bytes.Contains(raw, []byte(text)) || bytes.Contains(raw, []byte("coaching")) {
			h.t.Errorf("the visitor receives by %s: %s", rt.path, raw)
		}
	}
}

// visitorReads is visitorGets, and of what stands for the team alone in the visitor's
// own conversation.
func (h *house) visitorReads(v desk.Caller, text string) {
	h.t.Helper()
	h.visitorGets(v, text)
	who, err := h.Desk.VisitorOf(h.t.Context(), v)
	h.must(err)
	for _, e := range h.Log(who.Conversation) {
		if strings.Contains(string(e.Body), text) || e.Kind == chat.KindCoaching {
			h.t.Errorf("the visitor's conversation holds %s", e.Body)
		}
	}
}
