package notify_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// talks is a stage with a channel that Ann, Bob and Cem are in, each with a device of
// his name.
type talks struct {
	*stage
	bob, cem chat.Agent
	lunch    chat.ConversationID
}

func newTalks(t *testing.T) *talks {
	t.Helper()
	s := &talks{stage: newStage(t)}
	s.bob, s.cem = s.Agent("Bob", chat.Member), s.Agent("Cem", chat.Member)
	s.device(s.bob, "bob")
	s.device(s.cem, "cem")
	s.lunch = s.channel(desk.NewChannel{Name: "Lunch", With: []chat.AgentID{s.ann.ID, s.cem.ID}})
	return s
}

// channel is one that Bob makes.
func (s *talks) channel(in desk.NewChannel) chat.ConversationID {
	s.t.Helper()
	in.Key = s.Key()
	c, _, err := s.Desk.MakeChannel(s.t.Context(), s.bob, in)
	s.must(err)
	return c
}

func (s *talks) direct(by, with chat.Agent) chat.ConversationID {
	s.t.Helper()
	c, _, err := s.Desk.OpenDirect(s.t.Context(), by, s.Key(), []chat.AgentID{with.ID})
	s.must(err)
	return c
}

func (s *talks) say(by chat.Agent, c chat.ConversationID, in desk.Line) chat.Event {
	s.t.Helper()
	in.Key = s.Key()
	done, err := s.Desk.SayInTalk(s.t.Context(), by, c, in)
	s.must(err)
	return done.Events[0]
}

func (s *talks) wants(a chat.Agent, c chat.ConversationID, level chat.Level, muted time.Duration) {
	s.t.Helper()
	in := chat.TalkLevel{Conversation: c, Level: level}
	if muted > 0 {
		in.MutedUntil = chat.Micros(s.Clock.Now().Add(muted))
	}
	s.must(s.Desk.SetTalkLevel(s.t.Context(), a, in))
}

// read lets everybody have read all of a talk, so that what follows is an alert of its
// own.
func (s *talks) read(c chat.ConversationID) {
	s.t.Helper()
	for _, a := range []chat.Agent{s.ann, s.bob, s.cem} {
		s.must(s.Desk.MarkRead(s.t.Context(), a, c, s.State(c).Conversation.Head))
	}
}

// pushedTo is what arrived on each device since it was asked last, in words.
func (s *stage) pushedTo() map[string][]string {
	s.t.Helper()
	all := map[string][]string{}
	for {
		select {
		case p := <-s.service.Pushed:
			var body chat.Pushed
			s.must(json.Unmarshal(p.Body, &body))
			if body.Kind == chat.AlertCheck {
				continue // the sweep has the devices tested, too
			}
			all[p.Device] = append(all[p.Device], strings.TrimSpace(string(body.Kind)+" "+body.By+" "+body.Text))
			slices.Sort(all[p.Device])
		default:
			return all
		}
	}
}

