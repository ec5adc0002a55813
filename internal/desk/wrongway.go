package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// WrongWays is how many chats a first-line group passed on, and how many of those
// were passed on again soon, to yet another group or back.
type WrongWays struct {
	Group chat.GroupID `json:"group"`
	store.WrongWays
	Ways []WrongWay `json:"ways" doc:"The wrong ones that the reader may open, the newest first, at most 200."`
}

// WrongWay is one of them.
type WrongWay = store.WrongWay

// MaxWrongWayDays is how far the count of wrong ways looks back.
const MaxWrongWayDays = 90

// WrongWays counts, for each first-line group of the reader's, what it passed on to
// others in the last days and where that was the wrong way; in order of the groups'
// names. Who oversees reads all of them.
func (d *Desk) WrongWays(ctx context.Context, a chat.Agent, days int) ([]WrongWays, error) {
	if days < 1 || days > MaxWrongWayDays {
		return nil, chat.Errorf(chat.Invalid, "Wrong ways are counted over 1 to %d days.", MaxWrongWayDays)
	}
	all := []WrongWays{}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		lines, err := firstLines(tx, me)
		if err != nil {
			return err
		}
		counted, err := tx.WrongWays(d.since(days))
		if err != nil {
			return err
		}
		ways, err := tx.ListWrongWays(me.Viewer(), lines, d.since(days))
		if err != nil {
			return err
		}
		all = all[:0] // may run twice
		for _, g := range lines {
			all = append(all, WrongWays{g, counted[g], waysFrom(g, ways)})
		}
		return nil
	})
	return all, err
}

// waysFrom are those that a group passed on.
func waysFrom(g chat.GroupID, all []WrongWay) []WrongWay {
	some := []WrongWay{}
	for _, w := range all {
		if w.From == g && len(some) < mostBehind {
			some = append(some, w)
		}
	}
	return some
}

// firstLines are those that somebody may send on from, by name.
func firstLines(tx *store.Tx, me chat.Agent) ([]chat.GroupID, error) {
	groups, err := liveGroups(tx)
	if err != nil {
		return nil, err
	}
	lines := []chat.GroupID{}
	for _, g := range groups {
		rules, err := routing.ReadRules(g.Rules)
		if err != nil {
			return nil, err
		}
		if rules.Line == routing.FirstLine && (me.InGroup(g.ID) || me.Oversees(g.ID)) {
			lines = append(lines, g.ID)
		}
	}
	return lines, nil
}
