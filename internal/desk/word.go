package desk

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// tellMost are told their place; those behind them read the range alone.
const tellMost = 50

// word is what a visitor was told: a position (0 = not) and the lowest that he
// was told in the queue of that group, a range (zero = none), the last range that he
// read and since when he reads it, and when he was told.
type word struct {
	conversation chat.ConversationID
	group        chat.GroupID
	position     int
	lowest       int
	wait, read   chat.Minutes
	since, at    time.Time

	// What this node alone remembers: his language, when the word was said again, and
	// the first load of the situation that is not older than the word.
	language string
	repeated time.Time
	load     int64
}

// next is what is said after what was said: a position above the lowest that was
// said is not said. A range falls at once and rises mark by mark, from the one that
// he read last, even where none was told since. What was said in another group's
// queue does not count.
func next(was word, g chat.GroupID, one routing.Told, at time.Time) word {
	w := word{conversation: was.conversation, group: g, language: was.language, wait: one.Estimate.Minutes(), since: at, at: at}
	if chat.Micros(was.at) >= chat.Micros(at) {
		w.at = was.at.Add(time.Microsecond) // the clock was set back: it is another word all the same
	}
	if was.group == g {
		w.lowest = was.lowest
		w.follow(was)
	} else {
		w.read = w.wait
	}
	overtaken := w.lowest > 0 && one.Position > w.lowest
	if one.Position <= tellMost && !overtaken {
		w.position, w.lowest = one.Position, one.Position
	}
	return w
}

// follow makes a range the next one after what was read.
func (w *word) follow(was word) {
	unknown := chat.Minutes{}
	if w.wait != unknown && was.read != unknown {
		w.wait = routing.NextMinutes(was.read, w.wait, w.at.Sub(was.since))
	}
	w.read = w.wait
	if w.wait == unknown {
		w.read = was.read
	}
	if w.read == was.read {
		w.since = was.since
	}
}

// says reports whether another word says the same.
func (w word) says(other word) bool {
	return w.group == other.group && w.position == other.position && w.wait == other.wait
}

func (w word) place(group string) chat.QueuePlace {
	return chat.QueuePlace{Position: w.position, Wait: w.wait, Group: group}
}

// row is the word as it is stored.
func (w word) row(t chat.ThreadID) store.Told {
	return store.Told{Thread: t, Conversation: w.conversation, Group: w.group, Position: w.position, Lowest: w.lowest,
		Wait: w.read, Ranged: w.wait != chat.Minutes{}, Since: chat.Micros(w.since), At: chat.Micros(w.at)}
}

// wordOf is the word that a row holds.
func wordOf(t store.Told) word {
	w := word{conversation: t.Conversation, group: t.Group, position: t.Position, lowest: t.Lowest, read: t.Wait,
		since: time.UnixMicro(t.Since), at: time.UnixMicro(t.At)}
	if t.Ranged {
		w.wait = t.Wait
	}
	return w
}
