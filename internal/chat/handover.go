package chat

import (
	"cmp"
	"time"
)

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
