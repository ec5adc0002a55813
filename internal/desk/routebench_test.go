package desk_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// put stores Conversations of one Thread each, past the desk, 500 in one
// transaction.
func put(w *desktest.World, from, to int, make func(i int) (chat.Started, bool)) {
	at := chat.Micros(w.Clock.Now())
	for start := from; start < to; start += 500 {
		w.Write(func(tx *store.Tx) error {
			for i := start; i < min(to, start+500); i++ {
				begun, closed := make(i)
				v := chat.Visitor{ID: chat.VisitorID(fmt.Sprintf("v_%08d", i)), Site: w.Site.ID, Since: at, Seen: at, Conversation: chat.ConversationID(fmt.Sprintf("c_%08d", i))}
				if err := tx.SaveVisitor(v); err != nil {
					return err
				}
				s := chat.State{Conversation: chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: w.Site.ID, Visitor: v.ID}}
				if err := tx.NewConversation(s.Conversation); err != nil {
					return err
				}
				events := []chat.Event{chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, at, begun),
					chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, at, chat.Said{Text: "Where is my parcel?"})}
				if closed {
					for j := range events {
						events[j].At -= (5 * time.Minute).Microseconds()
					}
					events = append(events, chat.Fact(chat.KindClosed, v.Actor(), chat.ForAll, at, chat.Closed{Reason: chat.Ended, AliveAt: at}))
				}
				for j := range events {
					events[j].ID = chat.EventID(fmt.Sprintf("e_%08d_%d", i, j))
				}
				events = s.Add(chat.ThreadID(fmt.Sprintf("t_%08d", i)), events)
				if err := tx.Append(s, events); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// floor is so many agents in 20 groups, each with one chat and room for no more,
// and so many visitors who wait.
func floor(b *testing.B, agents, waiting int) *desktest.World {
	b.Helper()
	w := desktest.New(b)
	groups := make([]chat.GroupID, 20)
	w.Write(func(tx *store.Tx) error {
		for i := range groups {
			groups[i] = chat.GroupID(fmt.Sprintf("g_%02d", i))
			rules := routing.Rules{Distribution: routing.Distribution{Method: routing.LeastBusy, Direct: true}, Queue: routing.QueueRule{Max: routing.MaxQueue}}
			if err := tx.SaveGroup(chat.Group{ID: groups[i], Name: fmt.Sprint("Group ", i), Policy: chat.PolicyOpen, Rules: rules.Raw()}); err != nil {
				return err
			}
		}
		for i := range agents {
			a := chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_%04d", i)), Name: fmt.Sprint("Agent ", i), Email: fmt.Sprintf("agent%d@team.example", i), Role: chat.Member,
				Status: chat.Accepting, Limit: 1, Groups: []chat.GroupID{groups[i%20], groups[(i+7)%20]}}
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		return nil
	})
	var here []chat.Agent
	for i := range agents {
		here = append(here, chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_%04d", i))})
	}
	w.Connect(here...)
	put(w, 0, agents+waiting, func(i int) (chat.Started, bool) {
		begun := chat.Started{Number: 1, Group: groups[i%20], Policy: chat.PolicyOpen, Place: chat.Micros(w.Clock.Now()) + int64(i)}
		if i < agents {
			begun.Lead = chat.AgentID(fmt.Sprintf("a_%04d", i))
		}
		return begun, false
	})
	w.Route()
	return w
}

// withProcessor reports what fn costs in processor time, which stays the same when
// the machine has other work.
func withProcessor(b *testing.B, fn func() error) {
	b.Helper()
	before := processor(b)
	for b.Loop() {
		if err := fn(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processor(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkRoute_NothingToDecide is one round of the router, from the database to
// its decisions, of which there are none: everybody has what he can.
func BenchmarkRoute_NothingToDecide(b *testing.B) {
	for _, size := range []struct{ agents, waiting int }{{20, 10}, {100, 200}, {1000, 5000}} {
		b.Run(fmt.Sprintf("agents=%d/waiting=%d", size.agents, size.waiting), func(b *testing.B) {
			w := floor(b, size.agents, size.waiting)
			b.Run("load", func(b *testing.B) {
				withProcessor(b, func() error {
					_, err := w.Desk.RoutingState(b.Context())
					return err
				})
			})
			b.Run("round", func(b *testing.B) {
				withProcessor(b, func() error {
					_, err := w.Desk.Route(b.Context())
					return err
				})
			})
		})
	}
}

// BenchmarkRoute_Telling is the same round each time that the queues are looked at: three
// seconds later, with a range for everybody who waits, since 40 chats were finished in
// each group. Of those who wait, as many are told as are at one look.
func BenchmarkRoute_Telling(b *testing.B) {
	for _, size := range []struct{ agents, waiting int }{{100, 200}, {1000, 5000}} {
		b.Run(fmt.Sprintf("agents=%d/waiting=%d", size.agents, size.waiting), func(b *testing.B) {
			w := floor(b, size.agents, size.waiting)
			put(w, 10_000, 10_800, func(i int) (chat.Started, bool) {
				return chat.Started{Number: 1, Group: chat.GroupID(fmt.Sprintf("g_%02d", i%20)), Policy: chat.PolicyOpen, Lead: chat.AgentID(fmt.Sprintf("a_%04d", i%size.agents))}, true
			})
			// Nothing but the telling falls due.
			w.Write(func(tx *store.Tx) error {
				return tx.SetSetting("routing", `{"timing":{"reply":86400,"warn":3600,"max_wait":86400}}`)
			})
			if err := w.Desk.LearnWaits(b.Context()); err != nil {
				b.Fatal(err)
			}
			withProcessor(b, func() error {
				w.Clock.Advance(3 * time.Second)
				_, err := w.Desk.Route(b.Context())
				return err
			})
			var told []store.Told
			w.Read(func(tx *store.Tx) (err error) { told, err = tx.AllTold(); return err })
			if !slices.ContainsFunc(told, func(t store.Told) bool { return t.Ranged }) {
				b.Errorf("%d were told, and none a range", len(told))
			}
		})
	}
}

// BenchmarkArrival is a visitor who comes, the round of the router that offers him
// to somebody, and his going, beside so many closed Conversations.
func BenchmarkArrival(b *testing.B) {
	for _, closed := range []int{100, 100_000} {
		b.Run(fmt.Sprintf("closed=%d", closed), func(b *testing.B) {
			w := floor(b, 20, 10)
			put(w, 1000, 1000+closed, func(int) (chat.Started, bool) {
				return chat.Started{Number: 1, Group: "g_00", Policy: chat.PolicyOpen}, true
			})
			w.Clock.Advance(time.Second)
			withProcessor(b, func() error {
				v := w.Visitor()
				v.Says("Where is my parcel?")
				if _, err := w.Desk.Route(b.Context()); err != nil {
					return err
				}
				return w.Desk.EndAsVisitor(b.Context(), v.Caller)
			})
		})
	}
}

// BenchmarkRoute_APersonWaits is how long somebody waits for an agent's lock while the
// router gives each of 40 agents four chats: at most and at the median.
func BenchmarkRoute_APersonWaits(b *testing.B) {
	for name, world := range map[string]func(testing.TB) *desktest.World{"SQLite": desktest.New, "PostgreSQL": desktest.NewPostgres} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := world(b)
				var team []chat.Agent
				for i := range 40 {
					team = append(team, w.Agent(fmt.Sprint("Agent ", i), chat.Member))
				}
				w.Connect(team...)
				rules := routing.Rules{Distribution: routing.Distribution{Method: routing.LeastBusy, Direct: true}, Queue: routing.QueueRule{Max: routing.MaxQueue}}
				w.Group.Rules = rules.Raw()
				w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
				put(w, 0, 200, func(int) (chat.Started, bool) {
					return chat.Started{Number: 1, Group: w.Group.ID, Policy: chat.PolicyOpen}, false
				})
				b.StartTimer()
				waits := waitsWhile(w, team, w.Route)
				b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "most-ms")
				b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "median-ms")
			}
		})
	}
}

// waitsWhile locks one agent after another while fn runs, and returns how long each
// took, the shortest first.
func waitsWhile(w *desktest.World, team []chat.Agent, fn func()) []time.Duration {
	over := make(chan struct{})
	go func() {
		defer close(over)
		fn()
	}()
	var waits []time.Duration
	for i := 0; ; i++ {
		select {
		case <-over:
			slices.Sort(waits)
			return waits
		default:
		}
		began := time.Now()
		w.Write(func(tx *store.Tx) error { return tx.LockAgents(team[i%len(team)].ID) })
		waits = append(waits, time.Since(began))
	}
}
