package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func toldSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"what a waiting visitor was told is kept until he waits no more": toldKept,
	}
}

func toldKept(t *testing.T, w *World) {
	one := store.Told{Thread: "t_1", Conversation: "c_1", Group: "g_1", Position: 3, Lowest: 3, Wait: chat.Minutes{From: 2, To: 5}, Ranged: true, Since: 7, At: 9}
	two := store.Told{Thread: "t_2", Conversation: "c_2", Group: "g_2", Lowest: 1, Wait: chat.Minutes{From: 60}, Since: 8, At: 9}
	three := store.Told{Thread: "t_3", Conversation: "c_3", Group: "g_1", At: 10}
	want := func(what string, all []store.Told, ids ...chat.ThreadID) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			load := tx.AllTold
			if ids != nil {
				load = func() ([]store.Told, error) { return tx.Told(ids...) }
			}
			got, err := load()
			if diff := cmp.Diff(all, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			return err
		})
	}
	save := func(all ...store.Told) { w.Write(func(tx *store.Tx) error { return tx.SaveTold(all) }) }
	want("nobody waits", []store.Told{})
	save(two, one, three)
	want("three wait", []store.Told{one, two, three})
	want("two are asked for, and one who is not there", []store.Told{one, three}, "t_3", "t_0", "t_1")
	one.Group, one.Position, one.Lowest, one.Wait, one.Ranged, one.Since, one.At = "g_2", 0, 2, chat.Minutes{To: 1}, false, 11, 12
	save(one)
	save()
	want("one was told again", []store.Told{one, two, three})
	w.Write(func(tx *store.Tx) error { return tx.EndTold([]chat.ThreadID{"t_2", "t_0"}) })
	want("one waits no more", []store.Told{one, three})
	w.Write(func(tx *store.Tx) error { return tx.EndTold(nil) })
	want("nobody else", []store.Told{one, three})
}
