package notify_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// quietFor has Ann's quiet hours last so long from now on.
func (s *stage) quietFor(d time.Duration) {
	s.t.Helper()
	now := s.Clock.Now().UTC()
	s.must(s.Desk.SetAlertWishes(s.t.Context(), s.ann, chat.AlertWishes{Quiet: chat.Quiet{From: now.Add(-time.Hour).Format("15:04"), To: now.Add(d).Format("15:04"), Zone: "UTC"}}))
}

func (s *stage) undisturbed(d time.Duration) {
	s.t.Helper()
	until := int64(0)
	if d > 0 {
		until = chat.Micros(s.Clock.Now().Add(d))
	}
	_, err := s.Desk.SetUndisturbed(s.t.Context(), s.ann, until)
	s.must(err)
}

// TestAfterwards_WhatWasHeldBackIsPushedOnceItMayBe goes through each reason and each of
// its ends: a line of his chat and a mention in another come meanwhile, of which he is
// pushed to once each, with what they count by then.
func TestAfterwards_WhatWasHeldBackIsPushedOnceItMayBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hush       chat.Hush
		begin, end func(s *stage)
	}{
		"away, then accepting": {chat.HushOff, func(s *stage) { s.status(s.ann, chat.Away) }, func(s *stage) { s.status(s.ann, chat.Accepting) }},
		"away, then finishing": {chat.HushOff, func(s *stage) { s.status(s.ann, chat.Away) }, func(s *stage) { s.status(s.ann, chat.Finishing) }},
		"away until a time": {chat.HushOff, func(s *stage) {
			_, err := s.Desk.SetStatus(s.t.Context(), s.ann, desk.NewStatus{Status: chat.Away, Until: chat.Micros(s.Clock.Now().Add(time.Hour))})
			s.must(err)
		}, func(s *stage) { s.Clock.Advance(time.Hour - 40*time.Second); s.Connect(s.ann); s.work() }},
		"away, then wanting them there": {chat.HushOff, func(s *stage) { s.status(s.ann, chat.Away) }, func(s *stage) {
			s.must(s.Desk.SetAlertWishes(s.t.Context(), s.ann, chat.AlertWishes{Away: true}))
		}},
		"undisturbed until a time":         {chat.HushUndisturbed, func(s *stage) { s.undisturbed(time.Hour) }, func(s *stage) { s.later(time.Hour - 40*time.Second) }},
		"undisturbed until he says so":     {chat.HushUndisturbed, func(s *stage) { s.undisturbed(time.Hour) }, func(s *stage) { s.undisturbed(0) }},
		"quiet hours, and their end":       {chat.HushQuiet, func(s *stage) { s.quietFor(time.Hour) }, func(s *stage) { s.later(time.Hour - 40*time.Second) }},
		"quiet hours, which he takes back": {chat.HushQuiet, func(s *stage) { s.quietFor(time.Hour) }, func(s *stage) { s.must(s.Desk.SetAlertWishes(s.t.Context(), s.ann, chat.AlertWishes{})) }},
		"undisturbed, then in quiet hours": {chat.HushUndisturbed, func(s *stage) { s.undisturbed(30 * time.Minute); s.quietFor(time.Hour) }, func(s *stage) {
			s.later(30 * time.Minute)
			s.want("quiet hours still")
			s.later(30*time.Minute - 40*time.Second)
		}},
		"quiet hours, and then he was away": {chat.HushQuiet, func(s *stage) { s.quietFor(time.Hour) }, func(s *stage) {
			s.status(s.ann, chat.Away)
			s.later(time.Hour)
			s.want("away")
			s.status(s.ann, chat.Accepting)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			bob := s.Agent("Bob", chat.Member)
			v, _ := s.Taken(s.ann)
			_, other := s.Taken(bob)
			s.work()
			s.arrived()
			c.begin(s)
			v.Says("one")
			_, err := s.Desk.AddNote(t.Context(), bob, other, desk.Message{Key: s.Key(), Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
			s.must(err)
			s.later(20 * time.Second)
			v.Says("two")
			s.later(20 * time.Second)
			s.want("held back")
			if got := s.hushes(); got[chat.AlertMessage] != c.hush || got[chat.AlertMention] != c.hush {
				t.Errorf("held back because of %v, want %q", got, c.hush)
			}
			c.end(s)
			s.later(10 * time.Second)
			got := s.arrived()
			counts := map[chat.AlertKind]int{}
			for _, p := range got {
				if p.Kind != chat.AlertCheck { // the shift goes on
					counts[p.Kind] += p.Count
				}
			}
			if counts[chat.AlertMessage] != 2 || counts[chat.AlertMention] != 1 || len(counts) != 2 {
				t.Errorf("pushed afterwards: %+v", got)
			}
			s.undisturbed(time.Minute)
			s.undisturbed(0)
			s.status(s.ann, chat.Away)
			s.status(s.ann, chat.Accepting)
			s.later(time.Minute)
			for _, p := range s.arrived() {
				if p.Kind != chat.AlertCheck {
					t.Errorf("pushed once more: %+v", p)
				}
			}
		})
	}
}

// hushes are why Ann's open alerts were held back.
func (s *stage) hushes() map[chat.AlertKind]chat.Hush {
	s.t.Helper()
	all, err := s.Desk.Alerts(s.t.Context(), s.ann)
	s.must(err)
	by := map[chat.AlertKind]chat.Hush{}
	for _, a := range all {
		if a.Alert.EndedAt == 0 {
			by[a.Alert.Kind] = a.Alert.Hush
		}
	}
	return by
}

// TestAfterwards_WhatWasSeenOrIsOverIsNotPushed: he has read one and the other was taken
// back, in quiet hours as within the time that is left to the sound.
func TestAfterwards_WhatWasSeenOrIsOverIsNotPushed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v, c := s.Taken(s.ann)
	s.work()
	s.arrived()
	s.status(s.ann, chat.Away)
	v.Says("one")
	s.later(20 * time.Second)
	s.status(s.ann, chat.Accepting)
	s.later(9 * time.Second)
	s.want("the sound has its time")
	s.must(s.Desk.MarkRead(t.Context(), s.ann, c, 1<<40))
	s.later(time.Minute)
	s.want("he has read it")
}
