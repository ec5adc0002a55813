package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

const benchConversations = 64

// The two sides of one ratio: run both and divide.
//
//	go test ./internal/store -run - -bench BenchmarkWrite_ -benchtime 2s

func BenchmarkWrite_RawGroupCommit(b *testing.B) {
	for _, producers := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("producers=%d", producers), func(b *testing.B) {
			queue, stop := rawGroupCommit(b)
			defer stop()
			produce(b, producers, func(n int64) error {
				done := make(chan error, 1)
				queue <- rawMessage{conversation: n % benchConversations, n: n, done: done}
				return <-done
			})
		})
	}
}

func BenchmarkWrite_ProductPath(b *testing.B) {
	for _, producers := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("producers=%d", producers), func(b *testing.B) {
			w := storetest.NewWorld(b, storetest.New(b))
			places := openConversations(w)
			produce(b, producers, func(n int64) error { return postLikeDesk(w, places[n%benchConversations], n) })
		})
	}
}

// BenchmarkWrite_EmptyClosure is what the queue and the commit of nothing cost.
func BenchmarkWrite_EmptyClosure(b *testing.B) {
	s := storetest.New(b)
	produce(b, 64, func(int64) error {
		return s.Write(context.Background(), func(*store.Tx) error { return nil })
	})
}

func openConversations(w *storetest.World) []chat.Visitor {
	places := make([]chat.Visitor, benchConversations)
	for i := range places {
		places[i] = w.Visitor("Vera")
		w.Start(places[i].Conversation, places[i].Actor(), chat.Group{ID: "g_1", Policy: chat.PolicyGroup}, "a_1")
	}
	return places
}

// postLikeDesk is the transaction of a message: its key, the state under lock,
// the rule, the event, the stored answer.
func postLikeDesk(w *storetest.World, v chat.Visitor, n int64) error {
	return w.S.Write(context.Background(), func(tx *store.Tx) error {
		key := fmt.Sprintf("01900000-0000-7000-8000-%012d", n)
		if _, found, err := tx.Command(key, "visitor:"+string(v.ID)); err != nil || found {
			return fmt.Errorf("found %v: %w", found, err)
		}
		events, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
			said := chat.Said{Text: "The parcel has not come yet, could you have a look where it is? Number " + key[24:]}
			return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, n, said)}, nil
		})
		if err != nil {
			return err
		}
		return tx.SaveCommand(store.Command{Key: key, Actor: "visitor:" + string(v.ID), Hash: make([]byte, 32),
			Conversation: v.Conversation, Answer: fmt.Appendf(nil, `{"from":%d,"to":%d}`, events[0].Seq, events[0].Seq)})
	})
}

// produce lets producers send b.N messages, each waiting for its answer.
func produce(b *testing.B, producers int, send func(n int64) error) {
	var n atomic.Int64
	var wait sync.WaitGroup
	b.ResetTimer()
	for range producers {
		wait.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				if err := send(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

type rawMessage struct {
	conversation, n int64
	done            chan error
}

// rawGroupCommit is the barest durable chat on the same driver: a message row
// with one index and the conversation's head, up to 256 to a commit.
func rawGroupCommit(b *testing.B) (chan<- rawMessage, func()) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "raw.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		b.Fatal(err)
	}
	c, err := db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	exec := func(text string, args ...any) {
		if _, err := c.ExecContext(context.Background(), text, args...); err != nil {
			b.Fatal(err)
		}
	}
	exec(`CREATE TABLE conversation (id INTEGER PRIMARY KEY, head INTEGER NOT NULL)`)
	exec(`CREATE TABLE message (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL)`)
	exec(`CREATE UNIQUE INDEX message_seq ON message (conversation, seq)`)
	for i := range benchConversations {
		exec(`INSERT INTO conversation VALUES (?, 0)`, i)
	}
	prepare := func(text string) *sql.Stmt {
		st, err := c.PrepareContext(context.Background(), text)
		if err != nil {
			b.Fatal(err)
		}
		return st
	}
	head := prepare(`UPDATE conversation SET head = head + 1 WHERE id = ? RETURNING head`)
	insert := prepare(`INSERT INTO message (conversation, seq, at, body) VALUES (?, ?, ?, ?)`)
	begin, commit := prepare(`BEGIN IMMEDIATE`), prepare(`COMMIT`)
	queue, ended := make(chan rawMessage, 1024), make(chan struct{})
	one := func(m rawMessage) error {
		var seq int64
		if err := head.QueryRow(m.conversation).Scan(&seq); err != nil {
			return err
		}
		_, err := insert.Exec(m.conversation, seq, m.n, `{"text":"The parcel has not come yet, could you have a look where it is? Number 000000000000"}`)
		return err
	}
	go func() {
		defer close(ended)
		for m := range queue {
			batch := []rawMessage{m}
		more:
			for len(batch) < 256 {
				select {
				case m := <-queue:
					batch = append(batch, m)
				default:
					break more
				}
			}
			_, err := begin.Exec()
			for _, m := range batch {
				if err == nil {
					err = one(m)
				}
			}
			if err == nil {
				_, err = commit.Exec()
			}
			for _, m := range batch {
				m.done <- err
			}
		}
	}()
	return queue, func() { close(queue); <-ended; c.Close(); db.Close() }
}
