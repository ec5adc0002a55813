package chat

import (
	"cmp"
	"time"
)

// Handed is the body of handed: who goes home has passed a Thread on, to a colleague or
// to whoever takes it from his Group's queue. What comes of that stands in the event
// after it.
type Handed struct {
	By     AgentID `json:"by"`
	ByName string  `json:"by_name"`
	To     Target  `json:"to"`
	ToName string  `json:"to_name"`
	From   GroupID `json:"from"`
	Reason string  `json:"reason,omitempty"`
	// Answers are to the playbook's questions, by their text.
	Answers  map[string]string `json:"answers,omitempty"`
	Playbook int64             `json:"playbook,omitempty"`
}

// HandOver is the rule of a lead who goes home giving the open Thread to a colleague, who
// has it at once. It goes through the gates of every way ([mayGo]). Who is in its Group
// has had it before him already, as anyone else there, and is asked nothing for it.
func HandOver(s State, by Agent, m NewTransfer, g Given, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to hand over.")
	case t.Lead != by.ID:
		return nil, Errorf(Denied, "Only who leads this conversation hands it over.")
	}
	if m.Group.ID == t.Group {
		m.Chapter.Reasons, m.Chapter.Questions = nil, nil
	} else {
		g.Group = &m.Group
	}
	if err := mayGo(t, by, m); err != nil {
		return nil, err
	}
	if g.Room.Above() {
		return nil, Errorf(Conflict, "%s has no room for it any more.", m.Agent.Name)
	}
	g.Cause = ByHandover
	return []Event{m.handed(t, by, now), assign(t, m.Agent, by.Actor(), g, now)}, nil
}

// HandBack is the rule of a lead who goes home leaving the open Thread to his Group's
// queue. Nothing is asked for that: whoever goes home can always do so. It is a passage
// all the same.
func HandBack(s State, by Agent, m NewTransfer, cause string, o Order, now time.Time) ([]Event, error) {
	events, err := Requeue(s, by, by, cause, o, now)
	if err != nil || len(events) == 0 {
		return events, err
	}
	m.To, m.Reason, m.Answers = Target{Kind: ToAnyone, Group: s.Thread.Group}, "", nil
	return append([]Event{m.handed(s.Thread, by, now)}, events...), nil
}

func (m NewTransfer) handed(t *Thread, by Agent, now time.Time) Event {
	body := Handed{By: by.ID, ByName: by.Name, To: m.To, ToName: m.whom(), From: t.Group, Reason: m.Reason, Answers: m.answered(), Playbook: m.Version}
	return Fact(KindHanded, by.Actor(), ForAgents, Micros(now), body)
}

// PromisePassed is the body of promise.passed: somebody else owes the answer. The
// promise is as it was; Owner is who owes it now, "" = whoever of its Group answers.
type PromisePassed struct {
	Promise   Promise `json:"promise"`
	Owner     AgentID `json:"owner,omitempty"`
	OwnerName string  `json:"owner_name,omitempty"`
	Why       string  `json:"why"`
	Because   Because `json:"because,omitempty" nullable:"false"`
}

// PassPromise is the rule of a promise getting another owner: a colleague, or, with
// the zero Agent, the Group. words are those of who does; where he gives none, because
// says why. Passing it to who owes it already answers no event.
func PassPromise(s State, by, to Agent, words string, because Because, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil || t.Promise == nil:
		return nil, Errorf(Gone, "Nothing is owed here any more.")
	case t.Promise.Owner == to.ID:
		return nil, nil
	case by.ID != t.Promise.Owner && by.ID != t.Lead && !by.Oversees(t.Group):
		return nil, Errorf(Denied, "Only who owes it, who leads the conversation, or a supervisor can pass it on.")
	case to.Disabled:
		return nil, Errorf(Gone, "The account of %s is disabled.", to.Name)
	}
	body := PromisePassed{Promise: *t.Promise, Owner: to.ID, OwnerName: to.Name, Why: cmp.Or(words, because.English()), Because: because}
	return []Event{Fact(KindPromisePassed, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// promisePassed notes who owes the promise now. What waits for who was not there
// waits for him instead.
func (t *Thread) promisePassed(to AgentID) {
	if t.Promise == nil {
		return
	}
	t.owes(to, t.Group)
	if t.Held == nil {
		return
	}
	t.Held = &Target{Kind: ToGroup, Group: t.Held.Group}
	if to != "" {
		t.Held.Kind, t.Held.Agent = ToAgent, to
	}
}
