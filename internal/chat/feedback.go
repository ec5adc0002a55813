package chat

import (
	"strings"
	"time"
)

// FeedbackState is how far feedback has got.
type FeedbackState string

// The states. Settled and Withdrawn are the last ones.
const (
	FeedbackDraft     FeedbackState = "draft"     // the coach's alone
	FeedbackGiven     FeedbackState = "given"     // the agent has something to look at
	FeedbackSeen      FeedbackState = "seen"      // he has
	FeedbackAnswered  FeedbackState = "answered"  // he has said something about it
	FeedbackAccepted  FeedbackState = "accepted"  // he takes it
	FeedbackDisputed  FeedbackState = "disputed"  // he does not, and says why
	FeedbackSettled   FeedbackState = "settled"   // both leave it at that
	FeedbackWithdrawn FeedbackState = "withdrawn" // the coach has taken it back
)

// Over reports whether nothing can happen to the feedback any more.
func (s FeedbackState) Over() bool { return s == FeedbackSettled || s == FeedbackWithdrawn }

// FeedbackAct is what the two people of feedback do with it.
type FeedbackAct string

// The acts.
const (
	FeedbackGive     FeedbackAct = "give"     // the coach
	FeedbackReply    FeedbackAct = "reply"    // the coach
	FeedbackWithdraw FeedbackAct = "withdraw" // the coach
	FeedbackSee      FeedbackAct = "see"      // the agent
	FeedbackAnswer   FeedbackAct = "answer"   // the agent
	FeedbackAccept   FeedbackAct = "accept"   // the agent
	FeedbackDispute  FeedbackAct = "dispute"  // the agent
	FeedbackSettle   FeedbackAct = "settle"   // either
)

// Feedback is what a coach says about lines that an agent wrote. It is for the
// two of them and nobody else.
type Feedback struct {
	ID FeedbackID `json:"id"`
	Lines
	Coach AgentID      `json:"coach"`
	Agent AgentID      `json:"agent"`
	Kind  FeedbackKind `json:"kind,omitempty"`
	Text  string       `json:"text,omitempty"`
	// Suggestion is a reply that could be kept and used again.
	Suggestion string        `json:"suggestion,omitempty"`
	State      FeedbackState `json:"state"`
	// Words are what the two have said about it since, oldest first.
	Words   []FeedbackWord `json:"words"`
	Created int64          `json:"created"`
	Given   int64          `json:"given,omitempty"`
	Changed int64          `json:"changed"`
	Version int64          `json:"version"`
}

// FeedbackWord is one act and what was said with it.
type FeedbackWord struct {
	By   AgentID     `json:"by"`
	Act  FeedbackAct `json:"act"`
	Text string      `json:"text,omitempty"`
	At   int64       `json:"at"`
}

// ShownTo reports whether a person may read the feedback: its coach, and its
// agent from the moment that it was given.
func (f Feedback) ShownTo(a AgentID) bool {
	return a != "" && (a == f.Coach || a == f.Agent && f.Given > 0)
}

// FeedbackChange changes a draft: nil fields stay.
type FeedbackChange struct {
	Kind       *FeedbackKind
	Text       *string
	Suggestion *string
}

// Change is the rule of writing at a draft.
func (f Feedback) Change(by AgentID, in FeedbackChange, now time.Time) (Feedback, error) {
	if by != f.Coach {
		return f, missingFeedback()
	}
	if f.State != FeedbackDraft {
		return f, Errorf(Conflict, "This feedback was given already. Reply to it, or withdraw it.")
	}
	if in.Kind != nil {
		f.Kind = *in.Kind
	}
	if in.Text != nil {
		f.Text = *in.Text
	}
	if in.Suggestion != nil {
		f.Suggestion = *in.Suggestion
	}
	if f.Kind != "" && !f.Kind.Valid() {
		return f, Errorf(Invalid, "Feedback is praise, improve or wrong.")
	}
	var err error
	if f.Text, err = coachText(f.Text); err != nil {
		return f, err
	}
	if f.Suggestion, err = coachText(f.Suggestion); err != nil {
		return f, err
	}
	f.Changed, f.Version = Micros(now), f.Version+1
	return f, nil
}

