package chat

// ActorKind is the kind of somebody who does something.
type ActorKind string

// The kinds of actors.
const (
	ByVisitor ActorKind = "visitor"
	ByAgent   ActorKind = "agent"
	ByBot     ActorKind = "bot"
	BySystem  ActorKind = "system"
)

// Actor is who did it. It stands on each Event.
type Actor struct {
	Kind ActorKind `json:"kind"`
	// ID is the VisitorID or AgentID; empty for the system.
	ID string `json:"id,omitempty"`
	// Name is the name at the time of the act, as the visitor may read it. It
	// is never an e-mail address.
	Name string `json:"name,omitempty"`
}

// System is the actor of automatic acts.
func System() Actor { return Actor{Kind: BySystem} }

// Actor returns the agent as the actor of an act.
func (a Agent) Actor() Actor { return Actor{Kind: ByAgent, ID: string(a.ID), Name: a.Name} }

// Actor returns the visitor as the actor of an act.
func (v Visitor) Actor() Actor { return Actor{Kind: ByVisitor, ID: string(v.ID), Name: v.Name} }

// Agent returns the AgentID of an agent's act, else "".
func (a Actor) Agent() AgentID {
	if a.Kind == ByAgent {
		return AgentID(a.ID)
	}
	return ""
}

// Visitor returns the VisitorID of a visitor's act, else "".
func (a Actor) Visitor() VisitorID {
	if a.Kind == ByVisitor {
		return VisitorID(a.ID)
	}
	return ""
}
