package chat

import "slices"

// GateRule is who may pass chats through a [Gate].
type GateRule string

// The rules. The empty one lets everybody through who may pass the chat on at all.
const (
	GateMembers     GateRule = "members"     // of the Group whose Gate it is
	GateGroups      GateRule = "groups"      // from, or to, the Groups that it names
	GateSupervisors GateRule = "supervisors" // who oversees the Group alone
)

// Gate is who may pass chats into a Group, or out of it. Who oversees the Group
// always may.
type Gate struct {
	Who GateRule `json:"who,omitempty"`
	// Groups are where they may come from, or go to; of GateGroups alone.
	Groups []GroupID `json:"groups,omitempty"`
}

// lets reports whether the Gate of a Group lets somebody's chat through, from or to
// another.
func (g Gate) lets(by Agent, own, other GroupID) bool {
	switch {
	case by.Oversees(own):
		return true
	case g.Who == GateMembers:
		return by.InGroup(own)
	case g.Who == GateGroups:
		return slices.Contains(g.Groups, other)
	}
	return g.Who == ""
}

// handOn puts the successor of a deleted Group in its place, once. A Gate that names
// nobody any more but the Group whose it is lets through who oversees that alone, as it
// has done for everybody whom it did not name.
func (g Gate) handOn(own, gone, to GroupID) (Gate, bool) {
	if !slices.Contains(g.Groups, gone) {
		return g, false
	}
	after := Gate{Who: g.Who}
	for _, id := range g.Groups {
		if id == gone {
			id = to
		}
		if id != own && !slices.Contains(after.Groups, id) {
			after.Groups = append(after.Groups, id)
		}
	}
	if len(after.Groups) == 0 {
		after.Who = GateSupervisors
	}
	return after, true
}

// HandOn is the Playbook once a Group that its gates name is deleted and another has
// its chats, and whether that changes it.
func (p Playbook) HandOn(gone, to GroupID) (Playbook, bool) {
	var into, out bool
	p.Transfer.Into, into = p.Transfer.Into.handOn(p.Group, gone, to)
	p.Transfer.Out, out = p.Transfer.Out.handOn(p.Group, gone, to)
	return p, into || out
}

// Crossing is a chat's way from one Group into another, with what both say about it.
type Crossing struct {
	From, To  Group
	Out, Into Gate
}

// Bars reports whether the Group that has the chat keeps it in, and whether the
// other keeps it out.
func (x Crossing) Bars(by Agent) (out, into bool) {
	if x.From.ID == x.To.ID {
		return false, false
	}
	return !x.Out.lets(by, x.From.ID, x.To.ID), !x.Into.lets(by, x.To.ID, x.From.ID)
}

// MayCross refuses to pass a chat from one Group to another where one of them does
// not let its like through.
func MayCross(by Agent, x Crossing) error {
	out, into := x.Bars(by)
	switch {
	case out:
		return Errorf(Denied, "The playbook of %s does not let you pass its chats to %s. Ask a supervisor to do it; nothing was passed on.", x.From.Name, x.To.Name)
	case into:
		return Errorf(Denied, "The playbook of %s does not let you pass chats of %s to it. Ask a supervisor to do it; nothing was passed on.", x.To.Name, x.From.Name)
	}
	return nil
}

// gate checks who may pass.
func (w *wording) gate(g Gate) Gate {
	kept := Gate{Who: g.Who}
	switch g.Who {
	case "", GateMembers, GateSupervisors:
		return kept
	case GateGroups:
	default:
		w.refuse("There is no rule %q for who may pass; use members, groups, supervisors, or none for everybody.", g.Who)
		return kept
	}
	for _, id := range g.Groups {
		if id != "" && !slices.Contains(kept.Groups, id) {
			kept.Groups = append(kept.Groups, id)
		}
	}
	if len(kept.Groups) == 0 {
		w.refuse("Only certain groups may pass, and none is named. Choose at least one.")
	}
	return kept
}
