package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"earshot/internal/jobs"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// TestRun_WhatIsApartKeepsNothingWaiting hangs more jobs of a kind that is apart than
// there are places: what else is due runs, and of these the next ones when one ends.
func TestRun_WhatIsApartKeepsNothingWaiting(t *testing.T) {
	t.Parallel()
	const hanging = 3 * jobs.AtOnce
	began, release, did := make(chan string, hanging), make(chan struct{}), make(chan string, 100)
	r := &runner{st: storetest.New(t), ran: make(chan store.Job, 100)}
	r.clock.Store(1_000_000)
	handlers := map[string]jobs.Handler{
		"push": func(_ context.Context, j store.Job) error { began <- j.Key; <-release; return nil },
		"work": func(_ context.Context, j store.Job) error { did <- j.Key; return nil },
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	for i := range hanging {
		r.enqueue(t, store.Job{Kind: "push", Key: fmt.Sprint("p", i), Due: 1})
	}
	go func() { done <- jobs.Run(ctx, r.st, handlers, r.now, "push") }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for range jobs.AtOnce {
		<-began
	}
	for i := range 2 * jobs.AtOnce {
		key := fmt.Sprint("promise ", i)
		r.enqueue(t, store.Job{Kind: "work", Key: key, Due: 1})
		select {
		case got := <-did:
			if got != key {
				t.Errorf("ran %q, want %q", got, key)
			}
		case <-time.After(time.Minute):
			close(release)
			t.Fatalf("%s waits for what is apart", key)
		}
	}
	if n := len(began); n != 0 {
		t.Errorf("%d more began than there are places", n)
	}
	close(release)
	for range hanging - jobs.AtOnce {
		<-began
	}
}
