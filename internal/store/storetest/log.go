package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

var (
	openGroup = chat.Group{ID: "g_open", Name: "Open", Policy: chat.PolicyOpen}
	system    = chat.System()
)

func logSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"positions are gapless under concurrent writers":      positionsAreGapless,
		"state and events equal a fresh state":                stateEqualsFold,
		"a batch is delivered as it stands in the log":        batchesEqualLog,
		"an append after another head is refused":             staleAppendIsRefused,
		"an append that does not fit is refused":              misfitIsRefused,
		"a closure's error stores nothing":                    errorStoresNothing,
		"a command is found again":                            commandIsFound,
		"the head and a position name the event there":        headAndAt,
		"a read sees one moment":                              readSeesOneMoment,
		"a transaction inside a transaction is an error":      nestedIsAnError,
		"a transaction is over after its closure":             overAfterClosure,
		"what is not there is missing":                        missingIsMissing,
		"a conversation is found after a closure that failed": failedClosureLeavesState,
	}
}

func positionsAreGapless(t *testing.T, w *World) {
	const writers, each = 64, 8
	var places [4]chat.Visitor
	for i := range places {
		places[i] = w.Visitor("V")
		w.Start(places[i].Conversation, system, openGroup, "")
	}
	var wait sync.WaitGroup
	for n := range writers {
		v := places[n%len(places)]
		wait.Go(func() {
			for i := range each {
				if err := w.S.Write(context.Background(), func(tx *store.Tx) error {
					_, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
						said := chat.Said{Text: fmt.Sprint(n, i)}
						return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, said), chat.Fact(chat.KindNote, Agent("a", chat.Member).Actor(), chat.ForAgents, 1, said)}, nil
					})
					if err == nil && (n+i)%5 == 0 {
						return errors.New("taken back")
					}
					return err
				}); err != nil && err.Error() != "taken back" {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	w.Read(func(tx *store.Tx) error {
		log, err := tx.Log(0, 4096)
		checkLog(t, log)
		head, errHead := tx.Head()
		if want := int64(len(log)); head.Pos != want || head.Event != log[len(log)-1].Event.ID {
			t.Errorf("the head is %+v, want position %d", head, want)
		}
		return errors.Join(err, errHead)
	})
}

// checkLog asks for positions, seqs and vseqs without gaps.
func checkLog(t *testing.T, log []chat.Entry) {
	t.Helper()
	seq, vseq := map[chat.ConversationID]int64{}, map[chat.ConversationID]int64{}
	for i, e := range log {
		c := e.Event.Conversation
		if e.Pos != int64(i+1) {
			t.Fatalf("entry %d has the position %d", i, e.Pos)
		}
		if seq[c]++; e.Event.Seq != seq[c] {
			t.Fatalf("%s: seq %d where %d is next", c, e.Event.Seq, seq[c])
		}
		if e.Event.Audience == chat.ForAll {
			vseq[c]++
		}
		if want := vseq[c]; e.Event.Audience == chat.ForAll && e.Event.VSeq != want || e.Event.Audience != chat.ForAll && e.Event.VSeq != 0 {
			t.Fatalf("%s: vseq %d of seq %d", c, e.Event.VSeq, e.Event.Seq)
		}
	}
}

// everyKind is a body for each kind of event; a kind without one fails the test.
func everyKind(v chat.Visitor, seq, vseq int64) []chat.Event {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	acc := chat.Access{Group: openGroup.ID, Policy: openGroup.Policy, Lead: ann.ID}
	change := chat.AccessChange{Before: acc, After: acc}
	fact := chat.Fact
	return []chat.Event{
		fact(chat.KindStarted, v.Actor(), chat.ForAgents, 10, chat.Started{Number: 1, Group: openGroup.ID, Policy: openGroup.Policy}),
		fact(chat.KindMessage, v.Actor(), chat.ForAll, 11, chat.Said{Text: "Hello"}),
		fact(chat.KindAssign, ann.Actor(), chat.ForAll, 12, chat.Assigned{Lead: ann.ID, LeadName: "ann", Access: change}),
		fact(chat.KindRequeued, system, chat.ForAll, 12, chat.Requeued{QueuedAt: 10, Previous: ann.ID, Access: change}),
		fact(chat.KindAssign, ann.Actor(), chat.ForAll, 12, chat.Assigned{Lead: ann.ID, LeadName: "ann", Access: change}),
		fact(chat.KindJoin, bob.Actor(), chat.ForAll, 13, chat.Joined{Agent: bob.ID, AgentName: "bob", Access: change}),
		fact(chat.KindMessage, ann.Actor(), chat.ForAll, 14, chat.Said{Text: "Good morning"}),
		fact(chat.KindNote, bob.Actor(), chat.ForAgents, 15, chat.Said{Text: "A regular"}),
		fact(chat.KindSeen, v.Actor(), chat.ForAll, 16, chat.Seen{Side: chat.SideVisitor, UpTo: 3}),
		fact(chat.KindSeen, ann.Actor(), chat.ForAll, 17, chat.Seen{Side: chat.SideTeam, UpTo: 2}),
		fact(chat.KindEdit, bob.Actor(), chat.ForAgents, 18, chat.Edited{Target: seq + 8, Text: "A friend", Former: "A regular"}),
		fact(chat.KindRedact, bob.Actor(), chat.ForAgents, 19, chat.Redacted{Target: seq + 8}),
		fact(chat.KindVisitor, v.Actor(), chat.ForAgents, 20, v),
		fact(chat.KindLeave, bob.Actor(), chat.ForAll, 21, chat.Joined{Agent: bob.ID, AgentName: "bob", Access: change}),
		fact(chat.KindClosed, system, chat.ForAll, 22, chat.Closed{Reason: chat.Abandoned}),
		fact(chat.KindReopened, v.Actor(), chat.ForAgents, 23, chat.Reopened{QueuedAt: 10}),
		fact(chat.KindMessage, v.Actor(), chat.ForAll, 24, chat.Said{Text: "Still here"}),
		fact(chat.KindClosed, v.Actor(), chat.ForAll, 25, chat.Closed{Reason: chat.Ended}),
		fact(chat.KindEnded, system, chat.ForAgents, 26, chat.EndedBy{Visitor: v.ID}),
	}
}

func stateEqualsFold(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	kinds := map[chat.Kind]bool{}
	for _, e := range everyKind(v, 0, 0) {
		kinds[e.Kind] = true
		w.Append(v.Conversation, func(chat.State) ([]chat.Event, error) { return []chat.Event{e}, nil })
		w.Read(func(tx *store.Tx) error {
			stored, err := tx.State(v.Conversation)
			if err != nil {
				return err
			}
			events, err := tx.Events(v.Conversation, store.Span{})
			fresh := chat.State{Conversation: chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: v.Site, Visitor: v.ID}}
			for _, e := range events {
				fresh.Apply(e)
			}
			if diff := cmp.Diff(fresh, stored); diff != "" {
				t.Errorf("after %s the stored state differs from the fold (-fold +stored):\n%s", e.Kind, diff)
			}
			return err
		})
	}
	for _, k := range []chat.Kind{chat.KindStarted, chat.KindReopened, chat.KindClosed, chat.KindMessage, chat.KindNote, chat.KindAssign, chat.KindJoin,
		chat.KindLeave, chat.KindSeen, chat.KindEdit, chat.KindRedact, chat.KindVisitor, chat.KindRequeued, chat.KindEnded} {
		if !kinds[k] {
			t.Errorf("no event of kind %s was tried", k)
		}
	}
	w.Read(func(tx *store.Tx) error {
		s, err := tx.State(v.Conversation)
		threads, errThreads := tx.Threads(v.Conversation)
		if len(threads) != 1 || !cmp.Equal(threads[0], *s.Thread) {
			t.Errorf("the threads are %+v, want the one of the state", threads)
		}
		one, errOne := tx.Thread(s.Thread.ID)
		if !cmp.Equal(one, *s.Thread) {
			t.Errorf("the thread is %+v", one)
		}
		return errors.Join(err, errThreads, errOne)
	})
}

