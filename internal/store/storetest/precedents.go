package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func precedentSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"precedents are found by what they have in common": precedentsAlike,
		"precedents know how they went on":                 precedentsGoOn,
		"precedents are bounded":                           precedentsBounded,
		"precedents of a thread are forgotten":             precedentsForgotten,
		"wrong ways are counted by who passed on":          wrongWaysCount,
	}
}

func precedent(n int64, page string, words ...string) store.Precedent {
	return store.Precedent{N: n, Site: "s_1", Thread: chat.ThreadID(fmt.Sprint("t_", n)), At: 10 * n, Page: page, Words: words, From: "g_first", Group: "g_billing"}
}

var generous = store.Keeping{All: 1000, Each: 100}

func (w *World) precedents(keep store.Keeping, all ...store.Precedent) {
	w.Write(func(tx *store.Tx) error {
		for _, p := range all {
			if err := tx.AddPrecedent(p, keep); err != nil {
				return err
			}
		}
		return nil
	})
}

// numbers are the N of precedents, with the words that led to them.
func numbers(all []store.Precedent) (ns []string) {
	for _, p := range all {
		ns = append(ns, fmt.Sprintf("%d%v", p.N, p.Words))
	}
	return ns
}

func precedentsAlike(t *testing.T, w *World) {
	elsewhere := precedent(5, "/invoice", "vat")
	elsewhere.Site = "s_2"
	w.precedents(generous, precedent(1, "/", "vat"), precedent(2, "/invoice"), precedent(3, "/", "hello", "vat"), precedent(4, "/", "other"), elsewhere, precedent(6, "/"), precedent(7, "/"))
	w.Read(func(tx *store.Tx) error {
		two, err := tx.Alike("s_1", "/invoice", []string{"vat", "hello", "none"}, 2)
		one, errOne := tx.Alike("s_1", "", []string{"vat"}, 1)
		none, errNone := tx.Alike("s_3", "/invoice", []string{"vat"}, 2)
		if diff := cmp.Diff([]string{"7[]", "6[]", "3[vat hello]", "2[]", "1[vat]"}, numbers(two)); diff != "" {
			t.Errorf("two of each (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"7[]", "3[vat]"}, numbers(one)); diff != "" {
			t.Errorf("one of each (-want +got):\n%s", diff)
		}
		if len(none) != 0 {
			t.Errorf("on another site: %v", numbers(none))
		}
		return errors.Join(err, errOne, errNone)
	})
}

func precedentsGoOn(t *testing.T, w *World) {
	first, second := precedent(1, "/", "vat"), precedent(2, "/", "vat")
	second.Thread = first.Thread
	w.precedents(generous, first, second, precedent(3, "/"))
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.TakePrecedent(2, "a_ann", 77), tx.PassPrecedent(1, "g_sales"))
	})
	second.Agent, second.TakenAt = "a_ann", 77
	w.Read(func(tx *store.Tx) error {
		last, found, err := tx.LastPrecedent(first.Thread)
		_, other, errOther := tx.LastPrecedent("t_none")
		all, errAll := tx.Alike("s_1", "", nil, 10)
		if diff := cmp.Diff(second, last); !found || other || diff != "" {
			t.Errorf("the last: %v, of nobody: %v (-want +got):\n%s", found, other, diff)
		}
		if all[2].Next != "g_sales" || all[1].Agent != "a_ann" || all[1].Group != "g_billing" {
			t.Errorf("alike: %+v", all)
		}
		return errors.Join(err, errOther, errAll)
	})
}

func precedentsBounded(t *testing.T, w *World) {
	var all []store.Precedent
	for n := range int64(30) {
		all = append(all, precedent(n+1, "/", "vat", fmt.Sprint("only", n+1)))
	}
	w.precedents(store.Keeping{All: 10, Each: 4}, all...)
	w.Read(func(tx *store.Tx) error {
		kept, err := tx.Alike("s_1", "", nil, 100)
		vat, errVAT := tx.Alike("s_1", "", []string{"vat", "only21", "only20"}, 100)
		with := func(word string) (n int) {
			for _, p := range vat {
				if slices.Contains(p.Words, word) {
					n++
				}
			}
			return n
		}
		if len(kept) != 10 || kept[9].N != 21 || with("vat") != 4 || with("only21") != 1 || with("only20") != 0 {
			t.Errorf("kept %v, with words %v", numbers(kept), numbers(vat))
		}
		return errors.Join(err, errVAT)
	})
}

func precedentsForgotten(t *testing.T, w *World) {
	w.precedents(generous, precedent(1, "/", "secret"), precedent(2, "/", "secret"))
	w.Write(func(tx *store.Tx) error { return tx.ForgetPrecedents("t_2") })
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Alike("s_1", "", []string{"secret"}, 10)
		if diff := cmp.Diff([]string{"1[secret]"}, numbers(all)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
	w.precedents(generous, precedent(3, "/", "news")) // gets the number that is free again
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Alike("s_1", "", []string{"secret", "news"}, 10)
		if diff := cmp.Diff([]string{"2[news]", "1[secret]"}, numbers(all)); diff != "" {
			t.Errorf("after one more (-want +got):\n%s", diff)
		}
		return err
	})
}

func wrongWaysCount(t *testing.T, w *World) {
	early, wrong, within, inside, other := precedent(1, "/"), precedent(2, "/"), precedent(3, "/"), precedent(4, "/"), precedent(5, "/")
	early.Next, wrong.Next, within.Next = "g_x", "g_x", "g_billing"
	inside.From, other.From = "g_billing", "g_tech" // the first stays where it was: nobody's way
	w.precedents(generous, early, wrong, within, inside, other)
	w.Read(func(tx *store.Tx) error {
		got, err := tx.WrongWays(20)
		if diff := cmp.Diff(map[chat.GroupID]store.WrongWays{"g_first": {Passed: 2, Wrong: 1}, "g_tech": {Passed: 1}}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
}
