package chat

import "slices"

// applyTalk folds what changes a talk.
func (s *State) applyTalk(e Event) {
	if e.Kind == KindTalkCreated {
		b, _ := Decode[TalkCreated](e)
		s.Talk = &Talk{Name: b.Name, Topic: b.Topic, Group: b.Group, Policy: b.Policy, Members: append([]AgentID{}, b.Members...),
			By: e.Actor.Agent(), At: e.At, Version: 1}
	} else if s.Talk != nil {
		s.Talk.apply(e)
	}
}

// apply folds what changes the talk itself. What it holds in slices it replaces
// and never changes in place.
func (t *Talk) apply(e Event) {
	switch e.Kind {
	case KindTalkChanged:
		b, _ := Decode[TalkChanged](e)
		t.Name, t.Topic, t.Policy = b.Name, b.Topic, b.Policy
	case KindTalkArchived:
		if b, _ := Decode[TalkArchived](e); b.On {
			t.Archived = e.At
		} else {
			t.Archived = 0
		}
	case KindTalkJoined, KindTalkLeft:
		acc, _ := t.Access().Fold(e)
		t.Members = acc.Members
	case KindPin:
		b, _ := Decode[Pinned](e)
		t.pin(b.Target, b.On)
	case KindRedact:
		b, _ := Decode[Redacted](e)
		if !slices.Contains(t.Pins, b.Target) {
			return
		}
		t.pin(b.Target, false)
	case KindTalkEmptied:
		b, _ := Decode[TalkEmptied](e)
		t.Emptied = max(t.Emptied, b.UpTo)
		t.Pins = slices.DeleteFunc(slices.Clone(t.Pins), func(seq int64) bool { return seq <= b.UpTo })
		if len(t.Pins) == 0 {
			t.Pins = nil
		}
	default:
		return
	}
	t.Version++
}

func (t *Talk) pin(seq int64, on bool) {
	pins := slices.DeleteFunc(slices.Clone(t.Pins), func(p int64) bool { return p == seq })
	if on {
		pins = append(pins, seq)
	}
	if t.Pins = pins; len(pins) == 0 {
		t.Pins = nil
	}
}
