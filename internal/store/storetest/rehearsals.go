package storetest

import (
	"fmt"
	"sync"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func rehearsalSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"places of rehearsals are few, whoever takes them together": placesAreFew,
		"a rehearsal tells until somebody ends it":                  rehearsalsTell,
	}
}

func placesAreFew(t *testing.T, w *World) {
	const at = 1000
	begin := func(id string, since int64, keep int) (begun bool) {
		err := w.S.Write(t.Context(), func(tx *store.Tx) (err error) {
			begun, err = tx.BeginRehearsal(store.Rehearsal{ID: id, Begun: at}, 2, since, keep)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return begun
	}
	var together sync.WaitGroup
	var begun [8]bool
	for i := range begun {
		together.Go(func() { begun[i] = begin(fmt.Sprint("r_", i), 0, 8) })
	}
	together.Wait()
	var have []string
	for i, has := range begun {
		if has {
			have = append(have, fmt.Sprint("r_", i))
		}
	}
	if len(have) != 2 {
		t.Fatalf("%v have two places", have)
	}
	w.Write(func(tx *store.Tx) error { return tx.LeaveRehearsal(have[0]) })
	if !begin("r_next", at, 8) || begin("r_third", at, 8) {
		t.Error("a place that was given back is not one")
	}
	// Nobody said a word since: both places are lost, and of the three only one is kept.
	if !begin("r_late", at+1, 1) {
		t.Error("a place of which nobody says a word is held for ever")
	}
	kept := 0
	w.Read(func(tx *store.Tx) error {
		for _, id := range append(have, "r_next", "r_late") {
			if _, err := tx.Rehearsal(id); err == nil {
				kept++
			} else if !chat.IsKind(err, chat.Missing) {
				return err
			}
		}
		return nil
	})
	if kept != 2 {
		t.Errorf("%d rehearsals are kept, want the new one and one of before", kept)
	}
}

func rehearsalsTell(t *testing.T, w *World) {
	r := store.Rehearsal{ID: "r_1", Begun: 5}
	w.Write(func(tx *store.Tx) error {
		_, err := tx.BeginRehearsal(r, 2, 0, 8)
		return err
	})
	tell := func() (goesOn bool) {
		w.Write(func(tx *store.Tx) (err error) {
			goesOn, err = tx.TellRehearsal(store.Rehearsal{ID: "r_1", Done: 3, Total: 9, Seen: 7, Notes: []byte(`[]`)})
			return err
		})
		return goesOn
	}
	is := func(state string, slot, done int64, outcome string) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Rehearsal("r_1")
			if got.State != state || got.Slot != slot || got.Done != done || string(got.Outcome) != outcome {
				t.Errorf("it is %+v", got)
			}
			return err
		})
	}
	is(store.RehearsalRunning, 1, 0, "")
	if !tell() {
		t.Error("it does not go on")
	}
	is(store.RehearsalRunning, 1, 3, "")
	end := func(state, outcome string) {
		w.Write(func(tx *store.Tx) error {
			return tx.EndRehearsal(store.Rehearsal{ID: "r_1", State: state, Done: 9, Outcome: []byte(outcome), Until: 100})
		})
	}
	end("cancelled", "")
	end("done", `{}`) // too late
	if tell() {
		t.Error("it goes on though it was cancelled")
	}
	is("cancelled", 1, 9, "")
	w.Write(func(tx *store.Tx) error { return tx.LeaveRehearsal("r_1") })
	is("cancelled", 0, 9, "")
	w.Write(func(tx *store.Tx) error { return tx.ForgetOldRehearsals(99, 7) })
	is("cancelled", 0, 9, "")
	w.Write(func(tx *store.Tx) error { return tx.ForgetOldRehearsals(100, 7) })
	w.Read(func(tx *store.Tx) error {
		if _, err := tx.Rehearsal("r_1"); !chat.IsKind(err, chat.Missing) {
			t.Errorf("it is kept for longer than it should be: %v", err)
		}
		return nil
	})
}
