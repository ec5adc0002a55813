package desk

import (
	"context"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// To look for who has left the queue is to read all of it: it must not hold the
// writer, which every message waits for.
func TestAbandon_LooksBesideTheWriter(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	now := time.Now()
	d := New(st, nil, bus.NewLocal(), Options{Now: func() time.Time { return now }})
	now = now.Add(time.Hour)
	held, free := make(chan struct{}), make(chan struct{})
	wrote := make(chan error, 1)
	go func() {
		wrote <- st.Write(context.Background(), func(*store.Tx) error {
			close(held)
			<-free
			return nil
		})
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := d.abandon(ctx); err != nil {
		t.Errorf("with the writer held: %v", err)
	}
	close(free)
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
}

// What was read of the queue may be old by the time it is written: who has
// written meanwhile stays.
func TestAbandon_WhoWritesMeanwhileStays(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	w := storetest.NewWorld(t, st)
	now := time.Now()
	v := w.Visitor("Vera")
	d := New(st, nil, bus.NewLocal(), Options{Now: func() time.Time { return now }})
	for _, at := range []time.Time{now.Add(-time.Hour), now.Add(-time.Second)} {
		w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) {
			return chat.Post(s, v.Actor(), chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: chat.Group{ID: "g_1", Policy: chat.PolicyOpen}}}, at)
		})
		w.Write(func(tx *store.Tx) error {
			closed, err := d.abandonThem(tx, map[chat.ConversationID]int64{v.Conversation: 1})
			if old := time.Since(at) > time.Minute; old != (closed == 1) {
				t.Errorf("who wrote %v ago: %d closed", time.Since(at), closed)
			}
			return err
		})
	}
}
