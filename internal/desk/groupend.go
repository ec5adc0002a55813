package desk

import (
	"context"
	"errors"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// DeleteGroup ends a group; the successor has everything that was its own. Who
// waits moves to the successor's queue, before those who have not talked, as after
// every hand-over. A chat that an agent leads stays with him under the
// successor's rules, whether he is in that group or not: nobody loses a talk in
// the middle of a sentence. What is over follows by a job. Sites, routes and the gates
// of playbooks name the successor from now on, also to a visitor whose message is under way, and
// members lose the group; nobody is told of it elsewhere any more. Its own channel is in nobody's list from then
// on, and archived by the next sweep. The last group stays.
func (d *Desk) DeleteGroup(ctx context.Context, by chat.Agent, id, successor chat.GroupID) error {
	return d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		g, err := liveGroup(tx, id)
		if err != nil {
			return err
		}
		to, err := heir(tx, g, successor)
		if err != nil {
			return err
		}
		g.Deleted, g.Successor = true, to.ID
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		if err := d.relabelOpen(tx, me, g.ID, to); err != nil {
			return err
		}
		if err := errors.Join(tx.InheritPromises(g.ID, to.ID), tx.InheritReplies(g.ID, to.ID), tx.DropHook(g.ID)); err != nil {
			return err
		}
		if err := d.relabelLater(tx, g.ID); err != nil {
			return err
		}
		facts, err := d.handOn(tx, me, g, to)
		if err != nil {
			return err
		}
		return tell(tx, chat.TeamConversation, facts...)
	})
}

// heir checks who is to have a group's chats.
func heir(tx *store.Tx, g chat.Group, id chat.GroupID) (chat.Group, error) {
	live, err := liveGroups(tx)
	if err != nil {
		return chat.Group{}, err
	}
	at := slices.IndexFunc(live, func(o chat.Group) bool { return o.ID == id })
	switch {
	case len(live) == 1:
		return g, chat.Errorf(chat.Conflict, "%s is the last group. Somebody must answer; make another one first.", g.Name)
	case at < 0 || id == g.ID:
		return g, chat.Errorf(chat.Invalid, "Name another group that has the chats of %s from now on.", g.Name)
	}
	return live[at], nil
}

// handOn puts the successor everywhere where the group is named, and returns what
// the team is told.
func (d *Desk) handOn(tx *store.Tx, me chat.Agent, g, to chat.Group) ([]chat.Event, error) {
	facts := []chat.Event{d.fact(chat.KindGroup, me.Actor(), g)}
	agents, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	members, err := d.changeMembers(tx, me, agents, func(a chat.Agent) chat.Agent { return a.Expel(g.ID) })
	if err != nil {
		return nil, err
	}
	sites, err := d.handOnSites(tx, me, g, to)
	if err != nil {
		return nil, err
	}
	routes, err := d.handOnRoutes(tx, me, g, to)
	if err != nil {
		return nil, err
	}
	books, err := d.handOnPlaybooks(tx, me, g, to)
	return slices.Concat(facts, members, sites, routes, books), err
}

// handOnPlaybooks writes another version of every playbook whose gates name the group:
// left as it is, nobody could save it again.
func (d *Desk) handOnPlaybooks(tx *store.Tx, me chat.Agent, g, to chat.Group) (facts []chat.Event, err error) {
	groups, err := liveGroups(tx)
	if err != nil {
		return nil, err
	}
	for _, own := range groups {
		if own.ID == g.ID {
			continue
		}
		written, err := tx.Playbook(own.ID)
		if err != nil {
			return nil, err
		}
		book, changed := written.Playbook.HandOn(g.ID, to.ID)
		if !changed {
			continue
		}
		fact, err := d.addPlaybook(tx, me, book)
		if err != nil {
			return nil, err
		}
		facts = append(facts, fact)
	}
	return facts, nil
}

func (d *Desk) handOnSites(tx *store.Tx, me chat.Agent, g, to chat.Group) (facts []chat.Event, err error) {
	sites, err := tx.Sites()
	for _, s := range sites {
		if s.Group != g.ID && !slices.Contains(s.Choose, g.ID) {
			continue
		}
		if s.Group == g.ID {
			s.Group = to.ID
		}
		s.Choose = choiceAfter(s.Choose, g, to)
		if err := tx.SaveSite(s); err != nil {
			return nil, err
		}
		facts = append(facts, d.fact(chat.KindSite, me.Actor(), s))
	}
	return facts, err
}

// choiceAfter is a chooser in which the successor stands where the group stood,
// once, unless visitors cannot choose it.
func choiceAfter(choose []chat.GroupID, g, to chat.Group) []chat.GroupID {
	var after []chat.GroupID
	for _, id := range choose {
		if id == g.ID {
			if id = to.ID; to.Private || slices.Contains(choose, to.ID) {
				continue
			}
		}
		after = append(after, id)
	}
	return after
}

func (d *Desk) handOnRoutes(tx *store.Tx, me chat.Agent, g, to chat.Group) ([]chat.Event, error) {
	var s situation
	if err := s.loadSettings(tx); err != nil {
		return nil, err
	}
	for i := range s.routes {
		if s.routes[i].Group == g.ID {
			s.routes[i].Group = to.ID
		}
	}
	if s.routes == nil {
		return nil, nil
	}
	return d.saveRoutes(tx, me.Actor(), s.routes)
}
