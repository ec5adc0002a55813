package storetest

import (
	"errors"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// asidesAreOne: what a message of a side-talk stands for is noted once, and what was
// rolled back is not noted.
func asidesAreOne(t *testing.T, w *World) {
	talk := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_1"}, clock()), nil)
	about := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_2"}, clock()), nil)
	is := store.Aside{Conversation: about, Seq: 4}
	find := func() (got store.Aside, found bool) {
		w.Read(func(tx *store.Tx) (err error) {
			got, found, err = tx.Aside(talk, 7)
			return err
		})
		return got, found
	}
	gone := errors.New("rolled back")
	err := w.S.Write(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.SaveAside(talk, 7, is), gone)
	})
	if _, found := find(); found || !errors.Is(err, gone) {
		t.Errorf("rolled back and noted: %v", err)
	}
	w.Write(func(tx *store.Tx) error { return tx.SaveAside(talk, 7, is) })
	if got, found := find(); !found || got != is {
		t.Errorf("noted: %+v, %v", got, found)
	}
	err = w.S.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SaveAside(talk, 7, store.Aside{Conversation: about, Seq: 5})
	})
	if got, _ := find(); err == nil || got != is {
		t.Errorf("one answer stands for two notes: %+v, %v", got, err)
	}
}
