package chat

import (
	"net/url"
	"slices"
)

// HookKind is what a Hook tells of.
type HookKind string

// The kinds of what a Hook tells.
const (
	HookQueue     HookKind = "queue"     // a visitor waits, and nobody is asked
	HookHelp      HookKind = "help"      // a help flag is raised
	HookPromise   HookKind = "promise"   // a promised answer is due
	HookUnnoticed HookKind = "unnoticed" // an alert has climbed to the supervisors
	HookTest      HookKind = "test"      // an admin asked for it
)

// HookKinds are those that a Group chooses from.
func HookKinds() []HookKind { return []HookKind{HookQueue, HookHelp, HookPromise, HookUnnoticed} }

// Hook is where a Group's notices go: an incoming webhook of a tool that understands
// Slack's. Its URL is a secret: whoever has it can write there.
type Hook struct {
	Group GroupID    `json:"-"`
	URL   string     `json:"-"`
	Kinds []HookKind `json:"kinds"`
	// Language is that of its words: en or de.
	Language string `json:"language"`
	// Text: a notice that a visitor waits holds the beginning of what he wrote.
	Text bool `json:"text"`
}

const maxHookURL = 1500

// Check refuses a Hook that cannot be one. Whether its URL may be called, the operator
// says.
func (h Hook) Check() error {
	u, err := url.Parse(h.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(h.URL) > maxHookURL:
		return Errorf(Invalid, "That is no address of a webhook. Copy it whole from the tool that made it; it begins with https://.")
	case h.Language != "en" && h.Language != "de":
		return Errorf(Invalid, "Notices are written in English (en) or German (de).")
	case slices.ContainsFunc(h.Kinds, func(k HookKind) bool { return !slices.Contains(HookKinds(), k) }):
		return Errorf(Invalid, "A webhook is told of some of: %v.", HookKinds())
	}
	return nil
}

// Host is what may be shown of where it leads.
func (h Hook) Host() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Tells reports whether the Hook is told of a kind.
func (h Hook) Tells(k HookKind) bool {
	return h.URL != "" && (k == HookTest || slices.Contains(h.Kinds, k))
}

// HookStands reports whether what a notice says is still so.
func HookStands(k HookKind, s State) bool {
	switch k {
	case HookQueue:
		return StandingOf(s).Waits
	case HookHelp:
		return StandingOf(s).Help != 0
	case HookPromise:
		t := s.OpenThread()
		return t != nil && t.Promise != nil
	case HookUnnoticed, HookTest: // of an alert the State says nothing
	}
	return true
}
