package chat

import "time"

// LinkID names a Link; prefix "l".
type LinkID string

// UndoFor is how long anybody who may see one of them takes a Link back; later
// only who oversees does.
const UndoFor = 30 * 24 * time.Hour

// MaxPerson is how many Visitors are linked as one Person at most.
const MaxPerson = 30

// Link is that two Visitors are the same human, as an agent said. Visitors that
// hang together by Links are one Person. No Event moves: ending the Link undoes
// it.
type Link struct {
	ID    LinkID    `json:"id"`
	One   VisitorID `json:"one"`
	Other VisitorID `json:"other"`
	At    int64     `json:"at"`
	// By is the agent who said so; "" = both are signed as the same.
	By     AgentID `json:"by"`
	ByName string  `json:"by_name"`
}

// Far returns the other end of a Link, and whether the Visitor is one of its ends.
func (l Link) Far(v VisitorID) (VisitorID, bool) {
	switch v {
	case l.One:
		return l.Other, true
	case l.Other:
		return l.One, true
	}
	return "", false
}

// Linked is the body of person.linked and person.unlinked, in the Conversations
// of both Visitors. It does not name the other one: who reads this may not see
// that one.
type Linked struct {
	Link LinkID `json:"link"`
}

// LinkPerson is the rule of saying that two Visitors are the same human. person
// are those who hang together with either already, themselves among them. Who were
// signed as different people are linked by who oversees alone.
func LinkPerson(id LinkID, one, other VisitorID, person []Visitor, by Agent, now time.Time) (Link, Event, error) {
	if Apart(person) && !by.Role.Oversees() {
		return Link{}, Event{}, Errorf(Denied, "Their site has signed these visitors as different people. Ask a supervisor to link them; nothing was changed.")
	}
	l := Link{ID: id, One: one, Other: other, At: Micros(now), By: by.ID, ByName: by.Name}
	return link(l, len(person), by.Actor())
}

// LinkSigned is the rule of two Visitors being the same human since both are signed as
// the same. Where that would make different people one it is for an agent to say, and
// there is no link; so where they are too many.
func LinkSigned(id LinkID, one, other VisitorID, person []Visitor, now time.Time) (Link, Event, bool) {
	if Apart(person) {
		return Link{}, Event{}, false
	}
	l, e, err := link(Link{ID: id, One: one, Other: other, At: Micros(now)}, len(person), System())
	return l, e, err == nil
}

func link(l Link, many int, by Actor) (Link, Event, error) {
	if l.One == l.Other {
		return Link{}, Event{}, Errorf(Invalid, "This is the same visitor already.")
	}
	if many > MaxPerson {
		return Link{}, Event{}, Errorf(Limited, "At most %d visitors are linked as one person. Nothing was changed; undo a link that is wrong first.", MaxPerson)
	}
	return l, Fact(KindLinked, by, ForAgents, l.At, Linked{Link: l.ID}), nil
}

// UnlinkPerson is the rule of taking that back.
func UnlinkPerson(l Link, by Agent, now time.Time) (Event, error) {
	if l.By == "" && !by.Role.Oversees() {
		return Event{}, Errorf(Denied, "Both visitors are signed as the same person. Ask a supervisor to undo the link; nothing was changed.")
	}
	if Micros(now)-l.At > UndoFor.Microseconds() && !by.Role.Oversees() {
		return Event{}, Errorf(Denied, "This link is older than 30 days. Ask a supervisor to undo it; nothing was changed.")
	}
	return Fact(KindUnlinked, by.Actor(), ForAgents, Micros(now), Linked{Link: l.ID}), nil
}
