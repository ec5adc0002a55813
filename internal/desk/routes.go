package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// The limits of one Route.
const (
	maxConditions = 20
	maxValues     = 50
	maxValue      = 2_000 // characters of a value
	maxField      = 80    // characters of a condition's key
)

// Routes returns the rules in their order.
func (d *Desk) Routes(ctx context.Context, by chat.Agent) ([]Route, error) {
	s, err := d.settings(ctx, by)
	return s.routes, err
}

// settings loads what routing goes by, for a manager.
func (d *Desk) settings(ctx context.Context, by chat.Agent) (situation, error) {
	var s situation
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		s = situation{}
		return s.loadSettings(tx)
	})
	return s, err
}

// SetRoutes replaces the rules as a whole. A rule without id is new and gets one.
func (d *Desk) SetRoutes(ctx context.Context, by chat.Agent, routes []Route) ([]Route, error) {
	ids := newRouteIDs(len(routes)) // made once: the transaction may run twice
	var saved []Route
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		groups, err := liveGroups(tx)
		if err != nil {
			return err
		}
		if saved, err = cleanRoutes(routes, groups); err != nil {
			return err
		}
		if err := giveIDs(saved, ids); err != nil {
			return err
		}
		facts, err := d.saveRoutes(tx, me.Actor(), saved)
		if err != nil || len(facts) == 0 {
			return err
		}
		return tell(tx, chat.TeamConversation, facts...)
	})
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// saveRoutes stores the rules and returns what the team is told: nothing where
// nothing changes.
func (d *Desk) saveRoutes(tx *store.Tx, by chat.Actor, routes []Route) ([]chat.Event, error) {
	raw, changed, err := saveSetting(tx, routesSetting, routes)
	if err != nil || !changed {
		return nil, err
	}
	return []chat.Event{d.fact(chat.KindRoutes, by, chat.RoutesChanged{Routes: raw})}, nil
}

// saveSetting stores a setting as JSON, and reports whether it was another one.
func saveSetting(tx *store.Tx, name string, value any) (raw json.RawMessage, changed bool, err error) {
	if raw, err = json.Marshal(value); err != nil {
		return nil, false, fmt.Errorf("desk: encode setting %s: %w", name, err)
	}
	former, err := tx.Setting(name)
	if err != nil || bytes.Equal(raw, []byte(former)) {
		return raw, false, err
	}
	return raw, true, tx.SetSetting(name, string(raw))
}

func newRouteIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = newID("r")
	}
	return ids
}

// giveIDs gives new rules their ids and refuses one id for two.
func giveIDs(routes []Route, ids []string) error {
	seen := map[string]bool{}
	for i := range routes {
		r := &routes[i]
		if r.ID == "" {
			r.ID = ids[i]
		}
		if seen[r.ID] || len(r.ID) > maxField {
			return chat.Errorf(chat.Invalid, "The rule \"%s\" has the id of another one. Leave the id of a new rule empty.", r.Name)
		}
		seen[r.ID] = true
	}
	return nil
}

// cleanRoutes checks rules that a manager entered and returns them as they may be
// stored.
func cleanRoutes(routes []Route, groups []chat.Group) ([]Route, error) {
	if len(routes) > routing.MaxRoutes {
		return nil, chat.Errorf(chat.Invalid, "%d rules; at most %d fit.", len(routes), routing.MaxRoutes)
	}
	ids := make([]chat.GroupID, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	clean := make([]Route, len(routes))
	for i, r := range routes {
		var err error
		if clean[i], err = cleanRoute(r, ids); err != nil {
			return nil, err
		}
	}
	return clean, nil
}

func cleanRoute(r Route, groups []chat.GroupID) (Route, error) {
	r.Name = chat.CleanName(r.Name)
	skills, err := chat.CleanSkills(r.Skills)
	if err != nil {
		return r, err
	}
	r.Skills = skills
	if r.When == nil {
		r.When = []routing.Condition{}
	}
	switch {
	case len(r.When) > maxConditions:
		return r, chat.Errorf(chat.Invalid, "The rule \"%s\" has %d conditions; at most %d fit.", r.Name, len(r.When), maxConditions)
	case r.Priority < -routing.MaxPriority || r.Priority > routing.MaxPriority:
		return r, chat.Errorf(chat.Invalid, "The priority of the rule \"%s\" is a number from %d to %d.", r.Name, -routing.MaxPriority, routing.MaxPriority)
	}
	for _, c := range r.When {
		if err := fits(r.Name, c); err != nil {
			return r, err
		}
	}
	return r, r.Check(groups)
}

func fits(rule string, c routing.Condition) error {
	if len(c.Values) > maxValues {
		return chat.Errorf(chat.Invalid, "A condition of the rule \"%s\" has %d values; at most %d fit.", rule, len(c.Values), maxValues)
	}
	if len([]rune(c.Key)) > maxField {
		return chat.Errorf(chat.Invalid, "A name in the rule \"%s\" is too long; at most %d characters fit.", rule, maxField)
	}
	for _, v := range c.Values {
		if len([]rune(v)) > maxValue {
			return chat.Errorf(chat.Invalid, "A value in the rule \"%s\" is too long; at most %d characters fit.", rule, maxValue)
		}
	}
	return nil
}

// Routing returns the workspace's limit and times as they hold: defaults stand
// where nothing was set.
func (d *Desk) Routing(ctx context.Context, by chat.Agent) (RoutingSettings, error) {
	s, err := d.settings(ctx, by)
	return s.settings.effective(), err
}

// effective has the defaults in place of zeros.
func (s RoutingSettings) effective() RoutingSettings {
	return RoutingSettings{Limit: s.limitOf(chat.Agent{}) / 100, Timing: s.Timing.Filled()}
}

// check refuses settings that could not be kept.
func (s RoutingSettings) check() error {
	if s.Limit < 0 || s.Limit > chat.MaxLimit {
		return chat.Errorf(chat.Invalid, "The limit of chats is a number from 1 to %d; 0 means the default.", chat.MaxLimit)
	}
	return s.Timing.Check()
}

// SetRouting replaces the workspace's limit and times; 0 is the default of each.
func (d *Desk) SetRouting(ctx context.Context, by chat.Agent, in RoutingSettings) (RoutingSettings, error) {
	if err := in.check(); err != nil {
		return in, err
	}
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		if _, changed, err := saveSetting(tx, routingSetting, in); err != nil || !changed {
			return err
		}
		now := in.effective()
		timing, err := json.Marshal(now.Timing)
		if err != nil {
			return fmt.Errorf("desk: encode times: %w", err)
		}
		return tell(tx, chat.TeamConversation, d.fact(chat.KindRouting, me.Actor(), chat.RoutingChanged{Limit: now.Limit, Timing: timing}))
	})
	return in.effective(), err
}
