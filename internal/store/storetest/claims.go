package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"earshot/internal/store"
)

// jobIsClaimedOnce lets several nodes look for due jobs at the same moment.
func jobIsClaimedOnce(t *testing.T, w *World) {
	const jobs, nodes, lease = 60, 6, int64(1_000_000)
	w.Write(func(tx *store.Tx) error {
		for i := range jobs {
			if err := tx.Enqueue(store.Job{Kind: "claim", Key: fmt.Sprint(i), Due: 1, Body: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	})
	var all sync.WaitGroup
	var mu sync.Mutex // guards claimed and failed
	claimed, failed := map[string]int{}, error(nil)
	begin := make(chan struct{})
	for range nodes {
		all.Go(func() {
			<-begin
			for range jobs / 10 {
				var mine []store.Job
				err := w.S.Write(context.Background(), func(tx *store.Tx) (err error) {
					mine, err = tx.ClaimJobs(2, lease, 10)
					return err
				})
				mu.Lock()
				if err != nil {
					failed = err
				}
				for _, j := range mine {
					claimed[j.Key]++
				}
				mu.Unlock()
			}
		})
	}
	close(begin)
	all.Wait()
	if failed != nil {
		t.Fatal(failed)
	}
	for key, n := range claimed {
		if n > 1 {
			t.Errorf("job %s was claimed %d times", key, n)
		}
	}
	if len(claimed) == 0 {
		t.Error("no job was claimed")
	}
}
