package notify_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/notify"
	"earshot/internal/notify/notifytest"
	"earshot/internal/store"
)

// stage is a world whose devices are browsers of a push service.
type stage struct {
	*desktest.World
	t       *testing.T
	service *notifytest.Service
	alerts  notify.Alerts
	hooks   *notify.Hooks // nil = no group has one
	ann     chat.Agent
	phone   chat.SessionID
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{World: desktest.New(t), t: t, service: notifytest.NewService(t)}
	p, _ := pusher(t, s.service)
	s.alerts = notify.Alerts{Desk: s.Desk, Pusher: p}
	s.ann = s.Agent("Ann", chat.Member)
	s.phone = s.device(s.ann, "phone")
	return s
}

// device signs an agent in on a device that is pushed to.
func (s *stage) device(a chat.Agent, name string) chat.SessionID {
	s.t.Helper()
	id, sub := s.SignIn(a).Session.ID, s.service.Subscribe(s.t, name)
	s.Write(func(tx *store.Tx) error {
		return tx.SaveSubscription(store.Subscription{Session: id, Agent: a.ID, Endpoint: sub.Endpoint, P256DH: sub.P256DH, Auth: sub.Auth})
	})
	return id
}

// work runs every job of alerts that is due, as jobs does, and answers how many asked
// to be tried again.
func (s *stage) work() (failed int) {
	s.t.Helper()
	for {
		ran, again := runDue(s.World, time.Hour, s.do)
		failed += again
		if ran == 0 {
			return failed
		}
	}
}

// do does one job by its handler, as app has it.
func (s *stage) do(j store.Job) error {
	switch j.Kind {
	case desk.JobAlert:
		return s.alerts.Push(s.t.Context(), j.Body)
	case desk.JobCheck:
		return s.Desk.CheckDevices(s.t.Context(), j.Body)
	case desk.JobWaiting:
		return s.Desk.AskTheQueue(s.t.Context(), j.Body)
	case desk.JobHook:
		return s.hooks.Tell(s.t.Context(), j.Body)
	case desk.JobMail:
		return s.alerts.Mail(s.t.Context(), j.Body)
	case desk.JobStep:
		return s.Desk.ClimbAlert(s.t.Context(), j.Body)
	case desk.JobPromise:
		return s.Desk.WarnOfPromise(s.t.Context(), j.Body)
	case desk.JobEndBadge:
		return s.Desk.EndBadge(s.t.Context(), j.Body)
	case desk.JobEndStatus:
		return s.Desk.EndStatus(s.t.Context(), j.Body)
	}
	return nil
}

// later lets time pass and runs what is due then.
func (s *stage) later(d time.Duration) int {
	s.t.Helper()
	s.Clock.Advance(d)
	return s.work()
}

// arrived are the pushes that have arrived since it was asked last.
func (s *stage) arrived() []chat.Pushed {
	s.t.Helper()
	var all []chat.Pushed
	for {
		select {
		case p := <-s.service.Pushed:
			var body chat.Pushed
			if err := json.Unmarshal(p.Body, &body); err != nil {
				s.t.Fatal(err)
			}
			all = append(all, body)
		default:
			return all
		}
	}
}

func (s *stage) want(what string, kinds ...chat.AlertKind) []chat.Pushed {
	s.t.Helper()
	got := s.arrived()
	same := len(got) == len(kinds)
	for i := range min(len(got), len(kinds)) {
		same = same && got[i].Kind == kinds[i]
	}
	if !same {
		s.t.Errorf("%s: pushed %+v, want %v", what, got, kinds)
	}
	return got
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAlerts_WhatIsSeenInTimeIsNotPushed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, c := s.Taken(s.ann)
	s.work()
	s.arrived()
	v.Says("canary-visitor: my card is 4711")
	s.later(9 * time.Second)
	s.want("within the time of the sound")
	s.later(time.Second)
	got := s.want("nobody looked", chat.AlertMessage)
	if len(got) == 1 && (got[0].Conversation != c || got[0].Text != "" || got[0].By != "" || got[0].Count != 1) {
		t.Errorf("pushed %+v", got[0])
	}
	s.later(time.Hour)
	s.want("once is enough")
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	v.Says("another")
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	s.later(time.Hour)
	s.want("it was read in time")
}

