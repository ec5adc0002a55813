package routing

import "earshot/internal/chat"

// State is everything that a decision depends on, and nothing else: no history
// but what stands in these rows, so that it can be read afresh at any time.
// Times are microseconds since 1970; 0 = never. Threads are the open ones.
type State struct {
	Agents  []Agent  `json:"agents"`
	Groups  []Group  `json:"groups"`
	Threads []Thread `json:"threads"`
	// Limit is how many chats an Agent without a limit of his own takes at
	// once; 0 = 4.
	Limit  int    `json:"limit,omitempty"`
	Timing Timing `json:"timing,omitzero"`
	// Began is when the router was started; 0 = long ago. Before, nobody could
	// show life.
	Began int64 `json:"began,omitempty"`
}

// Agent is a person of the team as routing sees him.
type Agent struct {
	ID       chat.AgentID `json:"id"`
	Name     string       `json:"name"`
	Status   chat.Status  `json:"status"`
	Reason   string       `json:"reason,omitempty"`
	Disabled bool         `json:"disabled,omitempty"`
	Limit    int          `json:"limit,omitempty"`
	Skills   []string     `json:"skills,omitempty"`
	// AliveAt is the last sign of life of any of his devices; DownAt is when the
	// last of them was cut off, 0 while one is connected.
	AliveAt int64 `json:"alive_at"`
	DownAt  int64 `json:"down_at,omitempty"`
	// InputAt is his last key or click anywhere; 0 = not known, and then he is
	// never put on away. IdleWarnedAt is when he was warned of that.
	InputAt      int64 `json:"input_at,omitempty"`
	IdleWarnedAt int64 `json:"idle_warned_at,omitempty"`
	// AcceptingAt is since when he accepts without a break.
	AcceptingAt int64 `json:"accepting_at,omitempty"`
	// AssignedAt is when he was last given a chat; Today counts today's.
	AssignedAt int64 `json:"assigned_at,omitempty"`
	Today      int   `json:"today,omitempty"`
	// Deaf says that no device of his calls him: sounds and notifications are all
	// blocked, or none of them has answered for long.
	Deaf bool `json:"deaf,omitempty"`
	// Misses counts offers and first replies missed in a row.
	Misses int `json:"misses,omitempty"`
}

// Class is when a member's turn comes inside a Group.
type Class = chat.Class

// The classes. The empty one is ClassNormal.
const (
	ClassFirst      = chat.ClassFirst
	ClassNormal     = chat.ClassNormal
	ClassLast       = chat.ClassLast
	ClassSupervisor = chat.ClassSupervisor
)

func rankOf(c Class) int {
	switch c {
	case ClassFirst:
		return 0
	case ClassLast:
		return 2
	case ClassSupervisor:
		return 3
	}
	return 1
}

// Member is an Agent's place in a Group.
type Member struct {
	Agent chat.AgentID `json:"agent"`
	Class Class        `json:"class,omitempty"`
	// Turn is the Group's count when he last had his turn: round robin's memory.
	Turn int64 `json:"turn,omitempty"`
}

// Line is what a Group does with the chats that reach it.
type Line string

// The lines.
const (
	FirstLine Line = "first_line" // takes everything, passes on
	EndToEnd  Line = "end_to_end" // owns its chats
)

// Method is how a Group shares out its chats.
type Method string

// The methods. The empty one is LeastBusy.
const (
	Pull       Method = "pull"        // agents take from the queue themselves
	RingAll    Method = "ring_all"    // everybody is asked, the first who accepts has it
	RoundRobin Method = "round_robin" // each in turn
	LeastBusy  Method = "least_busy"  // the lowest load for his limit, then the longest idle
)

// Distribution is a Group's way of sharing out.
type Distribution struct {
	Method Method `json:"method,omitempty"`
	// Direct gives chats without asking; otherwise they are offered.
	Direct bool `json:"direct,omitempty"`
	// PreferLast puts who answered this visitor within the last 7 days before
	// every class. Without it he is preferred among equals.
	PreferLast bool `json:"prefer_last,omitempty"`
	// SkipDeaf passes over who is deaf, as long as somebody of the Group who takes chats
	// is not: who is named, or passed a chat by name, is asked all the same.
	SkipDeaf bool `json:"skip_deaf,omitempty"`
	// SkillWait is how long only agents with the asked skills are tried; 0 = 60,
	// below 0 = always. OwnerWait is how long a visitor's fixed owner, present
	// but full, is waited for; 0 = 60, below 0 = always.
	SkillWait Seconds `json:"skill_wait,omitempty"`
	OwnerWait Seconds `json:"owner_wait,omitempty"`
}

// QueueRule bounds a Group's queue.
type QueueRule struct {
	// Max is the highest number that may wait; 0 = three times the limits of
	// those who accept, or 30 where nobody does.
	Max int `json:"max,omitempty"`
	// Reopen is the percentage of Max at which a full queue opens again; 0 = 70.
	Reopen int `json:"reopen,omitempty"`
}

