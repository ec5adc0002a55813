package chat

import (
	"cmp"
	"slices"
	"time"
)

// Promise is what a visitor was told that the team owes him: an answer, by whom,
// how, and by when. It is made where a Thread is passed to somebody who is not
// there, and ends when he is answered.
type Promise struct {
	// Seq is the number of the event that made it and names it in its Conversation.
	Seq int64 `json:"seq"`
	// Owner owes it; "" = whoever of the Group answers.
	Owner AgentID `json:"owner,omitempty"`
	Group GroupID `json:"group"`
	By    AgentID `json:"by"`
	Way   HeldWay `json:"way"`
	At    int64   `json:"at"`
	// Due is when it is owed, SoonAt when its owner and the supervisors are warned:
	// after 80 % of the time. Microseconds.
	Due    int64 `json:"due"`
	SoonAt int64 `json:"soon_at"`
	// Warned is how far the warnings have got.
	Warned PromiseStage `json:"warned,omitempty"`
}

// PromiseStage is a warning about a promise.
type PromiseStage string

// The stages.
const (
	PromiseSoon    PromiseStage = "soon"    // 80 % of the time are over
	PromiseOverdue PromiseStage = "overdue" // all of it
)

// Held is the body of hold: nobody was there, so the Thread waits for him. A
// visitor receives how and by when he is answered, and by whom.
type Held struct {
	To      Target  `json:"to"`
	ToName  string  `json:"to_name,omitempty"` // as in TransferTold
	Way     HeldWay `json:"way"`
	Due     int64   `json:"due"`
	Promise Promise `json:"promise"`
	// Email is where the answer goes; unverified.
	Email     string            `json:"email,omitempty"`
	ByName    string            `json:"by_name"`
	GroupName string            `json:"group_name"`
	Reason    string            `json:"reason,omitempty"`
	Summary   string            `json:"summary,omitempty"`
	Promised  string            `json:"promised,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	Playbook  int64             `json:"playbook,omitempty"`
	// Deviated is in what it is held otherwise than the Group has decided, Deviation
	// why.
	Deviated  []HeldPart `json:"deviated,omitempty"`
	Deviation string     `json:"deviation,omitempty"`
	// Gave are those who have passed it on for the same reason before: it does not ring
	// them.
	Gave     []AgentID    `json:"gave,omitempty" nullable:"false"`
	Why      string       `json:"why"`
	Because  Because      `json:"because,omitempty" nullable:"false"`
	Previous AgentID      `json:"previous"`
	QueuedAt int64        `json:"queued_at"`
	Place    int64        `json:"place"`
	Access   AccessChange `json:"access"`
}

// PromiseDue is the body of promise.due. Tell are those whom it concerns.
type PromiseDue struct {
	Promise Promise      `json:"promise"`
	Stage   PromiseStage `json:"stage"`
	Tell    []AgentID    `json:"tell"`
	Why     string       `json:"why"`
	Because Because      `json:"because,omitempty" nullable:"false"`
}

// How a promise ended.
const (
	PromiseKept      = "kept"
	PromiseCancelled = "cancelled" // the chat ended, or somebody said that nothing is owed
)

// PromiseEnded is the body of promise.ended.
type PromiseEnded struct {
	Promise Promise `json:"promise"`
	How     string  `json:"how"`
	Late    bool    `json:"late,omitempty"`
	By      AgentID `json:"by,omitempty"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// NewHold is a transfer to somebody who is not there.
type NewHold struct {
	NewTransfer
	Way HeldWay
	// Due is when the answer is owed, Usual when it would be as the Group has decided.
	Due, Usual time.Time
	Email      string
	// There is who takes chats now and could be asked instead; "" = nobody.
	There string
	// Deviation is needed where it is held otherwise than the Group has decided.
	Deviation string
	Order     Order
}

// Hold is the rule of passing the open Thread to somebody who is not there: it
// waits for him, its lead is free, and the visitor has a promise.
func Hold(s State, by Agent, m NewHold, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t != nil && t.Transfer != nil {
		closed := *t
		closed.Transfer, closed.Offers = nil, nil // asked in vain; holding it ends that
		t = &closed
	}
	if t != nil && m.To.Kind == ToGroup && m.Group.ID == t.Group {
		m.To.Kind = ToAnyone // whoever else of its own Group is back may owe the answer
	}
	if err := mayPass(t, by); err != nil {
		return nil, err
	}
	if !t.hosts(by) { // it takes the chat from its lead, who is not asked
		return nil, Errorf(Denied, "Only who leads this conversation, or a supervisor, has it held. Ask in a note.")
	}
	if err := mayGo(t, by, m.NewTransfer); err != nil {
		return nil, err
	}
	if err := t.mayWait(by, m.NewTransfer); err != nil {
		return nil, err
	}
	m.NewTransfer = m.unasked()
	parts := m.deviated(t.TakesPart(by.ID))
	if err := m.check(parts, now); err != nil {
		return nil, err
	}
	if m.To.Kind == ToAnyone {
		m.To.Kind = ToGroup // it waits in the Group's queue
	}
	events, err := sayFirst(s, by, m.Say, now)
	if err != nil {
		return nil, err
	}
	held := m.held(t, by, now)
	if held.Deviated = parts; len(parts) == 0 {
		held.Deviation = "" // nothing to explain, so nothing to count
	}
	return append(events, Fact(KindHold, System(), ForAll, Micros(now), held)), nil
}

func (m NewHold) check(parts []HeldPart, now time.Time) error {
	switch {
	case m.Way != HeldWait && m.Way != HeldMail:
		return Errorf(Invalid, "Say how it is held: wait, or mail.")
	case m.Way == HeldMail && m.Email == "":
		return Errorf(Invalid, "An answer by e-mail needs the visitor's address. Ask for it, or let him wait.")
	case !m.Due.After(now):
		return Errorf(Invalid, "The answer is due in the past. Choose a later time.")
	case m.Due.Sub(now) > MaxHeldDue*time.Minute:
		return Errorf(Invalid, "The answer is due in more than %d days. Choose an earlier time.", MaxHeldDue/60/24)
	}
	return m.decided(parts)
}

func (m NewHold) held(t *Thread, by Agent, now time.Time) Held {
	before, after := t.Access(), t.Access()
	after.Lead, after.Asked, after.Group, after.Policy, after.Stub = "", nil, m.Group.ID, m.Group.Policy, m.Group.Stub
	at, due := placeOf(*t, now), Micros(m.Due)
	begun := Micros(now)
	p := Promise{Owner: m.Agent.ID, Group: m.Group.ID, By: by.ID, Way: m.Way, At: begun, Due: due, SoonAt: SoonAt(begun, due)}
	to := m.Public
	if m.Agent.ID != "" {
		to = m.Agent.Name
	}
	why := Says("hold.wait", by.Name, m.whom())
	switch {
	case m.Way == HeldMail && m.There != "":
		why = Says("hold.mail.there", by.Name, m.whom())
	case m.Way == HeldMail:
		why = Says("hold.mail", by.Name, m.whom())
	case m.There != "":
		why = Says("hold.wait.there", by.Name, m.whom())
	}
	return Held{To: m.To, ToName: to, Way: m.Way, Due: due, Promise: p, Email: m.Email, ByName: by.Name, GroupName: m.Group.Name, Reason: m.Reason,
		Summary: m.Summary, Promised: m.Promised, Answers: m.answered(), Playbook: m.Version, Deviation: m.Deviation, Gave: without(t.Gave(m.Reason), by.ID), Why: why.English(), Because: why, Previous: t.Lead,
		QueuedAt: at, Place: PlaceInQueue(at, t.Priority, true, m.Order), Access: AccessChange{Before: before, After: after}}
}

// SoonAt is when 80 % of a promise's time are over.
func SoonAt(at, due int64) int64 { return at + (due-at)/5*4 }

// CancelPromise is the rule of saying that nothing is owed any more: for its owner,
// who leads, and who oversees the Group. Without an open promise it answers no event.
func CancelPromise(s State, by Agent, why string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil || t.Promise == nil:
		return nil, nil
	case by.ID != t.Promise.Owner && by.ID != t.Lead && !by.Oversees(t.Group):
		return nil, Errorf(Denied, "Only who owes it, who leads the conversation, or a supervisor can cancel it.")
	case why == "":
		return nil, Errorf(Invalid, "Say why nothing is owed any more.")
	}
	return []Event{endPromise(*t.Promise, by.Actor(), PromiseCancelled, why, nil, Micros(now))}, nil
}