func TestAlerts_AfterTheFirstOneTheyAreCounted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, _ := s.Taken(s.ann)
	s.work()
	s.arrived()
	v.Says("one")
	v.Says("two")
	s.later(10 * time.Second)
	first := s.want("two lines are one push", chat.AlertMessage)
	v.Says("three")
	s.later(10 * time.Second)
	second := s.want("a third line tells again", chat.AlertMessage)
	if first[0].Alert != second[0].Alert || first[0].Count != 2 || second[0].Count != 3 {
		t.Errorf("%+v, then %+v", first, second)
	}
}

func TestAlerts_TheWorkspaceMaySayTheText(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, _ := s.Taken(s.ann)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	s.work()
	s.arrived()
	v.Says("do you\nhear me?")
	s.later(10 * time.Second)
	if got := s.want("with its text", chat.AlertMessage); len(got) == 1 && got[0].Text != "do you hear me?" {
		t.Errorf("text %q", got[0].Text)
	}
}

func TestAlerts_GoToWhoIsOnShiftOutsideOfHisQuietHours(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, _ := s.Taken(s.ann)
	s.work()
	s.arrived()
	set := func(status chat.Status) {
		_, err := s.Desk.SetStatus(t.Context(), s.ann, desk.NewStatus{Status: status})
		s.must(err)
	}
	set(chat.Away)
	v.Says("away")
	s.later(10 * time.Second)
	s.want("away")
	s.must(s.Desk.SetAlertWishes(t.Context(), s.ann, chat.AlertWishes{Away: true}))
	v.Says("away, and he wants it")
	s.later(10 * time.Second)
	if got := s.want("away, and he wants it", chat.AlertMessage); len(got) == 1 && got[0].Count != 2 {
		t.Errorf("what came before counts: %+v", got[0])
	}
	set(chat.Accepting)
	at := s.Clock.Now().UTC()
	s.must(s.Desk.SetAlertWishes(t.Context(), s.ann, chat.AlertWishes{Quiet: chat.Quiet{From: at.Add(-time.Hour).Format("15:04"), To: at.Add(time.Hour).Format("15:04"), Zone: "UTC"}}))
	v.Says("quiet")
	s.later(10 * time.Second)
	s.want("in quiet hours")
	_, err := s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	s.later(0)
	s.want("a test arrives always", chat.AlertTest)
}

func TestAlerts_AnsweredByTheServiceAreKept(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	laptop := s.device(s.ann, "laptop")
	s.device(s.ann, "tablet")
	s.service.Answer("phone", 410, "")
	s.service.Answer("laptop", 503, "")
	id, err := s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	if failed := s.later(0); failed != 1 {
		t.Errorf("%d jobs are to be tried again, want 1", failed)
	}
	s.want("the tablet's service takes it over", chat.AlertTest)
	log := func() map[chat.SessionID]store.Delivery {
		all, err := s.Desk.Alerts(t.Context(), s.ann)
		s.must(err)
		by := map[chat.SessionID]store.Delivery{}
		for _, d := range all[0].Devices {
			by[d.Session] = d
		}
		return by
	}
	if got := log(); got[s.phone].Outcome != string(notify.Gone) || got[laptop].Outcome != string(notify.Later) {
		t.Errorf("%+v", got)
	}
	s.service.Answer("laptop", 0, "")
	s.service.Answer("phone", 0, "")
	s.later(time.Hour)
	if got := s.want("tried again on the laptop, and nowhere else", chat.AlertTest); got[0].Alert != id {
		t.Errorf("pushed %+v", got)
	}
	s.must(s.Desk.NoteShown(t.Context(), s.ann, laptop, id))
	if got := log()[laptop]; got.Outcome != string(notify.Accepted) || got.ShownAt == 0 {
		t.Errorf("%+v", got)
	}
	_, err = s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	s.later(0)
	s.want("the phone's subscription is over", chat.AlertTest, chat.AlertTest)
	bob := s.Agent("Bob", chat.Member)
	for what, err := range map[string]error{"shown": s.Desk.NoteShown(t.Context(), bob, laptop, id), "seen": s.Desk.SeeAlert(t.Context(), bob, id)} {
		if !chat.IsKind(err, chat.Missing) {
			t.Errorf("another's alert is %s: %v", what, err)
		}
	}
}

