package chat

import (
	"time"
)

// Audio is whether a page may make a sound, as its browser says.
type Audio string

// The ways in which a page stands with its sound.
const (
	AudioOn      Audio = "on"
	AudioBlocked Audio = "blocked" // the browser wants a click first, or was told to be quiet
	AudioOff     Audio = "off"     // its person has switched it off
	AudioMissing Audio = "missing" // there is nothing to play it
)

// Permission is what a browser says about notifications of the inbox.
type Permission string

// The permissions.
const (
	PermissionGranted Permission = "granted"
	PermissionDenied  Permission = "denied"
	PermissionDefault Permission = "default" // nobody was asked yet
	PermissionMissing Permission = "missing" // it has no notifications
)

// PageWord is what an open page of the inbox has said of itself last.
type PageWord struct {
	Page string `json:"page" doc:"A name that the page has made for itself." minLength:"8" maxLength:"40" pattern:"^[A-Za-z0-9_-]+$"`
	At   int64  `json:"at,omitempty" doc:"When it said so; the server's to fill in."`
	// Sound and Notices are what its browser allows; Wanted is that its person wants
	// notifications of the page.
	Sound      Audio      `json:"sound" enum:"on,blocked,off,missing"`
	Notices    Permission `json:"notices" enum:"granted,denied,default,missing"`
	Wanted     bool       `json:"wanted" doc:"Notifications of the open page are wanted."`
	Subscribed bool       `json:"subscribed" doc:"The browser has a subscription to be pushed to."`
	Hidden     bool       `json:"hidden"`
	Late       int64      `json:"late_ms" doc:"By how much its timers came late at most, in milliseconds." minimum:"0"`
}

// Proof is how far the last push to a device has come, and when the device showed one
// last.
type Proof struct {
	SentAt     int64  `json:"sent_at,omitempty"`
	AnsweredAt int64  `json:"answered_at,omitempty"`
	Outcome    string `json:"outcome,omitempty" doc:"What the push service answered; empty = nothing yet."`
	ShownAt    int64  `json:"shown_at,omitempty"`
}

// DeviceFacts are what is known of a device that an agent is signed in on.
type DeviceFacts struct {
	Session    SessionID  `json:"session"`
	Name       string     `json:"name" doc:"Browser and system."`
	Mobile     bool       `json:"mobile"`
	Connected  bool       `json:"connected" doc:"A page of it is open."`
	Subscribed bool       `json:"subscribed" doc:"It is pushed to without an open page."`
	Loud       bool       `json:"loud" doc:"It cannot be tested without a notification: so it is at the beginning of a shift and where somebody asks alone."`
	Proof      Proof      `json:"proof"`
	Pages      []PageWord `json:"pages" nullable:"false"`
}

// Reached is whether alerts arrive.
type Reached string

// The answers.
const (
	ReachedYes     Reached = "heard"
	ReachedNo      Reached = "deaf"
	ReachedAbsent  Reached = "absent"  // no device is signed in, or nothing of Earshot is open on any
	ReachedUnknown Reached = "unknown" // the test is under way, or the device is a program
)

// Reach is whether alerts arrive at an agent, or at one of his devices, and why not: in
// sentences that say what to do.
type Reach struct {
	State   Reached `json:"state" enum:"heard,deaf,absent,unknown"`
	Why     string  `json:"why,omitempty"` // its English
	Because Because `json:"because,omitempty" nullable:"false"`
}

const (
	// CheckEvery is how often the devices of who is on shift are tested.
	CheckEvery = time.Hour
	// proofLasts is how long an answer holds: a round, and the time for the next answer.
	proofLasts = CheckEvery + 10*time.Minute
	// loudProofLasts is the same of a device that is tested once in a shift.
	loudProofLasts = 12 * time.Hour
	// answersWithin is how long a device has for its answer before it is said that none came.
	answersWithin = time.Minute
	// asleepFrom is how late the timers of a page are that its browser has put to sleep:
	// once a minute is usual for a page that nobody looks at, and rings still.
	asleepFrom = 75 * time.Second
)

// ReachOf judges the devices of an agent.
func ReachOf(name string, devices []DeviceFacts, now time.Time) Reach {
	if len(devices) == 0 {
		return reach(ReachedAbsent, Say("reach.signed-out", name))
	}
	var why Because
	state, newest, there := ReachedNo, int64(0), false
	for _, d := range devices {
		r := d.Reach(name, now)
		switch r.State {
		case ReachedYes:
			return r
		case ReachedUnknown:
			state = ReachedUnknown
		case ReachedNo:
			why = append(why, r.Because...)
		}
		there = there || d.Connected || d.Subscribed
		newest = max(newest, d.heardAt())
	}
	switch {
	case state == ReachedUnknown:
		return reach(ReachedUnknown, Say("reach.testing", name))
	case !there:
		return reach(ReachedAbsent, Say("reach.closed", name))
	case newest != 0 && !within(newest, now, proofLasts):
		why = append(Because{unanswered(name, newest, now)}, why...)
	}
	return reach(ReachedNo, why...)
}

