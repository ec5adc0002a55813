package chat

import (
	"slices"
	"time"
)

// HelpTaken is the body of help.taken: a colleague says that he comes, so that
// nobody else needs to.
type HelpTaken struct {
	By     AgentID `json:"by"`
	ByName string  `json:"by_name"`
	// WaitedMS is how long the flag was raised before, in milliseconds.
	WaitedMS int64 `json:"waited_ms"`
}

// How a taken flag is given back.
const (
	ReturnedByHand = "hand"   // he who had taken it gave it back
	ReturnedGone   = "gone"   // he had no connection for 45 s, or was disabled
	ReturnedAccess = "access" // he may not help in this chat any more
)

// HelpReturned is the body of help.returned: who had taken the flag does not come,
// and everybody is called again.
type HelpReturned struct {
	By     AgentID `json:"by"` // who had taken it
	ByName string  `json:"by_name"`
	How    string  `json:"how"`
}

// wanting reports whether help is wanted by the agent himself: he leads the chat, or
// raised the flag, so that it is for others to take.
func wanting(t *Thread, a AgentID) bool { return t.Lead == a || t.Help.By != "" && t.Help.By == a }

// TakeHelp is the rule of a colleague saying that he comes. The first one has the
// flag; whoever comes second is told who that is. He is one who may watch the chat or
// step into it, or is in it already; a guest only reads.
func TakeHelp(s State, a Agent, e Etiquette, invited bool, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; nobody needs help in it.")
	case t.Help == nil:
		return nil, Errorf(Gone, "The help flag is down by now; nobody needs help here any more.")
	case t.Help.TakenBy == a.ID:
		return nil, nil
	case t.Help.TakenBy != "":
		return nil, &Error{Kind: Conflict, Message: "A colleague is on it already. Look in, or leave it to him.",
			Detail: Holder{Agent: t.Help.TakenBy, Since: t.Help.TakenAt}}
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation now. Take the conversation itself.")
	case wanting(t, a.ID):
		return nil, Errorf(Denied, "It is you who needs help here. A colleague takes the flag; lower it where it is settled.")
	case !mayHelp(s, a, e, invited):
		return nil, Errorf(Denied, "You only read this conversation. Write a note, or ask its lead to let you do more.")
	}
	return []Event{helpTaken(t, a.Actor(), Micros(now))}, nil
}

// mayHelp reports whether an agent may come where help is wanted.
func mayHelp(s State, a Agent, e Etiquette, invited bool) bool {
	if t := s.OpenThread(); t != nil && t.TakesPart(a.ID) {
		return true
	}
	return LadderOf(s, a, e, invited).Help
}

func helpTaken(t *Thread, by Actor, at int64) Event {
	return Fact(KindHelpTaken, by, ForAgents, at, HelpTaken{By: by.Agent(), ByName: by.Name, WaitedMS: t.Help.raised(at)})
}

// ReturnHelp is the rule of giving a taken flag back: it is for who has taken it. A
// flag that nobody has taken answers no event.
func ReturnHelp(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil || t.Help == nil || t.Help.TakenBy == "":
		return nil, nil
	case t.Help.TakenBy != a.ID:
		return nil, Errorf(Denied, "Only who has taken the flag gives it back. You can help all the same.")
	}
	return []Event{helpReturned(a, a.Actor(), ReturnedByHand, now)}, nil
}

func helpReturned(had Agent, by Actor, how string, now time.Time) Event {
	return Fact(KindHelpReturned, by, ForAgents, Micros(now), HelpReturned{By: had.ID, ByName: had.Name, How: how})
}

// FreeHelp is the event of a flag whose taker cannot come any more: had is he, as of
// now, and here says whether he can be reached. Else everybody would rely on him.
func FreeHelp(s State, had Agent, e Etiquette, invited, here bool, now time.Time) []Event {
	t := s.OpenThread()
	if t == nil || t.Help == nil || t.Help.TakenBy == "" || t.Help.TakenBy != had.ID {
		return nil
	}
	switch {
	case had.Disabled || !here:
		return []Event{helpReturned(had, System(), ReturnedGone, now)}
	case !t.Access().Admits(had.Viewer()), t.State == Active && !mayHelp(s, had, e, invited):
		return []Event{helpReturned(had, System(), ReturnedAccess, now)}
	}
	return nil
}

// endHelped adds what coming does to a raised flag. Whoever comes in himself,
// whispers, takes over or accepts what is passed on has taken a flag that nobody had. Where he leads the chat
// from then on who had taken it, and somebody had asked, the flag is lowered; what the
// visitor's doing raised, his answer lowers.
func endHelped(s State, events []Event) []Event {
	t := s.OpenThread()
	if t == nil || t.Help == nil || slices.ContainsFunc(events, func(e Event) bool { return e.Kind == KindHelpCleared || e.Kind == KindClosed }) {
		return events
	}
	for i, e := range events {
		switch who := comes(e); {
		case who.ID == "":
		case t.Help.TakenBy == who.ID && e.Kind == KindAssign && t.Help.ofSomebody():
			body := HelpCleared{How: HelpByAnswer, By: who.ID, ByName: who.Name, RaisedMS: t.Help.raised(e.At)}
			return slices.Insert(slices.Clone(events), i+1, Fact(KindHelpCleared, e.Actor, ForAgents, e.At, body))
		case t.Help.TakenBy == "" && t.State == Active && e.Actor.Agent() == who.ID && !wanting(t, who.ID):
			return slices.Insert(slices.Clone(events), i+1, helpTaken(t, e.Actor, e.At))
		}
	}
	return events
}

// comes is who comes by an event: in, by a whisper, or as the lead.
func comes(e Event) Agent {
	switch e.Kind {
	case KindWhisper:
		return Agent{ID: e.Actor.Agent(), Name: e.Actor.Name}
	case KindJoin:
		b, _ := Decode[Joined](e)
		return Agent{ID: b.Agent, Name: b.AgentName}
	case KindAssign:
		b, _ := Decode[Assigned](e)
		return Agent{ID: b.Lead, Name: b.LeadName}
	}
	return Agent{}
}

// raised is for how long the flag has been up, in milliseconds.
func (h Help) raised(at int64) int64 { return max(0, at-h.Since) / 1000 }

// taken folds who has taken the flag; "" = nobody has it any more.
func (h *Help) taken(by AgentID, at int64) *Help {
	if h == nil {
		return nil
	}
	next := *h
	next.TakenBy, next.TakenAt = by, at
	return &next
}

// again folds a flag that is raised anew: who has taken it has it still, unless he
// is the one who asks by now.
func (h *Help) again(next Help) *Help {
	if h != nil && h.TakenBy != next.By {
		next.TakenBy, next.TakenAt = h.TakenBy, h.TakenAt
	}
	return &next
}
