package chat

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// HelpCause is what made a chat ask for help.
type HelpCause string

// The causes.
const (
	HelpAsked     HelpCause = "asked"     // a person in the chat raised the flag
	HelpWaiting   HelpCause = "waiting"   // the visitor waits too long for an answer
	HelpQuestions HelpCause = "questions" // several questions have no answer
	HelpWord      HelpCause = "word"      // the visitor used a word that the team lists
	HelpCapitals  HelpCause = "capitals"  // the visitor writes in capitals
	HelpRefund    HelpCause = "refund"    // somebody of the team promised more than the group allows
)

// Help is the raised help flag of a Thread.
type Help struct {
	Since  int64     `json:"since"`
	Cause  HelpCause `json:"cause"`
	Reason string    `json:"reason,omitempty"`
	// By is who raised it, or whose promise did; "" = it rose by itself.
	By AgentID `json:"by,omitempty"`
	// TakenBy says that he comes, since TakenAt; "" = nobody yet.
	TakenBy AgentID `json:"taken_by,omitempty"`
	TakenAt int64   `json:"taken_at,omitempty"`
}

// ofSomebody reports whether it rose by what somebody of the team did: then his own
// answer does not lower it.
func (h Help) ofSomebody() bool { return h.Cause == HelpAsked || h.Cause == HelpRefund }

// HelpRaised is the body of help.
type HelpRaised struct {
	Cause  HelpCause `json:"cause"`
	Reason string    `json:"reason,omitempty"`
	By     AgentID   `json:"by,omitempty"`
	ByName string    `json:"by_name,omitempty"`
}

// How a help flag is lowered.
const (
	HelpByHand   = "hand"   // somebody lowered it
	HelpByAnswer = "answer" // the visitor has his answer, or a colleague came
)

// HelpCleared is the body of help.cleared.
type HelpCleared struct {
	How    string  `json:"how"`
	By     AgentID `json:"by,omitempty"`
	ByName string  `json:"by_name,omitempty"`
	// RaisedMS is how long it was raised, in milliseconds.
	RaisedMS int64 `json:"raised_ms,omitempty"`
}

// The limits of the help flag. docs/together.md states them.
const (
	MaxHelpReason = 300 // characters
	MaxHelpWords  = 200
	MaxHelpWord   = 60 // characters
)

// RaiseHelp is the rule of somebody in the chat asking for help. A flag that rose
// by itself becomes his; who has taken it, has it still.
func RaiseHelp(s State, by Agent, reason string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; nobody needs help in it.")
	case !t.TakesPart(by.ID):
		return nil, Errorf(Denied, "Only who is in this conversation can ask for help in it.")
	case t.Help != nil && t.Help.Cause == HelpAsked && t.Help.Reason == reason:
		return nil, nil
	}
	body := HelpRaised{Cause: HelpAsked, Reason: reason, By: by.ID, ByName: by.Name}
	return []Event{Fact(KindHelp, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// LowerHelp is the rule of lowering the flag by hand: that it is settled is said by who
// wants help, by who may come, and while nobody leads by whoever does more than read.
func LowerHelp(s State, by Agent, e Etiquette, invited bool, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil || t.Help == nil:
		return nil, nil
	case !wanting(t, by.ID) && MoreThanReading(s, by) != nil && !mayHelp(s, by, e, invited):
		return nil, Errorf(Denied, "You only read this conversation, so its help flag is for others to lower. Write a note.")
	}
	return []Event{lowered(t, by, HelpByHand, now)}, nil
}

// LowerByAnswer is the event of a flag that an answer lowers, where one is raised: any
// answer to the visitor where the visitor's doing raised it, a colleague's words where
// somebody asked, or promised too much.
func LowerByAnswer(s State, by Agent, toVisitor bool, now time.Time) []Event {
	t := s.OpenThread()
	if t == nil || t.Help == nil {
		return nil
	}
	if own := t.Help.ofSomebody(); own && by.ID == t.Help.By || !own && !toVisitor {
		return nil
	}
	return []Event{lowered(t, by, HelpByAnswer, now)}
}

func lowered(t *Thread, by Agent, how string, now time.Time) Event {
	body := HelpCleared{How: how, By: by.ID, ByName: by.Name, RaisedMS: t.Help.raised(Micros(now))}
	return Fact(KindHelpCleared, by.Actor(), ForAgents, Micros(now), body)
}

// NeedsHelp is the event of a chat that somebody leads asking for help by itself.
// One that is flagged already answers none.
func NeedsHelp(s State, cause HelpCause, reason string, now time.Time) []Event {
	t := s.OpenThread()
	if t == nil || t.State != Active || t.Help != nil {
		return nil
	}
	return []Event{Fact(KindHelp, System(), ForAgents, Micros(now), HelpRaised{Cause: cause, Reason: reason})}
}

// WaitsTooLong reports whether the visitor of a Thread that somebody leads waits
// longer for an answer than the etiquette allows.
func WaitsTooLong(t Thread, e Etiquette, now time.Time) bool {
	most, on := e.WaitForHelp()
	return on && t.State == Active && t.Help == nil && t.WaitingSince > 0 && t.Mode != Mail && Micros(now)-t.WaitingSince > most
}

// Questions counts the questions of a text: a row of question marks is one.
func Questions(text string) int {
	n, before := 0, false
	for _, r := range text {
		mark := r == '?' || r == '？' || r == '؟' || r == '⁇'
		if mark && !before {
			n++
		}
		before = mark
	}
	return n
}

// CleanHelpWords checks the words that a team lists and returns each once.
func CleanHelpWords(typed []string) ([]string, error) {
	words := []string{}
	for _, text := range typed {
		word := CleanLine(text, MaxHelpWord+1)
		if len([]rune(word)) > MaxHelpWord {
			return nil, Errorf(Invalid, "The word \"%s…\" is too long; at most %d characters.", CleanLine(word, 20), MaxHelpWord)
		}
		if word != "" && spelt(word) != "" && !hasSpelling(words, word) {
			words = append(words, word)
		}
	}
	if len(words) > MaxHelpWords {
		return nil, Errorf(Invalid, "%d words; at most %d fit.", len(words), MaxHelpWords)
	}
	return words, nil
}

func hasSpelling(words []string, word string) bool {
	for _, w := range words {
		if spelt(w) == spelt(word) {
			return true
		}
	}
	return false
}

// HelpWordIn returns the first of the team's words that stands in a text, as a
// whole word and whatever its case and accents; "" = none does.
func HelpWordIn(text string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	said := " " + spelt(text) + " "
	for _, word := range words {
		asked := spelt(word)
		if asked == "" {
			continue
		}
		if !spaced(asked) && strings.Contains(said, asked) || strings.Contains(said, " "+asked+" ") {
			return word
		}
	}
	return ""
}

// spelt is a text in lower case without accents, its words parted by one space.
func spelt(text string) string {
	var out strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if gap && out.Len() > 0 {
				out.WriteByte(' ')
			}
			gap = false
			out.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return out.String()
}

// spaced reports whether a word is of a script that parts its words by spaces; in
// the others a word is found wherever its characters stand.
func spaced(word string) bool {
	for _, r := range word {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return false
		}
	}
	return true
}

// HelpWords is the body of help.words: the words that the team lists by now.
type HelpWords struct {
	Words []string `json:"words"`
}
