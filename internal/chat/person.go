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
	ID     LinkID    `json:"id"`
	One    VisitorID `json:"one"`
	Other  VisitorID `json:"other"`
	At     int64     `json:"at"`
	By     AgentID   `json:"by"`
	ByName string    `json:"by_name"`
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
// are those who hang together with either already.
func LinkPerson(id LinkID, one, other VisitorID, person []VisitorID, by Agent, now time.Time) (Link, Event, error) {
	if one == other {
		return Link{}, Event{}, Errorf(Invalid, "This is the same visitor already.")
	}
	if len(person) > MaxPerson {
		return Link{}, Event{}, Errorf(Limited, "At most %d visitors are linked as one person. Nothing was changed; undo a link that is wrong first.", MaxPerson)
	}
	l := Link{ID: id, One: one, Other: other, At: Micros(now), By: by.ID, ByName: by.Name}
	return l, Fact(KindLinked, by.Actor(), ForAgents, Micros(now), Linked{Link: id}), nil
}

// UnlinkPerson is the rule of taking that back.
func UnlinkPerson(l Link, by Agent, now time.Time) (Event, error) {
	if Micros(now)-l.At > UndoFor.Microseconds() && !by.Role.Oversees() {
		return Event{}, Errorf(Denied, "This link is older than 30 days. Ask a supervisor to undo it; nothing was changed.")
	}
	return Fact(KindUnlinked, by.Actor(), ForAgents, Micros(now), Linked{Link: l.ID}), nil
}
