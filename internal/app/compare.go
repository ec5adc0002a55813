package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// rowSource is what lines are read from.
type rowSource interface {
	Each(ctx context.Context, table string, fn func(line []byte) error) error
}

// compareLines reads a database as an export of it would be written, and refuses
// one that would not be written alike.
func compareLines(ctx context.Context, from rowSource, m manifest) error {
	for _, table := range slices.Sorted(maps.Keys(m.Rows)) {
		c := comparison{hash: sha256.New()}
		for _, p := range m.Parts {
			if p.Table == table {
				c.parts = append(c.parts, p)
			}
		}
		err := from.Each(ctx, table, c.line)
		if err == nil && len(c.parts) > 0 {
			err = errDiffers
		}
		if err != nil {
			return fmt.Errorf("rows of %s: %w", table, err)
		}
	}
	return nil
}

var errDiffers = errors.New("the database does not hold what was exported. Somebody else wrote into it meanwhile: stop that, name a new, empty database, and import again")

// comparison goes through the rows of one table beside its parts.
type comparison struct {
	parts []part // those to come
	rows  int64
	hash  hash.Hash
}

func (c *comparison) line(line []byte) error {
	if len(c.parts) == 0 {
		return errDiffers
	}
	c.hash.Write(line)
	if c.rows++; c.rows < c.parts[0].Rows {
		return nil
	}
	if sumOf(c.hash) != c.parts[0].SHA256 {
		return errDiffers
	}
	c.parts, c.rows = c.parts[1:], 0
	c.hash.Reset()
	return nil
}
