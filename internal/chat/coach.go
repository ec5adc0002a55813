package chat

import "slices"

// Coaching is what decides who may coach whom besides roles.
type Coaching struct {
	// Peers are the groups whose members may coach each other.
	Peers []GroupID
	// Asked are whom an agent has asked to coach him.
	Asked map[AgentID][]AgentID
}

// MayCoach reports whether somebody may give an agent feedback and look at his
// shadow replies: who oversees one of the agent's groups, whom the agent has asked,
// and colleagues of a group that says so.
func (c Coaching) MayCoach(coach, agent Agent) bool {
	if coach.ID == "" || coach.ID == agent.ID || coach.Disabled || agent.Disabled {
		return false
	}
	if coach.Role.Oversees() || slices.ContainsFunc(agent.Groups, coach.Oversees) || slices.Contains(c.Asked[agent.ID], coach.ID) {
		return true
	}
	return slices.ContainsFunc(c.Peers, func(g GroupID) bool { return coach.InGroup(g) && agent.InGroup(g) })
}

// CoachingNoun is what of coaching has changed.
type CoachingNoun string

// The nouns.
const (
	NounMoment   CoachingNoun = "moment"
	NounFeedback CoachingNoun = "feedback"
	NounExample  CoachingNoun = "example"
	NounShadow   CoachingNoun = "shadow"
	NounCoaches  CoachingNoun = "coaches" // who may coach whom
)

// CoachingChanged is the body of coaching.changed. It names what changed and
// holds none of it: the words stay where they can be taken back.
type CoachingChanged struct {
	Noun CoachingNoun `json:"noun"`
	ID   string       `json:"id,omitempty"`
}