func reach(state Reached, why ...Sentence) Reach {
	b := Because(why)
	return Reach{State: state, Because: b, Why: b.English()}
}

func unanswered(agent string, since int64, now time.Time) Sentence {
	return Say("reach.silence", agent, now.Sub(time.UnixMicro(since)).Truncate(time.Minute))
}

// heardAt is when a device answered last. That it is connected is no answer: a browser
// keeps the line of a page that it has put to sleep.
func (d DeviceFacts) heardAt() int64 {
	at := d.Proof.ShownAt
	for _, p := range d.Pages {
		at = max(at, p.At)
	}
	return at
}

// Reach judges one device.
func (d DeviceFacts) Reach(agent string, now time.Time) Reach {
	var device any = d.Name
	if d.Name == "" {
		device = Word("reach.device")
	}
	page, open := d.page(now)
	switch {
	case open && page.sounds():
		return reach(ReachedYes, Say("reach.by.sound", device))
	case open && page.shows():
		return reach(ReachedYes, Say("reach.by.page", device))
	case d.Subscribed && within(d.Proof.ShownAt, now, d.lasts()):
		return reach(ReachedYes, Say("reach.by.push", device))
	case d.Connected && len(d.Pages) == 0, d.Subscribed && within(d.Proof.SentAt, now, answersWithin):
		return reach(ReachedUnknown, Say("reach.testing", agent))
	}
	var why Because
	if open {
		why = page.silent(agent, device)
	}
	why = append(why, d.unpushed(agent, device, page, open)...)
	if len(why) == 0 {
		return reach(ReachedAbsent, Say("reach.closed", agent))
	}
	return reach(ReachedNo, why...)
}

// ProofDue reports whether a device that is tested less often has not been sent anything,
// and has shown nothing, for so long that nothing is proven of it any more.
func (d DeviceFacts) ProofDue(now time.Time) bool {
	return !within(max(d.Proof.SentAt, d.Proof.ShownAt), now, d.lasts())
}

func (d DeviceFacts) lasts() time.Duration {
	if d.Loud {
		return loudProofLasts
	}
	return proofLasts
}

func within(at int64, now time.Time, span time.Duration) bool {
	return at != 0 && now.Sub(time.UnixMicro(at)) < span
}

// page is the page of an open device through which its person hears most.
func (d DeviceFacts) page(now time.Time) (best PageWord, open bool) {
	for _, p := range d.Pages {
		if !d.Connected || !within(p.At, now, proofLasts) {
			continue
		}
		if !open || p.rank() > best.rank() {
			best, open = p, true
		}
	}
	return best, open
}

func (p PageWord) rank() int {
	switch {
	case p.sounds():
		return 3
	case p.shows():
		return 2
	case !p.asleep():
		return 1
	}
	return 0
}

func (p PageWord) asleep() bool { return p.Late >= asleepFrom.Milliseconds() }
func (p PageWord) sounds() bool { return p.Sound == AudioOn && !p.asleep() }
func (p PageWord) shows() bool {
	return p.Notices == PermissionGranted && p.Wanted && !p.asleep()
}

// silent is why an open page makes no sound.
func (p PageWord) silent(agent string, device any) Because {
	switch {
	case p.asleep():
		return Says("reach.asleep", agent, device, time.Duration(p.Late)*time.Millisecond)
	case p.Sound == AudioBlocked:
		return Says("reach.sound.blocked", agent, device)
	case p.Sound == AudioOff:
		return Says("reach.sound.off", agent, device)
	}
	return Says("reach.sound.missing", agent, device)
}

// unpushed is why no push reaches a device; nothing where it is closed and nobody has
// asked for pushes there.
func (d DeviceFacts) unpushed(agent string, device any, page PageWord, open bool) Because {
	switch {
	case open && page.Notices == PermissionDenied:
		return Says("reach.push.denied", agent, device)
	case !d.Subscribed && open && page.Subscribed:
		return Says("reach.push.over", agent, device)
	case !d.Subscribed && open:
		return Says("reach.push.off", agent, device)
	case !d.Subscribed:
		return nil
	case d.Proof.Outcome == "refused":
		return Says("reach.push.refused", agent, device)
	case d.Proof.Outcome == "later":
		return Says("reach.push.later", agent, device)
	}
	return Says("reach.push.silent", agent, device)
}
