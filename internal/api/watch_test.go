package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// heard is everything that one connection has received, until a text that is known
// to come last.
func heard(t *testing.T, ws *websocket.Conn, until string) string {
	t.Helper()
	if err := ws.SetReadDeadline(time.Now().Add(waiting)); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for !strings.Contains(all.String(), until) {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			t.Fatalf("%v; so far %s", err, all.String())
		}
		all.Write(raw)
		all.WriteByte('\n')
	}
	return all.String()
}

const (
	canaryWhisper = "canary-whisper-7731"
	canaryFile    = "canary-file-7732.txt"
	canaryDraft   = "canary-draft-7733"
	canaryHelp    = "canary-help-7734"
)

// secretTalk is a talk in which one watches and whispers, with a file, and has a
// whisper's draft; hidden watches unseen all the while.
type secretTalk struct {
	*house
	lead, coach, hidden, colleague, supervisor, expert chat.Agent
	visitor                                            desktest.Visitor
	conversation, talk                                 chat.ConversationID
	file                                               chat.FileRef
	whispered                                          int64
	read                                               reading
}

func newSecretTalk(t *testing.T) *secretTalk {
	t.Helper()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	h.Group.Etiquette.Told, h.Group.Policy = chat.TellNothing, chat.PolicyGroup
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(h.Group) })
	s := &secretTalk{house: h, lead: h.Agent("Lea", chat.Member), coach: h.Agent("Coco", chat.Member), hidden: h.Agent("Hideo", chat.Member),
		colleague: h.Agent("Colin", chat.Member), supervisor: h.Agent("Sue", chat.Supervisor)}
	s.visitor, s.conversation = h.Taken(s.lead)
	return s
}

// whisper plays everything that must stay among the lead and the coach.
func (s *secretTalk) whisper(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for _, a := range []chat.Agent{s.coach, s.hidden} {
		_, err := s.Desk.Watch(ctx, a, s.conversation, s.Key())
		s.must(err)
	}
	var err error
	s.file, err = s.Desk.AddFile(ctx, s.coach, s.conversation, canaryFile, strings.NewReader("what to say"))
	s.must(err)
	_, err = s.Desk.Whisper(ctx, s.coach, s.conversation, desk.Message{Key: s.Key(), Text: canaryWhisper, Files: []chat.FileID{s.file.ID}})
	s.must(err)
	_, err = s.Desk.SaveDraft(ctx, s.coach, desk.Draft{Conversation: s.conversation, Voice: chat.VoiceWhisper, Text: canaryDraft})
	s.must(err)
}

func (s *secretTalk) say(t *testing.T, text string) {
	t.Helper()
	_, err := s.Desk.PostMessage(t.Context(), s.lead, s.conversation, desk.Message{Key: s.Key(), Text: text, Seen: 1000})
	s.must(err)
}

