package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// BenchmarkAlike looks for what is alike among 100,000 chats that were passed on,
// of 16 words each, some of which everybody uses.
func BenchmarkAlike(b *testing.B) {
	w := storetest.NewWorld(b, storetest.New(b))
	r := rand.New(rand.NewPCG(1, 2))
	words := func() []string {
		seen := map[string]bool{}
		var some []string
		for len(some) < 16 {
			word := fmt.Sprint("word", int(20_000*r.Float64()*r.Float64()*r.Float64()*r.Float64()))
			if !seen[word] {
				seen[word], some = true, append(some, word)
			}
		}
		return some
	}
	for start := 0; start < 100_000; start += 500 {
		w.Write(func(tx *store.Tx) error {
			for i := range 500 {
				p := store.Precedent{Site: "s_1", Thread: chat.ThreadID(fmt.Sprint("t_", start+i)), At: int64(start + i), Page: fmt.Sprint("/p", r.IntN(50)), Words: words(), From: "g_1",
					Group: chat.GroupID(fmt.Sprint("g_", r.IntN(20))), Agent: "a_1"}
				if err := tx.AddPrecedent(p, store.Keeping{All: 100_000, Each: 100}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.Run("alike", func(b *testing.B) {
		for b.Loop() {
			w.Read(func(tx *store.Tx) error {
				all, err := tx.Alike("s_1", "/p7", words(), 100)
				if len(all) < 100 {
					b.Errorf("%d are alike", len(all))
				}
				return err
			})
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			w.Write(func(tx *store.Tx) error {
				return tx.AddPrecedent(store.Precedent{Site: "s_1", Page: "/p7", Words: words(), From: "g_1", Group: "g_2"}, store.Keeping{All: 100_000, Each: 100})
			})
		}
	})
}
