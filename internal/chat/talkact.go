package chat

import (
	"slices"
	"time"
)

// TalkCreated is the body of talk.created.
type TalkCreated struct {
	Name    string    `json:"name,omitempty"`
	Topic   string    `json:"topic,omitempty"`
	Group   GroupID   `json:"group,omitempty"`
	Policy  Policy    `json:"policy"`
	Members []AgentID `json:"members"`
}

// Access is that of the talk which the event begins.
func (t TalkCreated) Access() Access {
	return Access{Group: t.Group, Policy: t.Policy, Members: slices.Clone(t.Members)}
}

// TalkChanged is the body of talk.changed: what the channel is called from now on
// and whether it is open; Was is its policy before.
type TalkChanged struct {
	Name   string `json:"name,omitempty"`
	Topic  string `json:"topic,omitempty"`
	Policy Policy `json:"policy"`
	Was    Policy `json:"was"`
}

// TalkArchived is the body of talk.archived.
type TalkArchived struct {
	On bool `json:"on"`
	// Cause is empty where somebody did it, or "group_deleted".
	Cause string `json:"cause,omitempty"`
}

// GroupDeleted is the cause of a channel's end with its Group.
const GroupDeleted = "group_deleted"

// Talkers is the body of talk.joined and talk.left.
type Talkers struct {
	Agents []AgentID `json:"agents"`
	Names  []string  `json:"names"`
}

// NewTalk is what an agent wants to make a channel of.
type NewTalk struct {
	Name, Topic string
	// Closed channels are for those alone who are named.
	Closed bool
	// With are added from the start.
	With []Agent
}

// policyOf is the policy of a channel that anybody may make.
func policyOf(closed bool) Policy {
	if closed {
		return PolicyNamed
	}
	return PolicyEveryone
}

// CleanTalk checks a channel's name and topic.
func CleanTalk(name, topic string) (string, string, error) {
	name, topic = CleanLine(name, MaxName+1), CleanLine(topic, MaxTopic+1)
	switch {
	case name == "":
		return "", "", Errorf(Invalid, "The channel needs a name.")
	case len([]rune(name)) > MaxName:
		return "", "", Errorf(Invalid, "The name has more than %d characters. Shorten it.", MaxName)
	case len([]rune(topic)) > MaxTopic:
		return "", "", Errorf(Invalid, "The topic has more than %d characters. Shorten it.", MaxTopic)
	}
	return name, topic, nil
}

// MakeChannel is the rule of a channel that an agent makes: he is in it.
func MakeChannel(by Agent, in NewTalk, now time.Time) ([]Event, error) {
	name, topic, err := CleanTalk(in.Name, in.Topic)
	if err != nil {
		return nil, err
	}
	members := []AgentID{by.ID}
	for _, a := range in.With {
		members = append(without(members, a.ID), a.ID)
	}
	if len(members) > MaxTalkers {
		return nil, tooManyTalkers()
	}
	body := TalkCreated{Name: name, Topic: topic, Policy: policyOf(in.Closed), Members: members}
	return []Event{talkFact(KindTalkCreated, by.Actor(), now, body)}, nil
}

// MakeGroupChannel is a Group's own channel, which comes with the Group.
func MakeGroupChannel(by Actor, g Group, now time.Time) []Event {
	body := TalkCreated{Group: g.ID, Policy: PolicyCrew, Members: []AgentID{}}
	return []Event{talkFact(KindTalkCreated, by, now, body)}
}

// OpenDirect is the rule of a direct talk of some people, as [People] answers
// them.
func OpenDirect(by Agent, people []AgentID, now time.Time) []Event {
	body := TalkCreated{Policy: PolicyNamed, Members: people}
	return []Event{talkFact(KindTalkCreated, by.Actor(), now, body)}
}

// TalkChange changes a channel; nil fields stay.
type TalkChange struct {
	Name, Topic *string
	Closed      *bool
}

