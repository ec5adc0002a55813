package store

import (
	"sync"

	"earshot/internal/chat"
)

// ownEvents tells what this node has committed from what others have: of theirs it
// learns only when it follows the log, and Turned has to count it then.
type ownEvents struct {
	mu     sync.Mutex
	ids    map[chat.EventID]bool // committed here and not followed yet; guarded by mu
	newest int64                 // the newest position followed; guarded by mu
}

// add comes before the commit: another node may number the events at once.
func (o *ownEvents) add(ids []chat.EventID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		o.ids[id] = true
	}
}

func (o *ownEvents) remove(ids []chat.EventID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		delete(o.ids, id)
	}
}

// turned reports whether others have changed something that routing may go by,
// among entries that were not followed before.
func (o *ownEvents) turned(entries []chat.Entry) (turned bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range entries {
		if e.Pos <= o.newest {
			continue
		}
		o.newest = e.Pos
		turned = turned || !o.ids[e.Event.ID] && !idle(e.Event.Kind)
		delete(o.ids, e.Event.ID)
	}
	return turned
}

// idle kinds change nothing that routing goes by.
func idle(k chat.Kind) bool { return k == chat.KindNote || k == chat.KindSeen || k == chat.KindRead }

// followed is told of what was read from the end of the log.
func (p *postgres) followed(entries []chat.Entry) {
	if p.own.turned(entries) {
		p.s.turned.Add(1)
	}
}
