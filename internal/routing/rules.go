package routing

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"earshot/internal/chat"
)

// The highest numbers that rules may name.
const (
	MaxQueue    = 10_000
	MaxPriority = 100
	MaxRoutes   = 500
	maxSpan     = 7 * 24 * 3600 // seconds
)

// Rules is how a Group shares out its chats: what [chat.Group] carries as JSON.
// The zero Rules are the defaults: an end-to-end group, open always, that offers
// to the least busy.
type Rules struct {
	Line         Line         `json:"line,omitempty"`
	Distribution Distribution `json:"distribution,omitzero"`
	Hours        *Hours       `json:"hours,omitempty"`
	// Limit is how many chats of the Group one agent may hold; 0 = no bound of
	// its own. Priority is added to that of its chats.
	Limit    int        `json:"limit,omitempty"`
	Priority int        `json:"priority,omitempty"`
	Queue    QueueRule  `json:"queue,omitzero"`
	Share    *Agreement `json:"share,omitempty"`
	// Over lets the Group's agents take chats by hand above their limits.
	Over bool `json:"over,omitempty"`
}

// ReadRules reads what a Group carries; none are the defaults.
func ReadRules(raw json.RawMessage) (Rules, error) {
	var r Rules
	if len(bytes.TrimSpace(raw)) == 0 {
		return r, nil
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		var known *chat.Error
		if errors.As(err, &known) {
			return r, known
		}
		return r, chat.Errorf(chat.Invalid, "The group's rules cannot be read: %v.", err)
	}
	return r, nil
}

// Raw returns the rules as a Group carries them.
func (r Rules) Raw() json.RawMessage {
	raw, err := json.Marshal(r)
	if err != nil {
		panic("routing: encode rules: " + err.Error()) // every field can be encoded
	}
	return raw
}

// Check refuses rules that no group could keep.
func (r Rules) Check() error {
	switch {
	case r.Line != "" && r.Line != FirstLine && r.Line != EndToEnd:
		return chat.Errorf(chat.Invalid, "A group is %q or %q, not %q.", FirstLine, EndToEnd, r.Line)
	case !r.Distribution.Method.valid():
		return chat.Errorf(chat.Invalid, "There is no way %q to share out chats; use pull, ring_all, round_robin or least_busy.", r.Distribution.Method)
	case r.Limit < 0 || r.Limit > chat.MaxLimit:
		return chat.Errorf(chat.Invalid, "The limit of the group's chats for one agent is a number from 0 to %d.", chat.MaxLimit)
	case r.Priority < -MaxPriority || r.Priority > MaxPriority:
		return chat.Errorf(chat.Invalid, "The priority is a number from %d to %d.", -MaxPriority, MaxPriority)
	case r.Queue.Max < 0 || r.Queue.Max > MaxQueue:
		return chat.Errorf(chat.Invalid, "The queue holds 0 to %d; 0 means three times the limits of those who accept.", MaxQueue)
	case r.Queue.Reopen < 0 || r.Queue.Reopen > reopenMaxShare:
		return chat.Errorf(chat.Invalid, "A full queue opens again at 1 to 100 percent of its length.")
	case tooLong(r.Distribution.SkillWait) || tooLong(r.Distribution.OwnerWait):
		return chat.Errorf(chat.Invalid, "A wait is at most 7 days.")
	}
	if r.Hours != nil {
		if _, err := r.Hours.Check(); err != nil {
			return err
		}
	}
	if r.Share != nil {
		return r.Share.check()
	}
	return nil
}

func (m Method) valid() bool {
	switch m {
	case "", Pull, RingAll, RoundRobin, LeastBusy:
		return true
	}
	return false
}

func tooLong(s Seconds) bool { return s > maxSpan }

func (g Agreement) check() error {
	if g.Most < 0 || g.Most > chat.MaxLimit || g.Ahead < 0 || g.Ahead > 1000 || g.BreakAfter < 0 || tooLong(g.BreakAfter) {
		return chat.Errorf(chat.Invalid, "The agreement names a number that cannot be kept.")
	}
	return nil
}

// Check refuses spans that cannot be kept; 0 is the default of each.
func (t Timing) Check() error {
	f := t.filled()
	for _, s := range []Seconds{f.Offer, f.Warn, f.Reply, f.Extend, f.RoundPause, f.Down, f.Unheard, f.Lost, f.Keep, f.Idle, f.MaxWait, f.Aging, f.InputWarn, f.Input} {
		if s < 1 || tooLong(s) {
			return chat.Errorf(chat.Invalid, "A time is 1 second to 7 days; 0 means the default.")
		}
	}
	switch {
	case f.Warn >= f.Reply:
		return chat.Errorf(chat.Invalid, "The warning comes before the first reply is due.")
	case f.InputWarn >= f.Input:
		return chat.Errorf(chat.Invalid, "The warning comes before an agent goes to away.")
	case f.Lost < f.Unheard:
		return chat.Errorf(chat.Invalid, "A connection is lost later than it is unheard.")
	}
	return nil
}

// Filled returns the spans with the defaults in place of zeros.
func (t Timing) Filled() Timing { return t.filled() }

// Order is what a place in the Group's queue depends on.
func (t Timing) Order(priority int) chat.Order {
	return chat.Order{Priority: priority, Aging: time.Duration(t.filled().Aging) * time.Second}
}
