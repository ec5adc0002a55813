package chat

import (
	"slices"
	"strings"
	"time"
)

// Scope is for whom an example or a saved reply is.
type Scope string

// The scopes.
const (
	ScopeOwn   Scope = "own"   // whoever made it
	ScopeGroup Scope = "group" // a group
	ScopeTeam  Scope = "team"  // the whole team
)

// Example is a stretch of a conversation that others can learn from. It is shown
// to nobody who may not see its Thread.
type Example struct {
	ID ExampleID `json:"id"`
	Lines
	By    AgentID `json:"by"`
	Title string  `json:"title"`
	Why   string  `json:"why,omitempty"`
	Scope Scope   `json:"scope"`
	Group GroupID `json:"group,omitempty"`
	// Consents are of everybody of the team who wrote the lines; without all of
	// them it is not shared.
	Consents []Consent `json:"consents"`
	Created  int64     `json:"created"`
	Version  int64     `json:"version"`
}

// Consent is what an agent says to his lines being shared.
type Consent struct {
	Agent  AgentID       `json:"agent"`
	Answer ConsentAnswer `json:"answer,omitempty"`
	At     int64         `json:"at,omitempty"`
}

// ConsentAnswer is a yes or a no; the empty one is none yet.
type ConsentAnswer string

// The answers.
const (
	ConsentYes ConsentAnswer = "yes"
	ConsentNo  ConsentAnswer = "no"
)

// Shared reports whether others than those whom it concerns are shown the
// example.
func (e Example) Shared() bool {
	if e.Scope != ScopeGroup && e.Scope != ScopeTeam || len(e.Consents) == 0 {
		return false
	}
	return !slices.ContainsFunc(e.Consents, func(c Consent) bool { return c.Answer != ConsentYes })
}

// Concerns reports whether the example is an agent's own, or asks him.
func (e Example) Concerns(a AgentID) bool {
	return a != "" && (a == e.By || slices.ContainsFunc(e.Consents, func(c Consent) bool { return c.Agent == a }))
}

// ShownTo reports whether a person is told of the example, besides being admitted
// to its Thread.
func (e Example) ShownTo(v Viewer) bool {
	if e.Concerns(v.Agent) {
		return true
	}
	return e.Shared() && v.Kind == ByAgent && v.Agent != "" &&
		(e.Scope == ScopeTeam || v.Oversees(e.Group) || slices.Contains(v.Groups, e.Group))
}

// Write is the rule of making an example and of changing one: whoever wrote the
// lines is asked, and asked anew after each change, since he said yes to what it
// was. writers are they; the maker's own yes goes without asking.
func (e Example) Write(writers []AgentID, now time.Time) (Example, error) {
	if err := e.Lines.Check(); err != nil {
		return e, err
	}
	if e.Title = CleanLine(strings.ToValidUTF8(e.Title, ""), MaxMomentWord); e.Title == "" {
		return e, Errorf(Invalid, "Give the example a title.")
	}
	var err error
	if e.Why, err = coachText(e.Why); err != nil {
		return e, err
	}
	switch {
	case e.Scope != ScopeOwn && e.Scope != ScopeGroup && e.Scope != ScopeTeam:
		return e, Errorf(Invalid, "An example is your own, of a group, or of the team.")
	case e.Scope != ScopeGroup:
		e.Group = ""
	case e.Group == "":
		return e, Errorf(Invalid, "Say which group the example is for.")
	}
	e.Consents = []Consent{}
	if e.Scope != ScopeOwn {
		if len(writers) == 0 {
			return e, Errorf(Invalid, "Nobody of the team wrote any of these lines. Choose lines with an answer.")
		}
		e.ask(writers, Micros(now))
	}
	e.Version++
	return e, nil
}

func (e *Example) ask(writers []AgentID, at int64) {
	for _, a := range writers {
		c := Consent{Agent: a}
		if a == e.By {
			c.Answer, c.At = ConsentYes, at
		}
		e.Consents = append(e.Consents, c)
	}
}

// Consent is the rule of saying yes or no, as often as one likes.
func (e Example) Consent(by AgentID, yes bool, now time.Time) (Example, error) {
	i := slices.IndexFunc(e.Consents, func(c Consent) bool { return c.Agent == by })
	if i < 0 {
		return e, Errorf(Missing, "There is no such example, or it does not ask you.")
	}
	e.Consents = slices.Clone(e.Consents)
	e.Consents[i].Answer, e.Consents[i].At = ConsentNo, Micros(now)
	if yes {
		e.Consents[i].Answer = ConsentYes
	}
	e.Version++
	return e, nil
}
