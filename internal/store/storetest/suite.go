package storetest

import (
	"testing"

	"earshot/internal/store"
)

// Engine is what the suite runs on.
type Engine struct {
	// Open returns a Store with an empty, migrated database that closes with its
	// test.
	Open func(t testing.TB) *store.Store
	// Parallel says that writes run at the same time.
	Parallel bool
}

// SQLite is the engine of one machine.
func SQLite() Engine {
	return Engine{Open: func(t testing.TB) *store.Store {
		t.Helper()
		return Open(t, Dir(t), store.Options{StrictLocks: true})
	}}
}

// PostgreSQL is the engine of many, on a server that the tests start.
func PostgreSQL() Engine {
	return Engine{Parallel: true, Open: func(t testing.TB) *store.Store {
		t.Helper()
		return Open(t, t.TempDir(), store.Options{Database: Postgres(t), StrictLocks: true})
	}}
}

// Run runs the suite that every engine has to pass.
func Run(t *testing.T, engine Engine) {
	parts := []map[string]func(*testing.T, *World){
		logSuite(),
		eventSuite(),
		listSuite(),
		searchSuite(),
		peopleSuite(), identitySuite(),
		upkeepSuite(),
		allowanceSuite(),
		nodeSuite(),
		toldSuite(),
		rehearsalSuite(),
		dutySuite(),
		deviceSuite(),
		reportSuite(),
		coachingSuite(),
		playbookSuite(),
		precedentSuite(),
		watchSuite(),
		talkSuite(),
		replySuite(),
		parallelSuite(engine.Parallel),
	}
	for _, part := range parts {
		for name, test := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, NewWorld(t, engine.Open(t)))
			})
		}
	}
}
