package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func listSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"lists hold what access admits, in order":  listsAdmit,
		"unread counts what access admits":         unreadAdmits,
		"search finds what access admits":          searchAdmits,
		"a list has no place for a visitor":        listsRefuse,
		"pages do not repeat and do not skip":      pagesMeet,
		"read marks only rise":                     readMarksRise,
		"own and emptied words are not unread":     unreadRules,
		"what is seen for two reasons counts once": countedOnce,
	}
}

// team are viewers of every role and kind of membership.
func team() []chat.Agent {
	return []chat.Agent{
		Agent("owner", chat.Owner), Agent("admin", chat.Admin), Agent("super", chat.Supervisor, "g_1"),
		Agent("one", chat.Member, "g_1"), Agent("two", chat.Member, "g_2", "g_3"), Agent("three", chat.Member, "g_1", "g_2", "g_3"),
		Agent("none", chat.Member), Agent("beside", chat.Colleague), Agent("heads", chat.Member, "g_1", "g_3").Enrol("g_3", chat.ClassSupervisor), Agent("leads", chat.Member).Enrol("g_1", chat.ClassSupervisor),
	}
}

// crowd fills a Store with Conversations in all places that there are, and
// returns their visitors. Every Thread holds a message and a note.
func crowd(w *World, n int) []chat.Visitor {
	random, agents := rand.New(rand.NewPCG(1, 2)), team()
	groups := []chat.Group{{ID: "g_1", Policy: chat.PolicyOpen}, {ID: "g_1", Policy: chat.PolicyGroup}, {ID: "g_1", Policy: chat.PolicyLead},
		{ID: "g_2", Policy: chat.PolicyGroup}, {ID: "g_2", Policy: chat.PolicyLead}, {ID: "g_3", Policy: chat.PolicyLead}, {ID: "g_4", Policy: chat.PolicyGroup},
		{ID: "g_1", Policy: "unknown"}}
	all := make([]chat.Visitor, n)
	for i := range all {
		v := w.Visitor(fmt.Sprint("visitor ", i))
		all[i] = v
		for range 1 + random.IntN(2) {
			// The next sitting begins with the former one closed.
			w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Close(s, system, chat.Resolved, 0, clock()) })
			w.Start(v.Conversation, v.Actor(), groups[random.IntN(len(groups))], "")
			w.Say(v.Conversation, v.Actor(), chat.ForAll, "hello everybody")
			lead := agents[random.IntN(len(agents))]
			if random.IntN(3) > 0 {
				w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, lead, chat.Given{}, clock()) })
				for range random.IntN(3) {
					member := agents[random.IntN(len(agents))]
					w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Join(s, member, chat.Room{}, clock()) })
				}
			}
			if random.IntN(3) == 0 {
				guest, other := agents[random.IntN(len(agents))], agents[random.IntN(len(agents))]
				guest.Classes, other.Classes = nil, nil // who supervises a group now may have been a guest before
				w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) {
					return chat.Grant(s, agents[0], []chat.Agent{guest, other}, clock())
				})
				if random.IntN(2) == 0 {
					w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Revoke(s, agents[0], guest, clock()) })
				}
			}
			w.Say(v.Conversation, lead.Actor(), chat.ForAgents, "note for the team")
			w.Say(v.Conversation, lead.Actor(), chat.Private(lead.ID), "everybody but me is not to find this")
			asksAround(w, v.Conversation, random)
		}
		if random.IntN(4) == 0 {
			w.Append(v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Close(s, system, chat.Ended, 0, clock()) })
		}
	}
	return all
}

// asksAround passes a chat to somebody, or asks one in before or after that, who is not
// admitted by it, and takes back some of it.
func asksAround(w *World, c chat.ConversationID, random *rand.Rand) {
	agents := team()
	for range 2 + random.IntN(4) {
		a, act := agents[random.IntN(len(agents))], random.IntN(5)
		w.Append(c, func(s chat.State) ([]chat.Event, error) {
			switch act {
			case 0, 1:
				return passedTo(s, a)
			case 2:
				return chat.Withdraw(s, agents[0], clock())
			}
			return askedIn(s, agents[0], a)
		})
	}
}

