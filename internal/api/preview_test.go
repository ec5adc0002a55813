package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

const (
	canaryTyped    = "canary-typed-8801"
	canaryTyped2   = "canary-typed-8802"
	canaryWriting  = "canary-writing-8803"
	canaryWriting2 = "canary-writing-8804"
	canaryNote     = "canary-note-8805"
)

// openTalk is a secretTalk on a site that shows what its visitors type, with a
// member, and with watchers of whom the lead is told nothing. Everybody has it open.
type openTalk struct {
	*secretTalk
	member    chat.Agent
	stranger  desktest.Visitor
	elsewhere chat.ConversationID // the stranger's
	people    map[string]who
	lines     map[string]*websocket.Conn
}

func newOpenTalk(t *testing.T) *openTalk {
	t.Helper()
	s := &openTalk{secretTalk: newSecretTalk(t), lines: map[string]*websocket.Conn{}}
	s.member = s.Agent("Mia", chat.Member)
	s.stranger, s.elsewhere = s.Taken(s.Owner)
	s.preview(t, true)
	ctx := t.Context()
	_, err := s.Desk.Join(ctx, s.member, s.conversation, s.Key())
	s.must(err)
	for _, a := range []chat.Agent{s.hidden, s.supervisor} {
		_, err := s.Desk.Watch(ctx, a, s.conversation, s.Key())
		s.must(err)
	}
	s.people = map[string]who{"visitor": {by: s.visitor.Caller}, "stranger": {by: s.stranger.Caller}}
	for name, a := range map[string]chat.Agent{"lead": s.lead, "member": s.member, "hidden": s.hidden, "supervisor": s.supervisor, "colleague": s.colleague} {
		s.people[name] = who{cookie: s.SignIn(a).Secret}
	}
	for name := range s.people {
		s.lines[name] = s.line(t, name)
	}
	return s
}