// Act is the rule of what the two may do with feedback. Neither of them ever
// waits for the other without a way out: the coach can withdraw, the agent can
// accept, answer or dispute, and what was answered both can settle.
func (f Feedback) Act(by AgentID, act FeedbackAct, text string, now time.Time) (Feedback, error) {
	if !f.ShownTo(by) {
		return f, missingFeedback()
	}
	after, known := f.after(by, act)
	if !known {
		return f, Errorf(Conflict, "This cannot be done with feedback that is %s. Look at it again.", f.State)
	}
	text, err := coachText(text)
	if err == nil {
		err = f.checkWords(act, text)
	}
	if err != nil {
		return f, err
	}
	at := Micros(now)
	if act == FeedbackGive {
		f.Given = at
	}
	if act == FeedbackWithdraw {
		f.Text, f.Suggestion = "", ""
		f.Words = wordsOf(f.Words, f.Agent)
	}
	if act != FeedbackSee && act != FeedbackGive {
		f.Words = append(f.Words[:len(f.Words):len(f.Words)], FeedbackWord{By: by, Act: act, Text: text, At: at})
	}
	f.State, f.Changed, f.Version = after, at, f.Version+1
	return f, nil
}

// after is the state that an act leads to; false where it is not for this person
// or not for this state.
func (f Feedback) after(by AgentID, act FeedbackAct) (FeedbackState, bool) {
	if by == f.Coach {
		return f.afterCoach(act)
	}
	looksAt := f.State == FeedbackGiven || f.State == FeedbackSeen
	said := f.State == FeedbackAnswered || f.State == FeedbackAccepted || f.State == FeedbackDisputed
	switch act {
	case FeedbackSee:
		return FeedbackSeen, f.State == FeedbackGiven
	case FeedbackAnswer:
		return FeedbackAnswered, looksAt || said
	case FeedbackAccept:
		return FeedbackAccepted, looksAt || said && f.State != FeedbackAccepted
	case FeedbackDispute:
		return FeedbackDisputed, looksAt || said && f.State != FeedbackDisputed
	case FeedbackSettle:
		return FeedbackSettled, said
	}
	return "", false
}

func (f Feedback) afterCoach(act FeedbackAct) (FeedbackState, bool) {
	said := f.State == FeedbackAnswered || f.State == FeedbackAccepted || f.State == FeedbackDisputed
	switch act {
	case FeedbackGive:
		return FeedbackGiven, f.State == FeedbackDraft
	case FeedbackReply:
		return FeedbackGiven, said
	case FeedbackSettle:
		return FeedbackSettled, said
	case FeedbackWithdraw:
		return FeedbackWithdrawn, !f.State.Over()
	}
	return "", false
}

func (f Feedback) checkWords(act FeedbackAct, text string) error {
	switch {
	case act == FeedbackGive && !f.Kind.Valid():
		return Errorf(Invalid, "Say first whether it is praise, something to improve, or wrong.")
	case act == FeedbackGive && f.Kind != Praise && f.Text == "":
		return Errorf(Invalid, "Write what could be better; a mark alone helps nobody.")
	case len(f.Words) >= MaxFeedbackWords && (act == FeedbackAnswer || act == FeedbackReply || act == FeedbackDispute):
		return Errorf(Limited, "Enough was written about this. Settle it, or talk to each other.")
	case act == FeedbackDispute && text == "":
		return Errorf(Invalid, "Say why you see it differently.")
	case (act == FeedbackAnswer || act == FeedbackReply) && text == "":
		return Errorf(Invalid, "The answer is empty. Write something.")
	}
	return nil
}

// MayGive is the rule of when feedback reaches its agent: never in the middle of
// the talk.
func MayGive(t Thread) error {
	if t.Open() {
		return Errorf(Conflict, "This chat is still going on. The draft is kept; give it once the chat is closed.")
	}
	return nil
}

func wordsOf(words []FeedbackWord, a AgentID) []FeedbackWord {
	kept := []FeedbackWord{}
	for _, w := range words {
		if w.By == a {
			kept = append(kept, w)
		}
	}
	return kept
}

// missingFeedback is the one answer for what is not there and what is not for
// this person.
func missingFeedback() error {
	return Errorf(Missing, "There is no such feedback, or it is not yours.")
}

// coachText is a text of coaching as it may be stored.
func coachText(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if err := CheckText(text, 0); err != nil {
		return "", err
	}
	if n := len([]rune(text)); n > MaxCoachText {
		return "", Errorf(Invalid, "The text has %d characters; at most %d fit here. Nothing was stored; shorten it.", n, MaxCoachText)
	}
	return text, nil
}
