package chat

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Reference names another Conversation, or one message of it, that is shown as a
// card: what stands on it is decided by the rights of whoever reads.
type Reference struct {
	Conversation ConversationID `json:"conversation"`
	Seq          int64          `json:"seq,omitempty"`
}

// Reaction is who has set an emoji under a message.
type Reaction struct {
	Emoji  string    `json:"emoji"`
	Agents []AgentID `json:"agents"`
}

// Reacted is the body of reaction. The target holds it already.
type Reacted struct {
	Target int64  `json:"target"`
	Emoji  string `json:"emoji"`
	On     bool   `json:"on"`
}

// Pinned is the body of pin.
type Pinned struct {
	Target int64 `json:"target"`
	On     bool  `json:"on"`
}

// TalkEmptied is the body of talk.emptied: what was said up to a seq has been
// emptied, since its time was over.
type TalkEmptied struct {
	UpTo int64 `json:"upto"`
}

// NewLine is what an agent wants to say in a talk. Called are all whom it calls,
// by name, by Groups and by Here.
type NewLine struct {
	Text   string
	Files  []FileRef
	Typing time.Duration
	// ReplyTo is the message that it stands under; nil = none.
	ReplyTo *Event
	Called  []AgentID
	Groups  []GroupID
	Here    bool
	Cards   []Reference
}

// SayInTalk is the rule of a message in a talk. A reply to a reply stands under
// the first message: there is one level. It stands there also where that one was
// taken back or its time is over: the others talk on.
func SayInTalk(s State, by Agent, m NewLine, now time.Time) ([]Event, error) {
	if err := CheckText(m.Text, len(m.Files)); err != nil {
		return nil, err
	}
	if err := s.inTalk(by); err != nil {
		return nil, err
	}
	switch {
	case len(m.Called) > MaxCalled:
		return nil, Errorf(Limited, "This calls %d colleagues; one message calls at most %d. Nothing was stored; name those whom it concerns.", len(m.Called), MaxCalled)
	case len(m.Cards) > MaxCards:
		return nil, Errorf(Invalid, "A message holds at most %d cards. Nothing was stored; send the rest in another.", MaxCards)
	}
	said := Said{Text: m.Text, Files: m.Files, TypingMS: m.Typing.Milliseconds(), Mentions: m.Called, Groups: m.Groups, Here: m.Here, Cards: m.Cards}
	if m.ReplyTo != nil {
		root, err := lineOf(*m.ReplyTo)
		if err != nil {
			return nil, err
		}
		if said.ReplyTo = root.ReplyTo; said.ReplyTo == 0 {
			said.ReplyTo = m.ReplyTo.Seq
		}
	}
	return []Event{talkFact(KindMessage, by.Actor(), now, said)}, nil
}

// lineOf reads a message of a talk, whether or not its words are there still.
func lineOf(target Event) (Said, error) {
	if target.Kind != KindMessage {
		return Said{}, Errorf(Invalid, "That is not a message.")
	}
	return Decode[Said](target)
}

// talked reads what was said in a talk and has not been taken back.
func talked(target Event) (Said, error) {
	said, err := lineOf(target)
	if err == nil && said.Emptied != 0 {
		err = Errorf(Gone, "This message was taken back.")
	}
	return said, err
}

// React is the rule of setting an emoji under a message, or taking it away. The
// caller stores the returned body in the target's place. Setting it twice answers
// no event.
func React(s State, target Event, by Agent, emoji string, on bool, now time.Time) ([]Event, Said, error) {
	if err := s.inTalk(by); err != nil {
		return nil, Said{}, err
	}
	said, err := talked(target)
	if err != nil {
		return nil, said, err
	}
	if !isEmoji(emoji) {
		return nil, said, Errorf(Invalid, "That is not an emoji. Nothing was changed.")
	}
	after := reactionsAfter(said.Reactions, by.ID, emoji, on)
	switch {
	case on && len(after) > MaxReactions || on && countReactors(after) > MaxReactors:
		return nil, said, Errorf(Limited, "This message has as many reactions as one can have. Nothing was changed.")
	case countReactors(after) == countReactors(said.Reactions):
		return nil, said, nil
	}
	said.Reactions = after
	return []Event{talkFact(KindReaction, by.Actor(), now, Reacted{Target: target.Seq, Emoji: emoji, On: on})}, said, nil
}

