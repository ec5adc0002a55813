package notify_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// canaryDevices are whose device is whose, by its name.
type canaryDevices map[string]chat.Agent

// TestAlerts_NobodyIsPushedWhatIsNotHis lets all that must not leave be written, and
// reads every push as its device decrypts it: without texts none holds a word of them,
// with texts each is on the devices of those alone who may read it, and a push is always
// on a device of whose alert it is.
func TestAlerts_NobodyIsPushedWhatIsNotHis(t *testing.T) {
	t.Parallel()
	for _, texts := range []bool{false, true} {
		s := newTalks(t)
		s.SetPolicy(chat.PolicyGroup)
		s.must(s.Desk.SetPushText(t.Context(), s.Owner, texts))
		devices := canaryDevices{"phone": s.ann, "bob": s.bob, "cem": s.cem}
		for _, name := range []string{"Gone", "Read"} {
			devices[name] = s.Agent(name, chat.Member)
			s.device(devices[name], name)
		}
		s.canaries(devices)
		s.later(time.Hour)
		may := map[string][]string{"canary-visitor": {"phone"}, "canary-note": {"bob"}, "canary-talk": {"cem"}}
		found := s.walkPushes(texts, devices, may)
		for secret := range may {
			if texts != found[secret] {
				t.Errorf("with texts %t: %s was pushed: %t, so the test proves nothing of it", texts, secret, found[secret])
			}
		}
	}
}

// canaries are written: in a chat that Ann leads, with a note for Bob, for somebody who
// leaves the group and for somebody who reads it as it is to be pushed; and in a talk.
func (s *talks) canaries(devices canaryDevices) {
	s.t.Helper()
	v, c := s.Taken(s.ann)
	s.work()
	s.arrived()
	_, err := s.Desk.AddNote(s.t.Context(), s.ann, c, desk.Message{Key: s.Key(), Text: "canary-note", Mentions: []chat.AgentID{s.bob.ID, devices["Gone"].ID, devices["Read"].ID}})
	s.must(err)
	v.Says("canary-visitor") // last: who writes a note has seen what is above it
	s.say(s.bob, s.lunch, desk.Line{Text: "canary-talk", Mentions: []chat.AgentID{s.cem.ID}})
	gone := devices["Gone"]
	gone.Groups = []chat.GroupID{}
	s.Write(func(tx *store.Tx) error {
		if err := tx.SaveAgent(gone); err != nil {
			return err
		}
		_, err := tx.SetRead(c, devices["Read"].ID, 1<<40) // in the moment before the push
		return err
	})
}

// walkPushes reads what has arrived, and answers which secrets were in it.
func (s *stage) walkPushes(texts bool, devices canaryDevices, may map[string][]string) map[string]bool {
	s.t.Helper()
	found := map[string]bool{}
	if len(s.service.Pushed) == 0 {
		s.t.Fatal("nothing was pushed: the test looks at nothing")
	}
	for len(s.service.Pushed) > 0 {
		p := <-s.service.Pushed
		var body chat.Pushed
		s.must(json.Unmarshal(p.Body, &body))
		s.Read(func(tx *store.Tx) error {
			a, err := tx.Alert(body.Alert)
			if a.Agent != devices[p.Device].ID {
				s.t.Errorf("an alert of %s is pushed to %s", a.Agent, p.Device)
			}
			return err
		})
		if p.Device == "Gone" || p.Device == "Read" {
			s.t.Errorf("pushed to %s, who may not see it or has read it: %s", p.Device, p.Body)
		}
		if !texts && strings.Contains(string(p.Body), "canary") {
			s.t.Errorf("without texts a push holds %s", p.Body)
		}
		for secret, whose := range may {
			if strings.Contains(string(p.Body), secret) {
				found[secret] = true
				if !slices.Contains(whose, p.Device) {
					s.t.Errorf("%s is pushed to %s: %s", secret, p.Device, p.Body)
				}
			}
		}
	}
	return found
}
