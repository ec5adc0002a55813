package store_test

import (
	"context"
	"fmt"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// crowded returns a Store with so many open Conversations, half of them queued,
// of groups of every policy, with five messages each.
func crowded(b *testing.B, n int) *storetest.World {
	b.Helper()
	w := storetest.NewWorld(b, storetest.New(b))
	groups := []chat.Group{{ID: "g_1", Policy: chat.PolicyOpen}, {ID: "g_2", Policy: chat.PolicyGroup}, {ID: "g_3", Policy: chat.PolicyLead}, {ID: "g_4", Policy: chat.PolicyGroup}}
	for start := 0; start < n; start += 500 {
		w.Write(func(tx *store.Tx) error {
			for i := start; i < min(n, start+500); i++ {
				if err := crowdedOne(w, tx, i, groups[i/2%4]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return w
}

func crowdedOne(w *storetest.World, tx *store.Tx, i int, g chat.Group) error {
	v := chat.Visitor{ID: chat.VisitorID(fmt.Sprintf("v_%08d", i)), Name: "Visitor", Conversation: chat.ConversationID(fmt.Sprintf("c_%08d", i*7919%1_000_003))}
	if err := tx.SaveVisitor(v); err != nil {
		return err
	}
	if err := tx.NewConversation(chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Visitor: v.ID}); err != nil {
		return err
	}
	_, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
		lead := chat.AgentID("")
		if i%2 == 1 {
			lead = chat.AgentID(fmt.Sprintf("a_%d", i/2%40))
		}
		events := []chat.Event{chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, w.Next(), chat.Started{Number: 1, Group: g.ID, Policy: g.Policy, Lead: lead})}
		for m := range 5 {
			said := chat.Said{Text: fmt.Sprintf("Hello, my parcel number %d has not come. Is there news of it? %d", i, m)}
			events = append(events, chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, w.Next(), said))
		}
		return events, nil
	})
	return err
}

// BenchmarkRead_Inbox100k is what a page of the inbox costs the store when
// 100,000 Conversations are open.
func BenchmarkRead_Inbox100k(b *testing.B) {
	w := crowded(b, 100_000)
	viewers := map[string]chat.Viewer{
		"supervisor":   {Kind: chat.ByAgent, Agent: "a_sup", Role: chat.Supervisor},
		"agent":        {Kind: chat.ByAgent, Agent: "a_7", Role: chat.Member, Groups: []chat.GroupID{"g_2", "g_3"}},
		"outsider":     {Kind: chat.ByAgent, Agent: "a_out", Role: chat.Member},
		"agent of all": {Kind: chat.ByAgent, Agent: "a_8", Role: chat.Member, Groups: []chat.GroupID{"g_1", "g_2", "g_3", "g_4"}},
	}
	read := func(b *testing.B, fn func(tx *store.Tx) error) {
		for b.Loop() {
			if err := w.S.Read(context.Background(), fn); err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, v := range viewers {
		for _, l := range []store.List{store.ListMy, store.ListQueue, store.ListAll} {
			b.Run(name+"/"+string(l), func(b *testing.B) {
				read(b, func(tx *store.Tx) error {
					_, err := tx.Inbox(store.ListQuery{List: l, Viewer: v, Limit: 50})
					return err
				})
			})
		}
		b.Run(name+"/counts", func(b *testing.B) {
			read(b, func(tx *store.Tx) error { _, err := tx.Counts(v); return err })
		})
		for _, words := range []string{"parcel", "parcel 4711", "ne", "nothing"} {
			b.Run(name+"/search "+words, func(b *testing.B) {
				read(b, func(tx *store.Tx) error { _, _, err := tx.Search(v, store.Sought{Words: words, Limit: 30}); return err })
			})
		}
	}
	b.Run("last 50 events", func(b *testing.B) {
		read(b, func(tx *store.Tx) error {
			_, err := tx.Events("c_00000000", store.Span{Before: 1 << 60, Limit: 50})
			return err
		})
	})
}
