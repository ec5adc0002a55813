package chat_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
)

var checkedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func before(d time.Duration) int64 { return chat.Micros(checkedAt.Add(-d)) }

// firefox is a device with one open page that is heard.
func firefox(change func(*chat.DeviceFacts, *chat.PageWord)) chat.DeviceFacts {
	p := chat.PageWord{Page: "page-one", At: before(time.Minute), Sound: chat.AudioOn, Notices: chat.PermissionDefault, Wanted: true}
	d := chat.DeviceFacts{Session: "n_1", Name: "Firefox, Linux", Connected: true}
	change(&d, &p)
	d.Pages = []chat.PageWord{p}
	return d
}

// phone is a device without an open page that is pushed to.
func phone(shown, sent time.Duration, outcome string) chat.DeviceFacts {
	d := chat.DeviceFacts{Session: "n_2", Name: "Chrome, Android", Mobile: true, Subscribed: true, Proof: chat.Proof{Outcome: outcome}}
	if shown >= 0 {
		d.Proof.ShownAt = before(shown)
	}
	if sent >= 0 {
		d.Proof.SentAt = before(sent)
	}
	return d
}

func TestReachOf_SaysWhyNotAndWhatToDo(t *testing.T) {
	t.Parallel()
	closed := chat.DeviceFacts{Session: "n_3", Name: "Chrome, Windows"}
	program := chat.DeviceFacts{Session: "n_4", Name: "earshot-client", Connected: true}
	with := func(change func(*chat.PageWord)) chat.DeviceFacts {
		return firefox(func(_ *chat.DeviceFacts, p *chat.PageWord) { change(p) })
	}
	blocked := with(func(p *chat.PageWord) { p.Sound = chat.AudioBlocked })
	denied := with(func(p *chat.PageWord) { p.Sound, p.Notices = chat.AudioBlocked, chat.PermissionDenied })
	two := blocked
	two.Pages = append(two.Pages, chat.PageWord{Page: "page-two", At: before(time.Hour), Sound: chat.AudioOn})
	stale := with(func(p *chat.PageWord) { p.At = before(71 * time.Minute) })
	apple := phone(11*time.Hour, 11*time.Hour, "accepted")
	apple.Loud = true
	for name, c := range map[string]struct {
		devices []chat.DeviceFacts
		state   chat.Reached
		codes   []string
	}{
		"nobody is signed in":                       {nil, chat.ReachedAbsent, []string{"reach.signed-out"}},
		"signed in, and nothing is open":            {[]chat.DeviceFacts{closed}, chat.ReachedAbsent, []string{"reach.closed"}},
		"everything is fine":                        {[]chat.DeviceFacts{with(func(*chat.PageWord) {})}, chat.ReachedYes, []string{"reach.by.sound"}},
		"a program says nothing of itself":          {[]chat.DeviceFacts{program}, chat.ReachedUnknown, []string{"reach.testing"}},
		"sound is blocked":                          {[]chat.DeviceFacts{blocked}, chat.ReachedNo, []string{"reach.sound.blocked", "reach.push.off"}},
		"sound is off":                              {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Sound = chat.AudioOff })}, chat.ReachedNo, []string{"reach.sound.off", "reach.push.off"}},
		"there is no sound":                         {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Sound = chat.AudioMissing })}, chat.ReachedNo, []string{"reach.sound.missing", "reach.push.off"}},
		"sound is blocked, notifications are shown": {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Sound, p.Notices = chat.AudioBlocked, chat.PermissionGranted })}, chat.ReachedYes, []string{"reach.by.page"}},
		"he wants none of them":                     {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Sound, p.Notices, p.Wanted = chat.AudioOff, chat.PermissionGranted, false })}, chat.ReachedNo, []string{"reach.sound.off", "reach.push.off"}},
		"push is denied":                            {[]chat.DeviceFacts{denied}, chat.ReachedNo, []string{"reach.sound.blocked", "reach.push.denied"}},
		"one of two pages sounds":                   {[]chat.DeviceFacts{two}, chat.ReachedYes, []string{"reach.by.sound"}},
		"the page sleeps":                           {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Late, p.Hidden = 75_000, true })}, chat.ReachedNo, []string{"reach.asleep", "reach.push.off"}},
		"once a minute is no sleep":                 {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Late, p.Hidden = 60_000, true })}, chat.ReachedYes, []string{"reach.by.sound"}},
		"its subscription is over":                  {[]chat.DeviceFacts{with(func(p *chat.PageWord) { p.Sound, p.Subscribed = chat.AudioBlocked, true })}, chat.ReachedNo, []string{"reach.sound.blocked", "reach.push.over"}},
		"a phone answers":                           {[]chat.DeviceFacts{closed, phone(69*time.Minute, 9*time.Minute, "accepted")}, chat.ReachedYes, []string{"reach.by.push"}},
		"a phone has a minute to answer":            {[]chat.DeviceFacts{phone(-1, 59*time.Second, "accepted")}, chat.ReachedUnknown, []string{"reach.testing"}},
		"a phone never answered":                    {[]chat.DeviceFacts{phone(-1, time.Minute, "accepted")}, chat.ReachedNo, []string{"reach.push.silent"}},
		"a phone answers no more":                   {[]chat.DeviceFacts{phone(70*time.Minute, 10*time.Minute, "accepted")}, chat.ReachedNo, []string{"reach.silence", "reach.push.silent"}},
		"its push service refuses":                  {[]chat.DeviceFacts{phone(-1, 10*time.Minute, "refused")}, chat.ReachedNo, []string{"reach.push.refused"}},
		"its push service is away":                  {[]chat.DeviceFacts{phone(-1, 10*time.Minute, "later")}, chat.ReachedNo, []string{"reach.push.later"}},
		"what is tested once in a shift":            {[]chat.DeviceFacts{apple}, chat.ReachedYes, []string{"reach.by.push"}},
		"a page that has said nothing for long":     {[]chat.DeviceFacts{stale}, chat.ReachedNo, []string{"reach.silence"}},
		"a phone makes up for a blocked page":       {[]chat.DeviceFacts{blocked, phone(time.Minute, time.Minute, "accepted")}, chat.ReachedYes, []string{"reach.by.push"}},
	} {
		got := chat.ReachOf("Ben", c.devices, checkedAt)
		var codes []string
		for _, s := range got.Because {
			codes = append(codes, s.Code)
		}
		if got.State != c.state || len(codes) != len(c.codes) || got.Why != got.Because.English() {
			t.Errorf("%s: %s %v, want %s %v", name, got.State, codes, c.state, c.codes)
			continue
		}
		for i := range codes {
			if codes[i] != c.codes[i] {
				t.Errorf("%s: %v, want %v", name, codes, c.codes)
			}
		}
	}
	if got := chat.ReachOf("Ben", []chat.DeviceFacts{phone(70*time.Minute, 10*time.Minute, "accepted")}, checkedAt).Because[0].English(); got != "No device of Ben has answered for 70 minutes. Ask Ben to open Earshot." {
		t.Error(got)
	}
}

// TestReach_MoreDevicesNeverHurt: who is reached on one device stays so whatever
// another one says.
func TestReach_MoreDevicesNeverHurt(t *testing.T) {
	t.Parallel()
	fine := firefox(func(*chat.DeviceFacts, *chat.PageWord) {})
	for _, sound := range []chat.Audio{chat.AudioOn, chat.AudioBlocked, chat.AudioOff, chat.AudioMissing} {
		for _, notices := range []chat.Permission{chat.PermissionGranted, chat.PermissionDenied, chat.PermissionDefault, chat.PermissionMissing} {
			for _, late := range []int64{0, 75_000, 600_000} {
				other := firefox(func(d *chat.DeviceFacts, p *chat.PageWord) {
					d.Session, p.Sound, p.Notices, p.Late = "n_9", sound, notices, late
				})
				for _, devices := range [][]chat.DeviceFacts{{fine, other}, {other, fine}} {
					if got := chat.ReachOf("Ben", devices, checkedAt); got.State != chat.ReachedYes {
						t.Errorf("%s, %s, %d ms late: %+v", sound, notices, late, got)
					}
				}
			}
		}
	}
}
