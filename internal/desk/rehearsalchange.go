package desk

import (
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// RehearsalChange is what is rehearsed: the last days' visits under changed
// rules. What is left out stays as it is now.
type RehearsalChange struct {
	Days   int          `json:"days"`
	Routes *[]Route     `json:"routes,omitempty"`
	Groups []GroupRules `json:"groups,omitempty"`
	Agents []AgentRules `json:"agents,omitempty"`
	Limit  *int         `json:"limit,omitempty"`
	Timing *Timing      `json:"timing,omitempty"`
}

// GroupRules are what changes about one group: nil fields stay. Rules and
// members are given as a whole.
type GroupRules struct {
	ID      chat.GroupID  `json:"id"`
	Rules   *Rules        `json:"rules,omitempty"`
	Members *[]Membership `json:"members,omitempty" nullable:"false" doc:"Everybody who is to be in it; a class that is left out is normal."`
}

// AgentRules are what changes about one agent, in every group: nil fields stay.
type AgentRules struct {
	ID       chat.AgentID `json:"id"`
	Limit    *int         `json:"limit,omitempty" doc:"How many chats at once; 0 = the workspace's limit."`
	Skills   *[]string    `json:"skills,omitempty" nullable:"false" doc:"What routes may ask for; at most 30."`
	Disabled *bool        `json:"disabled,omitempty"`
}

// over lays the change over what holds, and refuses what could not be saved, in
// the words in which saving it is refused; by is who would save it. The agents
// come first: who is enabled may be a member.
func (c RehearsalChange) over(now terms, by chat.Agent) (terms, error) {
	t := now.clone()
	for _, step := range []func(*terms, chat.Agent) error{c.overAgents, c.overGroups, c.overRoutes, c.overSettings} {
		if err := step(&t, by); err != nil {
			return now, err
		}
	}
	return t, nil
}

func (c RehearsalChange) overAgents(t *terms, by chat.Agent) error {
	seen := map[chat.AgentID]bool{}
	for _, change := range c.Agents {
		at := slices.IndexFunc(t.agents, func(a chat.Agent) bool { return a.ID == change.ID })
		switch {
		case at < 0:
			return chat.Errorf(chat.Invalid, "There is no agent %q.", change.ID)
		case seen[change.ID]:
			return namedTwice()
		}
		seen[change.ID] = true
		after, err := chat.ChangeAgent(by, t.agents[at], AgentChange{Limit: change.Limit, Skills: change.Skills, Disabled: change.Disabled}, ownersAmong(t.agents))
		if err != nil {
			return err
		}
		t.agents[at] = after
	}
	return nil
}

func (c RehearsalChange) overGroups(t *terms, _ chat.Agent) error {
	seen := map[chat.GroupID]bool{}
	for _, change := range c.Groups {
		at := slices.IndexFunc(t.groups, func(g chat.Group) bool { return g.ID == change.ID })
		switch {
		case at < 0:
			return chat.Errorf(chat.Invalid, "There is no group %q.", change.ID)
		case seen[change.ID]:
			return chat.Errorf(chat.Invalid, "A group is named twice. Name each once.")
		}
		seen[change.ID] = true
		if change.Rules != nil {
			g, err := GroupChange{Rules: change.Rules}.over(t.groups[at])
			if err != nil {
				return err
			}
			t.groups[at] = g
			if t.rules[g.ID], err = routing.ReadRules(g.Rules); err != nil {
				return err
			}
		}
		if change.Members != nil {
			if err := t.enrol(change.ID, *change.Members); err != nil {
				return err
			}
		}
	}
	return nil
}

// enrol says who is in a group.
func (t *terms) enrol(g chat.GroupID, members []Membership) error {
	wanted, err := wantedMembers(members)
	if err != nil {
		return err
	}
	if err := areThere(wanted, t.agents); err != nil {
		return err
	}
	for i, a := range t.agents {
		t.agents[i] = asWanted(a, g, wanted)
	}
	return nil
}

func (c RehearsalChange) overRoutes(t *terms, _ chat.Agent) error {
	if c.Routes == nil {
		return nil
	}
	routes, err := cleanRoutes(*c.Routes, t.groups)
	if err != nil {
		return err
	}
	t.routes = routes
	return giveIDs(routes, newRouteIDs(len(routes)))
}

func (c RehearsalChange) overSettings(t *terms, _ chat.Agent) error {
	if c.Limit == nil && c.Timing == nil {
		return nil
	}
	set(&t.settings.Limit, c.Limit)
	set(&t.settings.Timing, c.Timing)
	return t.settings.check()
}
