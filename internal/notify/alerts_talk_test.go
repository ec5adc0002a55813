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