// askedIn asks an agent into a chat that somebody else leads.
func askedIn(s chat.State, by, a chat.Agent) ([]chat.Event, error) {
	events, err := chat.InviteIn(s, by, chat.Inviting{Agent: a}, clock())
	if chat.IsKind(err, chat.Conflict) || chat.IsKind(err, chat.Invalid) {
		return nil, nil // he is in it, or is asked
	}
	return events, err
}

// passedTo asks an agent to take over where somebody else leads.
func passedTo(s chat.State, to chat.Agent) ([]chat.Event, error) {
	t := s.OpenThread()
	if t.Lead == "" || t.Lead == to.ID || t.Transfer != nil {
		return nil, nil
	}
	target := chat.Target{Kind: chat.ToAgent, Agent: to.ID, Group: t.Group}
	return chat.PassOn(s, chat.Agent{ID: t.Lead, Name: "Lead"}, chat.NewTransfer{To: target, Agent: to, Group: chat.Group{ID: t.Group}, For: time.Minute}, clock())
}

// expected are the ids of a list as chat's own functions tell it.
func expected(t *testing.T, tx *store.Tx, all []chat.Visitor, l store.List, v chat.Viewer) []chat.ConversationID {
	t.Helper()
	var states []chat.State
	for _, visitor := range all {
		s, err := tx.State(visitor.Conversation)
		if err != nil {
			t.Fatal(err)
		}
		in := s.Access().Admits(v)
		switch l {
		case store.ListMy:
			in = in && s.OpenThread() != nil && s.Thread.TakesPart(v.Agent)
		case store.ListQueue:
			in = in && s.Thread.State == chat.Queued
		}
		if in {
			states = append(states, s)
		}
	}
	slices.SortFunc(states, func(a, b chat.State) int {
		if l == store.ListQueue {
			return cmp.Or(cmp.Compare(a.Thread.QueuedAt, b.Thread.QueuedAt), cmp.Compare(a.Conversation.ID, b.Conversation.ID))
		}
		return cmp.Or(cmp.Compare(b.Conversation.Last.At, a.Conversation.Last.At), cmp.Compare(b.Conversation.ID, a.Conversation.ID))
	})
	ids := []chat.ConversationID{}
	for _, s := range states {
		ids = append(ids, s.Conversation.ID)
	}
	return ids
}

func listsAdmit(t *testing.T, w *World) {
	all := crowd(w, 60)
	seen := 0
	w.Read(func(tx *store.Tx) error {
		for _, a := range team() {
			v := a.Viewer()
			open := 0
			for _, l := range []store.List{store.ListMy, store.ListQueue, store.ListAll} {
				page, err := tx.Inbox(store.ListQuery{List: l, Viewer: v})
				if err != nil {
					return err
				}
				got := []chat.ConversationID{}
				for _, r := range page.Rows {
					got = append(got, r.Conversation.ID)
					if r.OpenThread() != nil {
						open++
					}
				}
				want := expected(t, tx, all, l, v)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("%s's list %s (-want +got):\n%s", a.Name, l, diff)
				}
				seen += len(got)
			}
			if err := checkCounts(t, tx, all, v); err != nil {
				return err
			}
		}
		return nil
	})
	if seen < 100 {
		t.Errorf("only %d rows were compared", seen)
	}
}

// countedOnce lets somebody who has come to supervise a group be in its chats in every
// other way, too.
func countedOnce(t *testing.T, w *World) {
	lead, a := Agent("one", chat.Member, "g_1"), Agent("leads", chat.Member)
	ways := map[string]func(s chat.State) ([]chat.Event, error){
		"a guest": func(s chat.State) ([]chat.Event, error) { return chat.Grant(s, lead, []chat.Agent{a}, clock()) },
		"asked":   func(s chat.State) ([]chat.Event, error) { return passedTo(s, a) },
		"in it":   func(s chat.State) ([]chat.Event, error) { return chat.Join(s, a, chat.Room{}, clock()) },
	}
	v := a.Enrol("g_1", chat.ClassSupervisor).Viewer()
	n := 0
	for way, act := range ways {
		c := w.Visitor(way).Conversation
		w.Start(c, system, chat.Group{ID: "g_1", Policy: chat.PolicyLead}, "")
		w.Append(c, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, lead, chat.Given{}, clock()) })
		w.Append(c, act)
		n++
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Counts(v)
			if got.All != n {
				t.Errorf("%s: %d chats are counted, want %d", way, got.All, n)
			}
			return err
		})
	}
}