// line opens another connection of somebody, with the conversation open, and waits
// until it follows.
func (s *openTalk) line(t *testing.T, name string) *websocket.Conn {
	t.Helper()
	path, box := "/v1/stream", name
	if name == "visitor" || name == "stranger" {
		path, box = "/v1/visitor/stream", "visitor"
	}
	ws := s.open(path, s.people[name], s.cursorOf(t, box, s.people[name]))
	t.Cleanup(func() { _ = ws.Close() })
	if path == "/v1/stream" {
		s.must(ws.WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
	}
	heard(t, ws, `"type":"ping"`)
	return ws
}

func (s *openTalk) preview(t *testing.T, on bool) {
	t.Helper()
	_, err := s.Desk.ChangeSite(t.Context(), s.Owner, s.Site.ID, func(site chat.Site) chat.Site { site.Preview = on; return site })
	s.must(err)
}

func (s *openTalk) consent(t *testing.T, a chat.Agent, on bool) {
	t.Helper()
	_, err := s.Desk.ChangeAgent(t.Context(), a, a.ID, desk.AgentChange{OpenDrafts: &on})
	s.must(err)
}

// typed is what an agent's line sends of a text.
func (s *openTalk) typed(voice chat.Voice, text string) map[string]any {
	return map[string]any{"type": "preview", "conversation": s.conversation, "voice": voice, "text": text}
}

// rest is what every line has received once the lead has said the last words.
func (s *openTalk) rest(t *testing.T) map[string]string {
	t.Helper()
	s.say(t, "last-words-of-all")
	_, err := s.Desk.PostMessage(t.Context(), s.Owner, s.elsewhere, desk.Message{Key: s.Key(), Text: "last-words-of-all", Seen: 1000})
	s.must(err)
	all := map[string]string{}
	for name, ws := range s.lines {
		all[name] = heard(t, ws, "last-words-of-all")
	}
	return all
}

func (s *openTalk) wantHeard(t *testing.T, all map[string]string, canary string, who ...string) {
	t.Helper()
	for name, frames := range all {
		want := false
		for _, w := range who {
			want = want || w == name
		}
		if got := strings.Contains(frames, canary); got != want {
			t.Errorf("%s hears %q: %v, want %v, in\n%s", name, canary, got, want, frames)
		}
	}
}

// TestCanary_WhatAVisitorTypesReachesWhoMayReadItAlone: who takes part and who watches,
// nobody who merely looks, no visitor; and nobody learns from it who else reads.
func TestCanary_WhatAVisitorTypesReachesWhoMayReadItAlone(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	s.lines["the lead, in another chat"] = s.open("/v1/stream", s.people["lead"], s.cursorOf(t, "lead", s.people["lead"]))
	s.must(s.line(t, "visitor").WriteJSON(map[string]any{"type": "preview", "text": canaryTyped}))
	first := heard(t, s.lines["supervisor"], canaryTyped)
	all := s.rest(t)
	all["supervisor"] += first
	s.wantHeard(t, all, canaryTyped, "lead", "member", "hidden", "supervisor")
	for name, frames := range all {
		for line := range strings.Lines(frames) {
			if strings.Contains(line, canaryTyped) && (strings.Contains(line, string(s.hidden.ID)) || strings.Contains(line, string(s.supervisor.ID))) {
				t.Errorf("%s learns who reads along: %s", name, line)
			}
		}
	}
	s.nowhere(t, canaryTyped)
}

// TestPreview_TheGroupSaysWhoOfTheWatchersReads: what the server judges is the group's
// agreement, not what a client asks for.
func TestPreview_TheGroupSaysWhoOfTheWatchersReads(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	s.Group.Etiquette.Preview = chat.ReadBySupervisors
	s.Write(func(tx *store.Tx) error { return tx.SaveGroup(s.Group) })
	s.must(s.line(t, "visitor").WriteJSON(map[string]any{"type": "preview", "text": canaryTyped}))
	first := heard(t, s.lines["supervisor"], canaryTyped)
	all := s.rest(t)
	all["supervisor"] += first
	s.wantHeard(t, all, canaryTyped, "lead", "member", "supervisor")
}

// TestPreview_TheSiteDecides: where it is off, what a widget sends all the same is
// dropped.
func TestPreview_TheSiteDecides(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	s.preview(t, false)
	ws := s.line(t, "visitor")
	s.must(ws.WriteJSON(map[string]any{"type": "preview", "text": canaryTyped}))
	s.must(ws.WriteJSON(map[string]any{"type": "typing", "on": true}))
	first := heard(t, s.lines["supervisor"], `"kind":"typing"`)
	all := s.rest(t)
	all["supervisor"] += first
	s.wantHeard(t, all, canaryTyped)
}

// TestCanary_ALeadsDraftReachesWhoHasTheRightAlone: with his consent, and only what he
// writes to the visitor; a member's and a watcher's never.
func TestCanary_ALeadsDraftReachesWhoHasTheRightAlone(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	unwilling := s.line(t, "lead")
	s.must(unwilling.WriteJSON(s.typed(chat.VoiceReply, canaryWriting)))
	s.must(unwilling.WriteJSON(map[string]any{"type": "typing", "conversation": s.conversation, "voice": "reply", "on": true}))
	before := heard(t, s.lines["supervisor"], `"kind":"typing"`)
	for _, a := range []chat.Agent{s.lead, s.member, s.hidden} {
		s.consent(t, a, true)
	}
	for name, voice := range map[string]chat.Voice{"lead": chat.VoiceNote, "member": chat.VoiceReply, "hidden": chat.VoiceReply} {
		s.must(s.line(t, name).WriteJSON(s.typed(voice, canaryNote)))
	}
	s.must(s.line(t, "lead").WriteJSON(s.typed(chat.VoiceWhisper, canaryNote)))
	s.must(s.line(t, "lead").WriteJSON(s.typed(chat.VoiceReply, canaryWriting2)))
	heardIt := heard(t, s.lines["supervisor"], canaryWriting2)
	all := s.rest(t)
	all["supervisor"] += before + heardIt
	s.wantHeard(t, all, canaryWriting)
	s.wantHeard(t, all, canaryNote)
	s.wantHeard(t, all, canaryWriting2, "supervisor")
	s.wantHeard(t, all, `"kind":"reading"`, "lead")
	s.nowhere(t, canaryWriting2)
}

// TestPreview_WithdrawnConsentTakesTheDraftAwayAtOnce: and what is sent afterwards is
// dropped.
func TestPreview_WithdrawnConsentTakesTheDraftAwayAtOnce(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	s.consent(t, s.lead, true)
	s.must(s.line(t, "lead").WriteJSON(s.typed(chat.VoiceReply, canaryWriting)))
	heard(t, s.lines["supervisor"], canaryWriting)
	s.consent(t, s.lead, false)
	over := `"kind":"preview","conversation":"` + string(s.conversation) + `","actor":{"kind":"agent","id":"` + string(s.lead.ID) + `"},"audience":"agents","on":false`
	heard(t, s.lines["supervisor"], over)
	s.must(s.line(t, "lead").WriteJSON(s.typed(chat.VoiceReply, canaryWriting2)))
	s.wantHeard(t, s.rest(t), canaryWriting2)
}

// TestPreview_EndsWithTheWatch: who stops watching is told that the text is over, and
// reads no other.
func TestPreview_EndsWithTheWatch(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	typing := s.line(t, "visitor")
	s.must(typing.WriteJSON(map[string]any{"type": "preview", "text": canaryTyped}))
	heard(t, s.lines["hidden"], canaryTyped)
	_, err := s.Desk.Unwatch(t.Context(), s.hidden, s.conversation, s.Key())
	s.must(err)
	heard(t, s.lines["hidden"], `"on":false`)
	s.must(s.line(t, "visitor").WriteJSON(map[string]any{"type": "preview", "text": canaryTyped2}))
	first := heard(t, s.lines["supervisor"], canaryTyped2)
	all := s.rest(t)
	all["supervisor"] += first
	s.wantHeard(t, all, canaryTyped2, "lead", "member", "supervisor")
}

// nowhere looks for what was typed in all that the workspace has stored, in the log, and in
// what everybody may read by request.
func (s *openTalk) nowhere(t *testing.T, canary string) {
	t.Helper()
	if strings.Contains(s.log.String(), canary) {
		t.Errorf("the log has %q", canary)
	}
	for name, c := range s.people {
		for _, path := range []string{"/v1/inbox?list=all", "/v1/conversations/" + string(s.conversation), "/v1/search?q=canary", "/v1/wall", "/v1/visitor/conversation"} {
			if _, raw := s.send(s.request(http.MethodGet, path, nil, c)); bytes.Contains(raw, []byte(canary)) {
				t.Errorf("%s reads it at %s: %s", name, path, raw)
			}
		}
	}
	seen := 0
	for name, raw := range storetest.Everything(t, s.Dir) {
		if bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%s has %q", name, canary)
		}
		if bytes.Contains(raw, []byte("last-words-of-all")) {
			seen++
		}
	}
	if seen == 0 {
		t.Error("nothing has what was said: the search proves nothing")
	}
}

// TestWidgetSite_TellsWhetherTheTeamReadsAlong: the widget must know, since it has to
// tell the visitor.
func TestWidgetSite_TellsWhetherTheTeamReadsAlong(t *testing.T) {
	t.Parallel()
	s := newOpenTalk(t)
	for _, on := range []bool{true, false} {
		s.preview(t, on)
		r := s.request(http.MethodGet, "/v1/visitor/site", nil, who{})
		r.Header.Set("Earshot-Site", s.Site.Key)
		_, raw := s.send(r)
		var view struct{ Preview bool }
		s.must(json.Unmarshal(raw, &view))
		if view.Preview != on {
			t.Errorf("on = %v: %s", on, raw)
		}
	}
}
