package routing

import (
	"slices"

	"earshot/internal/chat"
)

// Fold carries an event of the log over into the State. Events that routing
// knows nothing of, and bodies that cannot be read, change nothing.
func (s *State) Fold(e chat.Event) {
	switch e.Kind {
	case chat.KindStarted:
		s.foldStarted(e)
	case chat.KindReopened:
		s.foldReopened(e)
	case chat.KindClosed:
		s.foldClosed(e)
	case chat.KindMessage:
		if a := e.Actor.Agent(); a != "" {
			s.AgentWrote(e.Thread, a, e.At)
		} else if e.Actor.Kind == chat.ByVisitor {
			s.VisitorWrote(e.Thread, e.At)
		}
	case chat.KindAssign:
		if b, err := chat.Decode[chat.Assigned](e); err == nil && s.thread(e.Thread) != nil {
			s.Apply(Decision{Kind: DoAssign, Thread: e.Thread, Agent: b.Lead, Group: s.thread(e.Thread).Group, At: e.At})
		}
	case chat.KindRequeued:
		if t := s.thread(e.Thread); t != nil {
			t.back(Decision{At: e.At})
		}
	case chat.KindJoin, chat.KindLeave:
		s.foldJoined(e)
	case chat.KindAgent:
		s.foldAgent(e)
	case chat.KindGroup:
		s.foldGroup(e)
	}
}

func (s *State) foldStarted(e chat.Event) {
	b, err := chat.Decode[chat.Started](e)
	if err != nil || s.thread(e.Thread) != nil {
		return
	}
	t := Thread{ID: e.Thread, Group: b.Group, QueuedAt: e.At}
	if b.Lead == "" {
		s.Arrive(t)
		return
	}
	t.State, t.Lead, t.AssignedAt = chat.Active, b.Lead, e.At
	s.Threads = append(slices.Clone(s.Threads), t)
}

// foldClosed keeps an abandoned Thread, which may reopen, and forgets others.
func (s *State) foldClosed(e chat.Event) {
	b, err := chat.Decode[chat.Closed](e)
	if t := s.thread(e.Thread); t != nil && err == nil && b.Reason == chat.Abandoned {
		t.State, t.Offers = chat.IsClosed, nil
		return
	}
	s.Close(e.Thread)
}

func (s *State) foldReopened(e chat.Event) {
	b, err := chat.Decode[chat.Reopened](e)
	if t := s.thread(e.Thread); err == nil && t != nil {
		t.State, t.QueuedAt = chat.Queued, b.QueuedAt
	}
}

func (s *State) foldJoined(e chat.Event) {
	b, err := chat.Decode[chat.Joined](e)
	if err != nil {
		return
	}
	if e.Kind == chat.KindJoin {
		s.Join(e.Thread, b.Agent)
	} else {
		s.Leave(e.Thread, b.Agent)
	}
}

func (s *State) foldAgent(e chat.Event) {
	b, err := chat.Decode[chat.Agent](e)
	if err != nil {
		return
	}
	if s.agent(b.ID) == nil {
		s.Agents = append(slices.Clone(s.Agents), Agent{ID: b.ID})
	}
	a := s.agent(b.ID)
	a.Name, a.Disabled, a.Limit = b.Name, b.Disabled, b.Limit
	if a.Status != b.Status {
		s.SetStatus(b.ID, b.Status, b.Reason, e.At)
	}
}

// foldGroup knows the name alone: what else a Group has for routing is no part
// of the event.
func (s *State) foldGroup(e chat.Event) {
	b, err := chat.Decode[chat.Group](e)
	if err != nil {
		return
	}
	for i := range s.Groups {
		if s.Groups[i].ID == b.ID {
			s.Groups[i].Name = b.Name
		}
	}
}
