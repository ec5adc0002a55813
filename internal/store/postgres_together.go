package store

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// together sends statements in one journey and returns the one at which an error came;
// those behind it have done nothing.
func together(c *conn, all []statement) (at int, err error) {
	ctx, end := c.context()
	defer end()
	err = c.c.Raw(func(driver any) error {
		batch := &pgx.Batch{}
		for _, s := range all {
			batch.Queue(s.text, s.args...)
		}
		results := driver.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		for i, s := range all {
			tag, err := results.Exec()
			if err == nil {
				err = s.changed(tag.RowsAffected())
			}
			if err != nil {
				at = i
				_ = results.Close()
				return err
			}
		}
		if err := results.Close(); err != nil {
			return fmt.Errorf("end of %d statements: %w", len(all), err)
		}
		return nil
	})
	return at, err
}
