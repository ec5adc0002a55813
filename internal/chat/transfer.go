package chat

import (
	"slices"
	"time"
)

// TargetKind is where a transfer goes.
type TargetKind string

// The targets. "The queue" is [Requeue].
const (
	ToAgent  TargetKind = "agent"
	ToGroup  TargetKind = "group"
	ToAnyone TargetKind = "anyone" // anyone else of the Thread's own Group
)

// Target is to whom a transfer goes. Group is where the Thread then belongs.
type Target struct {
	Kind  TargetKind `json:"kind"`
	Agent AgentID    `json:"agent,omitempty"`
	Group GroupID    `json:"group"`
}

// Transfer is the open request of a Thread that its lead passes on: the lead
// keeps it until somebody accepts.
type Transfer struct {
	// Seq is the number of its event and names it.
	Seq int64   `json:"seq"`
	By  AgentID `json:"by"`
	To  Target  `json:"to"`
	At  int64   `json:"at"`
	// Deadline is when it ends by itself, in microseconds.
	Deadline int64 `json:"deadline"`
	// Reason is the code, or the agent's own words where the playbook has none.
	Reason string `json:"reason,omitempty"`
	// Stay says that who passed it on watches afterwards; Drop are members who do
	// not stay.
	Stay bool      `json:"stay,omitempty"`
	Drop []AgentID `json:"drop,omitempty"`
	// Asked are not asked any more: they have declined or let it ring, or have passed
	// the Thread on themselves for the same reason.
	Asked []AgentID `json:"asked,omitempty"`
}

