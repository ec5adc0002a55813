package app

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/routing"
)

// department is a group of the demo: who is in it, by place in the cast, and how
// it shares out its chats.
type department struct {
	name, german string
	policy       chat.Policy
	stub         bool
	rules        routing.Rules
	members      []int
}

// demoDepartments are what the demo has besides the first line, which takes from
// the queue: a group that offers, and one that gives each in turn.
func demoDepartments() []department {
	return []department{
		{name: "Orders", german: "Bestellungen", policy: chat.PolicyOpen, members: []int{0, 1, 3, 4},
			rules: routing.Rules{Line: routing.EndToEnd, Distribution: routing.Distribution{Method: routing.LeastBusy, PreferLast: true}}},
		{name: "Machines", german: "Maschinen", policy: chat.PolicyGroup, stub: true, members: []int{2, 4, 5},
			rules: routing.Rules{Line: routing.EndToEnd, Distribution: routing.Distribution{Method: routing.RoundRobin, Direct: true}}},
	}
}

// departments makes the groups, the routes to them, and the visitors' choice.
func (f *filler) departments(ctx context.Context) error {
	owner := f.agents[0]
	first := f.site.Group
	share := &routing.Agreement{Most: 4, NoCherryPicking: true}
	if _, err := f.desk.ChangeGroup(ctx, owner, first, desk.GroupChange{Names: &map[string]string{"de": "Kaffee-Theke"},
		Rules: &routing.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: routing.Pull}, Share: share}}); err != nil {
		return err
	}
	choose, paths := []chat.GroupID{first}, []string{"/account", "/machines"}
	var routes []routing.Route
	for i, d := range demoDepartments() {
		g, err := f.desk.AddGroup(ctx, owner, desk.GroupChange{Name: &d.name, Names: &map[string]string{"de": d.german}, Policy: &d.policy, Stub: &d.stub, Rules: &d.rules})
		if err != nil {
			return err
		}
		members := make([]desk.Membership, len(d.members))
		for j, at := range d.members {
			members[j] = desk.Membership{Agent: f.agents[at].ID}
		}
		if _, err := f.desk.SetMembers(ctx, owner, g.ID, members); err != nil {
			return err
		}
		choose = append(choose, g.ID)
		routes = append(routes, routing.Route{Name: d.name + " pages", Group: g.ID, When: []routing.Condition{{Field: "path", Op: "prefix", Values: []string{paths[i]}}}})
	}
	if _, err := f.desk.SetRoutes(ctx, owner, routes); err != nil {
		return err
	}
	f.site.Choose = choose
	if _, err := f.desk.SaveSite(ctx, owner, f.site); err != nil {
		return err
	}
	team, err := f.desk.Team(ctx)
	if err != nil {
		return err
	}
	for i, a := range f.agents {
		for _, now := range team {
			if now.ID == a.ID {
				f.agents[i] = now
			}
		}
	}
	return nil
}

// here shows that the whole team is at work.
func (f *filler) here(ctx context.Context) error {
	who := make([]desk.Present, len(f.agents))
	for i, a := range f.agents {
		who[i] = desk.Present{Agent: a.ID}
	}
	return f.desk.RenewPresence(ctx, who)
}
