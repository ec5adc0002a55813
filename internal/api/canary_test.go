package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

const (
	canaryJotted   = "canary-note-7741"
	canaryProposal = "canary-proposal-7742"
	canaryBook     = "canary-playbook-7743"
	canaryTalk     = "canary-talk-7744"
	canaryReply    = "canary-reply-7746"
	canaryWord     = "canary-moment-7745"
	canaryFeedback = "canary-feedback-7746"
	canarySummary  = "canary-summary-7747"
)

// reading is what the routes of a server are asked about: for each hole of a path, and
// for what a route wants to be told besides, what to fill in.
type reading struct {
	ids   map[string][]string // by the begin of the path
	more  map[string][]string // queries of a path; without any it is asked plainly
	apart map[string]string   // paths that are not asked, with why
}

// asks are the addresses of a route, or why it is not read; a route that nobody has
// thought of is a fault.
func (r reading) asks(t *testing.T, rt route) (urls []string) {
	t.Helper()
	if rt.method != http.MethodGet || r.apart[rt.path] != "" {
		return nil
	}
	paths := []string{rt.path}
	if start := strings.Index(rt.path, "{"); start >= 0 {
		end := strings.Index(rt.path, "}")
		ids := r.ids[rt.path[:start]]
		if len(ids) == 0 {
			t.Errorf("%s is a way to read that no canary goes: say in reading what to ask it about", rt.path)
		}
		paths = nil
		for _, id := range ids {
			paths = append(paths, rt.path[:start]+id+rt.path[end+1:])
		}
	}
	for _, path := range paths {
		for _, query := range append([]string{""}, r.more[rt.path]...) {
			urls = append(urls, path+query)
		}
	}
	return urls
}

// reading is everything that the routes can be asked about of this talk.
func (s *secretTalk) reading(t *testing.T) reading {
	t.Helper()
	rehearsal, err := s.Desk.StartRehearsal(t.Context(), s.Owner, desk.RehearsalChange{Days: 1})
	s.must(err)
	picture, err := s.Desk.AddFileAsVisitor(t.Context(), s.visitor.Caller, "photo.png", bytes.NewReader(desktest.Picture()))
	s.must(err)
	_, err = s.Desk.PostAsVisitor(t.Context(), s.visitor.Caller, desk.VisitorMessage{Key: s.Key(), Text: "look", Files: []chat.FileID{picture.ID}})
	s.must(err)
	link, err := s.server.seal.seal(sealed{picture.ID, s.visitor.Caller.TokenHash(), chat.Micros(s.Clock.Now().Add(linkTime))})
	s.must(err)
	reply, _, err := s.Desk.MakeSavedReply(t.Context(), s.lead, desk.SavedReplyInput{Key: s.Key(), Scope: chat.ScopeOwn, Name: "mine", Text: canaryReply})
	s.must(err)
	c, group := string(s.conversation), string(s.Group.ID)
	var words []string
	for _, word := range []string{"canary", "whisper", "proposal", "7741", canaryTalk} {
		q := "?q=" + url.QueryEscape(word)
		words = append(words, q, q+"&in="+c, q+"&in="+string(s.talk))
	}
	s.givenUp(s.lead)
	lists := []string{"?list=my", "?list=queue", "?list=all"}
	return reading{
		ids: map[string][]string{"/v1/conversations/": {c, string(s.talk)}, "/v1/talks/": {string(s.talk), c}, "/v1/files/": {string(s.file.ID), string(picture.ID)}, "/v1/visitor/files/": {string(s.file.ID), string(picture.ID)},
			"/v1/groups/": {group}, "/v1/admin/groups/": {group}, "/v1/admin/sites/": {string(s.Site.ID)}, "/v1/admin/rehearsals/": {rehearsal.ID}, "/v1/visitor/links/": {link}, "/v1/saved-replies/": {string(reply.ID)}},
		more: map[string][]string{"/frame": {"?site=" + s.Site.Key}, "/v1/search": words, "/v1/inbox": lists, "/v1/conversations": lists, "/v1/feedback": {"?side=given"}, "/v1/shadows": {"?side=grade"},
			"/v1/reference": {"?conversation=" + c, fmt.Sprintf("?conversation=%s&seq=%d", c, s.whispered), "?conversation=" + string(s.talk) + "&seq=2"}},
		apart: map[string]string{
			"/v1/stream": "the lines are read as lines", "/v1/visitor/stream": "so is his",
			"/v1/openapi.json": "what the program can say, whoever uses it", "/metrics": "for this machine alone: TestMetrics reads it",
			"/assets/{file...}": "a file of the build", "/widget-assets/{file...}": "a file of the build", "/{path...}": "the inbox's page, the same for everybody", "/try": "a page with the site's key, where there is one to try",
		},
	}
}

