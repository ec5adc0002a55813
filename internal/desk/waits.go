package desk

import (
	"context"
	"sync"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// lines are the queues of the situation that was asked for last.
type lines struct {
	mu  sync.Mutex // guards everything below
	of  *situation // whose they are
	all map[chat.GroupID][]routing.Told
}

// queueName is what a visitor reads of the group in whose queue he is: nothing
// where there is no other that he could be in.
func (s *situation) queueName(g chat.GroupID, language string) string {
	public := 0
	for _, one := range s.groups {
		if !one.Deleted && !one.Private {
			public++
		}
	}
	if public < 2 {
		return ""
	}
	return s.groups[g].PublicName(language)
}

// waits are the queues of a situation, worked out once.
func (d *Desk) waits(ctx context.Context, s *situation) map[chat.GroupID][]routing.Told {
	d.lines.mu.Lock()
	defer d.lines.mu.Unlock()
	if d.lines.of != s {
		d.lines.of, d.lines.all = s, s.state.AllWaits(d.knownOf(ctx, s), s.at)
	}
	return d.lines.all
}

// knownOf is what is known of the groups in which somebody waits. Where that
// cannot be loaded, no estimate is better than no word of the queue.
func (d *Desk) knownOf(ctx context.Context, s *situation) map[chat.GroupID]routing.Known {
	all := map[chat.GroupID]routing.Known{}
	for i := range s.state.Threads {
		t := &s.state.Threads[i]
		if _, asked := all[t.Group]; asked || t.State != chat.Queued {
			continue
		}
		known, err := d.known(ctx, t.Group)
		if err != nil {
			known = routing.Known{}
		}
		all[t.Group] = known
	}
	return all
}
