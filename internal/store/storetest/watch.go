package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func watchSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"Watches_ThePagesHoldEachOnceThoughManyBeganAtOnce": watchPages,
		"Watches_AreAddedUpByLeadAndWatcher":                watchSums,
		"WatchInvites_AreCounted":                           watchInvites,
	}
}

func watchPages(t *testing.T, w *World) {
	id, thread := watchedTalk(w)
	w.Write(func(tx *store.Tx) (err error) {
		for i := range 25 {
			one := chat.Watch{ID: chat.WatchID(fmt.Sprintf("w_%02d", i*7%25)), Watcher: "a_bob", Conversation: id, Thread: thread, Lead: "a_ada", Began: 5 + int64(i/10), Ended: 9}
			err = errors.Join(err, tx.SaveWatch(one))
		}
		return err
	})
	seen, mark := map[chat.WatchID]bool{}, chat.WatchMark{}
	for range 6 {
		w.Read(func(tx *store.Tx) error {
			page, err := tx.WatchLog(store.WatchQuery{Lead: "a_ada", Before: mark, Limit: 5})
			for _, one := range page {
				if seen[one.ID] {
					t.Errorf("%s stands on two pages", one.ID)
				}
				seen[one.ID], mark = true, chat.WatchMark{Began: one.Began, ID: one.ID}
			}
			return err
		})
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 stand on the pages: %v", len(seen), seen)
	}
}

func watchSums(t *testing.T, w *World) {
	id, thread := watchedTalk(w)
	w.Write(func(tx *store.Tx) (err error) {
		for i, one := range []chat.Watch{
			{Watcher: "a_old", Began: 4, Ended: 50},
			{Watcher: "a_bob", Began: 10, Ended: 15}, {Watcher: "a_bob", Began: 20, Ended: 27},
			{Watcher: "a_bob", Began: 40, Told: chat.TellCount},
			{Watcher: "a_sue", Began: 30, Told: chat.TellNothing, Whispered: 1},
		} {
			one.ID, one.Conversation, one.Thread, one.Lead = chat.WatchID(fmt.Sprintf("w_%d", i)), id, thread, "a_ada"
			err = errors.Join(err, tx.SaveWatch(one))
		}
		return err
	})
	w.Read(func(tx *store.Tx) error {
		got, err := tx.WatchSums(5, 100)
		want := []store.WatchSum{
			{Lead: "a_ada", Watcher: "a_bob", Lasted: 60, Times: 1},
			{Lead: "a_ada", Watcher: "a_bob", Known: true, Lasted: 12, Times: 2},
			{Lead: "a_ada", Watcher: "a_sue", Known: true, Lasted: 70, Times: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
}

func watchInvites(t *testing.T, w *World) {
	id, thread := watchedTalk(w)
	count := func(want int) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			n, err := tx.CountWatchInvites(thread)
			if n != want {
				t.Errorf("%d are asked, want %d", n, want)
			}
			return err
		})
	}
	count(0)
	w.Write(func(tx *store.Tx) (err error) {
		for _, a := range []chat.AgentID{"a_bob", "a_sue", "a_bob"} {
			err = errors.Join(err, tx.SaveWatchInvite(store.WatchInvite{Thread: thread, Agent: a, Conversation: id, By: "a_ada", At: 5}))
		}
		return err
	})
	count(2)
	w.Write(func(tx *store.Tx) error { return tx.ForgetWatchInvites(thread) })
	count(0)
}

// watchedTalk is a Conversation with a Thread that somebody leads.
func watchedTalk(w *World) (chat.ConversationID, chat.ThreadID) {
	w.T.Helper()
	v := w.Visitor("Mia")
	w.Start(v.Conversation, chat.System(), chat.Group{ID: "g_1", Policy: chat.PolicyOpen}, "a_ada")
	var thread chat.ThreadID
	w.Read(func(tx *store.Tx) error {
		s, err := tx.State(v.Conversation)
		thread = s.Thread.ID
		return err
	})
	return v.Conversation, thread
}
