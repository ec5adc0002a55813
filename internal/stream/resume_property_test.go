package stream

import (
	"os"
	"strconv"
	"testing"
)

// EARSHOT_SEEDS sets how many walks are made, EARSHOT_SEED the first one.

// Walks over append, cut, resume, slow lines, lost batches, changes of access
// and rights, restarts and restores: each reader receives exactly what it may
// see, in order, without a hole or a duplicate, or is told to reset.
func TestResume_EverythingOrReset(t *testing.T) {
	t.Parallel()
	seeds, first := number("EARSHOT_SEEDS", 1500), number("EARSHOT_SEED", 1)
	if testing.Short() {
		seeds = min(seeds, 200)
	}
	for seed := first; seed < first+seeds; seed++ {
		ops := plan(uint64(seed), 60)
		if failure := walk(t, ops); failure != "" {
			less := shrink(t, ops)
			t.Fatalf("seed %d: %s\nat the least: %v\n%s", seed, failure, less, walk(t, less))
		}
	}
}

func number(name string, or int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return or
}
