package chat

import (
	"slices"
	"time"
)

// Policy is who of the team may see a group's Threads.
type Policy string

// The visibility policies of a group.
const (
	PolicyOpen  Policy = "open"  // any agent
	PolicyGroup Policy = "group" // the group's members, and who oversees it
	PolicyLead  Policy = "lead"  // who leads or takes part, and who oversees the group; the group while nobody leads
	// Whoever is asked to take over may see the Thread while he is asked, whatever
	// the policy.
)

// Access is what the one access function needs to know about the place of an
// Event: the present group, lead, members and policy of its Thread, or those of
// its talk. The stream
// and the store keep it by folding events. The zero Access admits nobody.
type Access struct {
	Group   GroupID   `json:"group"`
	Policy  Policy    `json:"policy"`
	Stub    bool      `json:"stub,omitempty"`
	Lead    AgentID   `json:"lead,omitempty"`
	Members []AgentID `json:"members,omitempty"`
	// Asked are those to whom the Thread is being passed on, while it rings: they
	// read before they accept.
	Asked []AgentID `json:"asked,omitempty"`
	// Guests see it though the policy does not admit them; see [Grant].
	Guests []AgentID `json:"guests,omitempty"`
	// Quiet are members whose words do not go to the visitor, so that he is not told
	// that they type.
	Quiet []AgentID `json:"quiet,omitempty"`
}

// leaving returns the Access without an agent among members.
func (a Access) leaving(who AgentID) Access {
	a.Members = without(a.Members, who)
	if a.Quiet = without(a.Quiet, who); len(a.Quiet) == 0 {
		a.Quiet = nil
	}
	return a
}

// hushing returns the Access where an agent with a role does not speak himself.
func (a Access) hushing(who AgentID, role ChatRole) Access {
	if role != "" {
		a.Quiet = append(slices.Clone(a.Quiet), who)
	}
	return a
}

// Speaks reports whether the visitor is told that the agent types.
func (a Access) Speaks(who AgentID) bool {
	return who != "" && !a.Policy.ofTalk() && (a.Lead == who || slices.Contains(a.Members, who)) && !slices.Contains(a.Quiet, who)
}

// AccessChange is carried by every event that changes Access, so that who could
// see before and cannot after is told so.
type AccessChange struct {
	Before Access `json:"before"`
	After  Access `json:"after"`
}

// Admits reports whether the agent may see the Thread that the Access belongs
// to, as of now.
func (a Access) Admits(v Viewer) bool {
	if v.Kind != ByAgent || v.Agent == "" {
		return false
	}
	if !v.Role.Answers() && !a.OfTalk() {
		return a.Policy.Valid() && slices.Contains(a.Guests, v.Agent)
	}
	named := a.Lead == v.Agent || slices.Contains(a.Members, v.Agent) || slices.Contains(a.Guests, v.Agent) || slices.Contains(a.Asked, v.Agent)
	oversees := v.Oversees(a.Group)
	switch a.Policy {
	case PolicyOpen:
		return true
	case PolicyGroup:
		return named || oversees || slices.Contains(v.Groups, a.Group)
	case PolicyLead:
		return named || oversees || (a.Lead == "" && slices.Contains(v.Groups, a.Group))
	case PolicyEveryone:
		return true
	case PolicyCrew:
		return oversees || slices.Contains(v.Groups, a.Group)
	case PolicyNamed:
		return slices.Contains(a.Members, v.Agent)
	}
	return false
}

// Restricted reports whether the agent may not see the Thread, but may know that
// there is one in its Group, and how long it waits.
func (a Access) Restricted(v Viewer) bool {
	return a.Stub && v.Kind == ByAgent && v.Agent != "" && v.Role.Answers() && !a.Admits(v)
}

// Visible is the one access function: whether the viewer may see the event,
// judged as of now by the Access of the event's Thread. Reads, writes, fan-out,
// search, counters and exports all ask it. A private event is for those whom it
// names, as long as they are admitted. An unknown audience is visible to nobody.
func Visible(e Event, acc Access, v Viewer) bool {
	if owner, own := e.Conversation.AgentOf(); own {
		return v.Kind == ByAgent && v.Agent != "" && v.Agent == owner
	}
	if e.Conversation == TeamConversation {
		return v.Kind == ByAgent && v.Agent != ""
	}
	switch v.Kind {
	case ByVisitor:
		_, forVisitors := visitorFields[e.Kind]
		return forVisitors && e.Audience == ForAll && v.Visitor != "" && e.Conversation == v.Conversation
	case ByAgent:
		return e.Audience.reaches(v.Agent) && acc.Admits(v)
	}
	return false
}

// SignalKind names a fleeting fact.
type SignalKind string

// The kinds of signals.
const (
	SignalTyping   SignalKind = "typing"
	SignalViewing  SignalKind = "viewing"
	SignalPresence SignalKind = "presence"
	// SignalQueue tells a waiting visitor his place.
	SignalQueue SignalKind = "queue"
	// SignalPreview carries a text while it is typed, for those whom its audience
	// names; see [Preview].
	SignalPreview SignalKind = "preview"
	// SignalReading tells the lead that somebody reads what he types.
	SignalReading SignalKind = "reading"
	// SignalCheck asks the open pages of an agent to say whether they are heard.
	SignalCheck SignalKind = "check"
)

