package notify_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// bury runs what is due, and gives up what fails, as jobs does at the last attempt.
func (s *stage) bury() {
	s.t.Helper()
	s.work()
	s.giveUp(func(j store.Job) bool { return j.Attempts > 0 })
}

// giveUp gives up some of the jobs that wait.
func (s *stage) giveUp(which func(store.Job) bool) {
	s.t.Helper()
	s.Write(func(tx *store.Tx) error {
		all, err := tx.ClaimJobs(1<<60, 1<<61, 1000)
		for _, j := range all {
			switch {
			case err != nil:
			case which(j):
				err = tx.BuryJob(j.ID, "canary-error at https://push.example/secret", chat.Micros(s.Clock.Now()))
			default:
				err = tx.ReturnJob(j.ID, j.Due)
			}
		}
		return err
	})
}

func everyJob(store.Job) bool { return true }

func (s *stage) deadAlerts(by chat.Agent) []desk.DeadAlert {
	s.t.Helper()
	all, next, err := s.Desk.DeadAlerts(s.t.Context(), by, "")
	s.must(err)
	if next != "" {
		s.t.Errorf("there is more, behind %s", next)
	}
	return all
}

// TestDead_SaysWhatForWhomAndWhyAndIsTriedAgain gives up a push, whose service answers
// 503, and has it tried once more when the service is well.
func TestDead_SaysWhatForWhomAndWhyAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, c := s.Taken(s.ann)
	s.work()
	s.arrived()
	s.service.Answer("phone", 503, "")
	v.Says("canary-visitor")
	s.Clock.Advance(10 * time.Second)
	s.bury()
	got := s.deadAlerts(s.Owner)
	want := []desk.DeadAlert{{What: desk.DeadPush, Kind: "message", Agent: s.ann.ID, AgentName: "Ann", Conversation: c,
		At: chat.Micros(s.Clock.Now().Add(-10 * time.Second)), GivenUpAt: chat.Micros(s.Clock.Now()), Tries: 2, Cause: "service", Reason: "answered 503"}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(desk.DeadAlert{}, "ID")); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	if raw, err := json.Marshal(got); err != nil || strings.Contains(string(raw), "canary") {
		t.Errorf("it holds %s (%v)", raw, err)
	}
	for what, err := range map[string]error{"a member tries it again": s.Desk.RetryAlert(t.Context(), s.ann, got[0].ID), "a member dismisses it": s.Desk.DismissAlert(t.Context(), s.ann, got[0].ID)} {
		if !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.service.Answer("phone", 0, "")
	s.later(time.Hour)
	s.want("nobody has asked yet")
	s.must(s.Desk.RetryAlert(t.Context(), s.Owner, got[0].ID))
	s.later(0)
	s.want("tried again", chat.AlertMessage)
	if err := s.Desk.RetryAlert(t.Context(), s.Owner, got[0].ID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("once more, when it has gone out: %v", err)
	}
	if left := s.deadAlerts(s.Owner); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestDead_WhatIsOverGoesNotOut: the visitor's line was read when the push was given up.
func TestDead_WhatIsOverGoesNotOut(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, c := s.Taken(s.ann)
	s.service.Answer("phone", 503, "")
	v.Says("hello?")
	s.Clock.Advance(10 * time.Second)
	s.bury()
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	got := s.deadAlerts(s.Owner)
	if len(got) != 1 || !got[0].Over {
		t.Fatalf("%+v", got)
	}
	s.service.Answer("phone", 0, "")
	s.must(s.Desk.RetryAlert(t.Context(), s.Owner, got[0].ID))
	s.later(0)
	s.want("it was read")
	if left := s.deadAlerts(s.Owner); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestDead_ATalkIsNamedToWhoIsInIt alone: an owner reads that somebody was not reached.
func TestDead_ATalkIsNamedToWhoIsInIt(t *testing.T) {
	t.Parallel()
	s := newTalks(t)
	s.say(s.bob, s.direct(s.bob, s.ann), desk.Line{Text: "canary-direct"})
	s.service.Answer("phone", 503, "")
	s.Clock.Advance(10 * time.Second)
	s.bury()
	got := s.deadAlerts(s.Owner)
	if len(got) != 1 || got[0].Kind != "talk" || got[0].Agent != s.ann.ID || got[0].Conversation != "" || got[0].Talk {
		t.Errorf("the owner reads %+v", got)
	}
}

// TestDead_OfEachKindSaysWhatItWas gives up every job of alerts, whatever it was about.
func TestDead_OfEachKindSaysWhatItWas(t *testing.T) {
	t.Parallel()
	h := newHooked(t, nil)
	for _, a := range h.team {
		h.do([]string{nameOf(h.play, a), "is", "away"})
	}
	h.do([]string{"visitor", "writes"})
	h.must(h.Desk.TestHook(t.Context(), h.Owner, h.Group.ID))
	_, err := h.Desk.CheckColleague(t.Context(), h.Owner, h.team["ann"].ID)
	h.must(err)
	h.giveUp(everyJob)
	var got []string
	for _, d := range h.deadAlerts(h.Owner) {
		if d.Cause != "fault" || d.Reason != "" || d.Over || d.GivenUpAt == 0 {
			t.Errorf("%+v", d)
		}
		got = append(got, fmt.Sprintf("%s %s %s for %s%s in %t", d.What, d.Kind, d.Step, d.AgentName, d.GroupName, d.Conversation == h.chat))
	}
	want := []string{"push check  for ann in false", "notice test  for Team in false", "queue queue  for Team in true", "step queue colleague for Team in true"}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	h.must(h.Desk.DismissAlert(t.Context(), h.Owner, h.deadAlerts(h.Owner)[0].ID))
	if n := len(h.deadAlerts(h.Owner)); n != len(want)-1 {
		t.Errorf("after one was dismissed: %d", n)
	}
	h.Clock.Advance(8 * 24 * time.Hour)
	h.must(h.Desk.ForgetOld(t.Context()))
	if left := h.deadAlerts(h.Owner); len(left) != 0 {
		t.Errorf("after a week: %+v", left)
	}
}

func nameOf(p *play, a chat.Agent) string {
	for name, one := range p.team {
		if one.ID == a.ID {
			return name
		}
	}
	return ""
}

// TestDead_IsReadPageByPage has more than a page, of which each is listed once.
func TestDead_IsReadPageByPage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const all = 120
	s.Write(func(tx *store.Tx) error {
		for i := range all {
			err := tx.Enqueue(store.Job{Kind: desk.JobCheck, Key: fmt.Sprint("k", i), Due: 1, Body: []byte(fmt.Sprintf(`{"agent":%q}`, s.ann.ID))})
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.giveUp(everyJob)
	seen, pages := map[string]bool{}, 0
	for next := ""; pages == 0 || next != "" && pages < 10; pages++ {
		page, more, err := s.Desk.DeadAlerts(t.Context(), s.Owner, next)
		s.must(err)
		for _, d := range page {
			if seen[d.ID] {
				t.Errorf("%s is listed twice", d.ID)
			}
			seen[d.ID] = true
		}
		next = more
	}
	if pages != 3 || len(seen) != all {
		t.Errorf("%d on %d pages, want %d on 3", len(seen), pages, all)
	}
	if _, _, err := s.Desk.DeadAlerts(t.Context(), s.Owner, "yesterday"); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a place that is none: %v", err)
	}
}
