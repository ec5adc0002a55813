package chat

import "time"

// Loss is a Thread that an agent lost with his connection and that goes on
// without him. It is what he is told of it, whether or not he may see the Thread:
// nothing of its visitor, nor of what is said. It is also the body of loss.changed.
type Loss struct {
	Agent        AgentID        `json:"agent"`
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	Group        GroupID        `json:"group,omitempty"`
	// At is when it was taken from him, in microseconds.
	At int64 `json:"at,omitempty"`
	// Lead has it now; "" = nobody, it waits.
	Lead AgentID `json:"lead,omitempty"`
	// Asked says that he has asked for it back.
	Asked bool `json:"asked,omitempty"`
	// Ended says that there is nothing to ask for any more: he has it again or
	// waived it, it is closed, or it went elsewhere.
	Ended bool `json:"ended,omitempty"`
}

// Loss is what the agent who lost the Thread is told of it, once he is back; the
// zero Loss where there is no such agent, or no Thread.
func (t *Thread) Loss() Loss {
	if t == nil || !t.Open() || t.TakenFrom == "" {
		return Loss{}
	}
	return Loss{Agent: t.TakenFrom, Conversation: t.Conversation, Thread: t.ID, Group: t.Group, At: t.LostAt, Lead: t.Lead, Asked: t.AskedBy == t.TakenFrom}
}

// LostBy reports whether the agent lost the Thread with his connection, and has
// neither got it back nor waived it.
func (t *Thread) LostBy(a AgentID) bool {
	return t != nil && a != "" && (t.TakenFrom == a || t.MovedFrom == a)
}

// LossChanges returns what is to be told where a Conversation's Loss was before
// and is after.
func LossChanges(before, after Loss) []Loss {
	var told []Loss
	if before.Agent != "" && (before.Agent != after.Agent || before.Thread != after.Thread) {
		told = append(told, Loss{Agent: before.Agent, Conversation: before.Conversation, Thread: before.Thread, Ended: true})
	}
	if after.Agent != "" && after != before {
		told = append(told, after)
	}
	return told
}

// AskBack is the rule of an agent asking for a Thread that was handed on while
// his connection was lost. He need not see it.
func AskBack(s State, a Agent, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed.")
	case t.Lead == a.ID || t.AskedBy == a.ID:
		return nil, nil
	case t.State == Queued && !t.Access().Admits(a.Viewer()):
		return nil, Errorf(Conflict, "Nobody has this conversation now. Ask again once somebody has taken it.")
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation now. Take it.")
	case !t.LostBy(a.ID):
		return nil, Errorf(Denied, "This conversation was not taken from you.")
	}
	return []Event{Fact(KindBackAsked, a.Actor(), ForAgents, Micros(now), BackAsked{Agent: a.ID, AgentName: a.Name})}, nil
}

// Waive is the rule of an agent leaving a Thread that he lost to whoever has
// it; it takes back what he asked. Waiving what is not to be had answers no event.
func Waive(s State, a Agent, now time.Time) ([]Event, error) {
	if !s.OpenThread().LostBy(a.ID) {
		return nil, nil
	}
	return []Event{Fact(KindBackWaived, a.Actor(), ForAgents, Micros(now), BackWaived{Agent: a.ID, AgentName: a.Name})}, nil
}
