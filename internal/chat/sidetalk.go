package chat

import (
	"slices"
	"time"
)

const (
	// MaxSideTalks is how many side-talks one Thread has at most, those that are over
	// included.
	MaxSideTalks = 30
	// SidePatience is after how long without an answer the asker is offered a line for
	// the visitor. docs/channels.md states it.
	SidePatience = 90 * time.Second
	maxSideBy    = 20 // colleagues whom a side-talk names as having answered
)

// SideTalk is a question to colleagues about a customer's Conversation, asked in a
// talk of theirs: a group's own channel or a direct talk. What is answered there
// under the question comes back as a note, as long as it is not over. It belongs to
// a Thread and goes where that goes.
type SideTalk struct {
	Seq int64   `json:"seq"` // of side.asked
	By  AgentID `json:"by"`
	// Agent or Group is who was asked.
	Agent AgentID `json:"agent,omitempty"`
	Group GroupID `json:"group,omitempty"`
	// Talk and Message are where the question stands.
	Talk    ConversationID `json:"talk"`
	Message int64          `json:"message"`
	// Text is the beginning of the question.
	Text string `json:"text,omitempty"`
	At   int64  `json:"at"`
	// Due is when the asker is offered a line for the visitor, Told when the visitor
	// had it.
	Due  int64 `json:"due"`
	Told int64 `json:"told,omitempty"`
	// Answers are how many came back, Last is the note of the newest one, Answered the
	// time of the first, and Answerers who has answered.
	Answers   int       `json:"answers,omitempty"`
	Last      int64     `json:"last,omitempty"`
	Answered  int64     `json:"answered,omitempty"`
	Answerers []AgentID `json:"answerers,omitempty"`
	// Further is the note of the newest further question; it waits as long as Last is
	// before it.
	Further int64 `json:"further,omitempty"`
	// Used is when an answer was put into a reply.
	Used int64 `json:"used,omitempty"`
	// Ended is when it was over, How how: Withdrawn, TakenBack, GroupDeleted or
	// SideClosed.
	Ended int64  `json:"ended,omitempty"`
	How   string `json:"how,omitempty"`
}

// How a side-talk ends, besides Withdrawn.
const (
	TakenBack  = "taken_back" // the question was taken back in the talk
	SideClosed = "closed"     // with its Thread
)

// SideState is where a side-talk is.
type SideState string

// The states of a side-talk.
const (
	SideOpen      SideState = "open"
	SideAnswered  SideState = "answered"
	SideUsed      SideState = "used"
	SideWithdrawn SideState = "withdrawn"
	SideOver      SideState = "over" // its Thread is closed
)

// State returns where it is.
func (s SideTalk) State() SideState {
	switch {
	case s.Ended != 0 && s.How == SideClosed:
		return SideOver
	case s.Ended != 0:
		return SideWithdrawn
	case s.Further > s.Last:
		return SideOpen
	case s.Used != 0:
		return SideUsed
	case s.Answers > 0:
		return SideAnswered
	}
	return SideOpen
}

// Live reports whether answers still come back.
func (s SideTalk) Live() bool { return s.Ended == 0 }

// SideAsked is of whom a question asks, in the body of side.asked.
type SideAsked struct {
	Agent AgentID `json:"agent,omitempty"`
	Group GroupID `json:"group,omitempty"`
	// Name is the colleague's or the group's, as it was.
	Name    string         `json:"name"`
	Talk    ConversationID `json:"talk"`
	Message int64          `json:"message"`
	Due     int64          `json:"due"`
}

// SideAnswer is where a note comes from that was an answer in a talk.
type SideAnswer struct {
	Side int64          `json:"side"` // the seq of side.asked
	Talk ConversationID `json:"talk"`
	Seq  int64          `json:"seq"` // of the answer in the talk
	// Files are how many stand under it in the talk: they are for its readers.
	Files int `json:"files,omitempty"`
	// Due stands on what is no answer but a further question: when its author is
	// offered a line for the visitor.
	Due int64 `json:"due,omitempty"`
}

// SideLeft is what a side-talk has when one of its notes was taken back, in the body of
// redact: the fields are those of [SideTalk].
type SideLeft struct {
	Side      int64     `json:"side"` // the seq of side.asked
	Answers   int       `json:"answers,omitempty"`
	Last      int64     `json:"last,omitempty"`
	Answered  int64     `json:"answered,omitempty"`
	Answerers []AgentID `json:"answerers,omitempty"`
	Further   int64     `json:"further,omitempty"`
}

// SideCard stands on a question in a talk: which Conversation it is about, which
// each reader sees with his own rights, and how the question stands.
type SideCard struct {
	Conversation ConversationID `json:"conversation"`
	State        SideState      `json:"state"`
	Answerers    []AgentID      `json:"answerers,omitempty"`
}

// Card returns what the talk shows of it.
func (s SideTalk) Card(c ConversationID) SideCard {
	return SideCard{Conversation: c, State: s.State(), Answerers: s.Answerers}
}

// Same reports whether both show the same.
func (c SideCard) Same(other SideCard) bool {
	return c.State == other.State && slices.Equal(c.Answerers, other.Answerers)
}

// SideCarded is the body of side.card: a question's card says something else from
// now on. The target holds it already.
type SideCarded struct {
	Target int64    `json:"target"`
	Card   SideCard `json:"card"`
}

// SideChanged is the body of side.ended, side.used and side.told.
type SideChanged struct {
	Side int64  `json:"side"`           // the seq of side.asked
	How  string `json:"how,omitempty"`  // of side.ended
	Note int64  `json:"note,omitempty"` // of side.used
}

// Blind is the detail of the conflict that a question is answered with which asks
// colleagues who may not see the Thread: they read the question and nothing else.
// MayGrant: the asker may let the one whom he asks see it.
type Blind struct {
	Agents   []AgentID `json:"agents"`
	MayGrant bool      `json:"may_grant"`
}

// SideTalkAt finds the side-talk whose question stands somewhere.
func (t *Thread) SideTalkAt(talk ConversationID, message int64) (SideTalk, bool) {
	if t == nil {
		return SideTalk{}, false
	}
	i := slices.IndexFunc(t.SideTalks, func(s SideTalk) bool { return s.Talk == talk && s.Message == message })
	if i < 0 {
		return SideTalk{}, false
	}
	return t.SideTalks[i], true
}

// SideTalk finds a side-talk by the seq of its side.asked.
func (t *Thread) SideTalk(seq int64) (SideTalk, bool) {
	if t == nil {
		return SideTalk{}, false
	}
	i := slices.IndexFunc(t.SideTalks, func(s SideTalk) bool { return s.Seq == seq })
	if i < 0 {
		return SideTalk{}, false
	}
	return t.SideTalks[i], true
}
