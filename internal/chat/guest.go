package chat

import (
	"slices"
	"time"
)

// MaxGuests is how many colleagues may be guests of one Thread.
const MaxGuests = 20

// Granted is the body of grant and grant.ended: an agent may see a Thread though
// its policy does not admit him, or may not any more.
type Granted struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	// Watching: he led the Thread, and sees it as long as he watches.
	Watching bool         `json:"watching,omitempty"`
	Access   AccessChange `json:"access"`
}

// NoAccess is the detail of the conflict that a note is answered with which
// mentions colleagues who may not see the Thread: its author may let them.
type NoAccess struct {
	Agents []AgentID `json:"agents"`
}

// AsGuest reports whether the agent sees the Thread as a guest alone: he may read
// and write notes, and nothing that the visitor notices.
func (a Access) AsGuest(v Viewer) bool { return slices.Contains(a.Guests, v.Agent) && a.reads(v) }

// AsAsked reports whether the agent sees the Thread only because it is being passed
// to him: until he has accepted he has no more rights than a guest.
func (a Access) AsAsked(v Viewer) bool { return slices.Contains(a.Asked, v.Agent) && a.reads(v) }

// reads reports whether the agent is admitted for a time, and not by the policy or
// by what he does there.
func (a Access) reads(v Viewer) bool {
	if !a.Admits(v) {
		return false
	}
	a.Guests, a.Asked = nil, nil
	return !a.Admits(v)
}

// MoreThanReading refuses whoever sees a Thread as a guest, or because he is asked
// to take over, and wants more than to read it and to write notes.
func MoreThanReading(s State, a Agent) error {
	switch acc := s.Access(); {
	case acc.AsAsked(a.Viewer()):
		return Errorf(Denied, "This conversation is being passed to you, and not yours yet. Accept it first; your text is kept.")
	case acc.AsGuest(a.Viewer()):
		return Errorf(Denied, "You are a guest in this conversation: you can read it and write notes. Ask its lead where you should do more; your text is kept.")
	}
	return nil
}

// MayGrant reports whether the agent may let colleagues see the Thread: its lead,
// and who oversees its Group.
func (t Thread) MayGrant(a Agent) bool {
	return a.Oversees(t.Group) || t.Lead != "" && t.Lead == a.ID
}

// Grant is the rule of letting colleagues see a Thread whose policy does not admit
// them. It belongs to this Thread: the next one begins without guests. Whom it
// admits already gets no event.
func Grant(s State, by Agent, to []Agent, now time.Time) ([]Event, error) {
	t := s.Thread
	switch {
	case t == nil:
		return nil, Errorf(Gone, "Nothing has been said here yet; there is nothing to show.")
	case !t.MayGrant(by):
		return nil, Errorf(Denied, "Only who leads this conversation, or a supervisor, lets others see it. Ask one of them.")
	}
	access := t.Access()
	var events []Event
	for _, guest := range to {
		if access.Admits(guest.Viewer()) {
			continue
		}
		before := access
		access.Guests = append(without(access.Guests, guest.ID), guest.ID)
		events = append(events, granted(KindGrant, by, guest, before, access, now))
	}
	if len(access.Guests) > MaxGuests {
		return nil, Errorf(Limited, "At most %d colleagues see a conversation as guests. End somebody's access first; nothing was changed.", MaxGuests)
	}
	return events, nil
}

// Revoke is the rule of ending what was granted: by who may grant, and by the
// guest himself. Ending what is over answers no event.
func Revoke(s State, by, guest Agent, now time.Time) ([]Event, error) {
	t := s.Thread
	if t == nil || !slices.Contains(t.Guests, guest.ID) {
		return nil, nil
	}
	if !t.MayGrant(by) && by.ID != guest.ID {
		return nil, Errorf(Denied, "Only who leads this conversation, or a supervisor, ends a guest's access.")
	}
	before, after := t.Access(), t.Access()
	after.Guests = guestsWithout(t.Guests, guest.ID)
	return []Event{granted(KindGrantEnded, by, guest, before, after, now)}, nil
}

func granted(kind Kind, by, guest Agent, before, after Access, now time.Time) Event {
	body := Granted{Agent: guest.ID, AgentName: guest.Name, Access: AccessChange{Before: before, After: after}}
	return Fact(kind, by.Actor(), ForAgents, Micros(now), body)
}

// guestsWithout is a copy, and nil where nobody is left, as in a Thread that never
// had guests.
func guestsWithout(guests []AgentID, a AgentID) []AgentID {
	if left := without(guests, a); len(left) > 0 {
		return left
	}
	return nil
}
