package stream

import (
	"maps"
	"sync"
)

// resets counts resets by their reason: one after a restore says much, one for a
// first connection nothing.
type resets struct {
	mu sync.Mutex // guards by
	by map[reason]int64
}

func (r *resets) add(why reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[reason]int64{}
	}
	r.by[why]++
}

// all counts every reason, also those that never came.
func (r *resets) all() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	by := maps.Clone(r.by)
	all := map[string]int64{}
	for _, why := range []reason{reasonNew, reasonGap, reasonEpoch, reasonRights, reasonBad} {
		all[string(why)] = by[why]
	}
	return all
}
