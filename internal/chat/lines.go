package chat

import "slices"

// MaxLines is how many numbers of a Conversation one quote spans.
const MaxLines = 500

// Lines are a stretch of one Thread from one event to another, both included.
// They are quoted by reference alone: what is emptied there is empty wherever it
// is quoted, and who may not see it there sees it nowhere.
type Lines struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	From         int64          `json:"from"`
	To           int64          `json:"to"`
}

// Check refuses a stretch that is none.
func (l Lines) Check() error {
	switch {
	case l.From < 1 || l.To < l.From:
		return Errorf(Invalid, "The lines go from a number to the same or a later one.")
	case l.To-l.From >= MaxLines:
		return Errorf(Invalid, "These are too many lines; mark at most %d numbers at once.", MaxLines)
	}
	return nil
}

// Quotes reports whether a quote of the lines shows the event: what people have
// said there. between are those for whom alone they are quoted: what was whispered
// or proposed is shown where each of them is one of those whom it was for.
func (l Lines) Quotes(e Event, between ...AgentID) bool {
	if e.Conversation != l.Conversation || e.Thread != l.Thread || e.Seq < l.From || e.Seq > l.To {
		return false
	}
	switch e.Kind {
	case KindMessage, KindNote:
		return true
	case KindWhisper, KindProposal:
		outside := slices.ContainsFunc(between, func(a AgentID) bool { return !e.Audience.reaches(a) })
		return len(between) > 0 && !outside
	}
	return false
}

// Writers returns the agents who wrote the lines, each once, in order. It goes
// by who sent them: the lead may be somebody else.
func Writers(lines []Event) []AgentID {
	var who []AgentID
	for _, e := range lines {
		if a := e.Actor.Agent(); a != "" && !slices.Contains(who, a) {
			who = append(who, a)
		}
	}
	return who
}

// WriterOf returns the agent whom the lines are from, as the coach has named him;
// where he names nobody there must be one alone besides himself.
func WriterOf(lines []Event, coach, named AgentID) (AgentID, error) {
	who := slices.DeleteFunc(Writers(lines), func(a AgentID) bool { return a == coach })
	switch {
	case named != "" && slices.Contains(who, named):
		return named, nil
	case named != "":
		return "", Errorf(Invalid, "This agent wrote none of these lines. Choose who did.")
	case len(who) == 0:
		return "", Errorf(Invalid, "No colleague wrote any of these lines. Mark a line of the agent too.")
	case len(who) > 1:
		return "", Errorf(Invalid, "Several colleagues wrote these lines. Say whom it is for.")
	}
	return who[0], nil
}
