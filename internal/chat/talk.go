package chat

import (
	"slices"
	"time"
)

// The limits of channels and direct talks. docs/protocol.md states them.
const (
	MaxChannels  = 500   // channels of a workspace that are not archived
	MaxTopic     = 200   // characters of a channel's topic
	MaxTalkers   = 2_000 // members of a channel
	MinDirect    = 2     // people of a direct talk
	MaxDirect    = 8
	MaxPins      = 50    // pinned messages of a talk
	MaxReactions = 50    // different emoji on one message
	MaxReactors  = 2_000 // reactions on one message
	MaxCalled    = 200   // agents whom one message calls, by name, group or @here
	MaxCards     = 5     // cards of one message
)

// The policies of talks. None of them is ever a Group's, and none admits a
// visitor or, by itself, an agent's role.
const (
	PolicyEveryone Policy = "everyone" // every agent may read and join
	PolicyCrew     Policy = "crew"     // a Group's own channel: its members, and who oversees it
	PolicyNamed    Policy = "named"    // those who are named alone
)

// ofTalk reports whether the policy is one of a talk.
func (p Policy) ofTalk() bool {
	return p == PolicyEveryone || p == PolicyCrew || p == PolicyNamed
}

// IsTalk reports whether Conversations of the form are the team's own words
// among itself.
func (f Form) IsTalk() bool {
	switch f {
	case FormChannel, FormDirect:
		return true
	case FormCustomer, FormReserved:
		return false
	}
	return false
}

// Talk is what a channel or a direct talk is beside its Conversation. It has no
// Thread: its Access is its own.
type Talk struct {
	// Name is empty for a Group's own channel, which has the Group's, and for a
	// direct talk.
	Name   string  `json:"name,omitempty"`
	Topic  string  `json:"topic,omitempty"`
	Group  GroupID `json:"group,omitempty"`
	Policy Policy  `json:"policy"`
	// Members are those who joined or were added, in that order. A Group's own
	// channel has none: who is in the Group is in it.
	Members []AgentID `json:"members"`
	// By is the agent who made it; none made a Group's own.
	By       AgentID `json:"by,omitempty"`
	At       int64   `json:"at"`
	Archived int64   `json:"archived,omitempty"`
	// Pins are the seqs of what is pinned, in the order of pinning.
	Pins []int64 `json:"pins,omitempty"`
	// Emptied is the last seq that was emptied because its time was over.
	Emptied int64 `json:"emptied,omitempty"`
	Version int64 `json:"version"`
}

// Access returns what the access function needs to know about the talk.
func (t Talk) Access() Access {
	return Access{Group: t.Group, Policy: t.Policy, Members: slices.Clone(t.Members)}
}

// OfTalk reports whether the Access is a talk's.
func (a Access) OfTalk() bool { return a.Policy.ofTalk() }

// Within reports whether the agent is in the talk that the Access belongs to,
// and not only admitted: it stands in his list, and its events come to him.
func (a Access) Within(v Viewer) bool {
	if v.Kind != ByAgent || v.Agent == "" {
		return false
	}
	switch a.Policy {
	case PolicyEveryone, PolicyNamed:
		return slices.Contains(a.Members, v.Agent)
	case PolicyCrew:
		return slices.Contains(v.Groups, a.Group)
	case PolicyOpen, PolicyGroup, PolicyLead:
		return false // a Thread's
	}
	return false
}

// Fold returns the Access of a talk after one of its events, and whether the
// event changes it.
func (a Access) Fold(e Event) (Access, bool) {
	switch e.Kind {
	case KindTalkCreated:
		b, err := Decode[TalkCreated](e)
		return b.Access(), err == nil
	case KindTalkJoined, KindTalkLeft:
		b, err := Decode[Talkers](e)
		for _, who := range b.Agents {
			if a.Members = without(a.Members, who); e.Kind == KindTalkJoined {
				a.Members = append(a.Members, who)
			}
		}
		return a, err == nil && len(b.Agents) > 0
	case KindTalkChanged:
		b, err := Decode[TalkChanged](e)
		if err != nil || b.Policy == a.Policy {
			return a, false
		}
		a.Policy = b.Policy
		return a, true
	}
	return a, false
}

// Unfold returns what the Access of a talk admitted before one of its events,
// given what it is now: who could see before and cannot now is told so. Events
// tell what they change and not the whole, since a channel may have thousands of
// members.
func (a Access) Unfold(e Event) Access {
	switch e.Kind {
	case KindTalkCreated:
		return Access{}
	case KindTalkLeft:
		b, _ := Decode[Talkers](e)
		a.Members = append(slices.Clone(a.Members), b.Agents...)
	case KindTalkChanged:
		if b, _ := Decode[TalkChanged](e); b.Was.ofTalk() {
			a.Policy = b.Was
		}
	}
	return a
}