// endPromise is the event of a promise that is over. words are those of who says
// so; where nobody does, because says why.
func endPromise(p Promise, by Actor, how, words string, because Because, at int64) Event {
	return Fact(KindPromiseEnded, by, ForAgents, at, PromiseEnded{Promise: p, How: how, Late: at > p.Due, By: by.Agent(),
		Why: cmp.Or(words, because.English()), Because: because})
}

// WarnOfPromise is the event of a promise that is due soon, or overdue; false where
// it has ended or that was said already.
func WarnOfPromise(s State, seq int64, stage PromiseStage, tell []AgentID, now time.Time) (Event, bool) {
	t := s.OpenThread()
	if t == nil || t.Promise == nil || t.Promise.Seq != seq || t.Promise.Warned == stage || t.Promise.Warned == PromiseOverdue {
		return Event{}, false
	}
	why := Says("promise.soon")
	if stage == PromiseOverdue {
		why = Says("promise.overdue")
	}
	return Fact(KindPromiseDue, System(), ForAgents, Micros(now), PromiseDue{Promise: *t.Promise, Stage: stage, Tell: tell, Why: why.English(), Because: why}), true
}

// Follow adds to events what follows from them in the same moment: an open
// transfer ends where what it rests on is taken away, and a promise where the
// visitor is answered, has another one, or the chat ends, with the chat what a
// former lead may see, and by coming somebody takes a raised help flag.
func Follow(s State, events []Event) []Event {
	return endHelped(s, endClosing(s, endPromised(s, EndOvertaken(s, events))))
}

