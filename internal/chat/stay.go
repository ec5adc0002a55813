package chat

import (
	"slices"
	"time"
)

// LetStay is the event that lets the former lead of a Thread go on seeing it, as long
// as he watches it; none where he sees it anyway. after are the events that another
// leads by.
func LetStay(after []Event, former Agent, by Actor, now time.Time) []Event {
	var access Access
	for _, e := range after {
		if change, tells := AccessAfter(e); tells {
			access = change.After
		}
	}
	if access.Group == "" || former.Disabled || access.Admits(former.Viewer()) || len(access.Guests) >= MaxGuests {
		return nil
	}
	with := access
	with.Guests = append(slices.Clone(access.Guests), former.ID)
	body := Granted{Agent: former.ID, AgentName: former.Name, Watching: true, Access: AccessChange{Before: access, After: with}}
	return []Event{Fact(KindGrant, by, ForAgents, Micros(now), body)}
}

// EndStays is the events that end the access of those who see a Thread only as long
// as they watch it, and do not any more.
func EndStays(t Thread, watching func(AgentID) bool, now time.Time) []Event {
	var events []Event
	access := t.Access()
	for _, a := range t.Stays {
		if watching(a) {
			continue
		}
		before := access
		access.Guests = guestsWithout(access.Guests, a)
		body := Granted{Agent: a, Watching: true, Access: AccessChange{Before: before, After: access}}
		events = append(events, Fact(KindGrantEnded, System(), ForAgents, Micros(now), body))
	}
	return events
}

// endClosing puts the end of that access before the end of the Thread.
func endClosing(s State, events []Event) []Event {
	t := s.OpenThread()
	i := slices.IndexFunc(events, func(e Event) bool { return e.Kind == KindClosed })
	if t == nil || i < 0 || len(t.Stays) == 0 {
		return events
	}
	ends := EndStays(*t, func(AgentID) bool { return false }, time.UnixMicro(events[i].At))
	return slices.Concat(events[:i], ends, events[i:])
}

// stay folds whether a guest is one only as long as he watches.
func (t *Thread) stay(a AgentID, watching bool) {
	if t.Stays = without(t.Stays, a); watching {
		t.Stays = append(t.Stays, a)
	}
	if len(t.Stays) == 0 {
		t.Stays = nil
	}
}