func TestAlerts_SeenOnOneDeviceIsOverOnAll(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, c := s.Taken(s.ann)
	s.work()
	s.arrived()
	v.Says("hello?")
	s.later(10 * time.Second)
	s.want("nobody looked", chat.AlertMessage)
	ended := func() (n int) {
		for _, e := range s.Log(chat.AgentConversation(s.ann.ID)) {
			if e.Kind == chat.KindAlertEnded {
				n++
			}
		}
		return n
	}
	if n := ended(); n != 0 {
		t.Fatalf("%d alerts ended before anybody looked", n)
	}
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	if n := ended(); n != 1 {
		t.Errorf("%d alerts ended by reading, want 1", n)
	}
}

// TestAlerts_AreSeenByReading is of somebody who only reads the chat that he is called
// into, and does nothing there.
func TestAlerts_AreSeenByReading(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	bob := s.Agent("Bob", chat.Member)
	_, c := s.Taken(bob)
	_, err := s.Desk.AddNote(t.Context(), bob, c, desk.Message{Key: "n1", Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
	s.must(err)
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	all, err := s.Desk.Alerts(t.Context(), s.ann)
	s.must(err)
	for _, one := range all {
		if one.Alert.Kind == chat.AlertMention && one.Alert.End == chat.AlertSeen {
			return
		}
	}
	t.Errorf("read, and not seen: %+v", all)
}

// TestAlerts_AreJudgedWhenTheyAreSent takes the right away between the event and the
// push.
func TestAlerts_AreJudgedWhenTheyAreSent(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.SetPolicy(chat.PolicyGroup)
	bob := s.Agent("Bob", chat.Member)
	_, c := s.Taken(bob)
	s.work()
	s.arrived()
	_, err := s.Desk.AddNote(t.Context(), bob, c, desk.Message{Key: "n1", Text: "canary-note for @Ann", Mentions: []chat.AgentID{s.ann.ID}})
	s.must(err)
	out := s.ann
	out.Groups = []chat.GroupID{}
	s.Write(func(tx *store.Tx) error { return tx.SaveAgent(out) })
	s.later(time.Hour)
	s.want("who may not read the note any more")
	s.Write(func(tx *store.Tx) error { return tx.SaveAgent(s.ann) })
	_, err = s.Desk.AddNote(t.Context(), bob, c, desk.Message{Key: "n2", Text: "canary-note again", Mentions: []chat.AgentID{s.ann.ID}})
	s.must(err)
	s.later(time.Hour)
	if got := s.want("who may", chat.AlertMention); len(got) == 1 && got[0].By != "Bob" {
		t.Errorf("pushed %+v", got[0])
	}
}

func TestAlerts_AVisitorWhoWaitsCallsWhoIsOnShift(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	away := s.Agent("Ben", chat.Member)
	s.device(away, "ben")
	_, err := s.Desk.SetStatus(t.Context(), away, desk.NewStatus{Status: chat.Away})
	s.must(err)
	v := s.Visitor()
	v.Says("anybody?")
	s.later(9 * time.Second)
	s.want("within the time of the sound")
	s.later(time.Second)
	got := s.want("ten seconds later: whoever accepts", chat.AlertQueue)
	c := got[0].Conversation
	_, err = s.Desk.Take(t.Context(), s.Owner, c, desk.Taking{Key: s.Key()})
	s.must(err)
	all, err := s.Desk.Alerts(t.Context(), s.ann)
	s.must(err)
	if all[0].Alert.End != chat.AlertOver {
		t.Errorf("somebody took it: %+v", all[0].Alert)
	}
}

// TestEscalation_AStepThatIsRunAgainCallsNobodyTwice runs a job as after a kill between
// what it did and its end.
func TestEscalation_AStepThatIsRunAgainCallsNobodyTwice(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.do([]string{"owner", "is", "away"})
	p.do([]string{"sue", "is", "finishing"})
	for _, name := range []string{"ann", "ben", "cleo"} {
		p.do([]string{name, "is", "away"})
	}
	p.do([]string{"visitor", "writes"})
	p.Clock.Advance(2 * time.Minute)
	var steps []store.Job
	p.Write(func(tx *store.Tx) (err error) {
		steps, err = tx.ClaimJobs(chat.Micros(p.Clock.Now()), chat.Micros(p.Clock.Now()), 50)
		return err
	})
	ran := 0
	for _, j := range steps {
		if j.Kind == desk.JobStep {
			for range 3 {
				p.must(p.Desk.ClimbAlert(t.Context(), j.Body))
				ran++
			}
		}
	}
	p.work()
	all, err := p.Desk.Alerts(t.Context(), p.team["sue"])
	p.must(err)
	if ran == 0 || len(all) != 1 || all[0].Alert.Count != 1 || all[0].Alert.Step == "" {
		t.Errorf("after %d runs she has %+v", ran, all)
	}
}

// outbox is a mail server's side of what is mailed.
type outbox struct {
	answer notify.Answer
	sent   []notify.Mail
}

func (o *outbox) Send(_ context.Context, m notify.Mail) notify.Answer {
	o.sent = append(o.sent, m)
	return o.answer
}

// TestEscalation_TheLastStepIsAMail has no mailer first: the log says so. With one it
// is mailed once, without a word of the visitor or of the note.
func TestEscalation_TheLastStepIsAMail(t *testing.T) {
	t.Parallel()
	for _, mails := range []bool{false, true} {
		p, box := newPlay(t), &outbox{answer: notify.Answer{Outcome: notify.Accepted}}
		if mails {
			p.Desk = p.Mailing()
			p.alerts = notify.Alerts{Desk: p.Desk, Pusher: p.alerts.Pusher, Mailer: box, Base: "https://chat.acme.example"}
		}
		for _, line := range []string{"steps mention 10 0 0 60", "visitor writes", "ben takes", "ben calls ann", "wait 5m"} {
			p.do(strings.Fields(line))
		}
		all, err := p.Desk.Alerts(t.Context(), p.team["ann"])
		p.must(err)
		i := slices.IndexFunc(all, func(a desk.Alerted) bool { return a.Alert.Kind == chat.AlertMention })
		if i < 0 || len(all[i].Steps) != 1 {
			t.Fatalf("the log has %+v", all)
		}
		step := all[i].Steps[0]
		switch {
		case !mails && (len(box.sent) != 0 || step.Reason != "no_mail" || step.Called != 0):
			t.Errorf("without a mailer: %+v, %+v", step, box.sent)
		case mails && (len(box.sent) != 1 || step.Reason != "" || step.Called != 1):
			t.Errorf("with one: %+v, %+v", step, box.sent)
		case mails && (box.sent[0].To != p.team["ann"].Email || !strings.Contains(box.sent[0].Text, "https://chat.acme.example/c/"+string(p.chat)) || strings.Contains(box.sent[0].Text, "look")):
			t.Errorf("mailed %+v", box.sent[0])
		}
	}
}

// TestAlerts_WhoIsAskedInReadsNoTextYet lets an invitation come with words in one
// deed, where pushes hold texts.
func TestAlerts_WhoIsAskedInReadsNoTextYet(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.SetPolicy(chat.PolicyLead)
	s.must(s.Desk.SetPushText(t.Context(), s.Owner, true))
	bob := s.Agent("Bob", chat.Member)
	v, c := s.Taken(bob)
	v.Says("canary-visitor")
	s.work()
	s.arrived()
	_, err := s.Desk.InviteIn(t.Context(), bob, c, desk.Inviting{Key: s.Key(), Agent: s.ann.ID})
	s.must(err)
	v.Says("canary-again")
	said := s.State(c).Conversation.Last.Seq
	s.Write(func(tx *store.Tx) error {
		_, _, err := tx.RaiseAlert(chat.Alert{ID: "al_asked", Agent: s.ann.ID, Kind: chat.AlertInvite, Conversation: c, Seq: said, At: 1})
		return err
	})
	s.later(10 * time.Second)
	got := s.want("asked in", chat.AlertInvite)
	if len(got) == 1 && got[0].Text != "" {
		t.Errorf("a push holds %q, which its agent may not read", got[0].Text)
	}
}

func TestAlerts_WhoDoesNotWantToBeDisturbedIsNot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, _ := s.Taken(s.ann)
	s.work()
	s.arrived()
	until := s.Clock.Now().Add(time.Hour)
	_, err := s.Desk.SetUndisturbed(s.t.Context(), s.ann, chat.Micros(until))
	s.must(err)
	v.Says("are you there?")
	s.later(10 * time.Second)
	s.want("undisturbed")
	s.later(time.Hour)
	s.want("what came meanwhile is not pushed afterwards")
	v.Says("hello?")
	s.later(10 * time.Second)
	s.want("the time is over", chat.AlertMessage)
}
