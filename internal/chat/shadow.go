package chat

import "time"

// Grade is what a coach thinks of a shadow reply beside the real one.
type Grade string

// The grades.
const (
	GradeGood  Grade = "good"
	GradeClose Grade = "close"
	GradeOff   Grade = "off"
)

// Valid reports whether the grade is one of the three.
func (g Grade) Valid() bool { return g == GradeGood || g == GradeClose || g == GradeOff }

// Shadow is a shadow reply: what a trainee would have answered to a visitor's
// message. It is never sent. It is the trainee's, and his coach's once he has
// named one.
type Shadow struct {
	ID           ShadowID       `json:"id"`
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	// Anchor is the seq of the visitor's message that it answers.
	Anchor  int64   `json:"anchor"`
	Trainee AgentID `json:"trainee"`
	Coach   AgentID `json:"coach,omitempty"`
	Text    string  `json:"text"`
	Grade   Grade   `json:"grade,omitempty"`
	// Word is what the coach says with the grade.
	Word    string `json:"word,omitempty"`
	Created int64  `json:"created"`
	Graded  int64  `json:"graded,omitempty"`
	Version int64  `json:"version"`
}

// ShownTo reports whether a person may read the shadow reply.
func (s Shadow) ShownTo(a AgentID) bool { return a != "" && (a == s.Trainee || a == s.Coach) }

// Write is the rule of a shadow reply to an event of a Thread.
func (s Shadow) Write(t Thread, anchor Event, now time.Time) (Shadow, error) {
	switch {
	case t.Open() && t.TakesPart(s.Trainee):
		return s, Errorf(Denied, "You are in this chat: answer the visitor himself.")
	case anchor.Kind != KindMessage || anchor.Actor.Kind != ByVisitor:
		return s, Errorf(Invalid, "A shadow reply answers a message of the visitor. Choose one.")
	}
	text, err := coachText(s.Text)
	if err != nil {
		return s, err
	}
	if text == "" {
		return s, Errorf(Invalid, "The answer is empty. Write what you would say.")
	}
	s.Text, s.Conversation, s.Thread, s.Anchor = text, anchor.Conversation, anchor.Thread, anchor.Seq
	s.Created, s.Version = Micros(now), 1
	return s, nil
}

// Ask is the rule of naming the coach who grades it.
func (s Shadow) Ask(by, coach AgentID) (Shadow, error) {
	switch {
	case by != s.Trainee:
		return s, missingShadow()
	case s.Grade != "":
		return s, Errorf(Conflict, "It was graded already.")
	}
	s.Coach, s.Version = coach, s.Version+1
	return s, nil
}

// Judge is the rule of grading it. The real answer need not be there yet. A grade
// can be given anew.
func (s Shadow) Judge(by AgentID, g Grade, word string, now time.Time) (Shadow, error) {
	switch {
	case by == "" || by != s.Coach:
		return s, missingShadow()
	case !g.Valid():
		return s, Errorf(Invalid, "A grade is good, close or off.")
	}
	word, err := coachText(word)
	if err != nil {
		return s, err
	}
	s.Grade, s.Word, s.Graded, s.Version = g, word, Micros(now), s.Version+1
	return s, nil
}

// Answers reports whether an event is the real answer to the anchor, where it is
// the first such one after it: a message of the team to the visitor.
func (s Shadow) Answers(e Event) bool {
	return e.Conversation == s.Conversation && e.Thread == s.Thread && e.Seq > s.Anchor &&
		e.Kind == KindMessage && e.Actor.Kind == ByAgent
}

func missingShadow() error {
	return Errorf(Missing, "There is no such shadow reply, or it is not yours.")
}
