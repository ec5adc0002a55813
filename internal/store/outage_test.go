package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

const (
	refusedWithin = 3 * time.Second // a write while the database is away
	backWithin    = 2 * time.Second // the first one after its return
)

// outage is a Store whose database can be taken away.
func outage(t *testing.T) (*storetest.Server, *storetest.World) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes a server of PostgreSQL away for seconds")
	}
	server := storetest.NewServer(t)
	return server, storetest.NewWorld(t, storetest.Open(t, t.TempDir(), store.Options{Database: server.Address()}))
}

// refused lets many write at once, of whom each must be told in time that nothing
// is stored.
func refused(t *testing.T, s *store.Store) {
	t.Helper()
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			began := time.Now()
			err := s.Write(context.Background(), func(tx *store.Tx) error { return tx.SetSetting(fmt.Sprint("away ", i), "x") })
			if took := time.Since(began); !chat.IsKind(err, chat.Unavailable) || took > refusedWithin {
				t.Errorf("a write without a database answers %v after %v", err, took)
			}
		})
	}
	wait.Wait()
}

// back waits for the first write that is acknowledged.
func back(t *testing.T, s *store.Store) {
	t.Helper()
	began := time.Now()
	for {
		err := s.Write(context.Background(), func(tx *store.Tx) error { return tx.SetSetting("back", "x") })
		if err == nil {
			break
		}
		if time.Since(began) > 10*backWithin {
			t.Fatalf("the database is back, and writes are not: %v", err)
		}
	}
	if took := time.Since(began); took > backWithin {
		t.Errorf("the first write after the return took %v", took)
	}
}

func TestPostgreSQL_AwayAndBackWithoutARestart(t *testing.T) { // not parallel: it measures times
	server, w := outage(t)
	v := w.Visitor("Vera")
	w.Start(v.Conversation, chat.System(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
	for _, away := range []struct {
		name       string
		leave, end func()
	}{{"crashed", server.Stop, server.Start}, {"standing still", server.Freeze, server.Thaw}} {
		t.Run(away.name, func(t *testing.T) {
			away.leave()
			refused(t, w.S)
			if err := w.S.Read(context.Background(), func(tx *store.Tx) error { _, err := tx.Head(); return err }); !chat.IsKind(err, chat.Unavailable) {
				t.Errorf("a read without a database: %v", err)
			}
			if err := w.S.Numbered(context.Background()); !chat.IsKind(err, chat.Unavailable) || w.S.Reachable() {
				t.Errorf("nobody is told that the database is away: %v", err)
			}
			away.end()
			back(t, w.S)
			w.Say(v.Conversation, v.Actor(), chat.ForAll, "still here")
		})
	}
	if err := w.S.Numbered(t.Context()); err != nil {
		t.Error(err)
	}
	w.Read(func(tx *store.Tx) error {
		log, err := tx.Log(0, 10)
		if !w.S.Reachable() {
			t.Error("the database is said to be away")
		}
		if len(log) != 3 || log[2].Pos != 3 {
			t.Errorf("the log holds %d entries, want 3", len(log))
		}
		return err
	})
}

// TestPostgreSQL_CrashesLoseNothing ends the server again and again under writers
// who repeat with the same key what they do not know.
func TestPostgreSQL_CrashesLoseNothing(t *testing.T) { // not parallel: it needs the machine
	const writers, crashes = 8, 3
	server, w := outage(t)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var acked, tries atomic.Int64
	places := make([]chat.Visitor, writers)
	var wait sync.WaitGroup
	for i := range places {
		v := w.Visitor("V")
		places[i] = v
		w.Start(v.Conversation, chat.System(), chat.Group{ID: "g", Policy: chat.PolicyOpen}, "")
		wait.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				for again := true; again; {
					tries.Add(1)
					err := w.S.Write(context.Background(), func(tx *store.Tx) error { return postOnce(tx, w, v, fmt.Sprint(i, "-", n)) })
					again = chat.IsKind(err, chat.Unavailable)
					if err != nil && !again {
						t.Error(err)
						return
					}
				}
				acked.Add(1)
			}
		})
	}
	for range crashes {
		goal := acked.Load() + 200
		for acked.Load() < goal && !t.Failed() {
			if err := w.S.Read(context.Background(), func(*store.Tx) error { return nil }); err != nil {
				t.Error(err)
			}
		}
		server.Stop()
		server.Start()
	}
	end()
	wait.Wait()
	stored := 0
	w.Read(func(tx *store.Tx) error {
		var log []chat.Entry
		for {
			some, err := tx.Log(int64(len(log)), 4096)
			if err != nil {
				return err
			}
			if log = append(log, some...); len(some) < 4096 {
				break
			}
		}
		texts, seqs := map[string]bool{}, map[chat.ConversationID]int64{}
		for i, e := range log {
			if seqs[e.Event.Conversation]++; e.Pos != int64(i+1) || e.Event.Seq != seqs[e.Event.Conversation] {
				return fmt.Errorf("entry %d has the position %d and the seq %d", i, e.Pos, e.Event.Seq)
			}
			if e.Event.Kind != chat.KindMessage {
				continue
			}
			said, err := chat.Decode[chat.Said](e.Event)
			if err != nil || texts[said.Text] {
				return errors.Join(err, fmt.Errorf("%q is stored twice", said.Text))
			}
			texts[said.Text] = true
			stored++
		}
		return nil
	})
	if int64(stored) != acked.Load() {
		t.Errorf("%d messages are stored and %d were acknowledged", stored, acked.Load())
	}
	t.Logf("%d crashes: %d acknowledged in %d tries", crashes, acked.Load(), tries.Load())
}

func postOnce(tx *store.Tx, w *storetest.World, v chat.Visitor, key string) error {
	if _, err := tx.Lock(v.Conversation); err != nil {
		return err
	}
	if _, found, err := tx.Command(key, string(v.ID)); err != nil || found {
		return err
	}
	_, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
		return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: key})}, nil
	})
	if err != nil {
		return err
	}
	return tx.SaveCommand(store.Command{Key: key, Actor: string(v.ID), Hash: []byte{1}, Conversation: v.Conversation, Answer: []byte(`{}`)})
}
