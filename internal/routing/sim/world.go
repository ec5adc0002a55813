package sim

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// Visit is one visitor who asks for the team.
type Visit struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Arrival chat.Arrival    `json:"arrival"`
	Choices routing.Choices `json:"choices"`
	// Recent answered this visitor last, at RecentAt in microseconds since 1970;
	// Owner is always given him.
	Recent   chat.AgentID `json:"recent,omitempty"`
	RecentAt int64        `json:"recent_at,omitempty"`
	Owner    chat.AgentID `json:"owner,omitempty"`
	// Handling is how long the chat takes an agent who has no other.
	Handling time.Duration `json:"handling"`
	// Patience is how long the visitor waits; 0 = for ever, and then an answer
	// by e-mail is refused, too.
	Patience time.Duration `json:"patience,omitempty"`
}

// Shift is when an agent takes chats. Chats begun are finished after its end.
type Shift struct {
	Agent chat.AgentID `json:"agent"`
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"`
}

// World is what visits meet: rules, groups and people.
type World struct {
	Routes []routing.Route `json:"routes"`
	// Default takes what no rule matches, where a visit names no default itself.
	Default chat.GroupID `json:"default"`
	// State holds agents, groups, limits and timing. Its Threads are left out.
	State routing.State `json:"state"`
	// Shifts are the agents' hours; without any, all agents take chats always.
	Shifts []Shift `json:"shifts,omitempty"`
	// Pace is how fast each of 1, 2, 3 … chats goes on, where 1 is as fast as
	// alone; beyond the last as the last. Empty = always 1.
	Pace []float64 `json:"pace,omitempty"`
	// Accept is how long agents need to take an offer, half to one and a half of
	// it; Missed is the share of offers that ring in vain; Reply is from the
	// assignment to the first reply.
	Accept time.Duration `json:"accept,omitempty"`
	Missed float64       `json:"missed,omitempty"`
	Reply  time.Duration `json:"reply,omitempty"`
	Seed   uint64        `json:"seed,omitempty"`
	// Rates and Leaving, where given, are what each waiting visitor's wait is
	// estimated from.
	Rates   routing.Rates `json:"rates,omitempty"`
	Leaving float64       `json:"leaving,omitempty"`
	// Look, where given, is shown what each moment comes to, for reading.
	Look func(routing.State, time.Time) `json:"-"`
}

// Outcome is how a visit ended.
type Outcome string

// The outcomes.
const (
	Answered Outcome = "answered" // an agent was assigned
	Nobody   Outcome = "nobody"   // closed, nobody there, or the queue full: met nobody
	Left     Outcome = "left"     // gave up in the queue
	ByMail   Outcome = "by_mail"  // took the offer of an answer by e-mail
	Waiting  Outcome = "waiting"  // still in the queue a day after the last visit
)

// Chat is what became of a visit.
type Chat struct {
	ID      string            `json:"id"`
	Place   routing.Placement `json:"place"`
	Outcome Outcome           `json:"outcome"`
	Agent   chat.AgentID      `json:"agent,omitempty"`
	Why     string            `json:"why"`
	At      time.Time         `json:"at"`
	// Wait is from the visit to the first assignment, or to the end of waiting.
	Wait time.Duration `json:"wait"`
	// Ended is when an answered chat was over.
	Ended time.Time `json:"ended,omitzero"`
	// Queued says that the visitor had to wait; Estimate is what he was told
	// then.
	Queued   bool             `json:"queued,omitempty"`
	Estimate routing.Estimate `json:"estimate,omitzero"`
}

// Day is what a run gives: a Chat for each visit, in their order.
type Day struct {
	Chats []Chat `json:"chats"`
	// Decisions counts what the router did, by kind.
	Decisions map[routing.Kind]int `json:"decisions"`
	// Levels is what the log would tell about agents holding 1, 2, 3 … chats.
	Levels []routing.Level `json:"levels"`
}

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
