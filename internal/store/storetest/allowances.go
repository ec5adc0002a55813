package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/store"
)

func allowanceSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"an allowance is spent and comes back":             allowanceComesBack,
		"an allowance holds whoever spends at once":        allowanceAtOnce,
		"a clock that is set back shuts nobody out":        allowanceClock,
		"what was given back can be spent again":           allowanceGivenBack,
		"an allowance of which nothing is used is removed": allowanceRemoved,
	}
}

func spend(w *World, name string, now int64) (wait time.Duration) {
	w.Write(func(tx *store.Tx) (err error) {
		wait, err = tx.Spend(name, store.Allowance{AtOnce: 3, Every: time.Minute}, now)
		return err
	})
	return wait
}

const minute = int64(time.Minute / time.Microsecond)

func allowanceComesBack(t *testing.T, w *World) {
	for _, c := range []struct {
		name string
		at   int64
		want time.Duration
	}{
		{"a", 0, 0}, {"a", 0, 0}, {"a", 0, 0}, {"a", 0, time.Minute}, {"b", 0, 0},
		{"a", minute / 2, time.Minute / 2}, {"a", minute, 0}, {"a", minute, time.Minute},
		{"a", 100 * minute, 0}, {"a", 100 * minute, 0}, {"a", 100 * minute, 0}, {"a", 100*minute + 1, time.Minute - time.Microsecond},
	} {
		if got := spend(w, c.name, c.at); got != c.want {
			t.Errorf("%s at %d min: wait %v, want %v", c.name, c.at/minute, got, c.want)
		}
	}
}

func allowanceAtOnce(t *testing.T, w *World) {
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if spend(w, "a", 5) == 0 {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 3 {
		t.Errorf("%d of 12 were let through, want 3", taken.Load())
	}
}

func allowanceClock(t *testing.T, w *World) {
	for range 3 {
		spend(w, "a", 60*minute)
	}
	if got := spend(w, "a", 58*minute); got != 3*time.Minute {
		t.Errorf("at a clock that is two minutes late: wait %v, want 3 min", got)
	}
	if got := spend(w, "a", 1); got != 0 {
		t.Errorf("at a clock that was set back by an hour: wait %v", got)
	}
}

func allowanceGivenBack(t *testing.T, w *World) {
	for range 3 {
		spend(w, "a", 0)
	}
	w.Write(func(tx *store.Tx) error { return tx.GiveBack("a", store.Allowance{Every: time.Minute}) })
	first, second := spend(w, "a", 0), spend(w, "a", 0)
	if first != 0 || second == 0 {
		t.Errorf("one was given back, and two spendings wait %v and %v", first, second)
	}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.Refill("a"), tx.Refill("none")) })
	if got := spend(w, "a", 0); got != 0 {
		t.Errorf("after all was given back: wait %v", got)
	}
}

func allowanceRemoved(t *testing.T, w *World) {
	spend(w, "a", 0)
	for _, now := range []int64{minute - 1, minute} {
		w.Write(func(tx *store.Tx) error { return tx.RemoveFullAllowances(now) })
	}
	for range 3 {
		if got := spend(w, "a", 0); got != 0 {
			t.Errorf("one that is full again counts still: wait %v", got)
		}
	}
	w.Write(func(tx *store.Tx) error { return tx.RemoveFullAllowances(minute) })
	if spend(w, "a", 0) == 0 {
		t.Error("one that is spent was removed")
	}
}
