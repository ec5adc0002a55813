package chat

import (
	"cmp"
	"slices"
	"time"
)

// AlertID names an alert; prefix "al".
type AlertID string

// AlertKind is what an alert is about.
type AlertKind string

// The kinds of alerts.
const (
	AlertQueue    AlertKind = "queue"    // a visitor waits, and nobody is asked
	AlertAssigned AlertKind = "assigned" // a chat was given to the agent
	AlertOffer    AlertKind = "offer"    // a chat rings for him
	AlertTransfer AlertKind = "transfer" // a colleague passes one on to him
	AlertInvite   AlertKind = "invite"   // he is asked into a group chat
	AlertMention  AlertKind = "mention"  // a note, or a message of a talk, calls him
	AlertHelp     AlertKind = "help"     // help is wanted in a group that he oversees
	AlertPromise  AlertKind = "promise"  // a promised answer is due
	AlertMessage  AlertKind = "message"  // a visitor wrote in a chat that he leads
	AlertTalk     AlertKind = "talk"     // a colleague wrote in a talk
	AlertTest     AlertKind = "test"     // he asked for it, to see that it arrives
	AlertCheck    AlertKind = "check"    // a silent test of his devices, which asks them to answer
)

// Chatter reports whether alerts of the kind come with every line: they are for
// devices alone, and nobody but their agent ever hears of them.
func (k AlertKind) Chatter() bool { return k == AlertMessage || k == AlertTalk }

// AlertEnd is how an alert ended.
type AlertEnd string

// The ends of an alert.
const (
	AlertSeen AlertEnd = "seen" // the agent has seen it, on whichever device
	AlertOver AlertEnd = "over" // there is nothing left to notice
)

// Alert is that an agent ought to notice something. There is one of a kind for an
// agent in a Conversation at a time; what comes after is counted in it.
type Alert struct {
	ID           AlertID        `json:"id"`
	Agent        AgentID        `json:"agent"`
	Kind         AlertKind      `json:"kind"`
	Conversation ConversationID `json:"conversation,omitempty"`
	// Seq is of the newest event that it is about, which its agent must be able to see.
	Seq   int64 `json:"seq,omitempty"`
	Count int   `json:"count"`
	// By is the name of the colleague who did it; "" = a visitor, or nobody.
	By string `json:"by,omitempty"`
	// At is when it was decided, PushedAt when it was pushed last; 0 = not.
	At       int64    `json:"at"`
	PushedAt int64    `json:"pushed_at,omitempty"`
	EndedAt  int64    `json:"ended_at,omitempty"`
	End      AlertEnd `json:"end,omitempty"`
	// Step is by which one its agent was called; "" = it was for him in the first place.
	// For is then whom it was for; "" = whoever came first.
	Step Step    `json:"step,omitempty"`
	For  AgentID `json:"for,omitempty"`
	// Hush is why it was not pushed when its time came.
	Hush Hush `json:"hush,omitempty"`
	// Ladder is common to all whom the steps of one occasion call.
	Ladder string `json:"-"`
}

// Hush is why an agent is not alarmed.
type Hush string

// The reasons. The empty one is that he is.
const (
	HushOff         Hush = "off"         // away or offline, and he wants none then
	HushQuiet       Hush = "quiet"       // his quiet hours
	HushUndisturbed Hush = "undisturbed" // he asked not to be disturbed
	HushDevice      Hush = "device"      // he has no device that is pushed to
)

// AlertRaised is the body of alert.raised: a step calls the agent whose it is, for
// somebody who has not noticed. ForName is his name.
type AlertRaised struct {
	Alert        AlertID        `json:"alert"`
	Kind         AlertKind      `json:"kind"`
	Conversation ConversationID `json:"conversation"`
	Seq          int64          `json:"seq"`
	Step         Step           `json:"step"`
	ForName      string         `json:"for_name,omitempty"`
}

// AlertEnded is the body of alert.ended, for the pages of the agent that may still
// show it.
type AlertEnded struct {
	Alert        AlertID        `json:"alert"`
	Kind         AlertKind      `json:"kind"`
	Conversation ConversationID `json:"conversation,omitempty"`
	How          AlertEnd       `json:"how"`
}

// Call is that an agent is to be alerted.
type Call struct {
	Agent AgentID
	Kind  AlertKind
	Seq   int64
	By    string
	// Step, For and Ladder are as in Alert.
	Step   Step
	For    AgentID
	Ladder string
	// Plain: others are called for the same, and one of them is enough to climb for.
	Plain bool
}

// Standing is what of a State alerts somebody as long as it lasts.
type Standing struct {
	Waits   bool
	Lead    AgentID
	Offers  []AgentID
	Passed  bool // the offers are a transfer's
	Invites []AgentID
	Help    int64 // since when it is wanted and nobody comes; 0 = it is not
}

