package chat

import "slices"

// Levels are what agents who are in a talk have chosen to be alerted of there.
type Levels map[AgentID]TalkLevel

// LevelsOf keeps what was chosen for a talk by those of some agents who are in it now.
func LevelsOf(s State, chosen map[AgentID]TalkLevel, agents []Agent) Levels {
	kept := Levels{}
	for _, a := range agents {
		if l, has := chosen[a.ID]; has && !a.Disabled && s.Access().Within(a.Viewer()) {
			kept[a.ID] = l
		}
	}
	return kept
}

// MayChooseLevel refuses who may read a talk and is not in it: his choice would hold for
// nothing.
func MayChooseLevel(s State, a Agent) error {
	if !s.Access().Within(a.Viewer()) {
		return Errorf(Denied, "You are not in this channel. Join it, then choose what you are alerted of.")
	}
	return nil
}

// Muted reports whether nothing that is said at a time is to alert.
func (l TalkLevel) Muted(at int64) bool { return l.Level == LevelNone || l.MutedUntil > at }

// Rung are whom a message of a talk alerts of those whom it calls: muted is muted, also
// for mentions.
func Rung(said Event, called []AgentID, levels Levels) []AgentID {
	return slices.DeleteFunc(slices.Clone(called), func(a AgentID) bool {
		l, chosen := levels[a]
		return chosen && l.Muted(said.At)
	})
}

// Alerts reports whether an alert about a message of a talk is one that its agent wants
// still.
func (l Levels) Alerts(s State, said Event, a Alert) bool {
	if a.Kind == AlertTalk {
		return slices.Contains(Listeners(s, said, nil, l), a.Agent)
	}
	return a.Kind != AlertMention || len(Rung(said, []AgentID{a.Agent}, l)) > 0
}