// reactionsAfter is a copy with an agent's emoji set or taken away.
func reactionsAfter(all []Reaction, who AgentID, emoji string, on bool) []Reaction {
	var after []Reaction
	found := false
	for _, r := range all {
		if r.Emoji == emoji {
			found = true
			if r.Agents = without(r.Agents, who); on {
				r.Agents = append(r.Agents, who)
			}
		}
		if len(r.Agents) > 0 {
			after = append(after, r)
		}
	}
	if on && !found {
		after = append(after, Reaction{Emoji: emoji, Agents: []AgentID{who}})
	}
	return after
}

func countReactors(all []Reaction) (n int) {
	for _, r := range all {
		n += len(r.Agents)
	}
	return n
}

const maxEmoji = 12 // characters of the longest sequences: families, flags with a mark

// isEmoji refuses what would be words or layout in the place of a small picture.
// Which pictures there are is for fonts to know.
func isEmoji(text string) bool {
	if text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxEmoji {
		return false
	}
	picture := strings.HasSuffix(text, "\u20e3") // a digit in a key
	for _, r := range text {
		switch {
		case unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.Is(unicode.Sm, r) || r == 0x203c || r == 0x2049:
			picture = true
		case r == 0x200d || r == 0xfe0f || r == 0x20e3 || r >= 0xe0020 && r <= 0xe007f: // joins and marks
		case r == '#' || r == '*' || r >= '0' && r <= '9':
			if !strings.HasSuffix(text, "\u20e3") {
				return false
			}
		default:
			return false
		}
	}
	return picture
}

// Pin is the rule of pinning a message of a talk, or ending that. Pinning twice
// answers no event.
func Pin(s State, target Event, by Agent, on bool, now time.Time) ([]Event, error) {
	if err := s.inTalk(by); err != nil {
		return nil, err
	}
	if slices.Contains(s.Talk.Pins, target.Seq) == on {
		return nil, nil
	}
	if _, err := talked(target); on && err != nil {
		return nil, err
	}
	if on && len(s.Talk.Pins) >= MaxPins {
		return nil, Errorf(Limited, "At most %d messages are pinned. Unpin one first.", MaxPins)
	}
	return []Event{talkFact(KindPin, by.Actor(), now, Pinned{Target: target.Seq, On: on})}, nil
}

// EditInTalk is [Edit] of one's own message in a talk.
func EditInTalk(s State, target Event, by Agent, text string, now time.Time) (Event, Said, error) {
	if err := s.inTalk(by); err != nil {
		return Event{}, Said{}, err
	}
	return Edit(target, by.Actor(), text, now)
}

// RedactInTalk is the rule of taking a message of a talk back: one's own, also
// in an archived talk, and anybody's for who runs the channel. Its number stays,
// and what stands under it stays under it.
func RedactInTalk(s State, target Event, by Agent, now time.Time) (Event, Said, error) {
	said, err := talked(target)
	if err != nil {
		return Event{}, said, err
	}
	if target.Actor.Agent() != by.ID && !s.Runs(by) {
		return Event{}, said, Errorf(Denied, "Only its author, or who runs this channel, takes a message back.")
	}
	e := talkFact(KindRedact, by.Actor(), now, Redacted{Target: target.Seq})
	return e, said.AsEmptied(Micros(now)), nil
}

// EmptyTalk is the event of a talk whose messages up to a seq are emptied.
func EmptyTalk(s State, upTo int64, now time.Time) []Event {
	if s.Talk == nil || upTo <= s.Talk.Emptied {
		return nil
	}
	return []Event{talkFact(KindTalkEmptied, System(), now, TalkEmptied{UpTo: upTo})}
}