// Addressed reports whether signals of the kind are for those alone whom their
// audience names. They are kept nowhere: no snapshot has them.
func (k SignalKind) Addressed() bool {
	return k == SignalPreview || k == SignalReading || k == SignalCheck
}

// QueueTTL is how long the word about a place in the queue holds.
const QueueTTL = 90 * time.Second

// QueuePlace is what a waiting visitor is told. A Position of 0 is not told.
type QueuePlace struct {
	Position int     `json:"position,omitempty"`
	Wait     Minutes `json:"wait,omitzero"`
	Group    string  `json:"group,omitempty"`
}

// Minutes is the range of a wait as a visitor is told it. Without a To it may take
// more than an hour; the zero value says nothing, and is not told.
type Minutes struct {
	From int `json:"from" doc:"It takes so many minutes at least; 0 = it may be over at once."`
	To   int `json:"to,omitempty" doc:"So many at most; absent = it may take more than an hour."`
}

// SignalTTL is how long a signal holds unless it is repeated; senders repeat it
// every SignalEvery.
const (
	SignalTTL   = 12 * time.Second
	SignalEvery = 5 * time.Second
)

// Signal is typing, presence or "is viewing": never stored in the log, the last
// one wins, and it expires by itself.
type Signal struct {
	Kind SignalKind `json:"kind"`
	// Conversation is empty for presence, which belongs to the team.
	Conversation ConversationID `json:"conversation,omitempty"`
	Actor        Actor          `json:"actor"`
	Audience     Audience       `json:"audience"`
	// On is false when it stopped.
	On bool `json:"on"`
	// Expires is in microseconds since 1970.
	Expires int64 `json:"expires"`
	// Text goes with SignalPreview.
	Text string `json:"text,omitempty"`
	// Data goes with SignalQueue.
	Data *QueuePlace `json:"data,omitempty"`
}

// Hears reports whether the viewer may receive the signal; acc is the Access of
// the Conversation's present Thread. Nobody hears himself.
func Hears(s Signal, acc Access, v Viewer) bool {
	switch v.Kind {
	case ByVisitor:
		return (s.Kind == SignalTyping || s.Kind == SignalQueue) && s.Audience == ForAll && v.Visitor != "" &&
			s.Conversation == v.Conversation && s.Actor.Kind != ByVisitor
	case ByAgent:
		if v.Agent == "" || s.Actor.Agent() == v.Agent || s.Kind == SignalQueue {
			return false
		}
		if s.Kind.Addressed() {
			people, private := s.Audience.People()
			return private && slices.Contains(people, v.Agent) && (s.Kind == SignalCheck || acc.Admits(v))
		}
		return s.Conversation == "" || acc.Admits(v)
	}
	return false
}

// Topic is a name that feeds listen on.
type Topic string

// Topics names the topics of an event: the visitor's side and the team's side of
// a customer Conversation, the team, or single agents. It narrows who is asked;
// [Visible] decides. The end of a visitor's token concerns his connections,
// though it is told to the team alone.
func (e Event) Topics() []Topic {
	if owner, own := e.Conversation.AgentOf(); own {
		return []Topic{AgentTopic(owner)}
	}
	if e.Conversation == TeamConversation {
		return []Topic{TeamTopic}
	}
	if people, private := e.Audience.People(); private {
		topics := make([]Topic, len(people))
		for i, p := range people {
			topics[i] = AgentTopic(p)
		}
		return topics
	}
	if e.Audience == ForAll || e.EndsToken() {
		return []Topic{TeamTopic, VisitorTopic(e.Conversation)}
	}
	return []Topic{TeamTopic}
}

// EndsToken reports whether the resume token of the event's visitor ends with it. Who
// has signed in is not held by one any more.
func (e Event) EndsToken() bool { return e.Kind == KindEnded || e.Kind == KindSigned }

// TeamTopic is listened to by every agent.
const TeamTopic Topic = "team"

// AgentTopic is listened to by one agent.
func AgentTopic(a AgentID) Topic { return Topic("agent:" + string(a)) }

// VisitorTopic is listened to by the visitor of a Conversation.
func VisitorTopic(c ConversationID) Topic { return Topic("visitor:" + string(c)) }

// AccessAfter returns the Access that the event leaves behind, and whether the
// event tells one.
func AccessAfter(e Event) (AccessChange, bool) {
	switch e.Kind {
	case KindAssign, KindJoin, KindLeave, KindRequeued, KindMoved, KindPolicy, KindHold, KindRole, KindGrant, KindGrantEnded:
		body, err := Decode[struct {
			Access AccessChange `json:"access"`
		}](e)
		return body.Access, err == nil
	case KindOffer, KindOfferEnded, KindTransferEnded:
		body, err := Decode[struct {
			Access *AccessChange `json:"access"`
		}](e)
		if err != nil || body.Access == nil {
			return AccessChange{}, false
		}
		return *body.Access, true
	case KindStarted:
		body, err := Decode[Started](e)
		after := Access{Group: body.Group, Policy: body.Policy, Stub: body.Stub, Lead: body.Lead}
		return AccessChange{After: after}, err == nil
	}
	return AccessChange{}, false
}

// CleanName shortens and flattens a name that a person gave: one line, no
// control or direction-changing characters, at most 80 characters.
func CleanName(name string) string { return CleanLine(name, MaxName) }
