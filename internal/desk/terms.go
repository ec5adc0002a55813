package desk

import (
	"maps"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
)

// terms are what visits meet in a rehearsal: the team, the groups that are not
// deleted with their rules, the routes, and what holds for the workspace.
type terms struct {
	agents   []chat.Agent
	groups   []chat.Group
	rules    map[chat.GroupID]routing.Rules
	routes   []Route
	settings RoutingSettings
}

// termsOf are the terms of now.
func termsOf(s *situation) terms {
	t := terms{rules: s.rules, routes: s.routes, settings: s.settings}
	for _, a := range s.state.Agents {
		t.agents = append(t.agents, s.team[a.ID])
	}
	for _, g := range s.state.Groups {
		t.groups = append(t.groups, s.groups[g.ID])
	}
	return t
}

// clone returns terms that can be changed without changing these.
func (t terms) clone() terms {
	t.agents, t.groups, t.rules = slices.Clone(t.agents), slices.Clone(t.groups), maps.Clone(t.rules)
	return t
}

// world is what visits meet under the terms, with agents who take chats in their
// shifts. Nobody holds a chat in it, and what is remembered of agents begins anew.
func (t terms) world(shifts []sim.Shift) sim.World {
	w := sim.World{Routes: t.routes, State: routing.State{Limit: t.settings.Limit, Timing: t.settings.Timing}, Shifts: shifts,
		Accept: rehearsedAccept, Reply: rehearsedReply, Seed: 1}
	for _, a := range t.agents {
		w.State.Agents = append(w.State.Agents, routing.Agent{ID: a.ID, Name: a.Name, Disabled: a.Disabled, Limit: a.Limit, Skills: a.Skills})
	}
	for _, g := range t.groups {
		w.State.Groups = append(w.State.Groups, routing.ViewGroup(g, t.rules[g.ID], t.agents))
	}
	return w
}
