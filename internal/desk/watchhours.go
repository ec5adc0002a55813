package desk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// WatchHours is for how long an agent's chats were watched, and for how long he watched
// others', in milliseconds. Two who watch at once count both.
type WatchHours struct {
	Agent      chat.AgentID `json:"agent"`
	WatchedMS  int64        `json:"watched_ms" doc:"For how long his chats were watched."`
	Watched    int          `json:"watched" doc:"How often."`
	WatchingMS int64        `json:"watching_ms" doc:"For how long he watched others'."`
	Watching   int          `json:"watching" doc:"How often."`
}

// WatchHours adds up what has begun in the last days: everybody reads his own, who
// oversees everybody's, of the chats of the groups that he oversees. Of one that goes on and that he is not to know of by name an
// agent reads when it is over, as in the log.
func (d *Desk) WatchHours(ctx context.Context, a chat.Agent, days int) ([]WatchHours, error) {
	if days < 1 || days > 90 {
		return nil, chat.Errorf(chat.Invalid, "Hours are counted over 1 to 90 days.")
	}
	var all []WatchHours
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		sums, err := tx.WatchSums(d.since(days), chat.Micros(d.now()))
		all = hoursFor(me, sums)
		return err
	})
	return all, err
}

// hoursFor adds the sums up by agent, as far as the reader may know them; his own stand
// there though they are nothing.
func hoursFor(me chat.Agent, sums []store.WatchSum) []WatchHours {
	by := map[chat.AgentID]WatchHours{me.ID: {Agent: me.ID}}
	for _, s := range sums {
		oversees := me.Role.Oversees() || slices.Contains(me.Viewer().Supervises, s.Group)
		if s.Lead != "" && (oversees || s.Lead == me.ID && s.Known) {
			h := by[s.Lead]
			h.Agent, h.WatchedMS, h.Watched = s.Lead, h.WatchedMS+s.Lasted/1000, h.Watched+s.Times
			by[s.Lead] = h
		}
		if oversees || s.Watcher == me.ID {
			h := by[s.Watcher]
			h.Agent, h.WatchingMS, h.Watching = s.Watcher, h.WatchingMS+s.Lasted/1000, h.Watching+s.Times
			by[s.Watcher] = h
		}
	}
	return slices.SortedFunc(maps.Values(by), func(x, y WatchHours) int { return strings.Compare(string(x.Agent), string(y.Agent)) })
}
