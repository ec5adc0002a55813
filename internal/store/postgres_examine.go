package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
)

// CheckAddress refuses what [Options].Database cannot be. Nothing is connected.
func CheckAddress(address string) error {
	_, err := newEngine("", address)
	return err
}

// Examine asks a database of PostgreSQL for its size and its settings as they are
// for a transaction that writes, and changes nothing. The name is without a
// password.
func Examine(ctx context.Context, address string) (name string, bytes int64, all []Setting, err error) {
	p, err := newPostgres(address)
	if err != nil {
		return "", 0, nil, err
	}
	name = fmt.Sprintf("PostgreSQL, %s at %s", p.config.Database, p.config.Host)
	db := stdlib.OpenDB(*p.config)
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return name, 0, nil, fmt.Errorf("store: the database cannot be reached: %w", err)
	}
	defer c.Close()
	if err := c.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&bytes); err != nil {
		return name, 0, nil, fmt.Errorf("store: size of the database: %w", err)
	}
	for _, w := range p.wanted() {
		var value string
		if err := c.QueryRowContext(ctx, w.text).Scan(&value); err != nil {
			return name, bytes, nil, fmt.Errorf("store: read %s: %w", w.name, err)
		}
		all = append(all, Setting{Name: w.name, Value: value, OK: w.ok(value), Want: w.want})
	}
	return name, bytes, all, nil
}
