package routing

import "time"

// Seconds is a span of time in settings.
type Seconds int64

func (s Seconds) micros() int64 { return int64(s) * 1e6 }

func (s Seconds) span() time.Duration { return time.Duration(s) * time.Second }

// Timing is the spans that decisions keep to. Zero means the default, which
// stands behind each.
type Timing struct {
	Offer      Seconds `json:"offer,omitempty"`       // 20: an offer rings
	Warn       Seconds `json:"warn,omitempty"`        // 60: the lead is warned that the first reply is due
	Reply      Seconds `json:"reply,omitempty"`       // 90: the first reply is due
	Extend     Seconds `json:"extend,omitempty"`      // 60: what typing adds to that, once
	RoundPause Seconds `json:"round_pause,omitempty"` // 30: between the two rounds of offers
	Down       Seconds `json:"down,omitempty"`        // 3: cut off for so long, no new chats
	Unheard    Seconds `json:"unheard,omitempty"`     // 10: no sign of life for so long, no new chats
	Lost       Seconds `json:"lost,omitempty"`        // 45: then unanswered chats are handed back
	Keep       Seconds `json:"keep,omitempty"`        // 600: then answered ones, too
	Idle       Seconds `json:"idle,omitempty"`        // 600: a chat waits for its visitor, then it frees capacity
	MaxWait    Seconds `json:"max_wait,omitempty"`    // 600: in the queue, then e-mail is offered
	Aging      Seconds `json:"aging,omitempty"`       // 120: of waiting outweigh one step of priority
	InputWarn  Seconds `json:"input_warn,omitempty"`  // 540: without input, then a warning
	Input      Seconds `json:"input,omitempty"`       // 600: without input, then away
}

// defaultWait is how long skills and fixed owners are waited for.
const defaultWait Seconds = 60

// recentFor is how long having answered a visitor counts.
const recentFor = 7 * 24 * time.Hour

func (t Timing) filled() Timing {
	for _, d := range []struct {
		span     *Seconds
		standard Seconds
	}{
		{&t.Offer, 20}, {&t.Warn, 60}, {&t.Reply, 90}, {&t.Extend, 60}, {&t.RoundPause, 30}, {&t.Down, 3}, {&t.Unheard, 10},
		{&t.Lost, 45}, {&t.Keep, 600}, {&t.Idle, 600}, {&t.MaxWait, 600}, {&t.Aging, 120}, {&t.InputWarn, 540}, {&t.Input, 600},
	} {
		if *d.span == 0 {
			*d.span = d.standard
		}
	}
	return t
}
