package storetest

import (
	"testing"

	"earshot/internal/store"
)

// Run runs the suite that every engine has to pass. open returns a Store with an
// empty, migrated database that closes with its test.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	for _, part := range []map[string]func(*testing.T, *World){
		logSuite(),
		eventSuite(),
		listSuite(),
		searchSuite(),
		peopleSuite(),
		upkeepSuite(),
		dutySuite(),
		deviceSuite(),
		reportSuite(),
		coachingSuite(),
		playbookSuite(),
		precedentSuite(),
	} {
		for name, test := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, NewWorld(t, open(t)))
			})
		}
	}
}
