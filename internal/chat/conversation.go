package chat

import "slices"

// Form is the kind of a Conversation.
type Form string

// The kinds of Conversations.
const (
	FormCustomer Form = "customer"
	FormReserved Form = "reserved"
)

// Conversation is everything between one Visitor and the team on one Site, for
// ever. It is the unit of ordering.
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
	// Times in microseconds; 0 = not yet.
	StartedAt int64 `json:"started_at"`
	QueuedAt  int64 `json:"queued_at,omitempty"`
	TakenAt   int64 `json:"taken_at,omitempty"`
	ClosedAt  int64 `json:"closed_at,omitempty"`
	// WaitingSince is when the visitor wrote what is still unanswered; 0 = nothing is.
	WaitingSince int64 `json:"waiting_since,omitempty"`
	Version      int64 `json:"version"`
}

// Access returns what the access function needs to know about the Thread.
func (t Thread) Access() Access {
	return Access{Group: t.Group, Policy: t.Policy, Lead: t.Lead, Members: slices.Clone(t.Members)}
}

// TakesPart reports whether the agent may write to the visitor.
func (t Thread) TakesPart(a AgentID) bool {
	return a != "" && (t.Lead == a || slices.Contains(t.Members, a))
}

// Open reports whether the Thread is not closed.
func (t Thread) Open() bool { return t.State == Queued || t.State == Active }

// State is the present state of one Conversation: what a rule looks at and what
// folding events changes. Thread is the newest one, open or closed; nil before
// the first.
type State struct {
	Conversation Conversation `json:"conversation"`
	Thread       *Thread      `json:"thread,omitempty"`
}

// Access returns the Access of the newest Thread; the zero Access without one.
func (s State) Access() Access {
	if s.Thread == nil {
		return Access{}
	}
	return s.Thread.Access()
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

// Add numbers the events, in order, as the next ones of the Conversation, folds
// each into the state, and returns them. newThread is the id that a
// thread.started among them gets.
func (s *State) Add(newThread ThreadID, events []Event) []Event {
	for i := range events {
		e := &events[i]
		s.Conversation.Head++
		e.Seq, e.Conversation = s.Conversation.Head, s.Conversation.ID
		if e.Audience == ForAll {
			s.Conversation.VHead++
			e.VSeq = s.Conversation.VHead
		}
		if e.Kind == KindStarted {
			e.Thread = newThread
		} else if s.Thread != nil && e.Thread == "" {
			e.Thread = s.Thread.ID
		}
		s.Apply(*e)
	}
	return events
}

// Apply folds one numbered event into the state. Folding all events of a
// Conversation from the first gives the state that the store holds. A body that
// cannot be read changes nothing but the numbers.
func (s *State) Apply(e Event) {
	s.Conversation.Head = max(s.Conversation.Head, e.Seq)
	s.Conversation.VHead = max(s.Conversation.VHead, e.VSeq)
	switch e.Kind {
	case KindStarted:
		s.applyStarted(e)
	case KindMessage, KindNote:
		s.applySaid(e)
	case KindSeen:
		s.applySeen(e)
	case KindEdit:
		s.applyEdit(e)
	case KindRedact:
		if b, err := Decode[Redacted](e); err == nil && s.Conversation.Last.Seq == b.Target {
			s.Conversation.Last.Text = ""
		}
	case KindReopened, KindRequeued, KindClosed, KindAssign, KindJoin, KindLeave:
		if s.Thread != nil && s.Thread.ID == e.Thread {
			s.Thread.apply(e)
		}
	}
}

func (s *State) applyStarted(e Event) {
	b, err := Decode[Started](e)
	if err != nil {
		return
	}
	t := &Thread{ID: e.Thread, Conversation: e.Conversation, Number: b.Number, State: Queued, Group: b.Group, Policy: b.Policy,
		Members: []AgentID{}, StartedAt: e.At, QueuedAt: e.At, Version: 1}
	if b.Lead != "" {
		t.State, t.Lead, t.TakenAt, t.QueuedAt = Active, b.Lead, e.At, 0
	}
	s.Thread = t
}

func (s *State) applySaid(e Event) {
	b, err := Decode[Said](e)
	if err != nil {
		return
	}
	s.Conversation.Last = Line{Seq: e.Seq, Kind: e.Kind, By: e.Actor.Kind, ByID: e.Actor.ID, Name: e.Actor.Name, Text: preview(b), At: e.At}
	if s.Thread == nil || s.Thread.ID != e.Thread || e.Kind != KindMessage {
		return
	}
	switch {
	case e.Actor.Kind != ByVisitor:
		s.Thread.WaitingSince = 0
	case s.Thread.WaitingSince == 0:
		s.Thread.WaitingSince = e.At
	}
}

func preview(b Said) string {
	text := b.Text
	if text == "" && len(b.Files) > 0 {
		text = b.Files[0].Name
	}
	if runes := []rune(text); len(runes) > maxPreview {
		return string(runes[:maxPreview])
	}
	return text
}

func (s *State) applySeen(e Event) {
	b, err := Decode[Seen](e)
	if err != nil {
		return
	}
	if b.Side == SideVisitor {
		s.Conversation.SeenVisitor = max(s.Conversation.SeenVisitor, b.UpTo)
	} else {
		s.Conversation.SeenTeam = max(s.Conversation.SeenTeam, b.UpTo)
	}
}

func (s *State) applyEdit(e Event) {
	if b, err := Decode[Edited](e); err == nil && s.Conversation.Last.Seq == b.Target {
		s.Conversation.Last.Text = preview(Said{Text: b.Text})
	}
}

func (t *Thread) apply(e Event) {
	t.Version++
	switch e.Kind {
	case KindReopened:
		b, _ := Decode[Reopened](e)
		t.State, t.Reason, t.ClosedAt, t.QueuedAt = Queued, "", 0, b.QueuedAt
	case KindRequeued:
		b, _ := Decode[Requeued](e)
		t.State, t.Lead, t.QueuedAt = Queued, "", b.QueuedAt
	case KindClosed:
		b, _ := Decode[Closed](e)
		t.State, t.Reason, t.ClosedAt, t.WaitingSince = IsClosed, b.Reason, e.At, 0
	case KindAssign:
		b, _ := Decode[Assigned](e)
		t.State, t.Lead, t.TakenAt = Active, b.Lead, e.At
		t.Members = without(t.Members, b.Lead)
	case KindJoin:
		b, _ := Decode[Joined](e)
		t.Members = append(without(t.Members, b.Agent), b.Agent)
	case KindLeave:
		b, _ := Decode[Joined](e)
		t.Members = without(t.Members, b.Agent)
		if t.Lead == b.Agent {
			t.Lead = ""
		}
	}
}

// without returns a copy, so that states that share a slice stay apart.
func without(members []AgentID, a AgentID) []AgentID {
	kept := make([]AgentID, 0, len(members)+1)
	for _, m := range members {
		if m != a {
			kept = append(kept, m)
		}
	}
	return kept
}
