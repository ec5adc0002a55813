package chat

import (
	"slices"
	"strings"
	"time"
)

// HeldPart is a part of holding a chat that a Group has decided upon.
type HeldPart string

// The parts in which one chat can be held otherwise than its Group has decided.
const (
	OtherWay  HeldPart = "way"   // it waits instead of going by e-mail, or the other way round
	OtherDue  HeldPart = "due"   // the answer is due at another time
	OtherSay  HeldPart = "say"   // the visitor reads another sentence, or none
	OtherHeld HeldPart = "there" // it is held though somebody takes chats who could have been asked
)

// SomebodyThere is the detail of the conflict that answers holding a chat for
// somebody who takes chats now: he can be asked, or it is said why it is held all
// the same.
type SomebodyThere struct {
	There Target `json:"there"`
}

// sameDue is how near two times are that are one to people, who choose minutes.
const sameDue = time.Minute

// deviated is in what it is held otherwise than the Group has decided. What the
// Group has left open is no deviation, nor is the sentence of one who cannot write
// to the visitor. Holding is for nobody there: that every Group has decided.
func (m NewHold) deviated(writes bool) []HeldPart {
	rule, parts := m.Chapter.Held, []HeldPart(nil)
	for _, one := range []struct {
		part  HeldPart
		other bool
	}{
		{OtherHeld, m.There != ""},
		{OtherWay, rule.Way != "" && rule.Way != m.Way},
		{OtherDue, rule.Due != 0 && m.Due.Sub(m.Usual).Abs() >= sameDue},
		{OtherSay, rule.Say != "" && writes && CleanLine(m.Say, len(m.Say)) != rule.Say},
	} {
		if one.other {
			parts = append(parts, one.part)
		}
	}
	return parts
}

// decided refuses a deviation without a reason.
func (m NewHold) decided(parts []HeldPart) error {
	switch {
	case len(parts) == 0 || m.Deviation != "":
		return nil
	case slices.Contains(parts, OtherHeld):
		return &Error{Kind: Conflict, Message: m.There + " takes chats now. Ask, or say why it is held all the same; nothing was passed on.", Detail: SomebodyThere{There: m.To}}
	}
	decided := map[HeldPart]string{OtherWay: "the way", OtherDue: "when the answer is due", OtherSay: "the sentence for the visitor"}
	var named []string
	for _, p := range parts {
		named = append(named, decided[p])
	}
	return Errorf(Invalid, "%s has decided otherwise about how such chats are held: %s. Say why this one differs.", m.Group.Name, strings.Join(named, ", "))
}
