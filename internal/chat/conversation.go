package chat

import "slices"

// Form is the kind of a Conversation.
type Form string

// The kinds of Conversations.
const (
	FormCustomer Form = "customer"
	FormReserved Form = "reserved"
	FormChannel  Form = "channel" // the team's own: a group's, open, or closed
	FormDirect   Form = "direct"  // 2 to 8 colleagues, always the same
)

// Conversation is everything between one Visitor and the team on one Site, for
// ever, or a talk of the team among itself. It is the unit of ordering.
type Conversation struct {
	ID      ConversationID `json:"id"`
	Kind    Form           `json:"kind"`
	Site    SiteID         `json:"site,omitempty"`
	Visitor VisitorID      `json:"visitor,omitempty"`
	// Head and VHead are the last seq and vseq given.
	Head  int64 `json:"head"`
	VHead int64 `json:"vhead"`
	// SeenVisitor and SeenTeam are the vseq up to which each side has read.
	SeenVisitor int64 `json:"seen_visitor"`
	SeenTeam    int64 `json:"seen_team"`
	// Last is the newest message or note.
	Last Line `json:"last"`
}

// Line is the newest message or note of a Conversation as a list shows it.
type Line struct {
	Seq  int64     `json:"seq"`
	Kind Kind      `json:"kind"`
	By   ActorKind `json:"by"`
	// ByID is the author's id: nobody's own words are unread to him.
	ByID string `json:"by_id,omitempty"`
	Name string `json:"name,omitempty"`
	// Text is at most 200 characters.
	Text string `json:"text"`
	At   int64  `json:"at"`
}

// ThreadState is where a Thread is.
type ThreadState string

// The states of a Thread.
const (
	Queued   ThreadState = "queued"
	Active   ThreadState = "active"
	IsClosed ThreadState = "closed"
)

// Reason is why a Thread was closed.
type Reason string

// The reasons.
const (
	Resolved  Reason = "resolved"  // an agent closed it
	Ended     Reason = "ended"     // the visitor ended it
	Abandoned Reason = "abandoned" // the visitor left the queue
)

// Thread is one sitting inside a customer Conversation; none or one is open.
type Thread struct {
	ID           ThreadID       `json:"id"`
	Conversation ConversationID `json:"conversation"`
	Number       int            `json:"number"`
	State        ThreadState    `json:"state"`
	Reason       Reason         `json:"reason,omitempty"`
	Group        GroupID        `json:"group"`
	Policy       Policy         `json:"policy"`
	Lead         AgentID        `json:"lead,omitempty"`
	Members      []AgentID      `json:"members"`
	// Guests may see it though its policy says no.
	Guests []AgentID `json:"guests,omitempty"`
	// Times in microseconds; 0 = not yet.
	StartedAt int64 `json:"started_at"`
	QueuedAt  int64 `json:"queued_at,omitempty"`
	TakenAt   int64 `json:"taken_at,omitempty"`
	ClosedAt  int64 `json:"closed_at,omitempty"`
	// WaitingSince is when the visitor wrote what is still unanswered; 0 = nothing is.
	WaitingSince int64 `json:"waiting_since,omitempty"`
	// Stub goes with Policy; see [Group].
	Stub bool `json:"stub,omitempty"`
	// First is the seq of the thread.started.
	First   int64 `json:"first,omitempty"`
	Version int64 `json:"version"`
	Turn
}

// Mode is how a Thread is talked.
type Mode string

// The modes. The empty one is Live.
const (
	Live Mode = "live"
	Mail Mode = "mail" // the visitor has gone, or wants the answer by e-mail
)

