package chat

import "encoding/json"

// Offered is the body of offer: an agent is asked to take a Thread.
type Offered struct {
	Agent     AgentID   `json:"agent"`
	AgentName string    `json:"agent_name"`
	Deadline  int64     `json:"deadline"`
	Why       string    `json:"why"`
	Because   Because   `json:"because,omitempty" nullable:"false"`
	RunnerUp  *RunnerUp `json:"runner_up,omitempty"`
	// By is the colleague who chose him; "" = the router.
	By AgentID `json:"by,omitempty"`
	// Access is set where the Thread is being passed on: who is asked may read.
	Access *AccessChange `json:"access,omitempty"`
}

// OfferEnded is the body of offer.ended. An offer that is taken up ends with the
// assign.
type OfferEnded struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	How       string  `json:"how"` // Declined, Expired, Withdrawn
	Why       string  `json:"why"`
	Because   Because `json:"because,omitempty" nullable:"false"`
	// Transfer is the seq of the transfer that the offer belongs to: letting it
	// ring is no miss.
	Transfer int64 `json:"transfer,omitempty"`
	// By is the colleague who had chosen him: letting it ring is no miss either.
	By     AgentID       `json:"by,omitempty"`
	Access *AccessChange `json:"access,omitempty"`
}

// How an offer ended.
const (
	Declined  = "declined"
	Expired   = "expired"   // it rang in vain
	Withdrawn = "withdrawn" // it could not be taken any more
)

// WentIdle is the body of thread.idle: it waits for its visitor and counts less.
type WentIdle struct {
	Lead    AgentID `json:"lead"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// Woke is the body of thread.woke.
type Woke struct {
	Lead    AgentID `json:"lead"`
	Over    bool    `json:"over,omitempty"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// ReplyDue is the body of reply.due: the lead's first reply is due by Deadline.
type ReplyDue struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	Deadline  int64   `json:"deadline"`
	Why       string  `json:"why"`
	Because   Because `json:"because,omitempty" nullable:"false"`
}

// Alarm is the body of alarm: everybody was asked, and nobody took it, or what
// Cause says.
type Alarm struct {
	Round   int     `json:"round"`
	Cause   string  `json:"cause,omitempty"` // "" = a full round; AlarmHops
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// AlarmHops is the cause of an alarm about a Thread that was passed on HopsAlarm
// times.
const AlarmHops = "hops"

// MailCause is why an answer by e-mail is offered.
type MailCause string

// The causes.
const (
	MailMaxWait MailCause = "max_wait" // the visitor has waited long
	MailClosed  MailCause = "closed"   // nobody is there
	MailFull    MailCause = "full"     // the queue takes no more
	MailAsked   MailCause = "asked"    // the visitor asked for it
)

// MailOffered is the body of mail.offered.
type MailOffered struct {
	Cause   MailCause `json:"cause"`
	Why     string    `json:"why"`
	Because Because   `json:"because,omitempty" nullable:"false"`
}

// MailAnswered is the body of mail.answered.
type MailAnswered struct {
	Accepted bool   `json:"accepted"`
	Email    string `json:"email,omitempty"`
}

// LeadBack is the body of lead.back: an agent whose connection was lost is told
// what was handed on meanwhile.
type LeadBack struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	Why       string  `json:"why"`
	Because   Because `json:"because,omitempty" nullable:"false"`
}

// BackAsked is the body of back.asked: he would like to have it again.
type BackAsked struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
}

// BackWaived is the body of back.waived: he leaves it to whoever has it.
type BackWaived struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
}

// Moved is the body of thread.moved: another Group has the Thread.
type Moved struct {
	Group     GroupID `json:"group"`
	GroupName string  `json:"group_name"`
	// PublicName is what the visitor reads; "" of a private Group.
	PublicName string  `json:"public_name,omitempty"`
	From       GroupID `json:"from"`
	Policy     Policy  `json:"policy"`
	Stub       bool    `json:"stub,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	// Agent is the colleague of the Group whom it rings first, where it was sent to
	// one; Answers are to the playbook's questions, by their text.
	Agent     AgentID           `json:"agent,omitempty"`
	AgentName string            `json:"agent_name,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	Playbook  int64             `json:"playbook,omitempty"`
	// By is who moved it and does not get it back by himself; "" = the system. Nor do
	// those who Gave it on for the same reason before.
	By       AgentID      `json:"by,omitempty"`
	ByName   string       `json:"by_name,omitempty"`
	Gave     []AgentID    `json:"gave,omitempty" nullable:"false"`
	Why      string       `json:"why"`
	Because  Because      `json:"because,omitempty" nullable:"false"`
	Previous AgentID      `json:"previous,omitempty"`
	QueuedAt int64        `json:"queued_at"`
	Place    int64        `json:"place,omitempty"`
	Access   AccessChange `json:"access"`
}

// PolicyChanged is the body of thread.policy: the Thread is seen by others now,
// since its Group has another policy, or another Group has it.
type PolicyChanged struct {
	Policy Policy `json:"policy"`
	Stub   bool   `json:"stub,omitempty"`
	// Group has it now, where its own was deleted.
	Group GroupID `json:"group,omitempty"`
	// Past says that the Thread was over by then: what lists show of it has not
	// changed.
	Past   bool         `json:"past,omitempty"`
	Access AccessChange `json:"access"`
}

// QueueBound is the body of group.queue: it takes no more, or does again.
type QueueBound struct {
	Group   GroupID `json:"group"`
	Full    bool    `json:"full"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// RoutesChanged is the body of routes.changed; Routes is a list as package
// routing reads it.
type RoutesChanged struct {
	Routes json.RawMessage `json:"routes"`
}

// RoutingChanged is the body of routing.changed: the workspace's limit and times
// as package routing reads them.
type RoutingChanged struct {
	Limit  int             `json:"limit"`
	Timing json.RawMessage `json:"timing"`
}

// IdleWarned is the body of idle.warned: without a key or a click on any device the
// agent goes to away at Deadline. 0 takes the warning back: he has touched one.
type IdleWarned struct {
	Deadline int64 `json:"deadline"`
}
