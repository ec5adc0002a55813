package desk_test

import (
	"fmt"
	"sync"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// onBothEngines runs a test where one writes after the other, and where writes run
// at the same time.
func onBothEngines(t *testing.T, test func(t *testing.T, w *desktest.World)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, desktest.New(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, desktest.NewPostgres(t))
	})
}

// atOnce runs acts at the same time and counts those that were not refused. Each must
// keep its key: it is sent again where the server is too busy.
func atOnce(t *testing.T, acts ...func() error) (done int) {
	t.Helper()
	begin, answers := make(chan struct{}), make(chan error, len(acts))
	for _, act := range acts {
		go func() {
			<-begin
			answers <- answered(act)
		}()
	}
	close(begin)
	for range acts {
		switch err := <-answers; {
		case err == nil:
			done++
		case !chat.IsKind(err, chat.Conflict) && !chat.IsKind(err, chat.Missing):
			t.Error(err)
		}
	}
	return done
}

// answered does what the answer says where a machine is too busy for the locks that
// many want at once: it sends the act again with its key. A lock is waited for two
// to three seconds, so twenty times are most of a minute.
func answered(act func() error) (err error) {
	for range 20 {
		if err = act(); !chat.IsKind(err, chat.Unavailable) {
			return err
		}
	}
	return err
}

func TestTake_ManyAtOnceStayBelowTheLimit(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		ada := w.Agent("Ada", chat.Member)
		w.Connect(ada)
		var acts []func() error
		for range 3 * ada.Limit {
			_, c := w.Arrives("hello")
			key := w.Key()
			acts = append(acts, func() error {
				_, err := w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: key})
				return err
			})
		}
		if got := atOnce(t, acts...); got != ada.Limit {
			t.Errorf("%d chats were taken at once, his limit is %d", got, ada.Limit)
		}
	})
}

func TestTake_OfAllWhoTakeOneChatOneHasIt(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		_, c := w.Arrives("hello")
		var acts []func() error
		for _, name := range []string{"Ada", "Bob", "Cem", "Dan", "Eve", "Fay"} {
			a, key := w.Agent(name, chat.Member), w.Key()
			acts = append(acts, func() error {
				_, err := w.Desk.Take(t.Context(), a, c, desk.Taking{Key: key})
				return err
			})
		}
		if got := atOnce(t, acts...); got != 1 {
			t.Errorf("%d agents took one chat", got)
		}
	})
}

// Two routers decide upon the same situation, as those of two nodes do, while
// everybody takes what he can reach.
func TestRoute_TwoAtOnceGiveEachChatOnceAndNobodyTooMany(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.LeastBusy, Direct: true}})
		var team []chat.Agent
		for _, name := range []string{"Ada", "Bob", "Cem"} {
			team = append(team, w.Agent(name, chat.Member))
		}
		w.Connect(team...)
		var waiting []chat.ConversationID
		for range 20 {
			_, c := w.Arrives("hello")
			waiting = append(waiting, c)
		}
		other := w.Node("n2")
		var wait sync.WaitGroup
		for _, d := range []*desk.Desk{w.Desk, other} {
			wait.Go(func() {
				for range 5 {
					if _, err := d.Route(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i, a := range team {
			key := w.Key()
			wait.Go(func() {
				for n, c := range waiting[5*i : 5*i+5] {
					_, err := other.Take(t.Context(), a, c, desk.Taking{Key: fmt.Sprint(key, n)})
					if err != nil && !chat.IsKind(err, chat.Conflict) {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		w.Route()
		held := map[chat.AgentID]int{}
		for _, c := range waiting {
			th := w.State(c).Thread
			asked := map[chat.AgentID]bool{}
			for _, o := range th.Offers {
				asked[o.Agent] = true
			}
			if th.Lead != "" {
				asked[th.Lead] = true
			}
			if len(asked) > 1 {
				t.Errorf("%s stands with %d agents", c, len(asked))
			}
			for a := range asked {
				held[a]++
			}
		}
		for _, a := range team {
			if held[a.ID] != a.Limit {
				t.Errorf("%s has %d chats, his limit is %d and enough wait", a.Name, held[a.ID], a.Limit)
			}
		}
	})
}

// Whoever asks for the next one asks the log, not what this node has heard of it.
func TestTakeNext_FindsWhoHasJustComeAtAnotherNode(t *testing.T) {
	t.Parallel()
	w := desktest.NewPostgres(t)
	other, ada := w.Apart("n2"), w.Agent("Ada", chat.Member)
	w.Connect(ada)
	if _, err := other.TakeNext(t.Context(), ada, w.Key()); !chat.IsKind(err, chat.Missing) {
		t.Fatalf("nobody is there yet: %v", err)
	}
	_, c := w.Arrives("hello")
	done, err := other.TakeNext(t.Context(), ada, w.Key())
	if err != nil || done.Events[0].Conversation != c {
		t.Errorf("took %+v, %v; want %s", done.Events, err, c)
	}
}

// Who signs out gives away what he leads, not what somebody has taken at another node
// since it was looked for.
func TestSignOut_WhatIsTakenMeanwhileStays(t *testing.T) {
	t.Parallel()
	w := desktest.NewPostgres(t)
	ada, bob, cem := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member)
	w.Connect(ada, bob, cem)
	for _, to := range []chat.AgentID{"", bob.ID} {
		_, c := w.Taken(ada)
		err := w.Desk.LeaveLate(t.Context(), ada, to, func() {
			_, err := w.Desk.Requeue(t.Context(), ada, c, w.Key())
			if err == nil {
				_, err = w.Desk.Take(t.Context(), cem, c, desk.Taking{Key: w.Key()})
			}
			if err != nil {
				t.Error(err)
			}
		})
		if lead := w.State(c).Thread.Lead; err != nil || lead != cem.ID {
			t.Errorf("to %q: led by %q, want %s (%v)", to, lead, cem.ID, err)
		}
	}
}