// deepSecrets is what the team alone may know, what two of it may, and what is one's
// own, beside what is whispered.
func (s *secretTalk) deepSecrets(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	_, err := s.Desk.AddNote(ctx, s.lead, s.conversation, desk.Message{Key: s.Key(), Text: canaryJotted})
	s.must(err)
	asked, err := s.Desk.InviteIn(ctx, s.lead, s.conversation, desk.Inviting{Key: s.Key(), Agent: s.expert.ID, Role: chat.Expert})
	s.must(err)
	_, err = s.Desk.AcceptInvitation(ctx, s.expert, s.conversation, s.Key(), asked.Events[0].Seq)
	s.must(err)
	_, err = s.Desk.PostMessage(ctx, s.expert, s.conversation, desk.Message{Key: s.Key(), Text: canaryProposal, Seen: 1000})
	s.must(err)
	book := chat.Playbook{Group: s.Group.ID, Transfer: chat.TransferChapter{When: canaryBook}}
	_, err = s.Desk.SavePlaybook(ctx, s.Owner, book)
	s.must(err)
	s.must(s.Desk.SetCoaches(ctx, s.lead, []chat.AgentID{s.coach.ID}))
	said, err := s.Desk.PostMessage(ctx, s.lead, s.conversation, desk.Message{Key: s.Key(), Text: "hi", Seen: 1000})
	s.must(err)
	lines := desk.Stretch{Conversation: s.conversation, From: said.Events[0].Seq, To: said.Events[0].Seq}
	_, _, err = s.Desk.MarkMoment(ctx, s.coach, desk.NewMoment{Key: s.Key(), Stretch: lines, Word: canaryWord})
	s.must(err)
	_, _, err = s.Desk.DraftFeedback(ctx, s.coach, desk.NewFeedback{Key: s.Key(), Stretch: lines, Kind: chat.Wrong, Text: canaryFeedback})
	s.must(err)
	_, err = s.Desk.Transfer(ctx, s.lead, s.conversation, desk.Transfer{Key: s.Key(), To: chat.Target{Kind: chat.ToAgent, Agent: s.colleague.ID}, Reason: "x", Summary: canarySummary})
	s.must(err)
}

// knows is who may read which of the secrets; whoever is not named may not.
func (s *secretTalk) knows() map[string][]string {
	team := []string{"lead", "coach", "hidden", "colleague", "supervisor", "expert", "owner"}
	return map[string][]string{
		canaryJotted: team, canaryProposal: team, canarySummary: team,
		canaryBook: append(team, "outsider"), // playbooks are written for the whole team
		canaryTalk: {"lead", "coach"}, canaryReply: {"lead"},
		// What is written about a chat is its writer's until he gives it.
		canaryWord: {"coach"}, canaryFeedback: {"coach"},
		canaryWhisper: {"lead", "coach"}, canaryFile: {"lead", "coach"}, canaryDraft: {"coach"},
	}
}