// ChangeTalk is the rule of renaming a channel, its topic, and of closing or
// opening it. Changing nothing answers no event.
func ChangeTalk(s State, by Agent, in TalkChange, now time.Time) ([]Event, error) {
	if err := s.mayRun(by); err != nil {
		return nil, err
	}
	t := s.Talk
	body := TalkChanged{Name: t.Name, Topic: t.Topic, Policy: t.Policy, Was: t.Policy}
	if in.Topic != nil {
		body.Topic = CleanLine(*in.Topic, MaxTopic+1)
	}
	if t.Policy == PolicyCrew {
		if in.Name != nil || in.Closed != nil {
			return nil, Errorf(Denied, "A group's own channel has the group's name and is for the group. Change the group instead.")
		}
		if len([]rune(body.Topic)) > MaxTopic {
			return nil, Errorf(Invalid, "The topic has more than %d characters. Shorten it.", MaxTopic)
		}
	} else {
		if in.Name != nil {
			body.Name = *in.Name
		}
		if in.Closed != nil {
			body.Policy = policyOf(*in.Closed)
		}
		if body.Policy == PolicyNamed && !s.Access().Within(by.Viewer()) {
			return nil, Errorf(Denied, "You are not in this channel, so you could not read it any more. Join it before you close it; nothing was changed.")
		}
		var err error
		if body.Name, body.Topic, err = CleanTalk(body.Name, body.Topic); err != nil {
			return nil, err
		}
	}
	if body == (TalkChanged{Name: t.Name, Topic: t.Topic, Policy: t.Policy, Was: t.Policy}) {
		return nil, nil
	}
	return []Event{talkFact(KindTalkChanged, by.Actor(), now, body)}, nil
}

// mayRun refuses whoever does not run the channel, and what is archived.
func (s State) mayRun(a Agent) error {
	switch {
	case s.Conversation.Kind == FormDirect:
		return Errorf(Denied, "A direct talk belongs to all in it alike; make a channel to run one.")
	case !s.Runs(a):
		return Errorf(Denied, "Only who made this channel, or an admin, changes it. Ask one of them.")
	case s.Talk.Archived != 0:
		return Errorf(Gone, "This channel is archived. Bring it back first.")
	}
	return nil
}

// ArchiveTalk is the rule of ending a channel, which can still be read, or of
// bringing it back. A Group's own channel lives as long as its Group.
func ArchiveTalk(s State, by Agent, on bool, now time.Time) ([]Event, error) {
	switch {
	case s.Talk != nil && (s.Talk.Archived != 0) == on:
		return nil, nil
	case on || s.Conversation.Kind == FormDirect || !s.Runs(by):
		if err := s.mayRun(by); err != nil {
			return nil, err
		}
	}
	if s.Talk.Policy == PolicyCrew {
		return nil, Errorf(Denied, "A group's own channel lives as long as the group.")
	}
	return []Event{talkFact(KindTalkArchived, by.Actor(), now, TalkArchived{On: on})}, nil
}

// EndGroupChannel archives the channel of a Group that is deleted: who oversees
// the workspace reads it still.
func EndGroupChannel(s State, by Actor, now time.Time) []Event {
	if s.Talk == nil || s.Talk.Archived != 0 {
		return nil
	}
	return []Event{talkFact(KindTalkArchived, by, now, TalkArchived{On: true, Cause: GroupDeleted})}
}

// JoinTalk is the rule of joining an open channel. Joining twice answers no event.
func JoinTalk(s State, a Agent, now time.Time) ([]Event, error) {
	switch t := s.Talk; {
	case s.Access().Within(a.Viewer()):
		return nil, nil
	case t.Archived != 0:
		return nil, Errorf(Gone, "This channel is archived; there is nothing to join.")
	case t.Policy != PolicyEveryone:
		return nil, Errorf(Denied, "Nobody joins this by himself. Ask somebody in it to add you.")
	case len(t.Members) >= MaxTalkers:
		return nil, tooManyTalkers()
	}
	return []Event{talkFact(KindTalkJoined, a.Actor(), now, talkers(a))}, nil
}

