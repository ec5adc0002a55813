package notify_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// status sets an agent's own word.
func (s *stage) status(a chat.Agent, to chat.Status) {
	s.t.Helper()
	_, err := s.Desk.SetStatus(s.t.Context(), a, desk.NewStatus{Status: to})
	s.must(err)
}

// reach is how Ann is reached, with the code of the first reason.
func (s *stage) reach() (chat.Reached, string) {
	s.t.Helper()
	mine, err := s.Desk.MyReach(s.t.Context(), s.ann)
	s.must(err)
	code := ""
	if len(mine.Reach.Because) > 0 {
		code = mine.Reach.Because[0].Code
	}
	return mine.Reach.State, code
}

func (s *stage) wantReach(what string, state chat.Reached, code string) {
	s.t.Helper()
	if got, why := s.reach(); got != state || why != code {
		s.t.Errorf("%s: %s because of %s, want %s because of %s", what, got, why, state, code)
	}
}

func TestChecks_AtTheBeginOfAShiftAndEveryHour(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.status(s.ann, chat.Offline)
	s.later(2 * time.Hour)
	s.want("off shift nothing is tested")
	s.status(s.ann, chat.Accepting)
	s.later(4 * time.Second)
	s.want("the page has time to come")
	s.later(time.Second)
	first := s.want("a shift begins", chat.AlertCheck)
	s.wantReach("it has a minute", chat.ReachedUnknown, "reach.testing")
	s.must(s.Desk.NoteShown(t.Context(), s.ann, s.phone, first[0].Alert))
	s.wantReach("it answers", chat.ReachedYes, "reach.by.push")
	s.later(59 * time.Minute)
	s.want("not yet")
	s.later(time.Minute)
	second := s.want("an hour later", chat.AlertCheck)
	if second[0].Alert == first[0].Alert || second[0].Text != "" || second[0].Conversation != "" {
		t.Errorf("%+v, then %+v", first[0], second[0])
	}
	s.later(9 * time.Minute)
	s.wantReach("the former answer holds still", chat.ReachedYes, "reach.by.push")
	s.later(2 * time.Minute)
	s.wantReach("no answer for 71 minutes", chat.ReachedNo, "reach.silence")
	s.status(s.ann, chat.Away)
	s.later(3 * time.Hour)
	s.want("away is not on shift")
	s.status(s.ann, chat.Accepting)
	s.must(s.Desk.Sweep(t.Context()))
	s.later(5 * time.Second)
	s.want("back on shift", chat.AlertCheck)
}

func TestChecks_ABreakDoesNotDoubleThem(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.status(s.ann, chat.Offline)
	s.status(s.ann, chat.Accepting)
	s.later(5 * time.Second)
	s.want("a shift begins", chat.AlertCheck)
	for range 3 {
		s.status(s.ann, chat.Away)
		s.later(5 * time.Minute)
		s.status(s.ann, chat.Finishing)
		s.must(s.Desk.Sweep(t.Context()))
		s.later(5 * time.Minute)
	}
	s.want("breaks within the hour")
	s.later(30 * time.Minute)
	s.want("the hour is over", chat.AlertCheck)
}

// TestChecks_AJobThatIsPlayedAgainTestsOnce: the process dies after the commit, and the
// job's lease runs out.
func TestChecks_AJobThatIsPlayedAgainTestsOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.status(s.ann, chat.Offline)
	s.status(s.ann, chat.Accepting)
	s.Clock.Advance(5 * time.Second)
	claim := func() (jobs []store.Job) {
		s.Write(func(tx *store.Tx) (err error) {
			jobs, err = tx.ClaimJobs(chat.Micros(s.Clock.Now()), chat.Micros(s.Clock.Now().Add(time.Minute)), 10)
			return err
		})
		return jobs
	}
	due := claim()
	if len(due) != 1 || due[0].Kind != desk.JobCheck {
		t.Fatalf("due: %+v", due)
	}
	s.must(s.Desk.CheckDevices(t.Context(), due[0].Body))
	s.later(2 * time.Minute)
	s.want("once", chat.AlertCheck)
	s.later(58*time.Minute - 5*time.Second)
	s.want("and not before the hour is over")
	s.later(5 * time.Second)
	s.want("the next", chat.AlertCheck)
}

// TestChecks_WhoHasNoJobGetsOne: who was on shift before there were tests, and whose
// job was given up.
func TestChecks_WhoHasNoJobGetsOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.must(s.Desk.Sweep(t.Context()))
	s.later(5 * time.Second)
	s.want("on shift without a job", chat.AlertCheck)
	s.Write(func(tx *store.Tx) error {
		all, err := tx.ClaimJobs(1<<60, 1<<61, 10)
		for _, j := range all {
			if err == nil && j.Kind == desk.JobCheck {
				err = tx.BuryJob(j.ID, "given up", j.Due)
			}
		}
		return err
	})
	s.must(s.Desk.Sweep(t.Context()))
	s.later(5 * time.Second)
	s.want("its job was given up", chat.AlertCheck)
	s.must(s.Desk.Sweep(t.Context()))
	s.later(5 * time.Minute)
	s.want("one is enough")
}