// TestCanary_EveryWayToReadIsWalked goes by the table of routes: every GET, asked by
// everybody, and both carriers of the stream, live and resumed. A new route is walked
// with the others, or the test says that it does not know how.
func TestCanary_EveryWayToReadIsWalked(t *testing.T) {
	t.Parallel()
	s := newSecretTalk(t)
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyGroup}
	s.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
	s.expert = s.Agent("Exeter", chat.Member)
	outsider := s.Agent("Otto", chat.Member, other.ID)
	s.Connect(s.colleague, s.lead, s.expert)
	talk, _, err := s.Desk.MakeChannel(t.Context(), s.lead, desk.NewChannel{Key: s.Key(), Name: "closed", Closed: true, With: []chat.AgentID{s.coach.ID}})
	s.must(err)
	s.talk = talk
	own, _, err := s.Desk.MakeChannel(t.Context(), outsider, desk.NewChannel{Key: s.Key(), Name: "his own"})
	s.must(err)
	people := map[string]who{"visitor": {by: s.visitor.Caller}, "owner": {cookie: s.SignedIn.Secret}, "nobody": {}}
	for name, a := range map[string]chat.Agent{"lead": s.lead, "coach": s.coach, "hidden": s.hidden, "colleague": s.colleague, "supervisor": s.supervisor, "expert": s.expert, "outsider": outsider} {
		people[name] = who{cookie: s.SignIn(a).Secret}
	}
	before, sockets, responses := map[string]string{}, map[string]*websocket.Conn{}, map[string]*sse{}
	for name, c := range people {
		if name == "nobody" {
			continue
		}
		before[name] = s.cursorOf(t, name, c)
		sockets[name] = s.followed(name, c, before[name])
		responses[name] = s.followedBySSE(t, name, c, before[name])
	}
	s.whisper(t)
	s.deepSecrets(t)
	_, err = s.Desk.SayInTalk(t.Context(), s.lead, talk, desk.Line{Key: s.Key(), Text: canaryTalk})
	s.must(err)
	for _, e := range s.Log(s.conversation) {
		if e.Kind == chat.KindWhisper {
			s.whispered = e.Seq
		}
	}
	s.say(t, "last-words-of-all")
	_, err = s.Desk.SayInTalk(t.Context(), outsider, own, desk.Line{Key: s.Key(), Text: "words-of-his-own"})
	s.must(err)

	found := map[string]map[string]bool{} // by secret, by person
	read := func(name, where, text string) {
		if overseer := name == "owner" || name == "supervisor"; !overseer || !strings.HasPrefix(where, "/v1/observations") { // the log is theirs to read
			s.mustNotKnow(t, name, where, text)
		}
		if strings.Contains(text, canaryFault) {
			t.Errorf("%s reads at %s what a job has failed on:\n%s", name, where, text)
		}
		for secret, may := range s.knows() {
			if !strings.Contains(text, secret) {
				continue
			}
			if found[secret] == nil {
				found[secret] = map[string]bool{}
			}
			found[secret][name] = true
			if !contains(may, name) {
				t.Errorf("%s reads %q at %s:\n%s", name, secret, where, text)
			}
		}
	}
	for name, c := range people {
		if name == "nobody" {
			continue
		}
		until := "last-words-of-all"
		if name == "outsider" {
			until = "words-of-his-own"
		}
		read(name, "his socket", heard(t, sockets[name], until))
		read(name, "his response", heardOfSSE(t, responses[name], until))
		read(name, "his socket, resumed", heard(t, s.followed(name, c, before[name]), until))
		read(name, "his response, resumed", heardOfSSE(t, s.followedBySSE(t, name, c, before[name]), until))
	}
	walked := s.walk(t, people, read)
	for _, rt := range s.server.routes {
		if rt.method == http.MethodGet && s.read.apart[rt.path] == "" && !walked[rt.path] {
			t.Errorf("%s answered nobody: it is asked for what is not there, or without what it wants", rt.path)
		}
	}
	for secret, may := range s.knows() {
		if len(found[secret]) == 0 {
			t.Errorf("nobody has read %q, which %v may: the test proves nothing of it", secret, may)
		}
	}
}

// walk asks every route about everything, as everybody, and returns the paths that
// have answered somebody.
func (s *secretTalk) walk(t *testing.T, people map[string]who, read func(name, where, text string)) map[string]bool {
	t.Helper()
	s.read = s.reading(t)
	answered := map[string]bool{}
	for _, rt := range s.server.routes {
		for _, address := range s.read.asks(t, rt) {
			for name, c := range people {
				resp, raw := s.send(s.request(http.MethodGet, address, nil, c))
				answered[rt.path] = answered[rt.path] || resp.StatusCode == http.StatusOK
				where := address
				if asked, err := url.QueryUnescape(address); err == nil && strings.Contains(asked, "?q=") {
					raw = []byte(strings.ReplaceAll(string(raw), asked[strings.Index(asked, "?q=")+3:]+`"`, `"`)) // what he has asked for himself
				}
				read(name, where, string(raw))
			}
		}
	}
	return answered
}

func contains(all []string, one string) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

func streamOf(name string) string {
	if name == "visitor" {
		return "/v1/visitor/stream"
	}
	return "/v1/stream"
}

// followed is a socket of somebody who watches the talk, as far as he may.
func (s *secretTalk) followed(name string, c who, cursor string) *websocket.Conn {
	s.t.Helper()
	ws := s.open(streamOf(name), c, cursor)
	if name != "visitor" {
		s.must(ws.WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
	}
	return ws
}

// followedBySSE is the same by a response that does not end.
func (s *secretTalk) followedBySSE(t *testing.T, name string, c who, cursor string) *sse {
	t.Helper()
	line := s.sse(streamOf(name), c, cursor)
	if name == "visitor" {
		return line
	}
	up, err := json.Marshal(map[string]any{"stream": line.stream, "frame": map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}})
	s.must(err)
	if resp, raw := s.send(s.request(http.MethodPost, "/v1/stream/up", up, c)); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%s cannot watch: %d %s", name, resp.StatusCode, raw)
	}
	return line
}

// heardOfSSE is everything that a response has carried, until a text that comes last.
func heardOfSSE(t *testing.T, line *sse, until string) string {
	t.Helper()
	var all strings.Builder
	for !strings.Contains(all.String(), until) {
		all.Write(line.next(t).Raw)
		all.WriteByte('\n')
	}
	line.close()
	return all.String()
}