// LeaveTalk is the rule of leaving a channel. Whoever is not in it answers no
// event. A closed channel that nobody is in could be read by nobody, so the last
// one archives it.
func LeaveTalk(s State, a Agent, now time.Time) ([]Event, error) {
	switch {
	case s.Conversation.Kind == FormDirect:
		return nil, Errorf(Denied, "A direct talk is not left. Mute it where it disturbs you.")
	case s.Talk.Policy == PolicyCrew:
		return nil, Errorf(Denied, "This is the channel of your group: it is left with the group. Mute it where it disturbs you.")
	case !s.Access().Within(a.Viewer()):
		return nil, nil
	}
	return s.out(a.Actor(), now, a), nil
}

// out is that members of a channel are in it no more. A closed one that nobody is
// in could be read by nobody: it is archived with the last of them.
func (s State) out(by Actor, now time.Time, who ...Agent) []Event {
	body := talkers(who...)
	events := []Event{talkFact(KindTalkLeft, by, now, body)}
	left := slices.ContainsFunc(s.Talk.Members, func(m AgentID) bool { return !slices.Contains(body.Agents, m) })
	if !left && s.Talk.Policy == PolicyNamed && s.Talk.Archived == 0 {
		events = append(events, talkFact(KindTalkArchived, by, now, TalkArchived{On: true}))
	}
	return events
}

// LeaveWithAccount is the rule of accounts that were deactivated: their people are in
// no channel any more. So a channel whose maker is gone is run by those who are left.
func LeaveWithAccount(s State, who []Agent, now time.Time) []Event {
	if s.Talk == nil || s.Conversation.Kind != FormChannel || s.Talk.Policy == PolicyCrew {
		return nil
	}
	var gone []Agent
	for _, a := range who {
		if a.Disabled && slices.Contains(s.Talk.Members, a.ID) {
			gone = append(gone, a)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return s.out(System(), now, gone...)
}

// AddToTalk is the rule of a member adding colleagues to a channel. They see all
// that was said there before. Who is in it already answers no event.
func AddToTalk(s State, by Agent, who []Agent, now time.Time) ([]Event, error) {
	if err := s.inTalk(by); err != nil {
		return nil, err
	}
	if err := s.hasNames(); err != nil {
		return nil, err
	}
	var fresh []Agent
	for _, a := range who {
		twice := slices.ContainsFunc(fresh, func(f Agent) bool { return f.ID == a.ID })
		if !twice && !slices.Contains(s.Talk.Members, a.ID) {
			fresh = append(fresh, a)
		}
	}
	switch {
	case len(fresh) == 0:
		return nil, nil
	case len(s.Talk.Members)+len(fresh) > MaxTalkers:
		return nil, tooManyTalkers()
	}
	return []Event{talkFact(KindTalkJoined, by.Actor(), now, talkers(fresh...))}, nil
}

// RemoveFromTalk is the rule of removing a member from a channel: by who runs it.
func RemoveFromTalk(s State, by, who Agent, now time.Time) ([]Event, error) {
	if err := s.mayRun(by); err != nil {
		return nil, err
	}
	if err := s.hasNames(); err != nil {
		return nil, err
	}
	if !slices.Contains(s.Talk.Members, who.ID) {
		return nil, nil
	}
	return s.out(by.Actor(), now, who), nil
}

// hasNames refuses talks whose members nobody names.
func (s State) hasNames() error {
	switch {
	case s.Conversation.Kind == FormDirect:
		return Errorf(Denied, "The people of a direct talk stay the same. Begin another one with all whom you want in it.")
	case s.Talk.Policy == PolicyCrew:
		return Errorf(Denied, "Who is in the group is in its channel. Change the group instead.")
	}
	return nil
}

func talkers(who ...Agent) Talkers {
	body := Talkers{Agents: make([]AgentID, len(who)), Names: make([]string, len(who))}
	for i, a := range who {
		body.Agents[i], body.Names[i] = a.ID, a.Name
	}
	return body
}

func tooManyTalkers() error {
	return Errorf(Limited, "A channel has at most %d members. Nothing was changed.", MaxTalkers)
}
