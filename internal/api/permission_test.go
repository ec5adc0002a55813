package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/gorilla/websocket"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// stage is a house with everything that the operations act upon.
type stage struct {
	*house
	callers map[string]who
	paths   map[string]string
	bodies  map[string][]byte
}

func callerNames() []string {
	return []string{"anonymous", "visitor", "other-visitor", "new-visitor", "ended-visitor", "signed-visitor", "colleague", "no-access", "agent", "coach", "group-supervisor", "own-supervisor", "supervisor", "admin", "owner", "disabled", "signed-out"}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	h.SetPolicy(chat.PolicyGroup)
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyGroup}
	h.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveGroup(other), tx.SaveGroup(chat.Group{ID: "g_old", Name: "Old", Policy: chat.PolicyGroup}))
	})
	ann, sup := h.Agent("Ann", chat.Member), h.Agent("Sue", chat.Supervisor, other.ID)
	bob, adm := h.Agent("Bob", chat.Member, other.ID), h.Agent("Ada", chat.Admin, other.ID)
	cal := h.Agent("Cal", chat.Colleague, "g_none")
	cal.Groups = []chat.GroupID{}
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(cal) })
	dan, eve := h.Agent("Dan", chat.Member), h.Agent("Eve", chat.Member)
	gus := h.Agent("Gus", chat.Member).Enrol(h.Group.ID, chat.ClassSupervisor)
	// Of the group that the routes about groups name.
	own := h.Agent("Oda", chat.Member).Enrol(other.ID, chat.ClassSupervisor)
	h.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveAgent(gus), tx.SaveAgent(own)) })
	s := &stage{house: h, callers: map[string]who{"anonymous": {}}, paths: map[string]string{}, bodies: map[string][]byte{}}
	signedIn := map[string]desk.SignedIn{}
	for name, a := range map[string]chat.Agent{"colleague": cal, "no-access": bob, "agent": ann, "group-supervisor": gus, "own-supervisor": own, "supervisor": sup, "admin": adm, "disabled": dan, "signed-out": eve} {
		signedIn[name] = h.SignIn(a)
		s.callers[name] = who{cookie: signedIn[name].Secret}
	}
	s.callers["owner"] = who{cookie: h.SignedIn.Secret}
	off := true
	_, err := h.Desk.ChangeAgent(t.Context(), h.Owner, dan.ID, desk.AgentChange{Disabled: &off})
	h.must(err)
	h.must(h.Desk.EndSession(t.Context(), eve, signedIn["signed-out"].Session.ID))
	s.talk(ann, sup)
	s.firstLine(ann)
	s.talkAmong(ann)
	s.prepare(ann, bob, sup, h.SignIn(ann).Session.ID)
	return s
}

// answered asks aside once more, and returns the note of the answer.
func (s *stage) answered(ann, sup chat.Agent, c chat.ConversationID) int64 {
	_, err := s.Desk.Ask(s.t.Context(), ann, c, desk.Asking{Key: s.Key(), Text: "and he?", Agent: sup.ID})
	s.must(err)
	asked := s.State(c).Thread.SideTalks
	to := asked[len(asked)-1]
	_, err = s.Desk.SayInTalk(s.t.Context(), sup, to.Talk, desk.Line{Key: s.Key(), Text: "he may", ReplyTo: to.Message})
	s.must(err)
	side, _ := s.State(c).Thread.SideTalk(to.Seq)
	return side.Last
}