// TestCanary_WhispersReachNobodyElseOnAnyLine records the streams, live and resumed, of
// everybody; what each may read by request is TestCanary_EveryWayToReadIsWalked's.
func TestCanary_WhispersReachNobodyElseOnAnyLine(t *testing.T) {
	t.Parallel()
	s := newSecretTalk(t)
	people := map[string]who{"visitor": {by: s.visitor.Caller}}
	for name, a := range map[string]chat.Agent{"lead": s.lead, "coach": s.coach, "hidden": s.hidden, "colleague": s.colleague, "supervisor": s.supervisor} {
		people[name] = who{cookie: s.SignIn(a).Secret}
	}
	path := func(name string) string {
		if name == "visitor" {
			return "/v1/visitor/stream"
		}
		return "/v1/stream"
	}
	lines, before := map[string]*websocket.Conn{}, map[string]string{}
	for name, c := range people {
		before[name] = s.cursorOf(t, name, c)
		lines[name] = s.open(path(name), c, before[name])
		defer lines[name].Close()
		if name != "visitor" {
			s.must(lines[name].WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
		}
	}
	s.whisper(t)
	s.say(t, "last-words-of-all")
	for name, c := range people {
		live := heard(t, lines[name], "last-words-of-all")
		again := s.open(path(name), c, before[name])
		if name != "visitor" { // who watched before the cut does so again, and then reads on from the cursor
			s.must(again.WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
		}
		resumed := heard(t, again, "last-words-of-all")
		if knows := name == "lead" || name == "coach"; knows != strings.Contains(resumed, canaryWhisper) || knows != strings.Contains(live, canaryWhisper) {
			t.Errorf("%s hears the whisper, live or resumed, otherwise than %v:\n%s\n%s", name, knows, live, resumed)
		}
		again.Close()
		s.mustNotKnow(t, name, "live", live)
		s.mustNotKnow(t, name, "resumed", resumed)
		resp, _ := s.send(s.request(http.MethodGet, "/v1/files/"+string(s.file.ID), nil, c))
		if may := name == "lead" || name == "coach"; may != (resp.StatusCode == http.StatusOK) {
			t.Errorf("%s opens the whispered file: %d", name, resp.StatusCode)
		}
		if resp, _ := s.send(s.request(http.MethodGet, "/v1/visitor/files/"+string(s.file.ID), nil, c)); resp.StatusCode == http.StatusOK {
			t.Errorf("%s opens it as a visitor", name)
		}
	}
}

// mustNotKnow looks for what is not for a reader: whispers for lead and coach alone,
// drafts for the coach, and that somebody watches for nobody who does not know.
func (s *secretTalk) mustNotKnow(t *testing.T, name, where, text string) {
	t.Helper()
	secrets := []string{}
	if name != "coach" {
		secrets = append(secrets, canaryDraft)
	}
	if name != "lead" && name != "coach" {
		secrets = append(secrets, canaryWhisper, canaryFile, string(s.file.ID), `"kind":"whisper"`)
	}
	if name != "coach" && name != "hidden" {
		secrets = append(secrets, `"kind":"watch"`, `"watcher":"`+string(s.hidden.ID))
	}
	if name != "coach" && name != "lead" {
		secrets = append(secrets, `"watcher":"`+string(s.coach.ID))
	}
	if name == "visitor" {
		secrets = append(secrets, string(s.coach.ID), string(s.hidden.ID), "Coco", "Hideo", "watch")
	}
	if name == "lead" {
		// Of who watches unseen she knows that he is in the team, and nothing about her chat.
		secrets = append(secrets, `"names":["`+string(s.hidden.ID), `,`+string(s.hidden.ID))
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("%s, %s: carries %q in\n%s", name, where, secret, text)
		}
	}
}

// cursorOf is where a reader's line begins.
func (s *secretTalk) cursorOf(t *testing.T, name string, c who) string {
	t.Helper()
	path := "/v1/inbox?list=all"
	if name == "visitor" {
		path = "/v1/visitor/conversation"
	}
	_, raw := s.send(s.request(http.MethodGet, path, nil, c))
	var box struct{ Cursor string }
	s.must(json.Unmarshal(raw, &box))
	return box.Cursor
}

// TestCanary_TheLeadHearsWhatIsForHer: a check that hears nothing proves nothing.
func TestCanary_TheLeadHearsWhatIsForHer(t *testing.T) {
	t.Parallel()
	s := newSecretTalk(t)
	c := who{cookie: s.SignIn(s.lead).Secret}
	ws := s.open("/v1/stream", c, s.cursorOf(t, "lead", c))
	defer ws.Close()
	s.whisper(t)
	s.say(t, "last-words-of-all")
	got := heard(t, ws, "last-words-of-all")
	for _, want := range []string{canaryWhisper, `"kind":"watched"`, `"count":1`, string(s.coach.ID)} {
		if !strings.Contains(got, want) {
			t.Errorf("the lead did not hear %q in\n%s", want, got)
		}
	}
}

// callAndCome plays a help flag that is raised, taken, given back and taken again.
func (s *secretTalk) callAndCome(t *testing.T) {
	t.Helper()
	_, err := s.Desk.AskForHelp(t.Context(), s.lead, s.conversation, s.Key(), canaryHelp)
	s.must(err)
	for _, act := range []func(context.Context, chat.Agent, chat.ConversationID, string) (desk.Done, error){s.Desk.TakeHelp, s.Desk.ReturnHelp, s.Desk.TakeHelp} {
		s.must(second(act(t.Context(), s.supervisor, s.conversation, s.Key())))
	}
}

// TestCanary_WhoComesToHelpIsKnownToTheTeamAlone: on no line and in no answer does the
// visitor learn that help was wanted or who comes; the lead and a colleague do.
func TestCanary_WhoComesToHelpIsKnownToTheTeamAlone(t *testing.T) {
	t.Parallel()
	s := newSecretTalk(t)
	visitor := who{by: s.visitor.Caller}
	before := s.cursorOf(t, "visitor", visitor)
	ws := s.open("/v1/visitor/stream", visitor, before)
	defer ws.Close()
	lines := map[string]*websocket.Conn{}
	for name, a := range map[string]chat.Agent{"lead": s.lead, "colleague": s.colleague} {
		c := who{cookie: s.SignIn(a).Secret}
		lines[name] = s.open("/v1/stream", c, s.cursorOf(t, name, c))
		defer lines[name].Close()
		s.must(lines[name].WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
	}
	heard(t, lines["colleague"], `"type":"row"`) // his watching is in force; the lead needs none
	s.callAndCome(t)
	s.say(t, "last-words-of-all")
	again := s.open("/v1/visitor/stream", visitor, before)
	defer again.Close()
	read := map[string]string{"live": heard(t, ws, "last-words-of-all"), "resumed": heard(t, again, "last-words-of-all")}
	_, raw := s.send(s.request(http.MethodGet, "/v1/visitor/conversation", nil, visitor))
	read["asked for"] = string(raw)
	for where, text := range read {
		for _, secret := range []string{canaryHelp, `"help`, "taken_by", string(s.supervisor.ID), "Sue"} {
			if strings.Contains(text, secret) {
				t.Errorf("the visitor, %s: carries %q in\n%s", where, secret, text)
			}
		}
	}
	for name, line := range lines {
		got := heard(t, line, "last-words-of-all")
		for _, want := range []string{canaryHelp, `"kind":"help.taken"`, `"kind":"help.returned"`, `"by_name":"Sue"`} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not hear %q in\n%s", name, want, got)
			}
		}
	}
}

