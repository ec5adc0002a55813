package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// SweepFiles removes files that no row names and that are older than unsent
// ones may be: a crash between a file and its row leaves such. It reads the
// whole directory, so it runs seldom.
func (d *Desk) SweepFiles(ctx context.Context) error {
	return d.files.Each(ctx, d.now().Add(-keepUnsent), func(id chat.FileID) error {
		err := d.store.Read(ctx, func(tx *store.Tx) error {
			_, err := tx.File(id)
			return err
		})
		if chat.IsKind(err, chat.Missing) {
			return d.files.Remove(ctx, id)
		}
		return err
	})
}
