package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// parallelSuite asks what holds when many write at once. Where writes run at the
// same time, an early one can be held up while a later one is done.
func parallelSuite(parallel bool) map[string]func(*testing.T, *World) {
	tests := map[string]func(*testing.T, *World){
		"a reader who follows the log misses nothing":  followerMissesNothing,
		"a key that comes many times is stored once":   keyIsStoredOnce,
		"a setting that many make is one":              settingIsKept,
		"what is taken by one is not taken by another": headIsTakenOnce,
		"a wrong order of locks is refused":            lockOrderIsHeld,
		"agents found late are locked all the same":    agentsFoundLate,
		"a due job is claimed once":                    jobIsClaimedOnce,
	}
	if parallel {
		tests["a late commit is not missed"] = lateCommit
		tests["who waits for a lock sees what was written under it"] = waiterSeesWriter
		tests["one router writes at a time, and no other waits"] = oneIsRouter
		tests["a circle of locks is broken and nothing is lost"] = circleIsBroken
	}
	return tests
}

// follow reads the log as the stream does: what comes after a cursor.
type follow struct {
	cursor int64
	seen   map[chat.EventID]bool
}

// read goes on from the cursor and complains of holes and of what comes twice.
func (f *follow) read(s *store.Store) error {
	return s.Read(context.Background(), func(tx *store.Tx) error {
		entries, err := tx.Log(f.cursor, 4096)
		for _, e := range entries {
			switch {
			case e.Pos != f.cursor+1:
				err = errors.Join(err, fmt.Errorf("position %d follows %d", e.Pos, f.cursor))
			case f.seen[e.Event.ID]:
				err = errors.Join(err, fmt.Errorf("event %s comes twice", e.Event.ID))
			}
			f.cursor, f.seen[e.Event.ID] = e.Pos, true
		}
		return err
	})
}

func message(v chat.Visitor, text string) func(chat.State) ([]chat.Event, error) {
	return func(chat.State) ([]chat.Event, error) {
		return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: text})}, nil
	}
}

