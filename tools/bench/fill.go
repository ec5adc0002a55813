package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// copied are the tables of which a conversation that the product has made has rows, and
// the column that says so: how many there are for one more is the product's choice.
var copied = []struct {
	table, by string
	unique    string // a text of which each copy needs one of its own
}{
	{"visitors", "visitor", ""}, {"tokens", "visitor", "hash"}, {"conversations", "conversation", ""}, {"threads", "conversation", ""},
	{"participants", "thread", ""}, {"events", "conversation", "id"}, {"commands", "conversation", "key"}, {"assignments", "thread", ""},
	{"log", "conversation", ""}, {"search", "conversation", ""},
}

// filler stores copies of a conversation that is closed.
type filler struct {
	db                            *sql.DB
	conversation, thread, visitor string
	head                          int64           // the newest position
	rank                          map[int64]int64 // of the conversation's positions, from 1
}

// fill leaves n more conversations like the one that is there, each a minute older than
// the one before. No node may run.
func fill(ctx context.Context, address, conversation string, n int) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	f := &filler{db: db, conversation: conversation}
	if err := db.QueryRowContext(ctx, `SELECT visitor, thread FROM conversations WHERE id = $1`, conversation).Scan(&f.visitor, &f.thread); err != nil {
		return err
	}
	if err := f.places(ctx); err != nil {
		return err
	}
	// What is measured comes later; this need not be on disk at once.
	if _, err := db.ExecContext(ctx, `SET synchronous_commit = off`); err != nil {
		return err
	}
	const atOnce = 50_000
	for from := 0; from < n; from += atOnce {
		if err := f.some(ctx, from+1, min(n, from+atOnce)); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, `UPDATE log_head SET pos = $1`, f.head+int64(n*len(f.rank))); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM (ANALYZE)`)
	return err
}

// places finds the positions: those of a copy follow each other without a hole.
func (f *filler) places(ctx context.Context) error {
	f.rank = map[int64]int64{}
	if err := f.db.QueryRowContext(ctx, `SELECT pos FROM log_head`).Scan(&f.head); err != nil {
		return err
	}
	rows, err := f.db.QueryContext(ctx, `SELECT pos FROM log WHERE conversation = $1 ORDER BY pos`, f.conversation)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var pos int64
		if err := rows.Scan(&pos); err != nil {
			return err
		}
		f.rank[pos] = int64(len(f.rank)) + 1
	}
	return rows.Err()
}

func (f *filler) some(ctx context.Context, from, to int) error {
	for _, c := range copied {
		id := map[string]string{"visitor": f.visitor, "thread": f.thread, "conversation": f.conversation}[c.by]
		by := c.by
		if c.table == c.by+"s" {
			by = "id"
		}
		if err := f.copyRows(ctx, c.table, by, id, c.unique, from, to); err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	return nil
}

// copyRows reads the rows of the pattern and inserts each once for each number.
func (f *filler) copyRows(ctx context.Context, table, by, id, unique string, from, to int) error {
	rows, err := f.db.QueryContext(ctx, `SELECT * FROM `+table+` WHERE `+by+` = $1`, id)
	if err != nil {
		return err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	var all [][]any
	for rows.Next() {
		row, dests := make([]any, len(types)), make([]any, len(types))
		for i := range row {
			dests[i] = &row[i]
		}
		if err := rows.Scan(dests...); err != nil {
			return err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, row := range all {
		args := []any{from, to, f.conversation, f.thread, f.visitor, f.head, len(f.rank)}
		var columns, values []string
		for k, column := range types {
			if pos, ok := row[k].(int64); ok && column.Name() == "pos" {
				row[k] = f.rank[pos]
			}
			args = append(args, row[k])
			columns = append(columns, column.Name())
			values = append(values, copyOf(column.Name(), strings.ToLower(column.DatabaseTypeName()), unique, len(args)))
		}
		text := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `)
			SELECT ` + strings.Join(values, ", ") + `
			FROM generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT)) n,
				(SELECT CAST($3 AS TEXT) AS c, CAST($4 AS TEXT) AS t, CAST($5 AS TEXT) AS v, CAST($6 AS BIGINT) AS head, CAST($7 AS BIGINT) AS span) p`
		if _, err := f.db.ExecContext(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// copyOf is the value of a column in copy n: other ids, other positions, other times.
func copyOf(column, kind, unique string, arg int) string {
	value := fmt.Sprintf("CAST($%d AS %s)", arg, kind)
	number := "lpad(CAST(n AS TEXT), 12, '0')"
	switch {
	case column == unique:
		return value + " || '.' || " + number
	case column == "pos" && kind == "int8":
		return "CASE WHEN " + value + " = 0 THEN 0 ELSE p.head + (n - 1) * p.span + " + value + " END"
	case column == "at" || strings.HasSuffix(column, "_at"):
		return "CASE WHEN " + value + " = 0 THEN 0 ELSE " + value + " - n * 60000000 END"
	case kind == "text":
		for _, id := range []string{"p.c", "p.t", "p.v"} {
			value = fmt.Sprintf("replace(%s, %s, substr(%s, 1, 2) || 'f' || %s)", value, id, id, number)
		}
	}
	return value
}
