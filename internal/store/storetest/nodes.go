package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/store"
)

func nodeSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"nodes say who they are":                         nodesSay,
		"the database has a clock and tells how it does": databaseTells,
	}
}

func nodesSay(t *testing.T, w *World) {
	day := (24 * time.Hour).Microseconds()
	one := store.Node{Name: "n1", Version: "1.0", Since: 5, Seen: 5, Ahead: -7, Health: []byte(`{}`)}
	two := store.Node{Name: "n2", Version: "1.1", Since: 6, Seen: 6, Health: []byte(`{"feeds":3}`)}
	want := func(what string, want ...store.Node) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Nodes()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			return err
		})
	}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveNode(two), tx.SaveNode(one)) })
	want("two nodes", one, two)
	again := one
	again.Since, again.Seen, again.Version = 99, 7, "1.2"
	w.Write(func(tx *store.Tx) error { return tx.SaveNode(again) })
	again.Since = one.Since
	want("one was seen again", again, two)
	w.Write(func(tx *store.Tx) error { return tx.EndNode("n1") })
	want("one has stopped", two)
	late := store.Node{Name: "n3", Seen: two.Seen + day + 1, Health: []byte(`{}`)}
	w.Write(func(tx *store.Tx) error { return tx.SaveNode(late) })
	want("one was not seen for a day", late)
}

func databaseTells(t *testing.T, w *World) {
	ahead, took, err := w.S.Clock(t.Context())
	if err != nil || ahead > took || ahead < -took {
		t.Errorf("the same machine's clock is %v ahead, and asking took %v: %v", ahead, took, err)
	}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.Enqueue(store.Job{Kind: "a", Key: "1", Due: 10, Body: []byte(`{}`)}), tx.Enqueue(store.Job{Kind: "a", Key: "2", Due: 20, Body: []byte(`{}`)}),
			tx.Enqueue(store.Job{Kind: "a", Key: "3", Due: 5, Body: []byte(`{}`)}))
	})
	w.Write(func(tx *store.Tx) error {
		jobs, err := tx.ClaimJobs(5, 6, 1)
		if err != nil {
			return err
		}
		return tx.BuryJob(jobs[0].ID, "in vain", 6)
	})
	h, err := w.S.Health(t.Context(), 15)
	if err != nil {
		t.Fatal(err)
	}
	if want := (store.JobCounts{Waiting: 2, Due: 1, Dead: 1, Oldest: 10}); h.Jobs != want {
		t.Errorf("jobs %+v, want %+v", h.Jobs, want)
	}
	if h.Engine == "" || h.Bytes < 1000 || len(h.Settings) == 0 || h.Unnumbered != 0 || h.Oldest != 0 {
		t.Errorf("%+v", h)
	}
}
