package stream

import (
	"slices"

	"earshot/internal/chat"
)

// verdict is what an agent's feed does with an entry.
type verdict uint8

const (
	nothing verdict = iota
	asEvent         // the event itself
	asRow           // at most one row of its Conversation a second
	asGone          // the agent could see it before, and not any more
	asCut           // not any more this Thread, which is a former one, but the present: gone, and then a row
)

// visible asks the one access function.
func visible(e chat.Event, acc chat.Access, v chat.Viewer) bool {
	return faultVisible || chat.Visible(e, acc, v)
}

// judge decides what an agent receives of an entry, by the Access as of now.
func judge(e chat.Event, p *place, v chat.Viewer, watched bool) verdict {
	acc := p.of(e.Thread)
	switch {
	case visible(e, acc, v):
		// A private event reaches whom it names and no row: it shows in no list.
		if _, private := e.Audience.People(); private || e.Conversation.Reserved() || watched || takesPart(e, p, v.Agent) {
			return asEvent
		}
		if acc.OfTalk() {
			return ofTalk(e, p, v)
		}
		if past(e) {
			return nothing
		}
		return asRow
	case !e.Conversation.Reserved() && !acc.Admits(v) && before(e, p).Admits(v):
		if p.newest().Admits(v) {
			return asCut
		}
		return asGone
	}
	return nothing
}

// ofTalk decides what somebody who may read a talk receives of it: everything where
// he is in it, or was until this very event. A talk stands in no list of customers,
// so there are no rows of it; who only looks loads it.
func ofTalk(e chat.Event, p *place, v chat.Viewer) verdict {
	if p.of("").Within(v) || before(e, p).Within(v) {
		return asEvent
	}
	return nothing
}

// past reports whether the event changes only who may see a Thread that is over.
// Lists show nothing new then; a group of a hundred thousand old Threads would
// send as many rows to everybody.
func past(e chat.Event) bool {
	if e.Kind != chat.KindPolicy {
		return false
	}
	body, err := chat.Decode[chat.PolicyChanged](e)
	return err == nil && body.Past
}

// before returns the Access that the event took away: that of the Thread before
// its change, or of the Thread before where a new one begins.
func before(e chat.Event, p *place) chat.Access {
	if e.Kind == chat.KindStarted {
		return p.former(e.Thread)
	}
	if now := p.of(""); e.Thread == "" && now.OfTalk() {
		return now.Unfold(e)
	}
	change, _ := chat.AccessAfter(e)
	return change.Before
}

// takesPart reports whether the agent takes part in the event's Thread or in the
// present one, or did until this very event, or is the one whom an offer asks.
func takesPart(e chat.Event, p *place, a chat.AgentID) bool {
	return asks(e, a) || holds(p.of(e.Thread), a) || holds(p.newest(), a) || holds(before(e, p), a)
}

// asks reports whether the event is about an offer to the agent, or tells him of a
// promise: he learns it now, not with the next row.
func asks(e chat.Event, a chat.AgentID) bool {
	switch e.Kind {
	case chat.KindOffer:
		b, err := chat.Decode[chat.Offered](e)
		return err == nil && a != "" && b.Agent == a
	case chat.KindOfferEnded:
		b, err := chat.Decode[chat.OfferEnded](e)
		return err == nil && a != "" && b.Agent == a
	case chat.KindPromiseDue:
		b, err := chat.Decode[chat.PromiseDue](e)
		return err == nil && slices.Contains(b.Tell, a)
	case chat.KindPromisePassed:
		b, err := chat.Decode[chat.PromisePassed](e)
		return err == nil && a != "" && b.Owner == a
	}
	return false
}

func holds(acc chat.Access, a chat.AgentID) bool {
	return a != "" && (acc.Lead == a || slices.Contains(acc.Members, a))
}
