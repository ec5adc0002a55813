package desk

import (
	"testing"
	"time"
)

func TestRouter_HoldsItsLocksNotForLong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int
		took time.Duration
		want int
	}{{8, mostHeld, 8}, {8, mostHeld + 1, 4}, {4, time.Second, 2}, {1, time.Minute, 1}, {1, 0, 2}, {3, 0, 6}, {7, 0, 8}} {
		if got := nextBatch(c.n, c.took); got != c.want {
			t.Errorf("after %d in %v come %d, want %d", c.n, c.took, got, c.want)
		}
	}
}