func batchesEqualLog(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "one")
	got := delivered(w, 2)
	w.Read(func(tx *store.Tx) error {
		want, err := tx.Log(0, 10)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("delivered and stored differ (-log +delivered):\n%s", diff)
		}
		return err
	})
}

// delivered are the next entries of Batches, in however many they come.
func delivered(w *World, n int) (all []chat.Entry) {
	for len(all) < n {
		all = append(all, <-w.S.Batches()...)
	}
	return all
}

func staleAppendIsRefused(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	var stale chat.State
	w.Read(func(tx *store.Tx) (err error) {
		stale, err = tx.State(v.Conversation)
		return err
	})
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "first")
	events := stale.Add("", []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: "second"})})
	events[0].ID = "e_x"
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.Append(stale, events) })
	if err == nil {
		t.Error("an event was written over another one")
	}
}

func misfitIsRefused(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	for name, spoil := range map[string]func(*chat.Event){
		"no id":                  func(e *chat.Event) { e.ID = "" },
		"another conversation":   func(e *chat.Event) { e.Conversation = "c_other" },
		"a vseq without the all": func(e *chat.Event) { e.VSeq = 5 },
	} {
		err := w.S.Write(context.Background(), func(tx *store.Tx) error {
			s, err := tx.Lock(v.Conversation)
			if err != nil {
				return err
			}
			events := s.Add("t_1", []chat.Event{chat.Fact(chat.KindVisitor, system, chat.ForAgents, 1, v)})
			events[0].ID = "e_1"
			spoil(&events[0])
			return tx.Append(s, events)
		})
		if err == nil {
			t.Errorf("%s: was stored", name)
		}
	}
}

