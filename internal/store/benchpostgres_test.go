package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// The two sides of one ratio on PostgreSQL: run both and divide.
//
//	go test ./internal/store -run - -bench BenchmarkPostgreSQL_ -benchtime 2s

var producersOnPostgres = []int{1, 16, 64}

func BenchmarkPostgreSQL_ProductPath(b *testing.B) {
	for _, producers := range producersOnPostgres {
		b.Run(fmt.Sprintf("producers=%d", producers), func(b *testing.B) {
			w := storetest.NewWorld(b, storetest.PostgreSQL().Open(b))
			places := openConversations(w)
			produce(b, producers, func(n int64) error { return postLikeDesk(w, places[n%benchConversations], n) })
			if err := w.S.Numbered(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkPostgreSQL_RawCommit is the barest durable chat on the same server, over
// as many connections as a node writes on: the head of a conversation and a row.
func BenchmarkPostgreSQL_RawCommit(b *testing.B) {
	for _, producers := range producersOnPostgres {
		b.Run(fmt.Sprintf("producers=%d", producers), func(b *testing.B) {
			db := rawPostgres(b)
			produce(b, producers, func(n int64) error {
				tx, err := db.BeginTx(context.Background(), nil)
				if err != nil {
					return err
				}
				defer func() { _ = tx.Rollback() }()
				var seq int64
				if err := tx.QueryRow(`UPDATE raw_conversation SET head = head + 1 WHERE id = $1 RETURNING head`, n%benchConversations).Scan(&seq); err != nil {
					return err
				}
				if _, err := tx.Exec(`INSERT INTO raw_message (conversation, seq, at, body) VALUES ($1, $2, $3, $4)`, n%benchConversations, seq, n,
					`{"text":"The parcel has not come yet, could you have a look where it is? Number 000000000000"}`); err != nil {
					return err
				}
				return tx.Commit()
			})
		})
	}
}

func rawPostgres(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("pgx", storetest.EmptyPostgres(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	for _, text := range []string{
		`CREATE TABLE raw_conversation (id BIGINT PRIMARY KEY, head BIGINT NOT NULL)`,
		`CREATE TABLE raw_message (conversation BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conversation, seq))`,
		fmt.Sprintf(`INSERT INTO raw_conversation SELECT n, 0 FROM generate_series(0, %d) n`, benchConversations-1),
	} {
		if _, err := db.Exec(text); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// BenchmarkPostgreSQL_Numbering is how fast one numberer gives positions to what many
// nodes have committed: no more messages than that can be delivered.
func BenchmarkPostgreSQL_Numbering(b *testing.B) {
	address := storetest.Postgres(b)
	w := storetest.NewWorld(b, storetest.Open(b, b.TempDir(), store.Options{Database: address}))
	c := openConversations(w)[0].Conversation
	db, err := sql.Open("pgx", address)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for range b.N {
		b.StopTimer()
		const batch = 20_000
		if _, err := db.Exec(`
			WITH more AS (
				INSERT INTO events (conversation, seq, vseq, pos, thread, id, kind, actor_kind, actor_id, actor_name, audience, at, said, body)
				SELECT conversation, seq + n, 0, 0, thread, id || n, 'note', actor_kind, actor_id, actor_name, 'agents', at, 1, body
				FROM (SELECT * FROM events WHERE conversation = $1 ORDER BY seq DESC LIMIT 1) e, generate_series(1, $2::BIGINT) n
				RETURNING conversation, seq
			)
			INSERT INTO unnumbered (conversation, seq, words)
			SELECT conversation, seq, 'parcel:1 late:2'
			FROM more`, string(c), batch); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := w.S.Numbered(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(batch*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	}
}
