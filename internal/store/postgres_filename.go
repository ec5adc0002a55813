package store

import (
	"context"
	"database/sql"
	"fmt"
)

// nameFilesInPostgres puts them into the index of PostgreSQL.
func nameFilesInPostgres(ctx context.Context, tx *sql.Tx) error {
	all, err := namedFiles(ctx, tx)
	if err != nil {
		return err
	}
	for _, n := range all {
		if _, err := tx.ExecContext(ctx, `
			UPDATE search
			SET words = CAST($1 AS tsvector)
			WHERE conversation = $2 AND seq = $3`, vectorOf(n.after, true), n.conversation, n.seq); err != nil {
			return fmt.Errorf("store: name files: %w", err)
		}
	}
	return nil
}
