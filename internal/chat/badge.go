package chat

import (
	"time"
	"unicode/utf8"
)

const (
	// MaxBadge is how many characters the words of a Badge have at most.
	MaxBadge = 80
	// The bounds of what ends by itself: a time that is further off was a slip.
	maxBadgeFor     = 366 * 24 * time.Hour
	maxUndisturbed  = 31 * 24 * time.Hour
	firstRegional   = 0x1f1e6
	lastRegional    = 0x1f1ff
	firstSkinColour = 0x1f3fb
	lastSkinColour  = 0x1f3ff
)

// Badge is what an agent has put at his name for his colleagues: one emoji, a few
// words, or both. It says nothing about new chats; that is his [Status]. The zero
// Badge is none.
type Badge struct {
	Emoji string `json:"emoji,omitempty"`
	Text  string `json:"text,omitempty"`
	// Until is when it ends by itself, in microseconds; 0 = not.
	Until int64 `json:"until,omitempty"`
}

// Clean is the badge as it is kept, or why it cannot be. One without emoji and words
// is none, whatever its end.
func (b Badge) Clean(now time.Time) (Badge, error) {
	b.Text = CleanLine(b.Text, MaxBadge+1)
	switch {
	case b.Emoji == "" && b.Text == "":
		return Badge{}, nil
	case utf8.RuneCountInString(b.Text) > MaxBadge:
		return Badge{}, Errorf(Invalid, "What stands at your name has at most %d characters. Nothing was changed.", MaxBadge)
	case b.Emoji != "" && (!isEmoji(b.Emoji) || pictures(b.Emoji) != 1):
		return Badge{}, Errorf(Invalid, "One emoji stands at your name, and nothing else in its place. Nothing was changed.")
	case b.Until != 0 && b.Until <= Micros(now):
		return Badge{}, Errorf(Invalid, "What stands at your name would end in the past. Nothing was changed.")
	case b.Until > Micros(now.Add(maxBadgeFor)):
		return Badge{}, Errorf(Invalid, "What stands at your name ends within a year, or stays until you take it off. Nothing was changed.")
	}
	return b, nil
}

// CheckUndisturbed refuses a time until which nobody can ask not to be disturbed;
// 0 = from now on he may be.
func CheckUndisturbed(until int64, now time.Time) error {
	switch {
	case until == 0:
		return nil
	case until <= Micros(now):
		return Errorf(Invalid, "Do not disturb would end in the past. Nothing was changed.")
	case until > Micros(now.Add(maxUndisturbed)):
		return Errorf(Invalid, "Do not disturb lasts 31 days at most. Nothing was changed.")
	}
	return nil
}

// Disturbable reports whether an agent may be disturbed: he has not asked otherwise,
// or the time that he named has come.
func (a Agent) Disturbable(now time.Time) bool { return a.Undisturbed <= Micros(now) }

// Unmarked is the agent without what has ended by itself of his Badge and of his wish
// not to be disturbed, and when the next of them ends; 0 = none does.
func (a Agent) Unmarked(now time.Time) (after Agent, next int64) {
	if a.Badge.Until != 0 && a.Badge.Until <= Micros(now) {
		a.Badge = Badge{}
	}
	if a.Disturbable(now) {
		a.Undisturbed = 0
	}
	next = a.Undisturbed
	if end := a.Badge.Until; end != 0 && (next == 0 || end < next) {
		next = end
	}
	return a, next
}

// pictures counts the pictures that an emoji draws: a family, a flag and a thumb of a
// colour are one each.
func pictures(emoji string) int {
	n, flags, joined := 0, 0, false
	for _, r := range emoji {
		switch {
		case r == 0x200d:
			joined = true
			continue
		case r == 0xfe0f || r == 0x20e3 || r >= 0xe0020 && r <= 0xe007f || r >= firstSkinColour && r <= lastSkinColour:
			continue
		case r >= firstRegional && r <= lastRegional:
			if flags++; flags%2 == 0 {
				continue // the second letter of a flag
			}
		}
		if !joined {
			n++
		}
		joined = false
	}
	return n
}