func checkCounts(t *testing.T, tx *store.Tx, all []chat.Visitor, v chat.Viewer) error {
	t.Helper()
	got, err := tx.Counts(v)
	want := store.Counts{My: len(expected(t, tx, all, store.ListMy, v)), Queue: len(expected(t, tx, all, store.ListQueue, v))}
	for _, id := range expected(t, tx, all, store.ListAll, v) {
		s, errState := tx.State(id)
		err = errors.Join(err, errState)
		if s.OpenThread() != nil {
			want.All++
		}
	}
	if got != want {
		t.Errorf("counts of %s are %+v, want %+v", v.Agent, got, want)
	}
	return err
}

func unreadAdmits(t *testing.T, w *World) {
	all := crowd(w, 40)
	for i, a := range team() {
		v := a.Viewer()
		for n, visitor := range all {
			if n%3 == i%3 {
				w.Write(func(tx *store.Tx) error { return second(tx.SetRead(visitor.Conversation, a.ID, int64(n%7))) })
			}
		}
		w.Read(func(tx *store.Tx) error {
			page, err := tx.Inbox(store.ListQuery{List: store.ListAll, Viewer: v})
			for _, r := range page.Rows {
				want, errCount := countUnread(tx, r.Conversation.ID, r.Read, v)
				read, unread, errUnread := tx.Unread(r.Conversation.ID, v)
				if r.Unread != want || unread != want || read != r.Read {
					t.Errorf("%s in %s: row says %d after %d, Unread says %d after %d; want %d", a.Name, r.Conversation.ID, r.Unread, r.Read, unread, read, want)
				}
				err = errors.Join(err, errCount, errUnread)
			}
			return err
		})
	}
}

// countUnread counts by chat's own functions.
func countUnread(tx *store.Tx, c chat.ConversationID, after int64, v chat.Viewer) (n int, err error) {
	events, err := tx.Events(c, store.Span{After: after})
	for _, e := range events {
		if e.Kind != chat.KindMessage && e.Kind != chat.KindNote || e.Actor.Agent() == v.Agent {
			continue
		}
		t, errThread := tx.Thread(e.Thread)
		if chat.Visible(e, t.Access(), v) {
			n++
		}
		err = errors.Join(err, errThread)
	}
	return n, err
}

func searchAdmits(t *testing.T, w *World) {
	all := crowd(w, 40)
	w.Read(func(tx *store.Tx) error {
		for _, a := range team() {
			v := a.Viewer()
			want := 0
			for _, visitor := range all {
				events, err := tx.Events(visitor.Conversation, store.Span{})
				if err != nil {
					return err
				}
				for _, e := range events {
					if e.Kind != chat.KindMessage {
						continue
					}
					thread, err := tx.Thread(e.Thread)
					if err != nil {
						return err
					}
					if chat.Visible(e, thread.Access(), v) {
						want++
					}
				}
			}
			if got := allHits(t, tx, v, "everybody", 7); got != want {
				t.Errorf("%s finds %d, want %d", a.Name, got, want)
			}
		}
		return nil
	})
}

// allHits goes through all pages of a search and counts what it finds, which
// must come newest first.
func allHits(t *testing.T, tx *store.Tx, v chat.Viewer, words string, page int) (n int) {
	t.Helper()
	for before := int64(0); ; {
		hits, next, err := tx.Search(v, store.Sought{Words: words, Before: before, Limit: page})
		if err != nil {
			t.Fatal(err)
		}
		n += len(hits)
		if next == 0 {
			return n
		}
		if before != 0 && next >= before || len(hits) != page {
			t.Fatalf("a page of %d hits before %d goes on before %d", len(hits), before, next)
		}
		before = next
	}
}