// talk makes the conversations: one that Ann leads, one that the supervisor
// leads, and two that wait.
func (s *stage) talk(ann, sup chat.Agent) {
	v, c := s.Taken(ann)
	s.callers["visitor"] = who{by: v.Caller}
	s.paths["{id}"] = string(c)
	picture, err := s.Desk.AddFileAsVisitor(s.t.Context(), v.Caller, "photo.png", bytes.NewReader(desktest.Picture()))
	s.must(err)
	_, err = s.Desk.PostAsVisitor(s.t.Context(), v.Caller, desk.VisitorMessage{Key: s.Key(), Text: "look", Files: []chat.FileID{picture.ID}})
	s.must(err)
	s.paths["file"] = string(picture.ID)
	said, err := s.Desk.PostMessage(s.t.Context(), ann, c, desk.Message{Key: s.Key(), Text: "hi", Seen: 1000})
	s.must(err)
	s.paths["seq"] = strconv.FormatInt(said.Events[0].Seq, 10)
	question, err := s.Desk.Ask(s.t.Context(), ann, c, desk.Asking{Key: s.Key(), Text: "may she?", Agent: sup.ID})
	s.must(err)
	s.paths["side"] = strconv.FormatInt(question.Events[0].Seq, 10)
	s.paths["answered"] = strconv.FormatInt(s.answered(ann, sup, c), 10)
	_, led := s.Taken(sup)
	s.paths["led"] = string(led)
	_, asked := s.Taken(sup)
	s.paths["asked"] = string(asked)
	invited, err := s.Desk.InviteIn(s.t.Context(), sup, asked, desk.Inviting{Key: s.Key(), Agent: ann.ID})
	s.must(err)
	s.paths["invite"] = strconv.FormatInt(invited.Events[0].Seq, 10)
	_, moved := s.Taken(sup)
	s.paths["moved"] = string(moved)
	_, watched := s.Taken(s.Owner)
	s.paths["watched"] = string(watched)
	_, over := s.Taken(ann)
	s.paths["over"] = string(over)
	_, called := s.Taken(ann)
	s.paths["called"] = string(called)
	_, err = s.Desk.AskForHelp(s.t.Context(), ann, called, s.Key(), "please")
	s.must(err)
	for _, name := range []string{"queued", "waiting"} {
		_, c := s.Arrives("anybody?")
		s.paths[name] = string(c)
	}
	// The supervisor's conversation must be one that Ann may see, too: both are
	// of the world's group.
	ov, _ := s.Arrives("me too")
	s.callers["other-visitor"] = who{by: ov.Caller}
	ev, _ := s.Arrives("bye")
	s.callers["ended-visitor"] = who{by: ev.Caller}
	s.must(s.Desk.EndAsVisitor(s.t.Context(), ev.Caller))
	s.callers["new-visitor"] = who{by: s.Visitor().Caller}
	signed := s.Visitor()
	_, err = s.Desk.SignInVisitor(s.t.Context(), signed.Caller, s.Identity(chat.Identity{Sub: "42", Name: "Mia"}, time.Hour), "")
	s.must(err)
	signed.Says("I am signed in")
	s.callers["signed-visitor"] = who{by: signed.Caller}
}

// talkAmong makes an open channel with Ann in it, in which she has said something,
// and lets the group's own channel be there.
func (s *stage) talkAmong(ann chat.Agent) {
	c, _, err := s.Desk.MakeChannel(s.t.Context(), ann, desk.NewChannel{Key: s.Key(), Name: "Lunch"})
	s.must(err)
	s.paths["talk"] = string(c)
	said, err := s.Desk.SayInTalk(s.t.Context(), ann, c, desk.Line{Key: s.Key(), Text: "who eats?"})
	s.must(err)
	s.paths["line"] = strconv.FormatInt(said.Events[0].Seq, 10)
}

// firstLine makes a chat that waits in a first line of Ann's, and a group with
// somebody in it who takes chats, to send it to.
func (s *stage) firstLine(ann chat.Agent) {
	first := chat.Group{ID: "g_first", Name: "First", Policy: chat.PolicyGroup, Rules: desk.Rules{Line: "first_line"}.Raw()}
	next := chat.Group{ID: "g_next", Name: "Next", Policy: chat.PolicyGroup}
	ann.Groups = append(ann.Groups, first.ID)
	s.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveGroup(first), tx.SaveGroup(next), tx.SaveAgent(ann))
	})
	s.Connect(s.Agent("Tia", chat.Member, next.ID))
	_, c := s.Arrives("an invoice")
	_, err := s.Desk.Move(s.t.Context(), s.Owner, c, desk.Moving{Key: s.Key(), Group: first.ID})
	s.must(err)
	s.paths["/v1/conversations/{id}/triage"] = string(c)
}

