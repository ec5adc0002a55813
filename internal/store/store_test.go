package store_test

import (
	"testing"

	"earshot/internal/store/storetest"
)

func TestSQLite_KeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.SQLite())
}

func TestPostgreSQL_KeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.PostgreSQL())
}
