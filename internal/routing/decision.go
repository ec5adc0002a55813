package routing

import "earshot/internal/chat"

// Kind is what a Decision does.
type Kind string

// The kinds of decisions. What each changes is in [State.Apply].
const (
	DoOffer     Kind = "offer"      // ring Agent for Thread until Deadline
	DoWithdraw  Kind = "withdraw"   // the offer cannot be taken any more; not a miss
	DoExpire    Kind = "expire"     // the offer rang in vain: a miss
	DoAssign    Kind = "assign"     // Agent leads Thread
	DoPromote   Kind = "promote"    // a member becomes the lead in place of Previous
	DoRequeue   Kind = "requeue"    // back to the front of the Group's queue; Previous led
	DoWarn      Kind = "warn"       // Agent is told that the first reply is due by Deadline
	DoAway      Kind = "away"       // Agent goes to away; Cause "missed" or "no_input"
	DoWarnIdle  Kind = "warn_idle"  // Agent is told that he goes to away by Deadline
	DoIdle      Kind = "idle"       // Thread waits for its visitor and frees capacity
	DoWake      Kind = "wake"       // its visitor wrote again; Over where that exceeds the limit
	DoAlarm     Kind = "alarm"      // supervisors of Group: a full round, and nobody took Thread
	DoAsk       Kind = "ask"        // offer the visitor an answer by e-mail; Cause "max_wait", "closed" or "full"
	DoReturn    Kind = "return"     // Agent is back: tell him that Thread moved
	DoEndPass   Kind = "end_pass"   // nobody accepted what was passed on; its lead goes on
	DoQueueFull Kind = "queue_full" // Group takes no more into its queue
	DoQueueOpen Kind = "queue_open" // and does again
	DoInvite    Kind = "invite"     // ring Agent for Invite of a Group until Deadline
	DoInviteEnd Kind = "invite_end" // Invite, or Agent's part of it, is over; Cause "expired", "withdrawn" or "nobody"
)

// The causes of a decision, for reports and for choosing words.
const (
	CauseLost        = "lost"         // the lead's connection
	CauseGone        = "gone"         // the lead was disabled or removed
	CauseMissedReply = "missed_reply" // no first reply in time
	CauseWoke        = "woke"         // it woke and fits nowhere
	CauseMissed      = "missed"
	CauseNoInput     = "no_input"
	CauseMaxWait     = "max_wait"
	CauseClosed      = "closed"
	CauseFull        = "full"
	CausePassed      = "passed" // an offer that a colleague made: letting it ring is no miss
	CauseExpired     = "expired"
)

// RunnerUp is who would have been chosen instead.
type RunnerUp struct {
	Agent   chat.AgentID `json:"agent"`
	Why     string       `json:"why"`
	Because chat.Because `json:"because,omitempty"`
}

// Decision is one thing to be done, with its reason.
type Decision struct {
	Kind     Kind          `json:"kind"`
	Thread   chat.ThreadID `json:"thread,omitempty"`
	Agent    chat.AgentID  `json:"agent,omitempty"`
	Group    chat.GroupID  `json:"group,omitempty"`
	Previous chat.AgentID  `json:"previous,omitempty"`
	Invite   int64         `json:"invite,omitempty"` // its seq
	Cause    string        `json:"cause,omitempty"`
	// Because is for the team, Why its English. The visitor reads the widget's own
	// words for the event.
	Because  chat.Because `json:"because"`
	Why      string       `json:"why"`
	RunnerUp *RunnerUp    `json:"runner_up,omitempty"`
	// Over marks a chat that its lead has above his limit.
	Over bool `json:"over,omitempty"`
	// At is when it was decided, Deadline until when it holds; microseconds.
	At       int64 `json:"at"`
	Deadline int64 `json:"deadline,omitempty"`
}
