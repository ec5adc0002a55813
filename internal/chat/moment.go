package chat

import (
	"strings"
	"time"
)

// The limits of coaching. docs/together.md states them.
const (
	MaxMomentWord = 200   // characters of the word of a moment
	MaxCoachText  = 2_000 // characters of feedback, of an answer to it, of why an example is one
	// MaxFeedbackWords is how often the two of feedback can write about it.
	MaxFeedbackWords = 50
)

// FeedbackKind is what a coach thinks of some lines.
type FeedbackKind string

// The kinds. A moment may have none yet.
const (
	Praise  FeedbackKind = "praise"
	Improve FeedbackKind = "improve"
	Wrong   FeedbackKind = "wrong"
)

// Valid reports whether the kind is one of the three.
func (k FeedbackKind) Valid() bool { return k == Praise || k == Improve || k == Wrong }

// Moment is a bookmark in a colleague's chat: what somebody wants to come back
// to. It is its coach's alone.
type Moment struct {
	ID MomentID `json:"id"`
	Lines
	Coach AgentID      `json:"coach"`
	Kind  FeedbackKind `json:"kind,omitempty"`
	Word  string       `json:"word,omitempty"`
	// Feedback is what was made of it, if anything.
	Feedback FeedbackID `json:"feedback,omitempty"`
	At       int64      `json:"at"`
}

// MayMark is the rule of bookmarking a moment of a Thread, besides being admitted
// to it: nobody coaches himself.
func MayMark(t Thread, by AgentID) error {
	if t.Lead == by {
		return Errorf(Denied, "You lead this chat. Moments are for chats of colleagues; make your own an example instead.")
	}
	return nil
}

// NewMoment is the rule of a moment's words.
func NewMoment(m Moment, now time.Time) (Moment, error) {
	if err := m.Lines.Check(); err != nil {
		return m, err
	}
	if m.Kind != "" && !m.Kind.Valid() {
		return m, Errorf(Invalid, "A moment is praise, improve or wrong, or nothing yet.")
	}
	m.Word = CleanLine(strings.ToValidUTF8(m.Word, ""), MaxMomentWord)
	if m.At == 0 {
		m.At = Micros(now)
	}
	return m, nil
}
