package app

import (
	"context"
	"errors"
	"fmt"

	"earshot/internal/store"
)

func (c Config) checkDatabase() error {
	if err := store.CheckAddress(c.Database); err != nil {
		return fmt.Errorf("--database: %w", err)
	}
	return nil
}

// errCopiedElsewhere is the answer of backup where PostgreSQL has the workspace.
var errCopiedElsewhere = errors.New("backup: this workspace lies in PostgreSQL, which copies it by its own means while the server runs: " +
	"pg_dump --format=custom --file=earshot.dump \"$EARSHOT_DATABASE\", and after that the directory files in the data directory; docs/operating.md says how to bring both back")

// errRestoredElsewhere is the answer of restore.
var errRestoredElsewhere = errors.New("restore: a workspace in PostgreSQL is brought back with pg_restore, into an empty database and while no node runs; " +
	"then psql \"$EARSHOT_DATABASE\" -c \"DELETE FROM settings WHERE name = 'epoch'\" lets every client load anew. Nothing was changed")

// databaseServer judges a database of PostgreSQL, which is asked and not changed.
func (c Config) databaseServer(ctx context.Context) []finding {
	name, bytes, settings, err := store.Examine(ctx, c.Database)
	f := finding{Name: "database", Value: name, Level: levelOK}
	if err != nil {
		f.Level, f.Words = levelWrong, err.Error()
		return []finding{f}
	}
	f.Value = fmt.Sprintf("%s, %.1f MB", name, float64(bytes)/1e6)
	return append([]finding{f}, judged(settings)...)
}
