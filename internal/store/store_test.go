package store_test

import (
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

func TestSQLite_KeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.Store { return storetest.New(t) })
}