func (s *stage) prepare(ann, bob, sup chat.Agent, session chat.SessionID) {
	invite, token, err := s.Desk.Invite(s.t.Context(), s.Owner, desk.Invitation{Email: "new@team.example", Role: chat.Member})
	s.must(err)
	old, _, err := s.Desk.Invite(s.t.Context(), s.Owner, desk.Invitation{Email: "old@team.example", Role: chat.Member})
	s.must(err)
	_ = invite
	link, err := s.server.seal.seal(sealed{chat.FileID(s.paths["file"]), s.callers["visitor"].by.TokenHash(), chat.Micros(s.Clock.Now().Add(linkTime))})
	s.must(err)
	rehearsal, err := s.Desk.StartRehearsal(s.t.Context(), s.Owner, desk.RehearsalChange{Days: 1})
	s.must(err)
	c := chat.ConversationID(s.paths["{id}"])
	_, err = s.Desk.LinkPerson(s.t.Context(), s.Owner, c, s.Key(), chat.ConversationID(s.paths["waiting"]))
	s.must(err)
	person, err := s.Desk.Person(s.t.Context(), s.Owner, c)
	s.must(err)
	s.paths["link"] = string(person.Links[0].ID)
	learning := s.learning(ann)
	dead := s.givenUp(ann)
	other, teams := s.replies()
	for pattern, id := range map[string]string{
		"/v1/cards/{id}/end": string(s.State(c).Thread.ID),
		"/v1/moments/{id}":   learning.moment, "/v1/feedback/{id}": learning.draft, "/v1/feedback/{id}/act": learning.given,
		"/v1/saved-replies/{id}": other, "/v1/saved-replies/{id}/fill": teams, "/v1/saved-replies/{id}/chats": teams, "/v1/feedback/{id}/draft-reply": learning.given,
		"/v1/examples/{id}": learning.example, "/v1/examples/{id}/consent": learning.example,
		"/v1/shadows/{id}": learning.shadow, "/v1/shadows/{id}/grade": learning.shadow, "/v1/admin/groups/{id}/peers": "g_other",
		"/v1/sessions/{id}": string(session), "/v1/admin/sites/{id}": string(s.Site.ID), "/v1/admin/sites/{id}/secret": string(s.Site.ID), "/v1/admin/agents/{id}": string(bob.ID), "/v1/agents/{id}/check": string(bob.ID), "/v1/alerts/page/{page}": "page-one", "/v1/admin/alerts/dead/{id}": dead[0], "/v1/admin/alerts/dead/{id}/retry": dead[1], "/v1/admin/invites/{id}": old.ID, "/v1/admin/rehearsals/{id}": rehearsal.ID,
		"/v1/admin/groups/{id}": "g_other", "/v1/admin/groups/{id}/members": "g_other", "/v1/admin/groups/{id}/delete": "g_old", "/v1/admin/groups/{id}/hook": "g_other", "/v1/admin/groups/{id}/hook/test": "g_other",
		"/v1/groups/{id}/playbook": "g_other", "/v1/groups/{id}/playbook/versions": "g_other",
		"/v1/files/{id}": s.paths["file"], "/v1/files/{id}/thumb": s.paths["file"], "/v1/visitor/files/{id}": s.paths["file"],
		"/v1/visitor/files/{id}/thumb": s.paths["file"], "/v1/visitor/files/{id}/link": s.paths["file"], "/v1/visitor/links/{sealed}": link,
		"/v1/conversations/{id}/take": s.paths["queued"], "/v1/conversations/{id}/requeue": s.paths["led"], "/v1/conversations/{id}/join": s.paths["led"], "/v1/conversations/{id}/leave": s.paths["led"],
		"/v1/conversations/{id}/watch":             s.paths["watched"],
		"/v1/conversations/{id}/unwatch":           s.paths["watched"],
		"/v1/conversations/{id}/whispers":          s.paths["watched"],
		"/v1/conversations/{id}/jump-in":           s.paths["watched"],
		"/v1/conversations/{id}/jump-out":          s.paths["watched"],
		"/v1/conversations/{id}/take-over":         s.paths["over"],
		"/v1/conversations/{id}/take-help":         s.paths["called"],
		"/v1/conversations/{id}/return-help":       s.paths["called"],
		"/v1/conversations/{id}/accept-invitation": s.paths["asked"], "/v1/conversations/{id}/decline-invitation": s.paths["asked"],
		"/v1/conversations/{id}/accept":   s.paths["waiting"],
		"/v1/conversations/{id}/decline":  s.paths["waiting"],
		"/v1/conversations/{id}/ask-back": s.paths["led"],
		"/v1/conversations/{id}/waive":    s.paths["led"],
		"/v1/conversations/{id}/hold":     s.paths["moved"],
		"/v1/conversations/{id}/move":     s.paths["moved"],
		"/v1/conversations/{id}/give":     s.paths["led"],
		"/v1/conversations/{id}/owner":    s.paths["led"],
		"/v1/talks/{id}":                  s.paths["talk"], "/v1/talks/{id}/pins": s.paths["talk"], "/v1/talks/{id}/level": s.paths["talk"],
		"/v1/talks/{id}/change": s.paths["talk"], "/v1/talks/{id}/archive": s.paths["talk"], "/v1/talks/{id}/join": s.paths["talk"], "/v1/talks/{id}/leave": s.paths["talk"],
		"/v1/talks/{id}/add": s.paths["talk"], "/v1/talks/{id}/remove": s.paths["talk"], "/v1/talks/{id}/messages": s.paths["talk"], "/v1/talks/{id}/edit": s.paths["talk"],
		"/v1/talks/{id}/redact": s.paths["talk"], "/v1/talks/{id}/react": s.paths["talk"], "/v1/talks/{id}/pin": s.paths["talk"],
		"/assets/{file...}": "app-123.js", "/widget-assets/{file...}": "f-123.css", "/{path...}": "settings",
	} {
		s.paths[pattern] = id
	}
	seq, err := strconv.ParseInt(s.paths["seq"], 10, 64)
	s.must(err)
	invited, err := strconv.ParseInt(s.paths["invite"], 10, 64)
	s.must(err)
	side, err := strconv.ParseInt(s.paths["side"], 10, 64)
	s.must(err)
	answered, err := strconv.ParseInt(s.paths["answered"], 10, 64)
	s.must(err)
	line, err := strconv.ParseInt(s.paths["line"], 10, 64)
	s.must(err)
	key := func(more ...any) map[string]any {
		m := map[string]any{"key": client.NewKey()}
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	for pattern, body := range learning.bodies(s, key) {
		raw, err := json.Marshal(body)
		s.must(err)
		s.bodies[pattern] = raw
	}
	for pattern, body := range map[string]any{
		"POST /v1/setup":                       map[string]any{"token": "no", "name": "X", "email": "x@x.example", "password": "a long enough one", "site_name": "X", "origins": []string{"https://x.example"}},
		"POST /v1/sign-in":                     map[string]any{"email": "ann@team.example", "password": "wrong password"},
		"POST /v1/sign-in/link":                map[string]any{"token": "no"},
		"POST /v1/invites/look":                map[string]any{"token": token},
		"POST /v1/invites/accept":              map[string]any{"token": "no", "name": "New", "password": "a quiet bench again"},
		"PATCH /v1/me":                         map[string]any{"name": "Renamed"},
		"POST /v1/me/badge":                    map[string]any{"emoji": "🥪", "text": "lunch"},
		"POST /v1/me/undisturbed":              map[string]any{"until": 0},
		"POST /v1/me/status":                   map[string]any{"status": "accepting"},
		"POST /v1/me/password":                 map[string]any{"current": "wrong password", "password": "a quiet bench again"},
		"POST /v1/conversations/{id}/read":     map[string]any{"seq": 1},
		"PUT /v1/conversations/{id}/draft":     map[string]any{"voice": "reply", "text": "x"},
		"POST /v1/conversations/{id}/messages": key("text", "hello", "seen", 1000),
		"POST /v1/conversations/{id}/notes":    key("text", "hm"),
		"POST /v1/conversations/{id}/link":     key("other", s.paths["led"]),
		"POST /v1/conversations/{id}/unlink":   key("link", s.paths["link"]),
		"POST /v1/conversations/{id}/context":  key("text", "He is exempt from VAT."),
		"POST /v1/cards/{id}/end":              map[string]any{"how": "dismissed"},
		"POST /v1/conversations/{id}/grant":    key("agent", bob.ID),
		"POST /v1/conversations/{id}/revoke":   key("agent", bob.ID),
		"POST /v1/conversations/{id}/edit":     key("seq", seq, "text", "changed"),
		"POST /v1/conversations/{id}/redact":   key("seq", seq),
		"POST /v1/conversations/{id}/take":     key(), "POST /v1/conversations/{id}/join": key(), "POST /v1/conversations/{id}/leave": key(),
		"POST /v1/conversations/{id}/requeue": key(), "POST /v1/conversations/{id}/close": key(), "POST /v1/take-next": key(),
		"POST /v1/conversations/{id}/ask-in": key("group", "g_other"), "POST /v1/conversations/{id}/withdraw-invitation": key("invite", 9999),
		"POST /v1/conversations/{id}/accept-invitation": key("invite", invited), "POST /v1/conversations/{id}/decline-invitation": key("invite", invited),
		"POST /v1/conversations/{id}/role": key("agent", bob.ID, "role", "scribe"), "POST /v1/conversations/{id}/trust": key("agent", bob.ID, "minutes", 5),
		"POST /v1/conversations/{id}/hand-lead": key("to", bob.ID), "POST /v1/conversations/{id}/release": key("proposal", seq), "POST /v1/conversations/{id}/discard": key("proposal", seq),
		"POST /v1/conversations/{id}/ask":            key("text", "may he?", "agent", sup.ID),
		"POST /v1/conversations/{id}/ask-further":    key("side", side, "text", "and he?"),
		"POST /v1/conversations/{id}/tell-aside":     key("side", side, "line", "One moment."),
		"POST /v1/conversations/{id}/use-answer":     key("side", side, "note", 1),
		"POST /v1/conversations/{id}/end-aside":      key("side", side),
		"POST /v1/conversations/{id}/watch":          key(),
		"POST /v1/conversations/{id}/unwatch":        key(),
		"POST /v1/conversations/{id}/jump-out":       key(),
		"POST /v1/conversations/{id}/help-settled":   key(),
		"POST /v1/conversations/{id}/take-help":      key(),
		"POST /v1/conversations/{id}/return-help":    key(),
		"POST /v1/conversations/{id}/whispers":       key("text", "psst"),
		"POST /v1/conversations/{id}/watch-me":       key("agent", sup.ID),
		"POST /v1/conversations/{id}/jump-in":        key("text", "me too"),
		"POST /v1/conversations/{id}/take-over":      key("from", ann.ID, "reason", "because"),
		"POST /v1/conversations/{id}/help":           key("reason", "please"),
		"PUT /v1/admin/talks":                        map[string]any{"keep_days": 30},
		"PUT /v1/admin/help-words":                   map[string]any{"words": []string{"lawyer"}},
		"POST /v1/conversations/{id}/accept":         key(),
		"POST /v1/conversations/{id}/decline":        key(),
		"POST /v1/conversations/{id}/ask-back":       key(),
		"POST /v1/conversations/{id}/waive":          key(),
		"POST /v1/conversations/{id}/move":           key("group", "g_other", "reason", "an invoice"),
		"POST /v1/conversations/{id}/transfer":       key("to", map[string]any{"kind": "agent", "agent": bob.ID}, "reason", "an invoice"),
		"POST /v1/conversations/{id}/hold":           key("to", map[string]any{"kind": "agent", "agent": bob.ID}, "reason", "an invoice", "way", "wait"),
		"POST /v1/conversations/{id}/cancel-promise": key("why", "answered by phone"),
		"POST /v1/conversations/{id}/pass-promise":   key("why", "Ben is ill"),
		"POST /v1/conversations/{id}/withdraw":       key(),
		"POST /v1/conversations/{id}/let-go":         key(),
		"POST /v1/conversations/{id}/give":           key("to", bob.ID),
		"POST /v1/conversations/{id}/triage":         key("to", map[string]any{"kind": "group", "group": "g_next"}),
		"POST /v1/conversations/{id}/owner":          key("agent", ann.ID),
		"POST /v1/talks":                             key("name", "Dinner"),
		"POST /v1/talks/direct":                      key("with", []any{sup.ID, bob.ID}),
		"POST /v1/talks/{id}/change":                 key("topic", "food"),
		"POST /v1/talks/{id}/archive":                key("on", true),
		"POST /v1/talks/{id}/join":                   key(),
		"POST /v1/talks/{id}/leave":                  key(),
		"POST /v1/talks/{id}/add":                    key("agents", []any{sup.ID}),
		"POST /v1/talks/{id}/remove":                 key("agent", sup.ID),
		"POST /v1/talks/{id}/messages":               key("text", "me"),
		"POST /v1/talks/{id}/edit":                   key("seq", line, "text", "who drinks?"),
		"POST /v1/talks/{id}/redact":                 key("seq", line),
		"POST /v1/talks/{id}/react":                  key("seq", line, "emoji", "👍", "on", true),
		"POST /v1/talks/{id}/pin":                    key("seq", line, "on", true),
		"PUT /v1/talks/{id}/level":                   map[string]any{"level": "none"},
		"POST /v1/me/handover":                       key("lines", []any{}, "brief", "all is quiet"),
		"POST /v1/me/input":                          map[string]any{},
		"POST /v1/alerts/test":                       map[string]any{},
		"PUT /v1/alerts/wishes":                      map[string]any{"away": true},
		"PUT /v1/alerts/page":                        map[string]any{"page": "page-one", "sound": "on", "notices": "default", "wanted": true, "subscribed": false, "hidden": false, "late_ms": 0},
		"PUT /v1/admin/alerts":                       map[string]any{"text": false},
		"PUT /v1/admin/alerts/steps":                 map[string]any{"kinds": []any{map[string]any{"kind": "queue", "push": 10, "colleague": 45, "lead": 120, "mail": 0}}},
		"POST /v1/push":                              map[string]any{"endpoint": desktest.PushService + "x", "keys": map[string]any{"p256dh": "k", "auth": "s"}},
		"POST /v1/sign-out":                          map[string]any{"chats": "keep"},
		"POST /v1/visitor/mail":                      map[string]any{"accept": true, "email": "mia@home.example"},
		"POST /v1/admin/sites":                       map[string]any{"name": "Second", "origins": []string{"https://second.example"}},
		"PATCH /v1/admin/sites/{id}":                 map[string]any{"name": "Shop 2"},
		"PATCH /v1/admin/agents/{id}":                map[string]any{"limit": 3},
		"POST /v1/admin/rehearsals":                  map[string]any{"days": 1, "groups": []any{map[string]any{"id": s.Group.ID, "rules": map[string]any{"limit": 1}}}},
		"POST /v1/admin/invites":                     map[string]any{"email": "third@team.example", "role": "agent"},
		"POST /v1/admin/groups":                      map[string]any{"name": "Third"},
		"PATCH /v1/admin/groups/{id}":                map[string]any{"name": "Others"},
		"PUT /v1/admin/groups/{id}/members":          map[string]any{"members": []any{map[string]any{"agent": bob.ID, "class": "first"}}},
		"PUT /v1/admin/groups/{id}/hook":             map[string]any{"url": "https://hooks.acme.example/x", "kinds": []any{"queue"}, "language": "en", "text": false},
		"POST /v1/admin/groups/{id}/delete":          map[string]any{"successor": "g_other"},
		"POST /v1/saved-replies":                     key("scope", "own", "name", "mine", "text", "hello"),
		"PUT /v1/saved-replies/{id}":                 map[string]any{"scope": "group", "group": "g_other", "name": "other", "text": "hello", "version": 1},
		"POST /v1/saved-replies/drafts":              key("scope", "group", "group", "g_other", "text", "hello"),
		"POST /v1/saved-replies/preview":             map[string]any{"text": "hello {{visitor.name}}"}, "POST /v1/saved-replies/{id}/fill": map[string]any{"conversation": s.paths["{id}"]},
		"POST /v1/saved-replies/import":           map[string]any{"csv": "scope,name,text\nown,a,b\n", "dry": true},
		"POST /v1/feedback/{id}/draft-reply":      key(),
		"POST /v1/conversations/{id}/draft-reply": key("note", answered),
		"PUT /v1/groups/{id}/playbook": map[string]any{"version": 0, "transfer": map[string]any{"when": "For invoices.", "held": map[string]any{}},
			"group_chat": map[string]any{}, "jump_in": map[string]any{}},
		"PUT /v1/admin/routes":       map[string]any{"routes": []any{}},
		"POST /v1/admin/routes/try":  map[string]any{"url": "https://shop.example/"},
		"PUT /v1/admin/routing":      map[string]any{"limit": 4, "timing": map[string]any{}},
		"POST /v1/visitor/messages":  key("text", "hello"),
		"POST /v1/visitor/seen":      map[string]any{"upto": 1},
		"POST /v1/visitor/end":       map[string]any{},
		"POST /v1/visitor/sign-in":   map[string]any{"signed": s.Identity(chat.Identity{Sub: "42", Name: "Mia"}, time.Hour)},
		"POST /v1/visitor/sign-out":  map[string]any{},
		"POST /v1/visits":            map[string]any{"site": s.Site.Key, "path": "/"},
		"POST /v1/stream/up":         map[string]any{"stream": "no", "frame": map[string]any{"type": "watch"}},
		"POST /v1/visitor/stream/up": map[string]any{"stream": "no", "frame": map[string]any{"type": "typing", "on": true}},
	} {
		raw, err := json.Marshal(body)
		s.must(err)
		s.bodies[pattern] = raw
	}
}

// replies makes a reply of the group that the routes about groups name, and one of
// the team.
func (s *stage) replies() (other, teams string) {
	of := func(in desk.SavedReplyInput) string {
		in.Key = s.Key()
		v, _, err := s.Desk.MakeSavedReply(s.t.Context(), s.Owner, in)
		s.must(err)
		return string(v.ID)
	}
	return of(desk.SavedReplyInput{Scope: chat.ScopeGroup, Group: "g_other", Name: "other", Text: "hello"}),
		of(desk.SavedReplyInput{Scope: chat.ScopeTeam, Name: "teams", Text: "hello"})
}

func (s *stage) path(rt route) string {
	id, ok := s.paths[rt.path]
	if !ok {
		id = s.paths["{id}"]
	}
	start, end := strings.Index(rt.path, "{"), strings.Index(rt.path, "}")
	path := rt.path
	if start >= 0 {
		path = rt.path[:start] + id + rt.path[end+1:]
	}
	switch rt.path {
	case "/v1/search":
		path += "?q=hello"
	case "/v1/reference":
		path += "?conversation=" + s.paths["{id}"]
	case "/frame":
		path += "?site=" + s.Site.Key
	}
	return path
}

// answer is what a caller gets from a route: a status, or a close code.
func (s *stage) answer(rt route, caller string) string {
	s.t.Helper()
	c := s.callers[caller]
	if strings.HasSuffix(rt.path, "/stream") {
		return s.streamAnswer(rt, c)
	}
	method := rt.method
	if method == "" {
		method = http.MethodDelete // what no other route takes
	}
	body := s.bodies[rt.pattern()]
	if body == nil && rt.body != nil {
		s.t.Fatalf("%s: no body in this test; add one", rt.pattern())
	}
	r := s.request(method, s.path(rt), body, c)
	if strings.HasSuffix(rt.path, "/files") {
		r = s.upload(rt, c)
	}
	resp, _ := s.send(r)
	return strconv.Itoa(resp.StatusCode)
}

func (s *stage) upload(rt route, c who) *http.Request {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "p.png")
	s.must(err)
	_, err = part.Write(desktest.Picture())
	s.must(err)
	s.must(w.Close())
	r := s.request(rt.method, s.path(rt), form.Bytes(), c)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func (s *stage) streamAnswer(rt route, c who) string {
	auth := map[string]string{"type": "auth", "token": c.by.Token, "site": c.by.Site}
	if rt.method == http.MethodPost {
		raw, err := json.Marshal(auth)
		s.must(err)
		resp, _ := s.send(s.request(rt.method, rt.path, raw, c))
		return strconv.Itoa(resp.StatusCode)
	}
	ws := s.dial(rt.path, c.cookie, s.http.URL)
	defer ws.Close()
	s.must(ws.WriteJSON(auth))
	return firstFrame(s.t, ws)
}

// dial opens a WebSocket with an origin.
func (h *house) dial(path, cookie, origin string) *websocket.Conn {
	h.t.Helper()
	header := http.Header{"Origin": {origin}}
	if cookie != "" {
		header.Set("Cookie", sessionCookie+"="+cookie)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(h.t.Context(), "ws"+strings.TrimPrefix(h.http.URL, "http")+path, header)
	h.must(err)
	return ws
}

// firstFrame is hello, or the code that the server closes with.
func firstFrame(t *testing.T, ws *websocket.Conn) string {
	t.Helper()
	for {
		_, raw, err := ws.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return strconv.Itoa(closed.Code)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(raw), `{"type":"hello"`) {
			return "hello"
		}
	}
}

// rank orders routes so that none ends what a later one needs.
func rank(rt route) int {
	switch rt.pattern() {
	case "POST /v1/sign-out", "POST /v1/visitor/sign-in":
		return 5
	case "POST /v1/visitor/sign-out":
		return 6
	case "POST /v1/conversations/{id}/jump-in", "POST /v1/talks/{id}/redact":
		return 3
	case "DELETE /v1/sessions/{id}", "POST /v1/visitor/end", "POST /v1/conversations/{id}/close", "POST /v1/conversations/{id}/jump-out",
		"POST /v1/talks/{id}/leave", "POST /v1/talks/{id}/archive", "DELETE /v1/saved-replies/{id}":
		return 4
	case "POST /v1/conversations/{id}/unwatch", "POST /v1/conversations/{id}/help-settled", "POST /v1/talks/{id}/remove":
		return 2
	}
	if rt.method == http.MethodGet || rt.pattern() == "POST /v1/conversations/{id}/triage" { // before somebody takes what waits
		return 0
	}
	if rt.pattern() == "POST /v1/conversations/{id}/tell-aside" { // before its lead leaves
		return 0
	}
	return 1
}

func inOrder(routes []route) []route {
	ordered := slices.Clone(routes)
	slices.SortStableFunc(ordered, func(a, b route) int { return rank(a) - rank(b) })
	return ordered
}

func TestPermissions_EveryRouteAnswersEveryCallerAsWritten(t *testing.T) {
	t.Parallel()
	answers := map[string]map[string]string{}
	var routes []route
	for _, caller := range callerNames() {
		s := newStage(t)
		routes = s.server.routes
		answers[caller] = map[string]string{}
		for _, rt := range inOrder(routes) {
			answers[caller][rt.pattern()] = s.answer(rt, caller)
		}
		if log := s.log.String(); strings.Contains(log, `"ERROR"`) {
			t.Errorf("%s: internal errors:\n%s", caller, log)
		}
	}
	var out bytes.Buffer
	table := tabwriter.NewWriter(&out, 0, 1, 2, ' ', 0)
	fmt.Fprintf(table, "route\tfor\t%s\n", strings.Join(callerNames(), "\t"))
	for _, rt := range routes {
		row := []string{rt.pattern(), string(rt.who)}
		for _, caller := range callerNames() {
			row = append(row, answers[caller][rt.pattern()])
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/permissions.golden", trimLines(out.Bytes()))
}

func trimLines(b []byte) []byte {
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return []byte(strings.Join(lines, "\n"))
}
