package store

import (
	"context"
	"database/sql"
	"fmt"
)

// nameFilesInSQLite puts the names of files that were said earlier into the index of a
// file, whose words leave it as they came.
func nameFilesInSQLite(ctx context.Context, tx *sql.Tx) error {
	all, err := namedFiles(ctx, tx)
	if err != nil {
		return err
	}
	for _, n := range all {
		if words := indexed(n.before); words != "" {
			if _, err := tx.ExecContext(ctx, `INSERT INTO search(search, rowid, words) VALUES ('delete', ?, ?)`, n.pos, words); err != nil {
				return fmt.Errorf("store: leave the index: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO search(rowid, words) VALUES (?, ?)`, n.pos, indexed(n.after)); err != nil {
			return fmt.Errorf("store: name files: %w", err)
		}
	}
	return nil
}
