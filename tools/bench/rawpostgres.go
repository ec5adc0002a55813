package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that the product uses
	"golang.org/x/sync/errgroup"
)

// onDatabase is the address of another database on the same server.
func onDatabase(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// rawOnPostgres is the barest durable chat on the server: the head of a conversation and
// a row as long as a message's, committed one by one, over as many connections as a node
// writes on, with as many writers as there are messages in flight.
func rawOnPostgres(ctx context.Context, address string, length time.Duration) (float64, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(writersEach)
	db.SetMaxIdleConns(writersEach)
	for _, text := range []string{
		`DROP TABLE IF EXISTS raw_head, raw_row`,
		`CREATE TABLE raw_head (id BIGINT PRIMARY KEY, head BIGINT NOT NULL)`,
		`CREATE TABLE raw_row (conversation BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conversation, seq))`,
		fmt.Sprintf(`INSERT INTO raw_head SELECT n, 0 FROM generate_series(0, %d) n`, producers-1),
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return 0, err
		}
	}
	var done atomic.Int64
	began := time.Now()
	var g errgroup.Group
	for i := range producers {
		g.Go(func() error {
			for time.Since(began) < length && ctx.Err() == nil {
				if err := rawCommit(ctx, db, i); err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	err = g.Wait()
	return float64(done.Load()) / time.Since(began).Seconds(), err
}

func rawCommit(ctx context.Context, db *sql.DB, conversation int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var seq int64
	if err := tx.QueryRowContext(ctx, `UPDATE raw_head SET head = head + 1 WHERE id = $1 RETURNING head`, conversation).Scan(&seq); err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	if _, err := tx.ExecContext(ctx, `INSERT INTO raw_row (conversation, seq, at, id, body) VALUES ($1, $2, $3, $4, $5)`, conversation, seq, now,
		fmt.Sprintf("e_%026d", now), `{"text":"`+benchText+`"}`); err != nil {
		return err
	}
	return tx.Commit()
}