// TestObserved_AVisitorsFramesAreTheSameByteForByte plays one talk twice, once with
// colleagues who watch, whisper and call for help, and compares what the visitor
// receives.
func TestObserved_AVisitorsFramesAreTheSameByteForByte(t *testing.T) {
	t.Parallel()
	play := func(observed bool) string {
		s := newSecretTalk(t)
		c := who{by: s.visitor.Caller}
		ws := s.open("/v1/visitor/stream", c, s.cursorOf(t, "visitor", c))
		defer ws.Close()
		s.visitor.Says("my order is late")
		if observed {
			s.whisper(t)
			s.callAndCome(t)
		}
		s.say(t, "let me look")
		if observed {
			line := s.open("/v1/stream", who{cookie: s.SignIn(s.hidden).Secret}, "")
			defer line.Close()
			s.must(line.WriteJSON(map[string]any{"type": "typing", "conversation": s.conversation, "voice": "reply", "on": true}))
			s.must(line.WriteJSON(map[string]any{"type": "viewing", "conversation": s.conversation, "on": true}))
			s.must(errors.Join(second(s.Desk.Whisper(t.Context(), s.lead, s.conversation, desk.Message{Key: s.Key(), Text: "thanks"})),
				second(s.Desk.Unwatch(t.Context(), s.coach, s.conversation, s.Key()))))
		}
		s.visitor.Says("thank you")
		s.say(t, "last-words-of-all")
		_, view := s.send(s.request(http.MethodGet, "/v1/visitor/conversation", nil, c))
		return withoutChance(t, heard(t, ws, "last-words-of-all")) + withoutChance(t, string(view))
	}
	if unseen, seen := play(false), play(true); unseen != seen {
		t.Errorf("the visitor's line differs:\nnobody watches:\n%s\nsomebody does:\n%s", unseen, seen)
	}
}

func second[T any](_ T, err error) error { return err }

// withoutChance takes out of frames what chance and the key of this run make: ids, cursors
// and keys of files. Everything else is compared byte for byte.
func withoutChance(t *testing.T, frames string) string {
	t.Helper()
	var out bytes.Buffer
	for line := range strings.Lines(frames) {
		var frame any
		if err := json.Unmarshal([]byte(line), &frame); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(without(frame))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(raw, '\n'))
	}
	return out.String()
}

func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"id", "cursor", "stream", "now", "node"} {
			delete(v, name)
		}
		for name, inner := range v {
			if text, is := inner.(string); is && (strings.HasPrefix(text, "c_") || strings.HasPrefix(text, "a_") || strings.HasPrefix(text, "v_")) {
				v[name] = text[:2]
				continue
			}
			v[name] = without(inner)
		}
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
	}
	return v
}

// TestSignals_OfWhoWatchesUnseenReachNobody: the lead must not see him look or type.
func TestSignals_OfWhoWatchesUnseenReachNobody(t *testing.T) {
	t.Parallel()
	s := newSecretTalk(t)
	lead := who{cookie: s.SignIn(s.lead).Secret}
	ws := s.open("/v1/stream", lead, s.cursorOf(t, "lead", lead))
	defer ws.Close()
	_, err := s.Desk.Watch(t.Context(), s.hidden, s.conversation, s.Key())
	s.must(err)
	hidden := who{cookie: s.SignIn(s.hidden).Secret}
	line := s.open("/v1/stream", hidden, s.cursorOf(t, "hidden", hidden))
	defer line.Close()
	s.must(line.WriteJSON(map[string]any{"type": "watch", "conversations": []chat.ConversationID{s.conversation}}))
	s.say(t, "first words")
	heard(t, line, "first words") // his line follows, so that he is known to watch
	for _, kind := range []string{"viewing", "typing"} {
		s.must(line.WriteJSON(map[string]any{"type": kind, "conversation": s.conversation, "voice": "note", "on": true}))
	}
	other := who{cookie: s.SignIn(s.colleague).Secret}
	third := s.open("/v1/stream", other, s.cursorOf(t, "colleague", other))
	defer third.Close()
	s.must(third.WriteJSON(map[string]any{"type": "viewing", "conversation": s.conversation, "on": true}))
	got := heard(t, ws, `"kind":"viewing"`)
	if strings.Contains(got, `"kind":"typing"`) || strings.Contains(got[strings.Index(got, `"kind":"viewing"`):], string(s.hidden.ID)) {
		t.Errorf("the lead hears of who watches unseen:\n%s", got)
	}
	_, raw := s.send(s.request(http.MethodGet, "/v1/inbox", nil, lead))
	var box struct {
		Signals []chat.Signal `json:"signals"`
	}
	s.must(json.Unmarshal(raw, &box))
	if slices.ContainsFunc(box.Signals, func(one chat.Signal) bool { return one.Actor.Agent() == s.hidden.ID && one.Kind != chat.SignalPresence }) {
		t.Errorf("her snapshot tells of him: %+v", box.Signals)
	}
}