// Level is what an agent wants to be alerted of in a talk.
type Level string

// The levels.
const (
	LevelAll      Level = "all"
	LevelMentions Level = "mentions"
	LevelNone     Level = "none"
)

// Valid reports whether the level is one of the known ones.
func (l Level) Valid() bool { return l == LevelAll || l == LevelMentions || l == LevelNone }

// DefaultLevel is what holds until an agent has chosen: a direct talk is always
// for him.
func (f Form) DefaultLevel() Level {
	switch f {
	case FormDirect:
		return LevelAll
	case FormChannel:
		return LevelMentions
	case FormCustomer, FormReserved:
		return LevelNone
	}
	return LevelNone
}

// TalkLevel is the body of talk.level: what an agent has chosen for a talk.
type TalkLevel struct {
	Conversation ConversationID `json:"conversation"`
	Level        Level          `json:"level"`
	// MutedUntil is in microseconds; 0 = not muted.
	MutedUntil int64 `json:"muted_until,omitempty"`
}

// Runs reports whether the agent may rename, close, open and archive the talk
// and remove members: a channel's maker and managers who may see it; where its
// maker has left, every member. Nobody runs a direct talk, and the topic alone
// of a Group's own channel is for who oversees the Group.
func (s State) Runs(a Agent) bool {
	t := s.Talk
	if t == nil || !s.Access().Admits(a.Viewer()) {
		return false
	}
	switch s.Conversation.Kind {
	case FormChannel:
		if t.Policy == PolicyCrew {
			return a.Oversees(t.Group)
		}
		in := slices.Contains(t.Members, a.ID)
		return a.Role.Manages() || in && (t.By == a.ID || !slices.Contains(t.Members, t.By))
	case FormDirect, FormCustomer, FormReserved:
		return false
	}
	return false
}

// inTalk refuses who may read a talk and is not in it, and what is archived.
func (s State) inTalk(a Agent) error {
	switch {
	case s.Talk == nil:
		return Errorf(Missing, "There is no such channel, or you may not see it.")
	case s.Talk.Archived != 0:
		return Errorf(Gone, "This channel is archived: it can be read, and nothing more is written. Your text is kept.")
	case !s.Access().Within(a.Viewer()) && s.Talk.Policy == PolicyCrew:
		return Errorf(Denied, "This is the channel of a group that you are not in. You can read it; join the group to write.")
	case !s.Access().Within(a.Viewer()):
		return Errorf(Denied, "You are not in this channel. Join it first; your text is kept.")
	}
	return nil
}

// People are who is in a direct talk or is to be: each once, in the order of
// their ids, so that the same people come to the same talk.
func People(by AgentID, others []AgentID) ([]AgentID, error) {
	all := append([]AgentID{by}, others...)
	slices.Sort(all)
	if all = slices.Compact(all); len(all) < MinDirect {
		return nil, Errorf(Invalid, "A direct talk is with somebody. Name a colleague.")
	}
	if len(all) > MaxDirect {
		return nil, Errorf(Limited, "A direct talk has at most %d people; make a channel for more.", MaxDirect)
	}
	return all, nil
}

// talkFact is an event of a talk: none is ever for a visitor.
func talkFact(kind Kind, by Actor, now time.Time, body any) Event {
	return Fact(kind, by, ForAgents, Micros(now), body)
}

// TalkHead is what a talk is called: enough to name it where only a message of it
// is shown.
type TalkHead struct {
	Kind   Form    `json:"kind"`
	Name   string  `json:"name,omitempty"`
	Group  GroupID `json:"group,omitempty"`
	Policy Policy  `json:"policy"`
	// People are those of a direct talk.
	People []AgentID `json:"people,omitempty"`
}

// Head returns what the talk of a Conversation of a form is called.
func (t Talk) Head(form Form) TalkHead {
	head := TalkHead{Kind: form, Name: t.Name, Group: t.Group, Policy: t.Policy}
	switch form {
	case FormDirect:
		head.People = t.Members
	case FormChannel, FormCustomer, FormReserved:
	}
	return head
}

// TalkRow is a talk as a list shows it to one reader.
type TalkRow struct {
	Conversation Conversation `json:"conversation"`
	Talk         Talk         `json:"talk"`
	// Size is how many members it has; a Group's own has as many as the Group.
	Size int `json:"size"`
	// Read is how far the reader has read (seq), Unread how many messages of others
	// stand after that, Calls how many of those call him.
	Read   int64 `json:"read"`
	Unread int   `json:"unread"`
	Calls  int   `json:"calls"`
	// Level and MutedUntil are what the reader wants to be alerted of.
	Level      Level `json:"level"`
	MutedUntil int64 `json:"muted_until,omitempty"`
}
