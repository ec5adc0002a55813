package routing

import (
	"slices"

	"earshot/internal/chat"
)

// Route sends the arrivals that meet all its conditions to a Group. Routes are
// in order; the first that matches wins.
type Route struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Off keeps the Route without using it.
	Off      bool         `json:"off,omitempty"`
	When     []Condition  `json:"when"`
	Group    chat.GroupID `json:"group"`
	Priority int          `json:"priority,omitempty"`
	Skills   []string     `json:"skills,omitempty"`
}

// Choices are the words that others than the rules have about the Group, by
// falling weight.
type Choices struct {
	// Signed was named by the signed API. What the page named with setGroup
	// stands in the Arrival and comes second.
	Signed chat.GroupID `json:"signed,omitempty"`
	// Visitor is what the visitor picked in the group chooser.
	Visitor chat.GroupID `json:"visitor,omitempty"`
	// Offered are the Groups that the site lets visitors choose from; none = all
	// that are not private.
	Offered []chat.GroupID `json:"offered,omitempty"`
	// Last had the visitor's chat within the last 7 days.
	Last chat.GroupID `json:"last,omitempty"`
	// Default takes what nothing else decides: the site's Group.
	Default chat.GroupID `json:"default,omitempty"`
}

// Cause is who decided a Placement.
type Cause string

// The causes of a Placement, by falling weight.
const (
	BySigned   Cause = "signed"
	ByPage     Cause = "page"
	ByVisitor  Cause = "visitor"
	ByLast     Cause = "returning" // the group of his last chat, where it takes chats now or owns them and is open
	ByRule     Cause = "rule"
	ByDefault  Cause = "default"
	ByFallback Cause = "fallback" // the first line, for a closed Group
)

// Placement is the Group that an arrival reaches, and why.
type Placement struct {
	Group    chat.GroupID `json:"group"`
	Cause    Cause        `json:"cause"`
	Rule     string       `json:"rule,omitempty"` // the id of the Route that matched
	Priority int          `json:"priority,omitempty"`
	Skills   []string     `json:"skills,omitempty"`
	Because  chat.Because `json:"because"`
	Why      string       `json:"why"` // its English
	// Ask is set where the visitor chose a Group that takes no chat now: he is
	// asked, never moved silently.
	Ask *Ask `json:"ask,omitempty"`
}

// Ask is the question to a visitor whose Group takes no chat now: leave a
// message for it, or talk to one of the others.
type Ask struct {
	Chosen Standing   `json:"chosen"`
	Others []Standing `json:"others"`
}

// Place decides which Group an arrival reaches: the signed API, then the page,
// then the agent's choice in the open Thread, then the visitor's, then where his
// last chat was, then the first matching rule, then the default. A name of a Group that is not there is passed
// over. What a rule sends to a closed Group goes to the default, where that is a
// first line and takes chats.
func Place(rules []Route, a chat.Arrival, c Choices, groups []Standing) Placement {
	p := reached(rules, a, c, groups)
	p.Why = p.Because.English()
	return p
}

func reached(rules []Route, a chat.Arrival, c Choices, groups []Standing) Placement {
	for _, named := range []struct {
		group chat.GroupID
		cause Cause
		why   chat.Because
	}{
		{c.Signed, BySigned, chat.Says("place.signed")},
		{a.Group, ByPage, chat.Says("place.page")},
	} {
		if _, there := find(groups, named.group); there {
			return Placement{Group: named.group, Cause: named.cause, Because: named.why}
		}
	}
	if chosen, there := find(groups, c.Visitor); there && c.offers(chosen) {
		return chose(chosen, c, groups)
	}
	if last, there := find(groups, c.Last); there && last.keeps() {
		return Placement{Group: last.Group, Cause: ByLast, Because: chat.Says("place.last", last.Name)}
	}
	for _, r := range rules {
		if target, there := find(groups, r.Group); there && !r.Off && matches(r, a) {
			return byRule(r, target, c.Default, groups)
		}
	}
	return Placement{Group: c.Default, Cause: ByDefault, Because: chat.Says("place.default")}
}