func endPromised(s State, events []Event) []Event {
	t := s.OpenThread()
	if t == nil || t.Promise == nil || slices.ContainsFunc(events, func(e Event) bool { return e.Kind == KindPromiseEnded }) {
		return events
	}
	for i, e := range events {
		a := e.Actor.Agent()
		switch {
		case e.Kind == KindMessage && a != "" && (a == t.Promise.Owner || a == t.Lead) && !bridges(e):
			return slices.Insert(slices.Clone(events), i+1, endPromise(*t.Promise, e.Actor, PromiseKept, "", Says("promise.kept", e.Actor.Name), e.At))
		case e.Kind == KindHold:
			return slices.Insert(slices.Clone(events), i, endPromise(*t.Promise, e.Actor, PromiseCancelled, "", Says("promise.replaced"), e.At))
		case e.Kind == KindClosed:
			return slices.Insert(slices.Clone(events), i, endPromise(*t.Promise, e.Actor, PromiseCancelled, "", Says("promise.closed"), e.At))
		}
	}
	return events
}

func bridges(e Event) bool {
	b, err := Decode[Said](e)
	return err == nil && b.Bridge
}

// hold notes that the Thread waits for somebody who is not there.
func (t *Thread) hold(b Held, seq, at int64) {
	t.back(Requeued{QueuedAt: b.QueuedAt, Place: b.Place, Previous: b.Previous}, at)
	t.Group, t.Policy, t.Stub = b.Access.After.Group, b.Access.After.Policy, b.Access.After.Stub
	t.Tries, t.Round, t.RoundAt, t.MovedFrom, t.TakenFrom, t.LostAt = nil, 0, 0, "", "", 0
	t.Excluded = append([]AgentID{b.Promise.By}, b.Gave...)
	t.Held = &Target{Kind: b.To.Kind, Agent: b.To.Agent, Group: b.To.Group}
	p := b.Promise
	p.Seq = seq
	t.Promise = &p
	if b.Way == HeldMail {
		t.Mode, t.MailDone = Mail, true
	}
	t.passed(Passage{By: b.Promise.By, Agent: b.To.Agent, Group: b.To.Group, Reason: b.Reason, At: at})
}

// inherited notes that another Group has what the Thread waits for and owes. Whom it
// waits for need not be in that Group, and then he would never ring.
func (t *Thread) inherited(g GroupID) {
	if g == "" || t.Promise == nil {
		return
	}
	owner := t.Promise.Owner
	if t.State == Queued {
		owner = ""
	}
	if t.Held != nil {
		t.Held = &Target{Kind: ToGroup, Group: g}
	}
	t.owes(owner, g)
}

// owes notes who owes the promise of the Thread now, and in which Group.
func (t *Thread) owes(a AgentID, g GroupID) {
	if t.Promise == nil {
		return
	}
	p := *t.Promise
	p.Owner, p.Group = a, g
	t.Promise = &p
}

// free ends that the Thread waits for one: whoever is there may have it now, and
// the queue counts its wait from here.
func (t *Thread) free(at int64) {
	if t.Held != nil {
		t.Held, t.BackAt = nil, at
	}
}

func (t *Thread) warned(stage PromiseStage, at int64) {
	if t.Promise == nil {
		return
	}
	p := *t.Promise
	p.Warned = stage
	t.Promise = &p
	if stage == PromiseOverdue {
		t.free(at)
	}
}
