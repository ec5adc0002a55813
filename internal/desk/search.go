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

// Search finds messages and notes. The store asks for permission in its query;
// each hit is asked again, so that the two cannot drift apart unseen.
func (d *Desk) Search(ctx context.Context, a chat.Agent, words string, before int64) (hits []store.Hit, next int64, err error) {
	words = chat.CleanLine(strings.ToValidUTF8(words, ""), maxWords)
	if words == "" {
		return []store.Hit{}, 0, nil
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		found, n, err := tx.Search(a.Viewer(), words, max(before, 0), pageOfHits)
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
