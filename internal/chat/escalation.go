package chat

import (
	"cmp"
	"slices"
	"time"
)

// Step is one way in which somebody learns of what nobody has noticed yet. The sound
// of an open page is not among them: it comes at once.
type Step string

// The steps, in their order.
const (
	StepPush      Step = "push"      // to the devices of whom it is for
	StepColleague Step = "colleague" // one of his Group, whose turn it is
	StepLead      Step = "lead"      // whoever oversees the Group
	StepMail      Step = "mail"      // to the address of whom it is for
)

// Escalation is after how many seconds an alert of a kind that nobody has noticed
// takes each step; 0 = it never does. A push comes always.
type Escalation struct {
	Push      int `json:"push" minimum:"1" maximum:"600"`
	Colleague int `json:"colleague" minimum:"0" maximum:"86400"`
	Lead      int `json:"lead" minimum:"0" maximum:"86400"`
	Mail      int `json:"mail" minimum:"0" maximum:"86400"`
}

const (
	maxPushAfter = 600
	maxStepAfter = 24 * 60 * 60
)

// Escalated are the kinds of alerts whose steps a workspace decides about.
func Escalated() []AlertKind {
	return []AlertKind{AlertQueue, AlertAssigned, AlertOffer, AlertTransfer, AlertInvite, AlertMention, AlertHelp, AlertPromise}
}

// Steps are those that alerts of the kind can take. What rings for somebody is his
// alone: where he does not hear it, it goes on by the rules of ringing, or back.
func (k AlertKind) Steps() []Step {
	switch k {
	case AlertQueue:
		return []Step{StepPush, StepColleague, StepLead}
	case AlertAssigned, AlertMention:
		return []Step{StepPush, StepColleague, StepLead, StepMail}
	case AlertPromise: // its supervisors are told with its owner
		return []Step{StepPush, StepColleague, StepMail}
	case AlertHelp: // it is for the supervisors in the first place
		return []Step{StepPush, StepColleague}
	case AlertTransfer, AlertInvite:
		return []Step{StepPush, StepMail}
	case AlertOffer, AlertMessage, AlertTalk, AlertTest:
		return []Step{StepPush}
	}
	return nil
}

// Shared reports whether alerts of the kind are for whoever comes first: they climb
// for the Conversation as long as nobody has come, and who has looked has not.
func (k AlertKind) Shared() bool { return k == AlertQueue || k == AlertHelp }

// Escalation is how alerts of the kind climb where nothing else is decided.
func (k AlertKind) Escalation() Escalation {
	e := Escalation{Push: int(AlertGrace / time.Second)}
	switch k {
	case AlertQueue:
		e.Colleague, e.Lead = 45, 120
	case AlertAssigned:
		e.Colleague, e.Lead = 60, 180
	case AlertHelp:
		e.Colleague = 60
	case AlertPromise:
		e.Colleague = 300
	case AlertOffer, AlertTransfer, AlertInvite, AlertMention, AlertMessage, AlertTalk, AlertTest:
	}
	return e
}

// at is when a step is taken, in seconds; 0 = never.
func (e Escalation) at(s Step) int {
	switch s {
	case StepPush:
		return e.Push
	case StepColleague:
		return e.Colleague
	case StepLead:
		return e.Lead
	case StepMail:
		return e.Mail
	}
	return 0
}

// Check refuses an escalation that alerts of the kind cannot have.
func (e Escalation) Check(k AlertKind) error {
	if !slices.Contains(Escalated(), k) {
		return Errorf(Invalid, "Nobody decides about the steps of alerts of kind %q.", k)
	}
	before := 0
	for _, s := range []Step{StepPush, StepColleague, StepLead, StepMail} {
		after := e.at(s)
		switch {
		case s == StepPush && (after < 1 || after > maxPushAfter):
			return Errorf(Invalid, "A push comes after 1 to %d seconds.", maxPushAfter)
		case after < 0 || after > maxStepAfter:
			return Errorf(Invalid, "A step comes within a day.")
		case after > 0 && !slices.Contains(k.Steps(), s):
			return Errorf(Invalid, "Alerts of kind %q are never passed on that way (%s).", k, s)
		case after > 0 && after <= before:
			return Errorf(Invalid, "Each step comes later than the one before it.")
		}
		before = max(before, after)
	}
	return nil
}

// PushAfter is how long an alert is left to the sound of an open page.
func (e Escalation) PushAfter() time.Duration { return time.Duration(e.Push) * time.Second }

// Next is the step beyond another, "" standing for the first beyond the push, and how
// long after the beginning it comes; false = there is none.
func (e Escalation) Next(after Step) (Step, time.Duration, bool) {
	order := []Step{StepColleague, StepLead, StepMail}
	for _, s := range order[slices.Index(order, after)+1:] {
		if e.at(s) > 0 {
			return s, time.Duration(e.at(s)) * time.Second, true
		}
	}
	return "", 0, false
}

// Takes reports whether the step is ever taken.
func (e Escalation) Takes(s Step) bool { return e.at(s) > 0 }

// Candidate is an agent whom a step may call. Sees = he may see what it is about;
// Called = he has been called, or did it himself; Hushed = he is not to be alarmed
// now. Last is when he was called for a colleague last.
type Candidate struct {
	Agent  Agent
	Sees   bool
	Called bool
	Hushed bool
	Last   int64
}

// CalledAt is whom a step calls about something of a Group: of colleagues one who
// takes chats, else one who finishes his, who was not called for the longest time; of
// those who oversee it all.
func CalledAt(step Step, g GroupID, all []Candidate) []AgentID {
	able := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool {
		return c.Agent.Disabled || !c.Sees || c.Called || c.Hushed || !step.Serves(c.Agent, g)
	})
	slices.SortFunc(able, func(a, b Candidate) int { return byTurn(g, a, b) })
	if step == StepColleague && len(able) > 1 {
		able = able[:1]
	}
	who := make([]AgentID, len(able))
	for i, c := range able {
		who[i] = c.Agent.ID
	}
	return who
}

// Serves reports whether an agent is one of those whom a step calls about something of
// a Group.
func (s Step) Serves(a Agent, g GroupID) bool {
	switch s {
	case StepColleague:
		return a.InGroup(g) && a.Role.Answers() && OnShift(a)
	case StepLead:
		return a.Oversees(g)
	case StepPush, StepMail:
	}
	return false
}

// byTurn leaves those who oversee the Group to their own step, where others are there.
func byTurn(g GroupID, a, b Candidate) int {
	return cmp.Or(a.rank(g)-b.rank(g), cmp.Compare(a.Last, b.Last), cmp.Compare(a.Agent.ID, b.Agent.ID))
}

func (c Candidate) rank(g GroupID) int {
	rank := 0
	if c.Agent.Status != Accepting {
		rank++
	}
	if c.Agent.Oversees(g) {
		rank += 2
	}
	return rank
}