// Turn is what routing goes by in an open Thread: its place in the queue, who
// was asked, and how far its lead has got. Times are microseconds, 0 = not yet.
type Turn struct {
	Mode     Mode     `json:"mode,omitempty"`
	Priority int      `json:"priority,omitempty"`
	Skills   []string `json:"skills,omitempty"`
	// Front is the class of those who have waited or talked already: handed on,
	// handed back, woken. BackAt is when it came back last.
	Front  bool  `json:"front,omitempty"`
	BackAt int64 `json:"back_at,omitempty"`
	// Place orders the queue; see [PlaceInQueue].
	Place int64 `json:"place,omitempty"`

	Offers []Offer `json:"offers,omitempty"`
	Tries  []Try   `json:"tries,omitempty"`
	// Round counts the rounds after which nobody had taken it.
	Round    int       `json:"round,omitempty"`
	RoundAt  int64     `json:"round_at,omitempty"`
	Excluded []AgentID `json:"excluded,omitempty"` // are never given it
	// Recent answered this visitor last, at RecentAt; Owner is always given him.
	Recent   AgentID `json:"recent,omitempty"`
	RecentAt int64   `json:"recent_at,omitempty"`
	Owner    AgentID `json:"owner,omitempty"`

	// AskedAt is when an answer by e-mail was offered, Asked why.
	AskedAt int64     `json:"asked_at,omitempty"`
	Asked   MailCause `json:"asked,omitempty"`
	// MailDone says that the visitor has answered that.
	MailDone bool `json:"mail_done,omitempty"`
	// NoMail says that he wants nothing by e-mail.
	NoMail bool `json:"no_mail,omitempty"`

	AssignedAt int64 `json:"assigned_at,omitempty"` // the lead got it
	RepliedAt  int64 `json:"replied_at,omitempty"`  // his first message since
	WarnedAt   int64 `json:"warned_at,omitempty"`   // he was told that it is due
	AnsweredAt int64 `json:"answered_at,omitempty"` // the team's first message since the visitor's last
	Idle       bool  `json:"idle,omitempty"`        // waits for its visitor and counts a quarter
	Over       bool  `json:"over,omitempty"`        // above its lead's limit
	// MovedFrom lost it with his connection and has not been told; TakenFrom has,
	// and may ask for it back; AskedBy has done that. LostAt is when it was lost.
	MovedFrom AgentID `json:"moved_from,omitempty"`
	TakenFrom AgentID `json:"taken_from,omitempty"`
	AskedBy   AgentID `json:"asked_by,omitempty"`
	LostAt    int64   `json:"lost_at,omitempty"`

	// Transfer is open while somebody is asked to take over; Passed are the times
	// that it was passed on, oldest first.
	Transfer *Transfer `json:"transfer,omitempty"`
	Passed   []Passage `json:"passed,omitempty"`
	// Rest is for how long transfers that nobody accepted have stopped the time of
	// the lead's first reply.
	Rest *Rest `json:"rest,omitempty"`
	// Held is for whom the Thread waits, who is not there; Promise is what its
	// visitor is owed.
	Held    *Target  `json:"held,omitempty"`
	Promise *Promise `json:"promise,omitempty"`

	// Stays are guests who see it only as long as they watch: they led it.
	Stays []AgentID `json:"stays,omitempty"`

	// Invites are open ones, Roles what members do, Proposals what the host has not
	// decided, Wrote who of the team has written to the visitor.
	Invites   []Invite   `json:"invites,omitempty"`
	Roles     []Casting  `json:"roles,omitempty"`
	Proposals []Proposal `json:"proposals,omitempty"`
	Wrote     []AgentID  `json:"wrote,omitempty"`
	// Help is the raised help flag.
	Help *Help `json:"help,omitempty"`
	// SideTalks are the questions to colleagues, those that are over included.
	SideTalks []SideTalk `json:"side_talks,omitempty"`
}

// Offer rings an agent until its deadline. By is the colleague who chose him; "" =
// the router.
type Offer struct {
	Agent    AgentID `json:"agent"`
	At       int64   `json:"at"`
	Deadline int64   `json:"deadline"`
	By       AgentID `json:"by,omitempty"`
}

// Try counts how often a Thread was offered to an agent who did not take it.
type Try struct {
	Agent AgentID `json:"agent"`
	Count int     `json:"count"`
}

// OfferTo returns the open offer of a Thread to an agent.
func (t Thread) OfferTo(a AgentID) (Offer, bool) {
	for _, o := range t.Offers {
		if o.Agent == a {
			return o, true
		}
	}
	return Offer{}, false
}

// Access returns what the access function needs to know about the Thread.
func (t Thread) Access() Access {
	acc := Access{Group: t.Group, Policy: t.Policy, Stub: t.Stub, Lead: t.Lead, Members: slices.Clone(t.Members), Guests: slices.Clone(t.Guests)}
	for _, c := range t.Roles {
		acc.Quiet = append(acc.Quiet, c.Agent)
	}
	if t.Transfer != nil {
		for _, o := range t.Offers {
			acc.Asked = append(acc.Asked, o.Agent)
		}
	}
	return acc
}

// TakesPart reports whether the agent may write to the visitor.
func (t Thread) TakesPart(a AgentID) bool {
	return a != "" && (t.Lead == a || slices.Contains(t.Members, a))
}

// Open reports whether the Thread is not closed.
func (t Thread) Open() bool { return t.State == Queued || t.State == Active }

// State is the present state of one Conversation: what a rule looks at and what
// folding events changes. Thread is the newest one, open or closed; nil before
// the first. Talk is there where the Conversation is a talk, which has no Thread.
type State struct {
	Conversation Conversation `json:"conversation"`
	Thread       *Thread      `json:"thread,omitempty"`
	Talk         *Talk        `json:"talk,omitempty"`
}

// Access returns the Access of the newest Thread, or of the talk; the zero Access
// without one.
func (s State) Access() Access {
	switch s.Conversation.Kind {
	case FormCustomer, "": // "" is a Thread without its Conversation at hand
		if s.Thread != nil {
			return s.Thread.Access()
		}
	case FormChannel, FormDirect:
		if s.Talk != nil {
			return s.Talk.Access()
		}
	case FormReserved:
	}
	return Access{}
}

// OpenThread returns the open Thread, or nil.
func (s State) OpenThread() *Thread {
	if s.Thread != nil && s.Thread.Open() {
		return s.Thread
	}
	return nil
}

// Row is a Conversation as a list shows it.
type Row struct {
	State
	Visitor Visitor `json:"visitor"`
	// Read and Unread belong to the reader: how far the reader has read (seq),
	// and how many messages and notes of others stand after that. They are
	// filled by a snapshot only; a row on the stream leaves them out.
	Read   int64 `json:"read,omitempty"`
	Unread int   `json:"unread,omitempty"`
}