func followerMissesNothing(t *testing.T, w *World) {
	const writers, each = 8, 40
	var wait sync.WaitGroup
	f := follow{seen: map[chat.EventID]bool{}}
	for range writers {
		v := w.Visitor("V")
		w.Start(v.Conversation, system, openGroup, "")
		wait.Go(func() {
			for i := range each {
				if err := w.S.Write(context.Background(), func(tx *store.Tx) error {
					_, err := w.AppendIn(tx, v.Conversation, message(v, fmt.Sprint(i)))
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { wait.Wait(); close(written) }()
	var wrong error
	for done := false; !done; {
		select {
		case <-written:
			done = true
		default:
		}
		if wrong == nil {
			wrong = f.read(w.S)
		}
	}
	if err := errors.Join(wrong, w.S.Numbered(context.Background()), f.read(w.S)); err != nil {
		t.Error(err)
	}
	if want := writers * (each + 1); len(f.seen) != want {
		t.Errorf("the reader saw %d events of %d", len(f.seen), want)
	}
}

// lateCommit holds a write up after it has appended, until a later one is
// committed and read.
func lateCommit(t *testing.T, w *World) {
	early, late := w.Visitor("Early"), w.Visitor("Late")
	appended, release, stored := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		stored <- w.S.Write(context.Background(), func(tx *store.Tx) error {
			_, err := w.AppendIn(tx, early.Conversation, message(early, "early"))
			close(appended)
			<-release
			return err
		})
	}()
	<-appended
	w.Say(late.Conversation, late.Actor(), chat.ForAll, "late")
	f := follow{seen: map[chat.EventID]bool{}}
	read := func() error { return errors.Join(w.S.Numbered(context.Background()), f.read(w.S)) }
	err := read()
	if len(f.seen) != 1 {
		t.Errorf("%d events before the first writer has committed, want the second one's", len(f.seen))
	}
	close(release)
	if err := errors.Join(err, <-stored, read()); err != nil {
		t.Error(err)
	}
	if len(f.seen) != 2 {
		t.Errorf("the reader never sees what was appended first and committed last")
	}
}

func keyIsStoredOnce(t *testing.T, w *World) {
	const times = 12
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	var wait sync.WaitGroup
	var answers [times]string
	for i := range times {
		wait.Go(func() {
			err := w.S.Write(context.Background(), func(tx *store.Tx) error {
				// Before the lock: the worst that a caller can do.
				c, found, err := tx.Command("key", "visitor:v")
				if err != nil || found {
					answers[i] = string(c.Answer)
					return err
				}
				added, err := w.AppendIn(tx, v.Conversation, message(v, "once"))
				if err != nil {
					return err
				}
				answers[i] = fmt.Sprintf(`{"seq":%d}`, added[0].Seq)
				return tx.SaveCommand(store.Command{Key: "key", Actor: "visitor:v", Hash: []byte{1}, Conversation: v.Conversation, Answer: []byte(answers[i])})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	w.Read(func(tx *store.Tx) error {
		s, err := tx.State(v.Conversation)
		if s.Conversation.Head != 2 {
			t.Errorf("the head is %d, want one message behind the start", s.Conversation.Head)
		}
		return err
	})
	for _, a := range answers {
		if a != `{"seq":2}` {
			t.Errorf("an answer is %s", a)
		}
	}
}

func settingIsKept(t *testing.T, w *World) {
	const nodes = 8
	var wait sync.WaitGroup
	var kept [nodes]string
	for i := range nodes {
		wait.Go(func() {
			if err := w.S.Write(context.Background(), func(tx *store.Tx) (err error) {
				kept[i], err = tx.KeepSetting("secret", fmt.Sprint("made by ", i))
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, k := range kept {
		if k == "" || k != kept[0] {
			t.Errorf("nodes keep %q", kept)
		}
	}
}

func headIsTakenOnce(t *testing.T, w *World) {
	const agents = 8
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	var wait sync.WaitGroup
	var taken [agents]bool
	for i := range agents {
		wait.Go(func() {
			err := w.S.Write(context.Background(), func(tx *store.Tx) error {
				taken[i] = false
				_, err := w.AppendIn(tx, v.Conversation, func(s chat.State) ([]chat.Event, error) {
					return chat.Take(s, Agent(fmt.Sprint("a", i), chat.Member), chat.Given{}, clock())
				})
				taken[i] = err == nil
				return err
			})
			if err != nil && !chat.IsKind(err, chat.Conflict) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	n := 0
	for _, took := range taken {
		if took {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d agents took one chat", n)
	}
}

func lockRouter(tx *store.Tx) error {
	free, err := tx.LockRouter()
	if err == nil && !free {
		err = errors.New("another node is the router")
	}
	return err
}

func lockOrderIsHeld(t *testing.T, w *World) {
	first, second := w.Visitor("A"), w.Visitor("B")
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveAgent(ann), tx.SaveAgent(bob)) })
	lock := func(tx *store.Tx, c chat.ConversationID) error {
		_, err := tx.Lock(c)
		return err
	}
	for name, tt := range map[string]struct {
		closure func(tx *store.Tx) error
		wrong   bool
	}{
		"as it should be": {func(tx *store.Tx) error {
			return errors.Join(lockRouter(tx), tx.LockAgents(bob.ID, ann.ID), lock(tx, first.Conversation), lock(tx, second.Conversation), lock(tx, first.Conversation), tx.LockAgents(ann.ID))
		}, false},
		"an agent after a conversation": {func(tx *store.Tx) error { return errors.Join(lock(tx, first.Conversation), tx.LockAgents(ann.ID)) }, true},
		"the router after an agent":     {func(tx *store.Tx) error { return errors.Join(tx.LockAgents(ann.ID), lockRouter(tx)) }, true},
		"a former conversation later on": {func(tx *store.Tx) error {
			return errors.Join(lock(tx, second.Conversation), lock(tx, first.Conversation))
		}, true},
		"a former agent later on": {func(tx *store.Tx) error { return errors.Join(tx.LockAgents(bob.ID), tx.LockAgents(ann.ID)) }, true},
	} {
		if err := w.S.Write(context.Background(), tt.closure); errors.Is(err, store.ErrLockOrder) != tt.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// oneIsRouter asks for the router while another one is it, and after that one.
func oneIsRouter(t *testing.T, w *World) {
	locked, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- w.S.Write(context.Background(), func(tx *store.Tx) error {
			err := lockRouter(tx)
			close(locked)
			<-release
			return err
		})
	}()
	<-locked
	err := w.S.Write(context.Background(), func(tx *store.Tx) error {
		for range 2 { // who is told no has not got it by asking
			if free, err := tx.LockRouter(); err != nil || free {
				t.Errorf("the router is free while another one is it: %v, %v", free, err)
			}
		}
		return nil
	})
	close(release)
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
	w.Write(lockRouter)
}

// agentsFoundLate finds two agents in a Conversation: the closure runs again with
// them, those whom it had, and the router locked in their order. One that finds
// others each time comes to an end.
func agentsFoundLate(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	runs := 0
	w.Write(func(tx *store.Tx) error {
		runs++
		if err := errors.Join(lockRouter(tx), tx.LockAgents("bob")); err != nil {
			return err
		}
		if _, err := tx.Lock(v.Conversation); err != nil {
			return err
		}
		return tx.NeedAgents("eve", "ann", "bob")
	})
	if runs != 2 {
		t.Errorf("it ran %d times, want once in vain and once with the agents locked", runs)
	}
	runs = 0
	err := w.S.Write(context.Background(), func(tx *store.Tx) error {
		runs++
		return tx.NeedAgents(chat.AgentID(fmt.Sprint("a", runs)))
	})
	if err == nil || runs > 20 {
		t.Errorf("after %d runs: %v", runs, err)
	}
}

// waiterSeesWriter lets a second writer wait for the Conversation of the first.
func waiterSeesWriter(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	locked, release, stored := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		stored <- w.S.Write(context.Background(), func(tx *store.Tx) error {
			_, err := w.AppendIn(tx, v.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, ann, chat.Given{}, clock()) })
			close(locked)
			<-release
			return err
		})
	}()
	<-locked
	begun, seen := make(chan struct{}), make(chan chat.State, 1)
	go func() {
		err := w.S.Write(context.Background(), func(tx *store.Tx) error {
			// A statement before the lock, so that the transaction has begun to read.
			if _, err := tx.State(v.Conversation); err != nil {
				return err
			}
			close(begun)
			s, err := tx.Lock(v.Conversation)
			seen <- s
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-begun
	close(release)
	if err := <-stored; err != nil {
		t.Fatal(err)
	}
	if s := <-seen; s.Thread.Lead != ann.ID || s.Thread.State != chat.Active {
		t.Errorf("under the lock the lead is %q and the chat %s", s.Thread.Lead, s.Thread.State)
	}
}

// circleIsBroken lets two writers wait for each other, past the order of locks.
func circleIsBroken(t *testing.T, w *World) {
	var held sync.WaitGroup
	held.Add(2)
	var wait sync.WaitGroup
	for i, names := range [][2]string{{"x", "y"}, {"y", "x"}} {
		wait.Go(func() {
			runs := 0
			err := w.S.Write(context.Background(), func(tx *store.Tx) error {
				if err := tx.SetSetting(names[0], fmt.Sprint(i)); err != nil {
					return err
				}
				if runs++; runs == 1 {
					held.Done()
					held.Wait()
				}
				return errors.Join(tx.SetSetting(names[1], fmt.Sprint(i)), tx.SetSetting(fmt.Sprint("done ", i), "yes"))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	w.Write(func(*store.Tx) error { return nil }) // a third one is not held up
	wait.Wait()
	w.Read(func(tx *store.Tx) error {
		for _, name := range []string{"done 0", "done 1"} {
			if value, err := tx.Setting(name); value != "yes" || err != nil {
				t.Errorf("%s: %q, %v", name, value, err)
			}
		}
		return nil
	})
}
