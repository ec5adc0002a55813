package desk

import (
	"context"
	"reflect"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Membership is an agent's place in a group.
type Membership struct {
	Agent chat.AgentID `json:"agent"`
	Class chat.Class   `json:"class,omitempty" enum:"first,normal,last,supervisor"`
}

// membersOf lists who is in a group and not disabled, in the order of agents.
func membersOf(g chat.GroupID, agents []chat.Agent) []Membership {
	members := []Membership{}
	for _, a := range agents {
		if !a.Disabled && a.InGroup(g) {
			members = append(members, Membership{a.ID, classOf(a, g)})
		}
	}
	return members
}

func classOf(a chat.Agent, g chat.GroupID) chat.Class {
	if c := a.Classes[g]; c != "" {
		return c
	}
	return chat.ClassNormal
}

// SetMembers says who is in a group, and in which class. Who is not named leaves
// it: he keeps what he leads and is given nothing more, and what he may not see
// any more goes from his devices at once. Disabled agents stay what they were.
func (d *Desk) SetMembers(ctx context.Context, by chat.Agent, id chat.GroupID, members []Membership) (ManagedGroup, error) {
	wanted, err := wantedMembers(members)
	if err != nil {
		return ManagedGroup{}, err
	}
	return d.decide(ctx, by, func(tx *store.Tx, me chat.Agent) (chat.Group, error) {
		g, err := liveGroup(tx, id)
		if err != nil {
			return g, err
		}
		agents, err := tx.Agents()
		if err != nil {
			return g, err
		}
		if err := areThere(wanted, agents); err != nil {
			return g, err
		}
		facts, err := d.changeMembers(tx, me, agents, func(a chat.Agent) chat.Agent { return asWanted(a, id, wanted) })
		if err != nil || len(facts) == 0 {
			return g, err
		}
		return g, tell(tx, chat.TeamConversation, facts...)
	})
}

// asWanted makes an agent a member of a group or ends that. Disabled agents stay
// what they were.
func asWanted(a chat.Agent, g chat.GroupID, wanted map[chat.AgentID]chat.Class) chat.Agent {
	class, named := wanted[a.ID]
	switch {
	case a.Disabled:
		return a
	case named:
		return a.Enrol(g, class)
	}
	return a.Expel(g)
}

// changeMembers stores those whom a change makes different, and returns what the
// team is told.
func (d *Desk) changeMembers(tx *store.Tx, me chat.Agent, agents []chat.Agent, change func(chat.Agent) chat.Agent) (facts []chat.Event, err error) {
	for _, before := range agents {
		after := change(before)
		if reflect.DeepEqual(before, after) {
			continue
		}
		if err := tx.SaveAgent(after); err != nil {
			return nil, err
		}
		facts = append(facts, d.fact(chat.KindAgent, me.Actor(), after))
	}
	return facts, nil
}

func wantedMembers(members []Membership) (map[chat.AgentID]chat.Class, error) {
	wanted := make(map[chat.AgentID]chat.Class, len(members))
	for _, m := range members {
		if !m.Class.Valid() {
			return nil, chat.Errorf(chat.Invalid, "There is no class %q; use first, normal, last or supervisor.", m.Class)
		}
		if _, twice := wanted[m.Agent]; twice {
			return nil, namedTwice()
		}
		wanted[m.Agent] = m.Class
	}
	return wanted, nil
}

func namedTwice() error {
	return chat.Errorf(chat.Invalid, "An agent is named twice. Name each once.")
}

// areThere refuses members who do not exist or are disabled.
func areThere(wanted map[chat.AgentID]chat.Class, agents []chat.Agent) error {
	found := 0
	for _, a := range agents {
		if _, named := wanted[a.ID]; !named {
			continue
		}
		if !a.Role.Answers() {
			return chat.Errorf(chat.Invalid, "%s answers no visitors, and so is in no group. Give another role first; nothing was changed.", a.Name)
		}
		if a.Disabled {
			return chat.Errorf(chat.Invalid, "The account of %s is disabled. Enable it first; nothing was changed.", a.Name)
		}
		found++
	}
	if found < len(wanted) {
		return chat.Errorf(chat.Invalid, "An agent who is named is not in the team. Nothing was changed.")
	}
	return nil
}
