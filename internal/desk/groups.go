package desk

import (
	"context"
	"reflect"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// ManagedGroup is a group as its settings show it: with its rules, and who is in
// it.
type ManagedGroup struct {
	ID      chat.GroupID      `json:"id"`
	Name    string            `json:"name"`
	Policy  chat.Policy       `json:"policy" enum:"open,group,lead"`
	Names   map[string]string `json:"names,omitempty"`
	Private bool              `json:"private,omitempty"`
	Stub    bool              `json:"stub,omitempty"`
	Rules   Rules             `json:"rules"`
	Members []Membership      `json:"members"`
	// Open is how many of its Threads are not closed.
	Open int `json:"open"`
	// Etiquette is what it has agreed about colleagues who watch.
	Etiquette chat.Etiquette `json:"etiquette"`
}

// GroupChange changes a group: nil fields stay, rules are replaced as a whole.
type GroupChange struct {
	Name    *string
	Policy  *chat.Policy
	Names   *map[string]string
	Private *bool
	Stub    *bool
	Rules   *Rules
	// Etiquette is replaced as a whole.
	Etiquette *chat.Etiquette
}

// over lays what was given over what is there, and checks the whole.
func (c GroupChange) over(g chat.Group) (chat.Group, error) {
	set(&g.Name, c.Name)
	set(&g.Policy, c.Policy)
	set(&g.Names, c.Names)
	set(&g.Private, c.Private)
	set(&g.Stub, c.Stub)
	set(&g.Etiquette, c.Etiquette)
	if c.Rules != nil {
		rules := *c.Rules
		var err error
		if rules.Hours, err = cleanHours(rules.Hours); err != nil {
			return g, err
		}
		if err := rules.Check(); err != nil {
			return g, err
		}
		g.Rules = rules.Raw()
	}
	return g.Clean()
}

// The limits of a group's hours: the router looks through them in every round.
const (
	maxShifts     = 100 // of a week
	maxExceptions = 400
	maxSpans      = 20 // of one exception
)

// cleanHours refuses hours that are too long to look through, and flattens the
// names of their exceptions.
func cleanHours(h *routing.Hours) (*routing.Hours, error) {
	if h == nil {
		return nil, nil
	}
	clean := *h
	clean.Exceptions = slices.Clone(h.Exceptions)
	if len(h.Week) > maxShifts || len(h.Exceptions) > maxExceptions {
		return nil, chat.Errorf(chat.Invalid, "The hours have at most %d shifts a week and %d exceptions.", maxShifts, maxExceptions)
	}
	for i := range clean.Exceptions {
		e := &clean.Exceptions[i]
		if e.Name = chat.CleanName(e.Name); len(e.Spans) > maxSpans {
			return nil, chat.Errorf(chat.Invalid, "An exception has at most %d spans of time.", maxSpans)
		}
	}
	return &clean, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// Groups lists the groups that are not deleted.
func (d *Desk) Groups(ctx context.Context, by chat.Agent) ([]ManagedGroup, error) {
	var out []ManagedGroup
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		groups, err := liveGroups(tx)
		if err != nil {
			return err
		}
		out, err = managed(tx, groups...)
		return err
	})
	return out, err
}

// AddGroup makes a group, and its channel with it. Nobody is in it yet.
func (d *Desk) AddGroup(ctx context.Context, by chat.Agent, in GroupChange) (ManagedGroup, error) {
	g, err := in.over(chat.Group{})
	if err != nil {
		return ManagedGroup{}, err
	}
	g.ID = chat.GroupID(newID("g"))
	return d.decide(ctx, by, func(tx *store.Tx, me chat.Agent) (chat.Group, error) {
		groups, err := liveGroups(tx)
		if err != nil {
			return g, err
		}
		if len(groups) >= chat.MaxGroups {
			return g, chat.Errorf(chat.Conflict, "There are %d groups; a workspace has at most that many.", chat.MaxGroups)
		}
		if err := tx.SaveGroup(g); err != nil {
			return g, err
		}
		if err := d.addGroupChannel(tx, me.Actor(), g); err != nil {
			return g, err
		}
		return g, tell(tx, chat.TeamConversation, d.fact(chat.KindGroup, me.Actor(), g))
	})
}

// ChangeGroup changes a group. Where others may see its chats from now on, that
// holds for those that are open at once, and for those that are over a little
// later.
func (d *Desk) ChangeGroup(ctx context.Context, by chat.Agent, id chat.GroupID, in GroupChange) (ManagedGroup, error) {
	return d.decide(ctx, by, func(tx *store.Tx, me chat.Agent) (chat.Group, error) {
		before, err := liveGroup(tx, id)
		if err != nil {
			return before, err
		}
		after, err := in.over(before)
		if err != nil || reflect.DeepEqual(before, after) {
			return before, err
		}
		if err := tx.SaveGroup(after); err != nil {
			return after, err
		}
		if before.Policy != after.Policy || before.Stub != after.Stub {
			if err := d.relabelOpen(tx, me, id, after); err != nil {
				return after, err
			}
			if err := d.relabelLater(tx, id); err != nil {
				return after, err
			}
		}
		return after, tell(tx, chat.TeamConversation, d.fact(chat.KindGroup, me.Actor(), after))
	})
}

// decide runs a manager's decision about a group, and returns how it stands then.
func (d *Desk) decide(ctx context.Context, by chat.Agent, fn func(*store.Tx, chat.Agent) (chat.Group, error)) (ManagedGroup, error) {
	var shown []ManagedGroup
	err := d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		g, err := fn(tx, me)
		if err != nil {
			return err
		}
		shown, err = managed(tx, g)
		return err
	})
	if err != nil {
		return ManagedGroup{}, err
	}
	return shown[0], nil
}

// managed completes groups with who is in them and how much is open. Disabled
// agents are not shown.
func managed(tx *store.Tx, groups ...chat.Group) ([]ManagedGroup, error) {
	agents, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	open, err := tx.OpenByGroup()
	if err != nil {
		return nil, err
	}
	out := make([]ManagedGroup, 0, len(groups))
	for _, g := range groups {
		rules, err := routing.ReadRules(g.Rules)
		if err != nil {
			return nil, err
		}
		out = append(out, ManagedGroup{ID: g.ID, Name: g.Name, Policy: g.Policy, Names: g.Names, Private: g.Private, Stub: g.Stub,
			Rules: rules, Members: membersOf(g.ID, agents), Open: open[g.ID], Etiquette: g.Etiquette})
	}
	return out, nil
}

// liveGroups loads the groups that are not deleted, by name.
func liveGroups(tx *store.Tx) ([]chat.Group, error) {
	all, err := tx.Groups()
	live := make([]chat.Group, 0, len(all))
	for _, g := range all {
		if !g.Deleted {
			live = append(live, g)
		}
	}
	return live, err
}

// liveGroup loads a group that is not deleted.
func liveGroup(tx *store.Tx, id chat.GroupID) (chat.Group, error) {
	g, err := tx.Group(id)
	switch {
	case chat.IsKind(err, chat.Missing):
		return g, chat.Errorf(chat.Missing, "There is no such group.")
	case err == nil && g.Deleted:
		return g, chat.Errorf(chat.Gone, "The group %s was deleted.", g.Name)
	}
	return g, err
}