func listsRefuse(t *testing.T, w *World) {
	v := crowd(w, 3)[0]
	w.Read(func(tx *store.Tx) error {
		for _, nobody := range []chat.Viewer{{}, v.Viewer(), {Kind: chat.ByAgent}} {
			page, err := tx.Inbox(store.ListQuery{List: store.ListAll, Viewer: nobody})
			counts, errCounts := tx.Counts(nobody)
			hits, _, errSearch := tx.Search(nobody, store.Sought{Words: "everybody", Limit: 10})
			if err = errors.Join(err, errCounts, errSearch); err != nil || len(page.Rows) != 0 || counts != (store.Counts{}) || len(hits) != 0 {
				t.Errorf("%+v sees %d rows, %+v, %d hits (%v)", nobody, len(page.Rows), counts, len(hits), err)
			}
		}
		for _, q := range []store.ListQuery{{List: "other"}, {List: store.ListAll, After: "%%"}, {List: store.ListAll, After: "bm8"}} {
			q.Viewer = team()[0].Viewer()
			if _, err := tx.Inbox(q); !chat.IsKind(err, chat.Invalid) {
				t.Errorf("%+v: %v, want invalid", q, err)
			}
		}
		return nil
	})
}

func pagesMeet(t *testing.T, w *World) {
	all := crowd(w, 40)
	w.Read(func(tx *store.Tx) error {
		for _, a := range team() {
			for _, l := range []store.List{store.ListMy, store.ListQueue, store.ListAll} {
				got, after := []chat.ConversationID{}, ""
				for {
					page, err := tx.Inbox(store.ListQuery{List: l, Viewer: a.Viewer(), After: after, Limit: 3})
					if err != nil {
						return err
					}
					for _, r := range page.Rows {
						got = append(got, r.Conversation.ID)
					}
					if after = page.Next; after == "" {
						break
					}
				}
				if diff := gocmp.Diff(expected(t, tx, all, l, a.Viewer()), got); diff != "" {
					t.Errorf("%s's list %s in pages of 3 (-want +got):\n%s", a.Name, l, diff)
				}
			}
		}
		rows, err := tx.Rows([]chat.ConversationID{all[5].Conversation, "c_x", all[2].Conversation})
		if len(rows) != 2 || rows[0].Visitor.ID != all[5].ID || rows[1].Visitor.ID != all[2].ID || rows[0].Unread != 0 {
			t.Errorf("rows: %+v", rows)
		}
		return err
	})
}

func readMarksRise(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	for _, tt := range []struct {
		seq    int64
		raised bool
		now    int64
	}{{3, true, 3}, {3, false, 3}, {1, false, 3}, {4, true, 4}} {
		w.Write(func(tx *store.Tx) error {
			raised, err := tx.SetRead(v.Conversation, "a_1", tt.seq)
			if raised != tt.raised {
				t.Errorf("mark at %d: raised %v", tt.seq, raised)
			}
			return err
		})
		w.Read(func(tx *store.Tx) error {
			read, _, err := tx.Unread(v.Conversation, chat.Viewer{Kind: chat.ByAgent, Agent: "a_1"})
			if read != tt.now {
				t.Errorf("after %d the mark is at %d, want %d", tt.seq, read, tt.now)
			}
			return err
		})
	}
}

func unreadRules(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, ann.ID)
	w.Say(v.Conversation, ann.Actor(), chat.ForAll, "my own")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "one")
	w.Say(v.Conversation, Agent("bob", chat.Member).Actor(), chat.ForAgents, "two")
	gone := w.Say(v.Conversation, v.Actor(), chat.ForAll, "taken back")
	w.Write(func(tx *store.Tx) error { return tx.ReplaceBody(v.Conversation, gone.Seq, chat.Said{Emptied: 1}) })
	w.Fact(v.Conversation, chat.KindSeen, v.Actor(), chat.ForAll, chat.Seen{Side: chat.SideVisitor, UpTo: 1})
	w.Read(func(tx *store.Tx) error {
		_, unread, err := tx.Unread(v.Conversation, ann.Viewer())
		if unread != 2 {
			t.Errorf("%d unread, want 2", unread)
		}
		return err
	})
}
