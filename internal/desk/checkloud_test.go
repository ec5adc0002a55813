package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// loudPhone is an agent with a phone that notices every test: Apple's push service ends
// the subscription of who shows nothing, so an hourly test would be an hourly
// notification.
type loudPhone struct {
	*desktest.World
	t   *testing.T
	ann chat.Agent
	on  chat.SessionID
}

func newLoudPhone(t *testing.T) *loudPhone {
	t.Helper()
	p := &loudPhone{World: desktest.New(t), t: t}
	p.ann = p.Agent("Ann", chat.Member)
	p.on = p.SignIn(p.ann).Session.ID
	p.Write(func(tx *store.Tx) error {
		return tx.SaveSubscription(store.Subscription{Session: p.on, Agent: p.ann.ID, Endpoint: "https://web.push.apple.com/x", P256DH: "p", Auth: "a"})
	})
	return p
}

func (p *loudPhone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *loudPhone) is(s chat.Status) {
	p.t.Helper()
	_, err := p.Desk.SetStatus(p.t.Context(), p.ann, desk.NewStatus{Status: s})
	p.must(err)
}

// quiet has quiet hours last so long from now on.
func (p *loudPhone) quiet(d time.Duration) {
	p.t.Helper()
	now := p.Clock.Now().UTC()
	p.must(p.Desk.SetAlertWishes(p.t.Context(), p.ann, chat.AlertWishes{Quiet: chat.Quiet{From: now.Add(-time.Hour).Format("15:04"), To: now.Add(d).Format("15:04"), Zone: "UTC"}}))
}

// later lets time pass, does what is due then, and answers how often the phone was
// tested; it shows what it gets, if it does.
func (p *loudPhone) later(d time.Duration, shows bool) (n int) {
	p.t.Helper()
	p.Clock.Advance(d)
	p.must(p.Desk.Sweep(p.t.Context()))
	for {
		var due []store.Job
		p.Write(func(tx *store.Tx) (err error) {
			due, err = tx.ClaimJobs(chat.Micros(p.Clock.Now()), chat.Micros(p.Clock.Now().Add(time.Minute)), 100)
			return err
		})
		if len(due) == 0 {
			return n
		}
		for _, j := range due {
			n += p.do(j, shows)
		}
	}
}

func (p *loudPhone) do(j store.Job, shows bool) (n int) {
	p.t.Helper()
	switch j.Kind {
	case desk.JobCheck:
		p.must(p.Desk.CheckDevices(p.t.Context(), j.Body))
	case desk.JobAlert:
		out, err := p.Desk.DuePushes(p.t.Context(), j.Body)
		p.must(err)
		for _, o := range out {
			var b chat.Pushed
			if err := json.Unmarshal(o.Body, &b); err != nil || b.Kind != chat.AlertCheck || !o.Silent {
				p.t.Errorf("pushed %s, silent %v", o.Body, o.Silent)
			}
			p.must(p.Desk.NotePush(p.t.Context(), o, "accepted", ""))
			if shows {
				p.must(p.Desk.NoteShown(p.t.Context(), p.ann, p.on, o.Alert))
			}
		}
		n = len(out)
	}
	p.Write(func(tx *store.Tx) error { return tx.FinishJob(j.ID) })
	return n
}

func (p *loudPhone) wants(what string, got, want int) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("%s: tested %d times, want %d", what, got, want)
	}
}

func TestChecks_WhatWouldBeNoticedIsTestedOnceInAShift(t *testing.T) {
	t.Parallel()
	p := newLoudPhone(t)
	p.is(chat.Offline)
	p.is(chat.Accepting)
	p.wants("a shift begins", p.later(5*time.Second, true), 1)
	for range 11 {
		p.wants("an hour of it", p.later(time.Hour, true), 0)
	}
	p.wants("what was proven holds no more", p.later(time.Hour, false), 1)
	for range 11 {
		p.wants("it has not answered, and is let be", p.later(time.Hour, false), 0)
	}
}

// TestChecks_AShiftThatBeginsInQuietHoursHasItsTestAfterThem: the next job must know
// that the shift has had none.
func TestChecks_AShiftThatBeginsInQuietHoursHasItsTestAfterThem(t *testing.T) {
	t.Parallel()
	p := newLoudPhone(t)
	p.is(chat.Offline)
	p.is(chat.Accepting)
	p.wants("yesterday", p.later(5*time.Second, true), 1)
	p.is(chat.Offline)
	p.later(time.Hour, true) // what was proven yesterday holds still: it is the shift that asks
	p.quiet(3 * time.Hour)
	p.is(chat.Accepting)
	p.wants("quiet hours", p.later(5*time.Second, true)+p.later(time.Hour, true)+p.later(time.Hour, true), 0)
	p.wants("they are over", p.later(time.Hour, true), 1)
	p.wants("once in a shift", p.later(time.Hour, true)+p.later(time.Hour, true), 0)
}

// TestChecks_WhoEndsTheDayByAwayIsTestedTheNextDay, though no shift has begun from
// offline.
func TestChecks_WhoEndsTheDayByAwayIsTestedTheNextDay(t *testing.T) {
	t.Parallel()
	p := newLoudPhone(t)
	p.is(chat.Offline)
	p.is(chat.Accepting)
	p.wants("the first day", p.later(5*time.Second, true), 1)
	p.is(chat.Away)
	p.wants("he is away", p.later(time.Hour, true), 0)
	p.is(chat.Accepting)
	p.wants("a break is no new day", p.later(6*time.Second, true)+p.later(6*time.Second, true), 0)
	p.is(chat.Away)
	p.wants("the night", p.later(13*time.Hour, true), 0)
	p.is(chat.Accepting)
	p.wants("the next day", p.later(6*time.Second, true)+p.later(6*time.Second, true), 1)
}

// TestChecks_ATestThatFailsIsTriedAgainOnThePhoneToo: that it was sent a moment ago is
// the very try that failed.
func TestChecks_ATestThatFailsIsTriedAgainOnThePhoneToo(t *testing.T) {
	t.Parallel()
	p := newLoudPhone(t)
	p.Clock.Advance(13 * time.Hour)
	p.must(p.Desk.CheckDevices(t.Context(), []byte(`{"agent":"`+string(p.ann.ID)+`"}`)))
	var test []byte
	p.Write(func(tx *store.Tx) error {
		due, err := tx.ClaimJobs(chat.Micros(p.Clock.Now()), chat.Micros(p.Clock.Now().Add(time.Minute)), 100)
		for _, j := range due {
			if j.Kind == desk.JobAlert {
				test = j.Body
			}
		}
		return err
	})
	for try := range 2 {
		out, err := p.Desk.DuePushes(t.Context(), test)
		p.must(err)
		if len(out) != 1 {
			t.Fatalf("try %d is sent to %d devices, want the phone", try+1, len(out))
		}
		p.must(p.Desk.NotePush(t.Context(), out[0], "later", "answered 503"))
	}
}