// Group is a department as routing sees it.
type Group struct {
	ID   chat.GroupID `json:"id"`
	Name string       `json:"name"`
	Line Line         `json:"line,omitempty"`
	// Private groups are not offered to visitors.
	Private      bool         `json:"private,omitempty"`
	Distribution Distribution `json:"distribution,omitzero"`
	Members      []Member     `json:"members"`
	Hours        *Hours       `json:"hours,omitempty"`
	// Limit is how many chats of this Group one Agent may hold; 0 = no bound of
	// its own. Priority is added to that of its Threads.
	Limit    int        `json:"limit,omitempty"`
	Priority int        `json:"priority,omitempty"`
	Queue    QueueRule  `json:"queue,omitzero"`
	Share    *Agreement `json:"share,omitempty"`
	// Turns counts the turns given; Full is set from when the queue was full
	// until it opened again.
	Turns int64 `json:"turns,omitempty"`
	Full  bool  `json:"full,omitempty"`
}

// Mode is how a Thread is talked.
type Mode = chat.Mode

// The modes. The empty one is Live.
const (
	Live = chat.Live
	Mail = chat.Mail
)

// Offer rings an Agent until its deadline.
type Offer = chat.Offer

// Try counts how often a Thread was offered to an Agent who did not take it.
type Try = chat.Try

// Thread is an open Thread as routing sees it: queued without lead, or active
// with one.
type Thread struct {
	ID       chat.ThreadID    `json:"id"`
	Group    chat.GroupID     `json:"group"`
	Mode     Mode             `json:"mode,omitempty"`
	State    chat.ThreadState `json:"state"`
	Priority int              `json:"priority,omitempty"`
	Skills   []string         `json:"skills,omitempty"`
	// Front is the class of those who have waited or talked already:
	// transferred, handed back, woken. It comes before every priority.
	Front bool `json:"front,omitempty"`
	// QueuedAt orders the queue and survives a hand-back; BackAt is when it came
	// back last, and what waiting is measured from then.
	QueuedAt int64          `json:"queued_at"`
	BackAt   int64          `json:"back_at,omitempty"`
	Lead     chat.AgentID   `json:"lead,omitempty"`
	Members  []chat.AgentID `json:"members,omitempty"` // in the order of joining

	Offers []Offer `json:"offers,omitempty"`
	Tries  []Try   `json:"tries,omitempty"`
	// Round counts the full rounds after which nobody had taken it; RoundAt is
	// when the last ended.
	Round   int   `json:"round,omitempty"`
	RoundAt int64 `json:"round_at,omitempty"`
	// Recent answered this visitor last, at RecentAt. Owner is the visitor's
	// fixed agent, who counts where he is a member of the Group. Excluded are never given it, such as who passed it on.
	Recent   chat.AgentID   `json:"recent,omitempty"`
	RecentAt int64          `json:"recent_at,omitempty"`
	Owner    chat.AgentID   `json:"owner,omitempty"`
	Excluded []chat.AgentID `json:"excluded,omitempty"`
	// AskedAt is when the visitor was offered an answer by e-mail instead.
	AskedAt int64 `json:"asked_at,omitempty"`

	// AssignedAt is when the lead got it; RepliedAt his first message since;
	// TypingAt his first sign of typing since; WarnedAt when he was warned.
	AssignedAt int64 `json:"assigned_at,omitempty"`
	RepliedAt  int64 `json:"replied_at,omitempty"`
	TypingAt   int64 `json:"typing_at,omitempty"`
	WarnedAt   int64 `json:"warned_at,omitempty"`
	// Rest is for how long transfers have stopped the time of the first reply.
	Rest *chat.Rest `json:"rest,omitempty"`
	// WaitingSince is when the visitor wrote what is unanswered; AnsweredAt is
	// the team's first message after that.
	WaitingSince int64 `json:"waiting_since,omitempty"`
	AnsweredAt   int64 `json:"answered_at,omitempty"`
	// Idle frees capacity; Over marks one that its lead has above his limit.
	Idle bool `json:"idle,omitempty"`
	Over bool `json:"over,omitempty"`
	// MovedFrom lost this Thread with his connection and has not been told yet.
	MovedFrom chat.AgentID `json:"moved_from,omitempty"`
	// Transfer is open while somebody is asked to take over from the lead; its
	// offers are the Thread's.
	Transfer *chat.Transfer `json:"transfer,omitempty"`
	// Held is for whom a queued Thread waits, who was not there when it was passed
	// to him.
	Held *chat.Target `json:"held,omitempty"`
	// Invites are the open ones of an active Thread, Roles what its members do.
	Invites []chat.Invite  `json:"invites,omitempty"`
	Roles   []chat.Casting `json:"roles,omitempty"`
}

// waitsSince is what waiting is measured from.
func (t *Thread) waitsSince() int64 { return max(t.QueuedAt, t.BackAt) }

// waitsLive reports whether its visitor stands in the queue: who is answered by
// mail does not, nor who waits for somebody who is not there.
func (t *Thread) waitsLive() bool { return t.State == chat.Queued && t.Mode != Mail && t.Held == nil }

func (t *Thread) tries(a chat.AgentID) int {
	for _, y := range t.Tries {
		if y.Agent == a {
			return y.Count
		}
	}
	return 0
}