// tenSeconds pass, and each device has been pushed what is wanted.
func (s *talks) tenSeconds(what string, want pushes) {
	s.t.Helper()
	s.later(chat.AlertGrace)
	if diff := cmp.Diff(want, s.pushedTo()); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

type pushes = map[string][]string

// TestAlerts_MutedIsMutedAlsoForMentions is that a push goes by what somebody has chosen
// for a talk as an open page does.
func TestAlerts_MutedIsMutedAlsoForMentions(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	call := func(what string, want pushes) {
		t.Helper()
		s.say(s.bob, s.lunch, desk.Line{Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
		s.tenSeconds(what+", by name", want)
		s.say(s.bob, s.lunch, desk.Line{Text: "@here", Here: true})
		want["cem"] = []string{"mention Bob"}
		s.tenSeconds(what+", by @here", want)
		s.read(s.lunch)
	}
	call("nothing chosen", pushes{"phone": {"mention Bob"}})
	s.wants(s.ann, s.lunch, chat.LevelNone, 0)
	call("nothing wanted", pushes{})
	s.wants(s.ann, s.lunch, chat.LevelMentions, time.Hour)
	call("muted", pushes{})
	s.wants(s.ann, s.lunch, chat.LevelAll, time.Hour)
	call("all of it, muted", pushes{})
	s.Clock.Advance(time.Hour)
	call("no longer muted", pushes{"phone": {"mention Bob"}})
	s.wants(s.ann, s.lunch, chat.LevelMentions, 0)
	s.say(s.bob, s.lunch, desk.Line{Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
	s.wants(s.ann, s.lunch, chat.LevelNone, 0)
	s.tenSeconds("muted before it was pushed", pushes{})
}

// TestAlerts_NotesCallWhoWantsNothingOfTalks is that levels are a talk's alone.
func TestAlerts_NotesCallWhoWantsNothingOfTalks(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	s.wants(s.ann, s.lunch, chat.LevelNone, 0)
	_, err := s.Desk.AddNote(t.Context(), s.bob, c, desk.Message{Key: "n1", Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
	s.must(err)
	s.tenSeconds("a note", pushes{"phone": {"mention Bob"}})
}

// TestAlerts_WhoLeftATalkHearsNoMoreOfIt is of open channels, which one may read on: what
// was chosen there ends with being in it.
func TestAlerts_WhoLeftATalkHearsNoMoreOfIt(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.wants(s.ann, s.lunch, chat.LevelAll, 0)
	s.wants(s.cem, s.lunch, chat.LevelAll, 0)
	s.say(s.bob, s.lunch, desk.Line{Text: "one"})
	s.tenSeconds("all in it", pushes{"phone": {"talk Bob"}, "cem": {"talk Bob"}})
	s.read(s.lunch)
	s.say(s.bob, s.lunch, desk.Line{Text: "two"})
	_, err := s.Desk.LeaveTalk(t.Context(), s.ann, s.lunch, s.Key())
	s.must(err)
	s.tenSeconds("left before it was pushed", pushes{"cem": {"talk Bob"}})
	s.say(s.bob, s.lunch, desk.Line{Text: "three"})
	_, err = s.Desk.RemoveFromTalk(t.Context(), s.bob, s.lunch, s.Key(), s.cem.ID)
	s.must(err)
	s.tenSeconds("removed before it was pushed", pushes{})
	s.say(s.bob, s.lunch, desk.Line{Text: "four"})
	s.tenSeconds("nobody is in it any more", pushes{})
	if err := s.Desk.SetTalkLevel(t.Context(), s.ann, chat.TalkLevel{Conversation: s.lunch, Level: chat.LevelAll}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who is not in it chooses what he is alerted of: %v", err)
	}
	_, err = s.Desk.JoinTalk(t.Context(), s.ann, s.lunch, s.Key())
	s.must(err)
	s.say(s.bob, s.lunch, desk.Line{Text: "five"})
	s.tenSeconds("who comes back begins anew", pushes{})
}

// TestAlerts_WhoLeftAGroupHearsNoMoreOfItsChannel is of a right that ends without an
// event in the channel; who oversees may read on.
func TestAlerts_WhoLeftAGroupHearsNoMoreOfItsChannel(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.must(s.Desk.Sweep(t.Context()))
	lead := s.Agent("Lea", chat.Supervisor)
	s.device(lead, "lead")
	var c chat.ConversationID
	s.Read(func(tx *store.Tx) (err error) {
		c, _, err = tx.GroupChannel(s.Group.ID)
		return err
	})
	s.wants(s.ann, c, chat.LevelAll, 0)
	s.wants(lead, c, chat.LevelAll, 0)
	say := func() {
		s.say(s.bob, c, desk.Line{Text: "canary for @Cem", Mentions: []chat.AgentID{s.cem.ID}})
	}
	say()
	s.tenSeconds("in the group", pushes{"phone": {"talk Bob"}, "lead": {"talk Bob"}, "cem": {"mention Bob"}})
	s.read(c)
	say()
	for _, a := range []chat.Agent{s.ann, s.cem, lead} {
		a.Groups = []chat.GroupID{}
		s.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
	}
	s.tenSeconds("left before it was pushed", pushes{})
	s.say(s.bob, c, desk.Line{Text: "more"})
	s.tenSeconds("left before it was said", pushes{})
}

// TestAlerts_SayWhetherTheyAreOfATalk is where a notification opens: a talk has another
// address than a conversation with a visitor.
func TestAlerts_SayWhetherTheyAreOfATalk(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	call := desk.Message{Key: "n1", Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}}
	_, err := s.Desk.AddNote(t.Context(), s.bob, c, call)
	s.must(err)
	s.say(s.bob, s.lunch, desk.Line{Text: "@Ann", Mentions: call.Mentions})
	s.say(s.bob, s.direct(s.bob, s.ann), desk.Line{Text: "psst"})
	s.later(chat.AlertGrace)
	got := map[string]bool{}
	for _, p := range s.arrived() {
		got[string(p.Kind)+" "+string(s.State(p.Conversation).Conversation.Kind)] = p.Talk
	}
	want := map[string]bool{"mention customer": false, "mention channel": true, "talk direct": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAlerts_OfATalkReachWhomTheyAreFor lets each be alerted in each way, with texts on,
// and looks at what arrives on whose device.
func TestAlerts_OfATalkReachWhomTheyAreFor(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	away := s.Agent("Eve", chat.Member)
	s.device(away, "eve")
	_, err := s.Desk.SetStatus(t.Context(), away, desk.NewStatus{Status: chat.Away})
	s.must(err)
	_, err = s.Desk.AddToTalk(t.Context(), s.bob, s.lunch, s.Key(), []chat.AgentID{away.ID})
	s.must(err)
	s.must(s.Desk.SetAlertWishes(t.Context(), away, chat.AlertWishes{Away: true}))

	s.say(s.bob, s.lunch, desk.Line{Text: "nothing to hear"})
	s.tenSeconds("a channel begins with mentions", pushes{})
	s.wants(s.cem, s.lunch, chat.LevelAll, 0)
	s.say(s.bob, s.lunch, desk.Line{Text: "who eats?"})
	s.tenSeconds("who wants all", pushes{"cem": {"talk Bob who eats?"}})
	s.read(s.lunch)
	s.wants(s.cem, s.lunch, chat.LevelAll, time.Hour)
	s.say(s.bob, s.lunch, desk.Line{Text: "and now?"})
	s.tenSeconds("all, and muted", pushes{})
	s.wants(s.cem, s.lunch, chat.LevelAll, 0)
	s.say(s.bob, s.lunch, desk.Line{Text: "@Ann soup", Mentions: []chat.AgentID{s.ann.ID}})
	s.tenSeconds("who is called, and who wants all", pushes{"phone": {"mention Bob @Ann soup"}, "cem": {"talk Bob @Ann soup"}})
	s.read(s.lunch)
	s.say(s.bob, s.lunch, desk.Line{Text: "@here now", Here: true})
	s.tenSeconds("who is on shift", pushes{"phone": {"mention Bob @here now"}, "cem": {"mention Bob @here now"}})
	s.read(s.lunch)
	s.say(s.ann, s.lunch, desk.Line{Text: "@Front desk", Groups: []chat.GroupID{s.Group.ID}})
	s.tenSeconds("a group", pushes{"bob": {"mention Ann @Front desk"}, "cem": {"mention Ann @Front desk"}, "eve": {"mention Ann @Front desk"}})
	s.read(s.lunch)

	closed := s.direct(s.bob, s.ann)
	s.say(s.bob, closed, desk.Line{Text: "psst"})
	s.tenSeconds("the other of a direct talk", pushes{"phone": {"talk Bob psst"}})
	s.must(s.Desk.MarkRead(t.Context(), s.ann, closed, 1<<40))
	s.wants(s.ann, closed, chat.LevelMentions, 0)
	s.say(s.bob, closed, desk.Line{Text: "again"})
	s.tenSeconds("who wants mentions alone", pushes{})
}

// TestAlerts_HoldNoWordForWhoLostTheRight is with texts on: between the line and the push
// each loses what let him read it.
func TestAlerts_HoldNoWordForWhoLostTheRight(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.SetPolicy(chat.PolicyGroup)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	secret := s.channel(desk.NewChannel{Name: "Secret", Closed: true, With: []chat.AgentID{s.ann.ID, s.cem.ID}})
	s.wants(s.cem, secret, chat.LevelAll, 0)
	say := func() {
		called := []chat.AgentID{s.ann.ID}
		_, err := s.Desk.AddNote(t.Context(), s.bob, c, desk.Message{Key: s.Key(), Text: "canary note", Mentions: called})
		s.must(err)
		s.say(s.bob, secret, desk.Line{Text: "canary line", Mentions: called})
	}
	say()
	s.tenSeconds("who may read it", pushes{"phone": {"mention Bob canary line", "mention Bob canary note"}, "cem": {"talk Bob canary line"}})
	s.read(c)
	s.read(secret)
	say()
	out := s.ann
	out.Groups = []chat.GroupID{}
	s.Write(func(tx *store.Tx) error { return tx.SaveAgent(out) })
	for _, a := range []chat.Agent{s.ann, s.cem} {
		_, err := s.Desk.RemoveFromTalk(t.Context(), s.bob, secret, s.Key(), a.ID)
		s.must(err)
	}
	s.tenSeconds("who may not any more", pushes{})
}

// TestAlerts_AnAskAsideAndItsAnswer is who is pushed to of a question to a colleague, and
// of what comes back.
func TestAlerts_AnAskAsideAndItsAnswer(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	_, c := s.Taken(s.bob)
	s.work()
	s.arrived()
	_, err := s.Desk.Ask(t.Context(), s.bob, c, desk.Asking{Key: s.Key(), Agent: s.cem.ID, Text: "May she?", Confirmed: true})
	s.must(err)
	s.tenSeconds("asked", pushes{"cem": {"mention Bob May she?"}})
	side := s.State(c).Thread.SideTalks[0]
	s.say(s.cem, side.Talk, desk.Line{Text: "Yes.", ReplyTo: side.Message})
	s.tenSeconds("answered", pushes{"bob": {"mention Cem Yes.", "talk Cem Yes."}})
}

// TestAlerts_WhatIsReadIsNotPushed is of a mark that was set by whatever way: a push goes
// by the mark, and not only by who has set it.
func TestAlerts_WhatIsReadIsNotPushed(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	e := s.say(s.bob, s.lunch, desk.Line{Text: "@Ann and @Cem", Mentions: []chat.AgentID{s.ann.ID, s.cem.ID}})
	s.Write(func(tx *store.Tx) error {
		_, err := tx.SetRead(s.lunch, s.ann.ID, e.Seq)
		return err
	})
	s.tenSeconds("Ann has read it", pushes{"cem": {"mention Bob"}})
}