func TestChecks_QuietHoursAreKept(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	now := s.Clock.Now().UTC()
	quiet := chat.Quiet{From: now.Add(-time.Hour).Format("15:04"), To: now.Add(90 * time.Minute).Format("15:04"), Zone: "UTC"}
	s.must(s.Desk.SetAlertWishes(t.Context(), s.ann, chat.AlertWishes{Quiet: quiet}))
	s.status(s.ann, chat.Offline)
	s.status(s.ann, chat.Accepting)
	s.later(5 * time.Second)
	s.later(time.Hour)
	s.want("quiet hours")
	s.later(time.Hour)
	s.want("they are over", chat.AlertCheck)
}

func TestChecks_TheWayOfAPushIsKeptByDevice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.status(s.ann, chat.Offline)
	s.service.Answer("phone", 403, "")
	s.status(s.ann, chat.Accepting)
	s.later(5 * time.Second)
	s.later(2 * time.Minute)
	s.wantReach("the push service refuses", chat.ReachedNo, "reach.push.refused")
	s.service.Answer("phone", 410, "")
	_, err := s.Desk.CheckColleague(t.Context(), s.ann, s.ann.ID)
	s.must(err)
	s.work()
	s.wantReach("the subscription is over", chat.ReachedAbsent, "reach.closed")
}

func TestChecks_WhoOverseesMayAsk(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ben, sue := s.Agent("Ben", chat.Member), s.Agent("Sue", chat.Supervisor)
	heard, leave := s.Bus.Subscribe()
	defer leave()
	if _, err := s.Desk.CheckColleague(t.Context(), ben, s.ann.ID); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a colleague may test: %v", err)
	}
	s.work()
	s.want("denied")
	s.status(s.ann, chat.Offline)
	_, err := s.Desk.CheckColleague(t.Context(), sue, s.ann.ID)
	s.must(err)
	s.work()
	if got := s.want("before the shift", chat.AlertCheck); len(got) == 1 && got[0].By != "Sue" {
		t.Errorf("by %q", got[0].By)
	}
	for {
		select {
		case sig := <-heard.Signals:
			if sig.Kind != chat.SignalCheck {
				continue
			}
			if !chat.Hears(sig, chat.Access{}, s.ann.Viewer()) || chat.Hears(sig, chat.Access{}, ben.Viewer()) || chat.Hears(sig, chat.Access{}, s.Owner.Viewer()) {
				t.Errorf("heard by others than Ann: %+v", sig)
			}
		default:
			t.Error("her pages were not asked")
		}
		break
	}
}

// TestChecks_WhatWasShownIsAProof: an alert that a device shows proves as much as a
// test; one that was never sent to it proves nothing.
func TestChecks_WhatWasShownIsAProof(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	other := s.device(s.ann, "laptop")
	s.Write(func(tx *store.Tx) error { return tx.DropSubscription(other, "") })
	id, err := s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	s.work()
	s.want("his own test", chat.AlertTest)
	s.must(s.Desk.NoteShown(t.Context(), s.ann, other, id))
	if state, _ := s.reach(); state == chat.ReachedYes {
		t.Error("a device that nothing was sent to is a proof")
	}
	s.must(s.Desk.NoteShown(t.Context(), s.ann, s.phone, id))
	s.wantReach("it was shown", chat.ReachedYes, "reach.by.push")
	log, err := s.Desk.Alerts(t.Context(), s.ann)
	s.must(err)
	if len(log) != 1 || len(log[0].Devices) != 1 || log[0].Devices[0].ShownAt == 0 || log[0].Devices[0].AnsweredAt == 0 || log[0].Alert.At == 0 {
		t.Errorf("log: %+v", log)
	}
	again, err := s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	if again == id {
		t.Error("a second test has the time of the first")
	}
}

// TestChecks_ColleaguesAskOnceAMinute: a phone that cannot be tested without being
// noticed is noticed each time. The hourly test, and one's own, are none of theirs.
func TestChecks_ColleaguesAskOnceAMinute(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sue := s.Agent("Sue", chat.Supervisor)
	asks := func(what string, by chat.Agent, want chat.ErrorKind) {
		t.Helper()
		_, err := s.Desk.CheckColleague(t.Context(), by, s.ann.ID)
		if want == "" && err != nil || want != "" && !chat.IsKind(err, want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	s.must(s.Desk.Sweep(t.Context()))
	s.later(5 * time.Second)
	s.want("the hourly test", chat.AlertCheck)
	asks("after the hourly test", sue, "")
	asks("a moment later", s.Owner, chat.Limited)
	s.work()
	s.want("one of two", chat.AlertCheck)
	asks("her own", s.ann, "")
	s.Clock.Advance(time.Minute)
	asks("a minute later", s.Owner, "")
	s.Clock.Advance(59 * time.Second)
	asks("not yet", sue, chat.Limited)
	s.Clock.Advance(time.Second)
	asks("a minute later again", sue, "")
}