// keeps reports whether a visitor who was there comes back to it: it takes chats, or
// it owns them, and then nothing but its hours sends him elsewhere.
func (s Standing) keeps() bool {
	return s.takes() || (s.Line == EndToEnd && !s.Closed && fault != faultStray)
}

// offers reports whether visitors may choose the Group.
func (c Choices) offers(g Standing) bool {
	return !g.Private && (len(c.Offered) == 0 || slices.Contains(c.Offered, g.Group))
}

func chose(chosen Standing, c Choices, groups []Standing) Placement {
	p := Placement{Group: chosen.Group, Cause: ByVisitor, Because: chat.Says("place.visitor")}
	if chosen.takes() {
		return p
	}
	p.Ask = &Ask{Chosen: chosen, Others: []Standing{}}
	for _, g := range groups {
		if g.Group != chosen.Group && c.offers(g) && g.takes() {
			p.Ask.Others = append(p.Ask.Others, g)
		}
	}
	p.Because = slices.Concat(p.Because, chosen.Because, chat.Says("place.ask"))
	return p
}

func byRule(r Route, target Standing, standard chat.GroupID, groups []Standing) Placement {
	p := Placement{Group: target.Group, Cause: ByRule, Rule: r.ID, Priority: r.Priority, Skills: slices.Clone(r.Skills),
		Because: chat.Says("place.rule", r.Name)}
	first, there := find(groups, standard)
	if target.Closed && there && first.Group != target.Group && first.Line == FirstLine && first.takes() {
		p.Group, p.Cause = first.Group, ByFallback
		p.Because = slices.Concat(p.Because, target.Because, chat.Says("place.fallback", first.Name))
	}
	return p
}

// Verdict is what the rules' tester shows about one Route.
type Verdict struct {
	Rule    string `json:"rule"`
	Name    string `json:"name"`
	Matches bool   `json:"matches"`
	// Decides marks the first that matches.
	Decides    bool    `json:"decides"`
	Why        string  `json:"why"`
	Conditions []Found `json:"conditions"`
}

// Found is how one condition fared.
type Found struct {
	Condition string       `json:"condition"`
	Holds     bool         `json:"holds"`
	Because   chat.Because `json:"because"`
	Why       string       `json:"why"` // its English
}

// Explain tells, for each Route and each condition, why it matches the arrival
// or does not.
func Explain(rules []Route, a chat.Arrival) []Verdict {
	all := make([]Verdict, 0, len(rules))
	decided := false
	for _, r := range rules {
		v := Verdict{Rule: r.ID, Name: r.Name, Matches: true, Conditions: []Found{}}
		for _, c := range r.When {
			f := c.test(a)
			v.Matches = v.Matches && f.Holds
			v.Conditions = append(v.Conditions, f)
		}
		v.Matches = v.Matches && !r.Off
		v.Decides = v.Matches && !decided
		v.Why = v.because(r.Off)
		decided = decided || v.Matches
		all = append(all, v)
	}
	return all
}

func (v Verdict) because(off bool) string {
	switch {
	case off:
		return "It is switched off."
	case v.Decides && len(v.Conditions) == 0:
		return "It has no conditions and matches everything."
	case v.Decides:
		return "All its conditions hold, and it is the first."
	case v.Matches:
		return "It matches too, but one before it decides."
	}
	return "Not all its conditions hold."
}

func matches(r Route, a chat.Arrival) bool {
	for _, c := range r.When {
		if _, _, holds := c.meets(a); !holds {
			return false
		}
	}
	return true
}

// Check refuses a Route that could never do what it says. groups are those that
// exist.
func (r Route) Check(groups []chat.GroupID) error {
	switch {
	case r.Name == "":
		return chat.Errorf(chat.Invalid, "The rule needs a name.")
	case !slices.Contains(groups, r.Group):
		return chat.Errorf(chat.Invalid, "The rule \"%s\" names a group that is not there.", r.Name)
	}
	for _, c := range r.When {
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}
