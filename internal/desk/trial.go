package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// GroupStanding is a group's live state as the team sees it.
type GroupStanding struct {
	Group   chat.GroupID      `json:"group"`
	Name    string            `json:"name"`
	State   routing.Readiness `json:"state" enum:"online,online_for_queue,full,offline"`
	Why     string            `json:"why"`
	Because chat.Because      `json:"because" nullable:"false"`
	// Closed says that the hours are the reason for being offline; OpensAt is
	// when they open next, in microseconds, 0 = not known.
	Closed  bool  `json:"closed,omitempty"`
	OpensAt int64 `json:"opens_at,omitempty"`
	// Waiting is the length of the queue, Accepting how many take chats, Free how
	// many of them have room for one more.
	Waiting   int `json:"waiting"`
	Accepting int `json:"accepting"`
	Free      int `json:"free"`
}

// Trial is an arrival that rules are tried on.
type Trial struct {
	Arrival chat.Arrival
	// Routes are tried instead of those that hold; nil = those.
	Routes []Route
}

// Tried is what the rules make of a Trial.
type Tried struct {
	Placement TriedPlacement  `json:"placement"`
	Verdicts  []Verdict       `json:"verdicts"`
	Standings []GroupStanding `json:"standings"`
}

// TriedPlacement is the group that the arrival would reach, and why.
type TriedPlacement struct {
	Group    chat.GroupID  `json:"group"`
	Cause    routing.Cause `json:"cause" enum:"page,visitor,rule,default,fallback"`
	Rule     string        `json:"rule,omitempty"`
	Priority int           `json:"priority,omitempty"`
	Skills   []string      `json:"skills,omitempty"`
	Why      string        `json:"why"`
	Because  chat.Because  `json:"because" nullable:"false"`
	// Ask is set where the visitor chose a group that takes no chat now.
	Ask *TriedAsk `json:"ask,omitempty"`
}

// TriedAsk is what the visitor would be asked to choose between.
type TriedAsk struct {
	Chosen GroupStanding   `json:"chosen"`
	Others []GroupStanding `json:"others"`
}

// Try tells which group an arrival would reach now, and how each rule fares with
// it. Nothing is stored. An arrival that names no site comes to the first one.
func (d *Desk) Try(ctx context.Context, by chat.Agent, in Trial) (Tried, error) {
	s, err := d.situation(ctx)
	if err != nil {
		return Tried{}, err
	}
	routes, site := s.routes, chat.Site{}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		if in.Routes != nil {
			groups, err := liveGroups(tx)
			if err != nil {
				return err
			}
			if routes, err = cleanRoutes(in.Routes, groups); err != nil {
				return err
			}
		}
		site, err = siteOf(tx, in.Arrival.Site)
		return err
	})
	if err != nil {
		return Tried{}, err
	}
	arrival := in.Arrival.Clean()
	arrival.Site = site.ID
	standings := s.state.Standings(s.at)
	p := routing.Place(routes, arrival, routing.Choices{Visitor: arrival.Chosen, Offered: site.Choose, Default: s.successor(site.Group)}, standings)
	return Tried{Placement: tried(p), Verdicts: routing.Explain(routes, arrival), Standings: groupStandings(standings)}, nil
}

// siteOf loads a site by id, or the first one where none is named.
func siteOf(tx *store.Tx, id chat.SiteID) (chat.Site, error) {
	sites, err := tx.Sites()
	i := slices.IndexFunc(sites, func(s chat.Site) bool { return id == "" || s.ID == id })
	if err == nil && i < 0 {
		err = chat.Errorf(chat.Missing, "There is no such site.")
	}
	if err != nil {
		return chat.Site{}, err
	}
	return sites[i], nil
}

func tried(p routing.Placement) TriedPlacement {
	out := TriedPlacement{Group: p.Group, Cause: p.Cause, Rule: p.Rule, Priority: p.Priority, Skills: p.Skills, Why: p.Why, Because: p.Because}
	if p.Ask != nil {
		out.Ask = &TriedAsk{Chosen: groupStanding(p.Ask.Chosen), Others: groupStandings(p.Ask.Others)}
	}
	return out
}

func groupStandings(all []routing.Standing) []GroupStanding {
	out := make([]GroupStanding, len(all))
	for i, g := range all {
		out[i] = groupStanding(g)
	}
	return out
}

func groupStanding(g routing.Standing) GroupStanding {
	return GroupStanding{Group: g.Group, Name: g.Name, State: g.State, Why: g.Why, Because: g.Because, Closed: g.Closed, OpensAt: g.OpensAt,
		Waiting: g.Waiting, Accepting: g.Accepting, Free: g.Free}
}