// TransferTold is the body of transfer: what is passed on, and all that travels
// with it. A visitor receives who asks whom of which Group, and nothing else.
type TransferTold struct {
	Transfer Transfer `json:"transfer"`
	ByName   string   `json:"by_name"`
	// ToName is the colleague's name, or the Group's as the visitor reads it;
	// "" of a private Group.
	ToName string `json:"to_name,omitempty"`
	// PublicName is what the visitor reads of the colleague's Group; "" where that has
	// the Thread already, or is private.
	PublicName string `json:"public_name,omitempty"`
	GroupName  string `json:"group_name"`
	// Answers are to the playbook's questions, by their text.
	Summary  string            `json:"summary,omitempty"`
	Promised string            `json:"promised,omitempty"`
	Answers  map[string]string `json:"answers,omitempty"`
	Playbook int64             `json:"playbook,omitempty"`
	// Hops counts how often this Thread has been passed on before.
	Hops    int     `json:"hops,omitempty"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// How a transfer ended, besides Declined, Expired and Withdrawn.
const Accepted = "accepted"

// TransferEnded is the body of transfer.ended.
type TransferEnded struct {
	Transfer  int64   `json:"transfer"` // its Seq
	To        Target  `json:"to"`
	How       string  `json:"how"` // Accepted, Declined, Expired, Withdrawn
	Agent     AgentID `json:"agent,omitempty"`
	AgentName string  `json:"agent_name,omitempty"`
	// Reason is what whoever declined says.
	Reason  string        `json:"reason,omitempty"`
	Why     string        `json:"why"`
	Because Because       `json:"because,omitempty" nullable:"false"`
	Access  *AccessChange `json:"access,omitempty"`
}

// How long a transfer is open.
const (
	RingTransfer    = 30 * time.Second // a colleague who takes chats
	RequestTransfer = 60 * time.Second // one who does not
	WaitTransfer    = 10 * time.Minute // a Group: until somebody in it accepts
)

// The hops of a Thread at which a transfer needs a reason, and at which the
// supervisors are told.
const (
	HopsReason = 2
	HopsAlarm  = 3
	maxPassed  = 20
)

// Passage is one time that a Thread was passed on.
type Passage struct {
	By     AgentID `json:"by"`
	Agent  AgentID `json:"agent,omitempty"`
	Group  GroupID `json:"group"`
	Reason string  `json:"reason,omitempty"`
	At     int64   `json:"at"`
}

// NewTransfer is what an agent wants to pass on, and to whom.
type NewTransfer struct {
	To Target
	// Agent is the target of a transfer to one; Group the one that then has the
	// Thread, Public its name as the visitor reads it.
	Agent  Agent
	Group  Group
	Public string
	// Given are those of the Group to whom its queue gives chats.
	Given []AgentID
	// Chapter is what the Group's playbook says, Version which one.
	Chapter           TransferChapter
	Version           int64
	Reason            string
	Summary, Promised string
	Answers           map[string]string // by question id
	// Say is posted to the visitor first, in the sender's name; "" = nothing.
	Say  string
	Stay bool
	Drop []AgentID
	// For is how long it is open.
	For time.Duration
	// Leaves is what the Group that has the Thread says about its going.
	Leaves Leaving
	// Absent is why nobody there can have it now: said last, when nothing else is in
	// its way; nil = somebody can.
	Absent error
}

// PassOn is the rule of asking somebody to take over the open Thread. Its lead
// keeps it until that is accepted.
func PassOn(s State, by Agent, m NewTransfer, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if err := mayPass(t, by); err != nil {
		return nil, err
	}
	if err := mayGo(t, by, m); err != nil {
		return nil, err
	}
	m = m.unasked()
	events, err := sayFirst(s, by, m.Say, now)
	if err != nil {
		return nil, err
	}
	deadline := Micros(now.Add(m.For))
	open := Transfer{By: by.ID, To: m.To, At: Micros(now), Deadline: deadline, Reason: m.Reason, Stay: m.Stay, Drop: m.Drop}
	if m.To.Kind != ToAgent {
		open.Asked = t.Gave(m.Reason)
	}
	told := TransferTold{Transfer: open, ByName: by.Name, ToName: m.Public, GroupName: m.Group.Name, Summary: m.Summary, Promised: m.Promised,
		Answers: m.answered(), Playbook: m.Version, Hops: len(t.Passed)}
	if m.To.Kind == ToAgent {
		told.ToName = m.Agent.Name
		if m.Group.ID != t.Group {
			told.PublicName = m.Public
		}
	}
	told.Because = m.asks(by)
	told.Why = told.Because.English()
	events = append(events, Fact(KindTransfer, by.Actor(), ForAll, Micros(now), told))
	if m.To.Kind == ToAgent {
		asked := *t
		asked.Transfer, asked.Offers = &open, nil
		events = append(events, Ring(State{Thread: &asked}, m.Agent, deadline, told.Because, nil, now))
	}
	return events, nil
}

// asks is that somebody asks the target to take over.
func (m NewTransfer) asks(by Agent) Because {
	if m.To.Kind == ToAnyone {
		return Says("pass.asks.anyone", by.Name, m.Group.Name)
	}
	return Says("pass.asks", by.Name, m.whom())
}

func (m NewTransfer) whom() string {
	if m.To.Kind == ToAgent {
		return m.Agent.Name
	}
	return m.Group.Name
}

// answered are the answers by the text of their question, so that they can be read
// when the playbook has changed.
func (m NewTransfer) answered() map[string]string {
	told := map[string]string{}
	for _, q := range m.Chapter.QuestionsFor(m.Reason) {
		if text := m.Answers[q.ID]; text != "" {
			told[q.Text] = text
		}
	}
	return told
}

// mayPass refuses what cannot be passed on, and by whom.
func mayPass(t *Thread, by Agent) error {
	switch {
	case t == nil:
		return Errorf(Gone, "This conversation is closed; there is nothing to pass on.")
	case t.State == Queued:
		return Errorf(Conflict, "Nobody leads this conversation yet. Take it, or move it to another group's queue.")
	case !t.TakesPart(by.ID) && !by.Oversees(t.Group):
		return Errorf(Denied, "You are not in this conversation. Join it before you pass it on.")
	case !t.hosts(by) && t.outOfRole(by.ID) != nil:
		return t.outOfRole(by.ID)
	case t.Transfer != nil:
		return Errorf(Conflict, "Somebody is being asked already. Withdraw that first.")
	}
	return nil
}

// acceptPassed is a colleague taking over what was passed on: those who do not
// stay leave, and he leads it, in the Group that it was passed to.
func acceptPassed(t *Thread, a Agent, g Given, now time.Time) []Event {
	x := t.Transfer
	// Who accepts goes on reading; whoever else rang does not.
	before, kept := t.Access(), t.Access()
	kept.Asked = []AgentID{a.ID}
	why := Says("pass.accepted", a.Name)
	ended := TransferEnded{Transfer: x.Seq, To: x.To, How: Accepted, Agent: a.ID, AgentName: a.Name, Why: why.English(), Because: why,
		Access: &AccessChange{Before: before, After: kept}}
	events := []Event{Fact(KindTransferEnded, a.Actor(), ForAgents, Micros(now), ended)}
	after := *t
	for _, m := range t.Members {
		if m == a.ID || !slices.Contains(x.Drop, m) {
			continue
		}
		before, then := after.Access(), after.Access().leaving(m)
		events = append(events, left(Agent{ID: m, Name: g.Names[m]}, before, then, now))
		after.Members = then.Members
		after.recast(m, "")
	}
	g.Cause, g.Because = ByTransfer, Says("pass.lead", a.Name)
	return append(events, assign(&after, a, a.Actor(), g, now))
}

// declinePassed is a colleague refusing what was passed to him. A Group goes on
// asking its others.
func declinePassed(t *Thread, a Agent, reason string, now time.Time) []Event {
	why := Says("offer.declined", a.Name)
	events := []Event{silence(t, a, a.Actor(), Declined, why, now)}
	if t.Transfer.To.Kind == ToAgent {
		events = append(events, endOf(t, a.Actor(), Declined, a, reason, why, now))
	}
	return events
}

// Withdraw is the rule of ending a transfer before anybody has accepted. Where none
// is open it answers no event.
func Withdraw(s State, by Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil || t.Transfer == nil {
		return nil, nil
	}
	if by.ID != t.Transfer.By && by.ID != t.Lead && !by.Oversees(t.Group) {
		return nil, Errorf(Denied, "Only who asked, or who leads the conversation, can withdraw it.")
	}
	return EndTransfer(t, by.Actor(), Withdrawn, Says("pass.withdrawn", by.Name), now), nil
}

// LetGo is the rule of the lead leaving a Thread that he has passed to a Group
// before anybody there has accepted: it waits in the Group's queue, before those
// who have not talked. What he asked the Group with goes along.
func LetGo(s State, by Agent, to Destination, asked TransferTold, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to leave.")
	case t.Transfer == nil || t.Transfer.To.Kind == ToAgent:
		return nil, Errorf(Conflict, "It is not being passed to a group.")
	case t.Lead != by.ID && !by.Oversees(t.Group):
		return nil, Errorf(Denied, "Only who leads this conversation can leave it to the group.")
	}
	why := Says("pass.left", by.Name, to.Name)
	body := moved(t, by, to, t.Transfer.Reason, why, now)
	body.Answers, body.Playbook = asked.Answers, asked.Playbook
	return append(EndTransfer(t, by.Actor(), Withdrawn, why, now), Fact(KindMoved, System(), ForAll, Micros(now), body)), nil
}

// EndTransfer is the events of an open transfer that nobody accepted: what rings
// is silenced, and the lead keeps the Thread.
func EndTransfer(t *Thread, by Actor, how string, why Because, now time.Time) []Event {
	var events []Event
	left := *t
	for _, o := range t.Offers {
		events = append(events, silence(&left, Agent{ID: o.Agent}, by, Withdrawn, why, now))
		left.Offers = left.Offers[1:]
	}
	return append(events, endOf(t, by, how, Agent{}, "", why, now))
}

func endOf(t *Thread, by Actor, how string, a Agent, reason string, why Because, now time.Time) Event {
	body := TransferEnded{Transfer: t.Transfer.Seq, To: t.Transfer.To, How: how, Agent: a.ID, AgentName: a.Name, Reason: reason, Why: why.English(), Because: why}
	return Fact(KindTransferEnded, by, ForAgents, Micros(now), body)
}

// EndOvertaken puts the end of an open transfer before the first event that takes
// away what it rests on: another lead, the queue, another Group, the end.
func EndOvertaken(s State, events []Event) []Event {
	t := s.OpenThread()
	if t == nil || t.Transfer == nil {
		return events
	}
	for i, e := range events {
		switch e.Kind {
		case KindTransferEnded:
			return events
		case KindAssign, KindRequeued, KindMoved, KindClosed, KindHold:
			end := EndTransfer(t, System(), Withdrawn, Says("pass.overtaken"), time.UnixMicro(e.At))
			return slices.Concat(events[:i], end, events[i:])
		}
	}
	return events
}

// transferred notes that a transfer was begun.
func (t *Thread) transferred(b TransferTold, seq int64) {
	x := b.Transfer
	x.Seq = seq
	t.Transfer, t.Offers = &x, nil
}

func (t *Thread) transferEnded(b TransferEnded, at int64) {
	x := t.Transfer
	t.Transfer, t.Offers = nil, nil
	if x == nil {
		return
	}
	if b.How != Accepted {
		// The time of the first reply goes on, and the lead is told anew when it ends.
		t.Rest, t.WarnedAt = t.Rest.Resting(max(t.AssignedAt, t.WaitingSince), x.At, at), 0
		return
	}
	t.passed(Passage{By: x.By, Agent: b.Agent, Group: x.To.Group, Reason: x.Reason, At: at})
	if !slices.Contains(t.Excluded, x.By) {
		t.Excluded = append(slices.Clone(t.Excluded), x.By)
	}
}

func (t *Thread) passed(p Passage) {
	t.Passed = append(slices.Clone(t.Passed), p)
	if n := len(t.Passed); n > maxPassed {
		t.Passed = t.Passed[n-maxPassed:]
	}
}

// asked notes whom a transfer has rung in vain.
func (t *Thread) asked(a AgentID) {
	x := *t.Transfer
	x.Asked = append(slices.Clone(x.Asked), a)
	t.Transfer = &x
}
