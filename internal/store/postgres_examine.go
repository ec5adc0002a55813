package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// CheckAddress refuses what [Options].Database cannot be. Nothing is connected.
func CheckAddress(address string) error {
	_, err := newEngine("", address)
	return err
}

// Examination is what was found in a database of PostgreSQL.
type Examination struct {
	// Name is the address without a password.
	Name     string
	Bytes    int64
	Settings []Setting // as they are for a transaction that writes
	// Room is how many connections the database lets in, and Bound by what.
	Room  int
	Bound string
	// Nodes are those that were not stopped within the last day, Now the time of the
	// database's clock in microseconds, and Ahead by how much this machine's is.
	Nodes []Node
	Now   int64
	Ahead time.Duration
}

// ConnectionsOfNode are how many a node uses at most.
const ConnectionsOfNode = maxWriters + maxReaders + 1

// Examine asks a database of PostgreSQL how it is, and changes nothing. Where it
// fails the name is answered all the same.
func Examine(ctx context.Context, address string) (x Examination, err error) {
	p, err := newPostgres(address)
	if err != nil {
		return x, err
	}
	x.Name = fmt.Sprintf("PostgreSQL, %s at %s", p.config.Database, p.config.Host)
	db := stdlib.OpenDB(*p.config)
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return x, fmt.Errorf("store: the database cannot be reached: %w", err)
	}
	defer c.Close()
	if err := c.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&x.Bytes); err != nil {
		return x, fmt.Errorf("store: size of the database: %w", err)
	}
	for _, w := range p.wanted() {
		var value string
		if err := c.QueryRowContext(ctx, w.text).Scan(&value); err != nil {
			return x, fmt.Errorf("store: read %s: %w", w.name, err)
		}
		x.Settings = append(x.Settings, Setting{Name: w.name, Value: value, OK: w.ok(value), Want: w.want})
	}
	return x, errors.Join(x.count(ctx, c), x.meet(ctx, c))
}

// count finds out how many connections there may be.
func (x *Examination) count(ctx context.Context, c *sql.Conn) error {
	var server, database, role int
	// The last setting came with PostgreSQL 16. A limit below 0 is none.
	err := c.QueryRowContext(ctx, `
		SELECT CAST(current_setting('max_connections') AS BIGINT) - CAST(current_setting('superuser_reserved_connections') AS BIGINT)
				- COALESCE(CAST(current_setting('reserved_connections', true) AS BIGINT), 0),
			d.datconnlimit, r.rolconnlimit
		FROM pg_database d, pg_roles r
		WHERE d.datname = current_database() AND r.rolname = current_user`).Scan(&server, &database, &role)
	if err != nil {
		return fmt.Errorf("store: count connections: %w", err)
	}
	x.Room, x.Bound = server, "max_connections of the server"
	if database >= 0 && database < x.Room {
		x.Room, x.Bound = database, "CONNECTION LIMIT of the database"
	}
	if role >= 0 && role < x.Room {
		x.Room, x.Bound = role, "CONNECTION LIMIT of the user"
	}
	return nil
}

// meet reads who serves the database, and compares clocks.
func (x *Examination) meet(ctx context.Context, c *sql.Conn) error {
	began := time.Now()
	if err := c.QueryRowContext(ctx, postgresClock).Scan(&x.Now); err != nil {
		return fmt.Errorf("store: ask for the time: %w", err)
	}
	x.Ahead = began.Add(time.Since(began) / 2).Sub(time.UnixMicro(x.Now))
	var there bool
	if err := c.QueryRowContext(ctx, `SELECT to_regclass('nodes') IS NOT NULL`).Scan(&there); err != nil {
		return fmt.Errorf("store: look for nodes: %w", err)
	}
	if !there { // nobody has served it yet
		return nil
	}
	rows, err := c.QueryContext(ctx, `SELECT `+nodeColumns+` FROM nodes ORDER BY name`)
	if err != nil {
		return fmt.Errorf("store: load nodes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		n, err := scanNode(rows)
		if err != nil {
			return fmt.Errorf("store: load nodes: %w", err)
		}
		x.Nodes = append(x.Nodes, n)
	}
	return rows.Err()
}
