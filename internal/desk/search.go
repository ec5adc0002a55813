package desk

import (
	"context"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	maxWords   = 200
	pageOfHits = 30
)

// Sought is what a search looks for.
type Sought = store.Sought

// Search finds messages and notes. The store asks for permission in its query;
// each hit is asked again, so that the two cannot drift apart unseen.
func (d *Desk) Search(ctx context.Context, a chat.Agent, q Sought) (hits []store.Hit, next int64, err error) {
	q.Words = chat.CleanLine(strings.ToValidUTF8(q.Words, ""), maxWords)
	if q.Words == "" {
		return []store.Hit{}, 0, nil
	}
	q.Before, q.Limit = max(q.Before, 0), pageOfHits
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		found, n, err := tx.Search(a.Viewer(), q)
		if err != nil {
			return err
		}
		seen := newEyes(tx, a.Viewer())
		hits, next = make([]store.Hit, 0, len(found)), n
		for _, hit := range found {
			ok, err := seen.see(hit.Event)
			if err != nil {
				return err
			}
			if ok {
				hits = append(hits, hit)
			}
		}
		return nil
	})
	return hits, next, err
}