func errorStoresNothing(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	no := errors.New("no")
	err := w.S.Write(context.Background(), func(tx *store.Tx) error {
		_, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
			return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: "gone"})}, nil
		})
		return errors.Join(err, tx.SetSetting("x", "1"), tx.Enqueue(store.Job{Kind: "k", Key: "1", Due: 1}), no)
	})
	if !errors.Is(err, no) {
		t.Fatalf("the closure's error came back as %v", err)
	}
	w.Read(func(tx *store.Tx) error {
		head, err := tx.Head()
		x, errX := tx.Setting("x")
		_, job, errJob := tx.NextJob(store.JobKinds{})
		if head.Pos != 1 || x != "" || job {
			t.Errorf("something stayed: head %d, setting %q, job %v", head.Pos, x, job)
		}
		return errors.Join(err, errX, errJob)
	})
	if e := w.Say(v.Conversation, v.Actor(), chat.ForAll, "next"); e.Seq != 2 {
		t.Errorf("the next event has the seq %d, want 2", e.Seq)
	}
}

func commandIsFound(t *testing.T, w *World) {
	want := store.Command{Key: "k", Actor: "agent:a_1", Hash: []byte{1, 2, 255}, Conversation: "c_1", Answer: []byte(`{"x":[1]}`)}
	w.Write(func(tx *store.Tx) error { return tx.SaveCommand(want) })
	w.Read(func(tx *store.Tx) error {
		got, found, err := tx.Command("k", "agent:a_1")
		if !found || !cmp.Equal(got, want) {
			t.Errorf("found %v: %+v, want %+v", found, got, want)
		}
		_, others, errOthers := tx.Command("k", "agent:a_2")
		_, unknown, errUnknown := tx.Command("l", "agent:a_1")
		if others || unknown {
			t.Error("another actor's or another key is known")
		}
		return errors.Join(err, errOthers, errUnknown)
	})
	if err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.SaveCommand(want) }); err == nil {
		t.Error("a key was stored twice")
	}
}

func headAndAt(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Read(func(tx *store.Tx) error {
		head, err := tx.Head()
		if head != (chat.Position{}) {
			t.Errorf("the head of an empty log is %+v", head)
		}
		return err
	})
	w.Start(v.Conversation, system, openGroup, "")
	e := w.Say(v.Conversation, v.Actor(), chat.ForAll, "x")
	w.Read(func(tx *store.Tx) error {
		head, err := tx.Head()
		at, found, errAt := tx.At(2)
		if want := (chat.Position{Pos: 2, Event: e.ID}); head != want || at != want || !found {
			t.Errorf("head %+v, at 2 %+v (%v), want %+v", head, at, found, want)
		}
		_, beyond, errBeyond := tx.At(3)
		if beyond {
			t.Error("there is an event behind the head")
		}
		return errors.Join(err, errAt, errBeyond)
	})
}

