package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

func (*postgres) columnsOf() string {
	return `
		SELECT a.attname, COALESCE(1 + array_position(CAST(i.indkey AS int2[]), a.attnum), 0)
		FROM pg_attribute a
		LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
		WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`
}

// positions gives those that wait the next ones in the order in which they will
// get theirs: they are committed and acknowledged.
func (*postgres) positions() string {
	return `(
		SELECT pos, conversation, seq
		FROM log
		UNION ALL
		SELECT (SELECT pos FROM log_head WHERE name = 'log') + ROW_NUMBER() OVER (ORDER BY n), conversation, seq
		FROM unnumbered)`
}

// look connects for as long as it takes: whoever is told of each row may be slow.
func (p *postgres) look() (*sql.DB, io.Closer, error) {
	config := p.config.Copy()
	config.RuntimeParams = maps.Clone(config.RuntimeParams)
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	return stdlib.OpenDB(*config), nil, nil
}

func (p *postgres) looking() connOptions { return connOptions{begin: p.readers().begin} }

func (*postgres) filling() connOptions {
	return connOptions{setup: []string{`SET idle_in_transaction_session_timeout = '60s'`}, begin: `BEGIN ISOLATION LEVEL READ COMMITTED`}
}

// ownPosition is in log alone.
func (*postgres) ownPosition(any) any { return int64(0) }

func (*postgres) index(ctx context.Context, c *conn, events []logRow) error {
	var args []any
	var values []string
	for _, e := range events {
		if e.said {
			n := len(args)
			args = append(args, e.conversation, e.seq, e.pos, vectorOf(e.text, true))
			values = append(values, fmt.Sprintf(`($%d, $%d, $%d, CAST($%d AS tsvector))`, n+1, n+2, n+3, n+4))
		}
	}
	if len(args) == 0 {
		return nil
	}
	if _, err := c.execWithin(ctx, `INSERT INTO search (conversation, seq, pos, words) VALUES `+strings.Join(values, `, `), args...); err != nil {
		return fmt.Errorf("index words: %w", err)
	}
	return nil
}

// filled leaves the rest to the server.
func (*postgres) filled(context.Context, *conn) error { return nil }

// finished tells the planner what the tables hold: the first node would ask for
// much before the server finds out by itself.
func (*postgres) finished(ctx context.Context, c *conn) error {
	if _, err := c.execWithin(ctx, `ANALYZE`); err != nil {
		return fmt.Errorf("store: analyze: %w", err)
	}
	return nil
}