// StandingOf reads a State.
func StandingOf(s State) Standing {
	t := s.OpenThread()
	if t == nil {
		return Standing{}
	}
	now := Standing{Waits: t.State == Queued && len(t.Offers) == 0 && t.Held == nil, Lead: t.Lead, Passed: t.Transfer != nil}
	for _, o := range t.Offers {
		now.Offers = append(now.Offers, o.Agent)
	}
	for _, i := range t.Invites {
		if i.Agent != "" {
			now.Invites = append(now.Invites, i.Agent)
		}
	}
	if t.Help != nil && t.Help.TakenBy == "" {
		now.Help = t.Help.Since
	}
	return now
}

// Calls are whom events alert by name, the State after them at hand. Nobody is
// alerted of what he did himself.
func Calls(was Standing, s State, events []Event) []Call {
	var calls []Call
	add := func(e Event, kind AlertKind, who ...AgentID) {
		for _, a := range who {
			if a != "" && e.Actor.Agent() != a {
				calls = append(calls, Call{Agent: a, Kind: kind, Seq: e.Seq, By: colleagueOf(e), Plain: kind == AlertPromise && a != who[0]})
			}
		}
	}
	for _, e := range events {
		kind, who := calledBy(s, e)
		add(e, kind, who...)
	}
	if len(events) == 0 || s.Conversation.Kind != FormCustomer {
		return calls
	}
	now, last := StandingOf(s), events[len(events)-1]
	rings := AlertOffer
	if now.Passed {
		rings = AlertTransfer
	}
	add(last, rings, beyond(now.Offers, was.Offers)...)
	add(last, AlertInvite, beyond(now.Invites, was.Invites)...)
	if now.Lead != was.Lead && !slices.Contains(was.Offers, now.Lead) {
		add(last, AlertAssigned, now.Lead)
	}
	return calls
}

// calledBy is whom one event calls.
func calledBy(s State, e Event) (AlertKind, []AgentID) {
	switch e.Kind {
	case KindMessage:
		if t := s.OpenThread(); t != nil && e.Actor.Kind == ByVisitor {
			return AlertMessage, []AgentID{t.Lead}
		}
	case KindPromiseDue:
		if body, err := Decode[PromiseDue](e); err == nil {
			return AlertPromise, body.Tell
		}
	}
	return "", nil
}

func colleagueOf(e Event) string {
	if e.Actor.Kind == ByAgent {
		return e.Actor.Name
	}
	return ""
}

func beyond(now, was []AgentID) []AgentID {
	return slices.DeleteFunc(slices.Clone(now), func(a AgentID) bool { return slices.Contains(was, a) })
}

// Listeners are whom a message of a talk alerts: all of a direct talk, in a channel
// who asked for it, but for those who are called by it anyway or want none.
func Listeners(s State, said Event, called []AgentID, levels Levels) []AgentID {
	if s.Talk == nil {
		return nil
	}
	var all []AgentID
	if s.Conversation.Kind == FormDirect {
		all = slices.Clone(s.Talk.Members)
	}
	for a, l := range levels {
		if l.Level == LevelAll && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(a AgentID) bool {
		l, chosen := levels[a]
		return a == said.Actor.Agent() || slices.Contains(called, a) || chosen && (l.Level != LevelAll || l.Muted(said.At))
	})
}

// Holds reports whether there is still something to notice.
func (a Alert) Holds(s State) bool {
	now, t, whose := StandingOf(s), s.OpenThread(), cmp.Or(a.For, a.Agent)
	switch a.Kind {
	case AlertQueue:
		return now.Waits
	case AlertOffer, AlertTransfer:
		return slices.Contains(now.Offers, whose)
	case AlertInvite:
		return slices.Contains(now.Invites, whose)
	case AlertAssigned, AlertMessage:
		return now.Lead == whose
	case AlertHelp:
		return now.Help != 0
	case AlertPromise:
		return t != nil && t.Promise != nil
	case AlertMention, AlertTalk, AlertTest, AlertCheck:
		return true
	}
	return false
}

// AlertGrace is how long an alert is left to the sound of an open page before it is
// pushed.
const AlertGrace = 10 * time.Second

// AlertWishes are when an agent wants pushes, and how his page sounds. The zero value
// is pushes while he is on shift, and the usual sounds.
type AlertWishes struct {
	Away  bool  `json:"away" doc:"Push also while I am away or offline."`
	Quiet Quiet `json:"quiet,omitzero" doc:"Hours of every day without a push."`
	// Sounds are those of an open page, where they are not the usual ones.
	Sounds map[SoundKind]Sound `json:"sounds,omitempty" doc:"What an open page sounds like, by what it is about; what is not named is as usual."`
}

// Check refuses wishes that mean nothing.
func (w AlertWishes) Check() error {
	return cmp.Or(w.Quiet.check(), checkSounds(w.Sounds))
}

// Hush is why an agent is not alarmed now, "" where he is. A test always arrives: he, or
// who oversees him, asked for it, or it makes no sound.
func (w AlertWishes) Hush(k AlertKind, a Agent, now time.Time) Hush {
	switch {
	case k == AlertTest || k == AlertCheck:
		return ""
	case !OnShift(a) && !w.Away:
		return HushOff
	case w.Quiet.Covers(now):
		return HushQuiet
	}
	return ""
}