func readSeesOneMoment(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	began, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		<-began
		w.Say(v.Conversation, v.Actor(), chat.ForAll, "meanwhile")
	}()
	w.Read(func(tx *store.Tx) error {
		before, err := tx.Head()
		close(began)
		<-written
		after, errAfter := tx.Head()
		s, errState := tx.State(v.Conversation)
		if before != after || s.Conversation.Head != 1 {
			t.Errorf("the head moved from %+v to %+v inside a read", before, after)
		}
		return errors.Join(err, errAfter, errState)
	})
}

func nestedIsAnError(t *testing.T, w *World) {
	ctx := context.Background()
	nothing := func(*store.Tx) error { return nil }
	for name, outer := range map[string]func(context.Context, func(*store.Tx) error) error{"read": w.S.Read, "write": w.S.Write} {
		for inner, do := range map[string]func(context.Context, func(*store.Tx) error) error{"read": w.S.Read, "write": w.S.Write} {
			if err := outer(ctx, func(*store.Tx) error { return do(ctx, nothing) }); err == nil {
				t.Errorf("a %s inside a %s is no error", inner, name)
			}
			if err := do(ctx, nothing); err != nil {
				t.Errorf("after a %s inside a %s: %v", inner, name, err)
			}
		}
	}
}

func overAfterClosure(t *testing.T, w *World) {
	var kept *store.Tx
	w.Write(func(tx *store.Tx) error { kept = tx; return nil })
	if err := kept.SetSetting("x", "1"); err == nil {
		t.Error("a transaction wrote after its closure")
	}
	w.Read(func(tx *store.Tx) error { kept = tx; return nil })
	if _, err := kept.Head(); err == nil {
		t.Error("a transaction read after its closure")
	}
	w.Read(func(tx *store.Tx) error {
		if tx.SetSetting("x", "1") == nil {
			t.Error("a read transaction wrote")
		}
		return nil
	})
}

func missingIsMissing(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		for name, err := range map[string]error{
			"lock":    second(tx.Lock("c_x")),
			"state":   second(tx.State("c_x")),
			"event":   second(tx.Event("c_x", 1)),
			"thread":  second(tx.Thread("t_x")),
			"agent":   second(tx.Agent("a_x")),
			"group":   second(tx.Group("g_x")),
			"site":    second(tx.Site("s_x")),
			"key":     second(tx.SiteByKey("x")),
			"visitor": second(tx.Visitor("v_x")),
			"token":   second(tx.VisitorByToken([]byte{1})),
			"session": second(tx.SessionByHash([]byte{1})),
			"ticket":  second(tx.TicketByHash([]byte{1})),
			"file":    second(tx.File("f_x")),
		} {
			if !chat.IsKind(err, chat.Missing) {
				t.Errorf("%s: %v, want missing", name, err)
			}
		}
		_, _, err := tx.AgentByEmail("nobody@team.example")
		if !chat.IsKind(err, chat.Missing) {
			t.Errorf("address: %v", err)
		}
		return nil
	})
}

func second[T any](_ T, err error) error { return err }

func failedClosureLeavesState(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	no := errors.New("no")
	err := w.S.Write(context.Background(), func(tx *store.Tx) error {
		_, err := w.AppendIn(tx, v.Conversation, func(s chat.State) ([]chat.Event, error) {
			return chat.Take(s, Agent("ann", chat.Member), chat.Given{}, clock())
		})
		if err != nil {
			return err
		}
		if err := tx.NewConversation(chat.Conversation{ID: "c_new", Kind: chat.FormCustomer}); err != nil {
			return err
		}
		if _, err := tx.Lock("c_new"); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	w.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(v.Conversation)
		if s.Thread.State != chat.Queued || s.Conversation.Head != 1 {
			t.Errorf("the state after a failed closure is %+v", s)
		}
		if _, err := tx.Lock("c_new"); !chat.IsKind(err, chat.Missing) {
			t.Errorf("a conversation that was taken back is there: %v", err)
		}
		return err
	})
}
