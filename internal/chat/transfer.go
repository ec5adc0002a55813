package chat

// TargetKind is where a transfer goes.
type TargetKind string

// The targets. "The queue" is [Requeue].
const (
	ToAgent  TargetKind = "agent"
	ToGroup  TargetKind = "group"
	ToAnyone TargetKind = "anyone" // anyone else of the Thread's own Group
)

// Target is to whom a transfer goes. Group is where the Thread then belongs.
type Target struct {
	Kind  TargetKind `json:"kind"`
	Agent AgentID    `json:"agent,omitempty"`
	Group GroupID    `json:"group"`
}

// Transfer is the open request of a Thread that its lead passes on: the lead
// keeps it until somebody accepts.
type Transfer struct {
	// Seq is the number of its event and names it.
	Seq int64   `json:"seq"`
	By  AgentID `json:"by"`
	To  Target  `json:"to"`
	At  int64   `json:"at"`
	// Deadline is when it ends by itself, in microseconds; 0 = it waits in the
	// Group's queue until it is taken or withdrawn.
	Deadline int64 `json:"deadline,omitempty"`
	// Stay says that who passed it on watches afterwards; Drop are members who do
	// not stay.
	Stay bool      `json:"stay,omitempty"`
	Drop []AgentID `json:"drop,omitempty"`
	// Asked have declined or let it ring.
	Asked []AgentID `json:"asked,omitempty"`
}

// TransferTold is the body of transfer: what is passed on, and all that travels
// with it. A visitor receives who asks whom, and nothing else.
type TransferTold struct {
	Transfer Transfer `json:"transfer"`
	ByName   string   `json:"by_name"`
	// ToName is the colleague's name, or the Group's as the visitor reads it;
	// "" of a private Group.
	ToName    string `json:"to_name,omitempty"`
	GroupName string `json:"group_name"`
	// Reason is a code of the Group's playbook, or the agent's own words where it
	// has none; Answers are to its questions, by their text.
	Reason   string            `json:"reason,omitempty"`
	Summary  string            `json:"summary,omitempty"`
	Promised string            `json:"promised,omitempty"`
	Answers  map[string]string `json:"answers,omitempty"`
	Playbook int64             `json:"playbook,omitempty"`
	// Hops counts how often this Thread has been passed on before.
	Hops int    `json:"hops,omitempty"`
	Why  string `json:"why"`
}

// How a transfer ended, besides Declined, Expired and Withdrawn.
const Accepted = "accepted"

// TransferEnded is the body of transfer.ended.
type TransferEnded struct {
	Transfer  int64   `json:"transfer"` // its Seq
	To        Target  `json:"to"`
	How       string  `json:"how"` // Accepted, Declined, Expired, Withdrawn
	Agent     AgentID `json:"agent,omitempty"`
	AgentName string  `json:"agent_name,omitempty"`
	// Reason is what whoever declined says.
	Reason string `json:"reason,omitempty"`
	Why    string `json:"why"`
}
