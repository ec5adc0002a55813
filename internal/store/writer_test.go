package store

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"earshot/internal/chat"
)

// opened opens a Store of its own for tests that look inside.
func opened(t testing.TB) *Store {
	t.Helper()
	s, err := Open(context.Background(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// writerOf is the one writer of a Store on SQLite.
func writerOf(s *Store) *writer { return s.engine.(*sqlite).writer }

// inOneBatch runs closures in one batch, in order, and returns their answers.
// between runs while they wait in the queue.
func inOneBatch(t *testing.T, s *Store, between func([]*request), fns ...func(*Tx) error) []error {
	t.Helper()
	began, goOn := make(chan struct{}), make(chan struct{})
	occupied := make(chan error, 1)
	go func() {
		occupied <- s.Write(context.Background(), func(*Tx) error {
			close(began)
			<-goOn
			return nil
		})
	}()
	<-began
	var rs []*request
	for _, fn := range fns {
		r := &request{fn: fn, done: make(chan error, 1)}
		rs = append(rs, r)
		writerOf(s).queue <- r
	}
	if between != nil {
		between(rs)
	}
	close(goOn)
	if err := <-occupied; err != nil {
		t.Error(err)
	}
	var errs []error
	for _, r := range rs {
		select {
		case err := <-r.done:
			errs = append(errs, err)
		case <-writerOf(s).done:
			t.Fatal("the writer ended")
		}
	}
	return errs
}

func set(name string) func(*Tx) error {
	return func(tx *Tx) error { return tx.SetSetting(name, name) }
}

// stored returns which of the names are set, read over a connection that knows
// only what is committed.
func stored(t *testing.T, s *Store, names ...string) (there string) {
	t.Helper()
	err := s.Read(context.Background(), func(tx *Tx) error {
		for _, name := range names {
			value, err := tx.Setting(name)
			if err != nil {
				return err
			}
			there += value
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func TestWrite_APanicInTheMiddleOfABatchIsItsOwnAlone(t *testing.T) {
	t.Parallel()
	s := opened(t)
	errs := inOneBatch(t, s, nil, set("a"), func(tx *Tx) error {
		if err := tx.SetSetting("b", "b"); err != nil {
			return err
		}
		panic("boom")
	}, set("c"))
	if errs[0] != nil || errs[2] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "boom") {
		t.Errorf("answers: %v", errs)
	}
	if got := stored(t, s, "a", "b", "c"); got != "ac" {
		t.Errorf("stored %q, want the first and the third", got)
	}
}

func TestWrite_ACallerWhoGoesAwayInTheQueueIsLeftOut(t *testing.T) {
	t.Parallel()
	s := opened(t)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	errs := inOneBatch(t, s, func([]*request) {
		go func() { gone <- s.Write(ctx, set("b")) }()
		for len(writerOf(s).queue) < 3 {
			runtime.Gosched()
		}
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("the caller who went away got %v", err)
		}
	}, set("a"), set("c"))
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if got := stored(t, s, "a", "b", "c"); got != "ac" {
		t.Errorf("stored %q, want all but the one whose caller went away", got)
	}
}

func TestWrite_ACancelThatComesTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	s := opened(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Write(ctx, func(tx *Tx) error {
		cancel()
		return tx.SetSetting("a", "a")
	})
	if err != nil {
		t.Errorf("the answer is %v, not that of the commit", err)
	}
	if got := stored(t, s, "a"); got != "a" {
		t.Error("the transaction was cancelled halfway")
	}
}

// fill lets the database grow by no more than some pages, also after the writer
// has connected anew.
func fill(t *testing.T, s *Store, pages string) {
	t.Helper()
	err := s.Write(context.Background(), func(tx *Tx) error {
		var now int64
		if _, err := tx.find("pages", "PRAGMA page_count", nil, &now); err != nil {
			return err
		}
		var most int64
		_, err := tx.find("bound", "PRAGMA max_page_count = "+pages, nil, &most)
		writerOf(s).setup = append(writerOf(s).setup, "PRAGMA max_page_count = "+pages)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tooLarge(tx *Tx) error { return tx.SetSetting("b", strings.Repeat("b", 20<<20)) }

func TestWrite_AFullDiskInTheMiddleOfABatchRefusesOneAlone(t *testing.T) {
	t.Parallel()
	for name, closure := range map[string]func(*Tx) error{
		"told":      tooLarge,
		"swallowed": func(tx *Tx) error { _ = tooLarge(tx); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := opened(t)
			fill(t, s, "1000")
			runs := 0
			errs := inOneBatch(t, s, nil, func(tx *Tx) error { runs++; return tx.SetSetting("a", "a") }, closure, set("c"))
			if errs[0] != nil || errs[2] != nil || !chat.IsKind(errs[1], chat.Unavailable) {
				t.Errorf("answers: %v", errs)
			}
			if got := stored(t, s, "a", "b", "c"); got != "ac" || runs != 2 {
				t.Errorf("stored %.10q after %d runs of the first, want the first and the third after 2", got, runs)
			}
			if err := s.Write(context.Background(), set("d")); err != nil {
				t.Errorf("the next write: %v", err)
			}
		})
	}
}

func TestWrite_IsAcknowledgedAfterItsCommitAlone(t *testing.T) {
	t.Parallel()
	s := opened(t)
	// A row that refers to nothing passes its statement and fails the commit.
	unsound := func(tx *Tx) error {
		if _, err := tx.exec("defer", "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		return tx.SetToken("v_nobody", []byte("hash"))
	}
	errs := inOneBatch(t, s, nil, set("a"), unsound, set("c"))
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("answers: %v; want an error for the second, whose commit failed", errs)
	}
	if got := stored(t, s, "a", "c"); got != "ac" {
		t.Errorf("stored %q", got)
	}
	err := s.Read(context.Background(), func(tx *Tx) error {
		_, err := tx.VisitorByToken([]byte("hash"))
		return err
	})
	if !chat.IsKind(err, chat.Missing) {
		t.Errorf("the token: %v", err)
	}
}

func TestWrite_AClosureThatEndsItsGoroutineDoesNotEndTheWriter(t *testing.T) {
	t.Parallel()
	s := opened(t)
	errs := inOneBatch(t, s, nil, set("a"), func(*Tx) error { runtime.Goexit(); return nil })
	if errs[0] == nil || errs[1] == nil {
		t.Errorf("answers of a batch that was not committed: %v", errs)
	}
	if err := s.Write(context.Background(), set("b")); err != nil {
		t.Errorf("the next write: %v", err)
	}
	if got := stored(t, s, "a", "b"); got != "b" {
		t.Errorf("stored %q", got)
	}
}

func TestWrite_PositionsGoOnAfterADeadBatch(t *testing.T) {
	t.Parallel()
	s := opened(t)
	fill(t, s, "1000")
	var st chat.State
	post := func(tx *Tx) (err error) {
		if st, err = tx.Lock("c_1"); err != nil {
			return err
		}
		events := st.Add("t_1", []chat.Event{chat.Fact(chat.KindVisitor, chat.System(), chat.ForAgents, 1, chat.Visitor{})})
		events[0].ID = "e_1"
		return tx.Append(st, events)
	}
	if err := s.Write(context.Background(), func(tx *Tx) error { return tx.NewConversation(chat.Conversation{ID: "c_1"}) }); err != nil {
		t.Fatal(err)
	}
	errs := inOneBatch(t, s, nil, post, func(tx *Tx) error { return errors.Join(post(tx), tooLarge(tx)) }, post)
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Fatalf("answers: %v", errs)
	}
	err := s.Read(context.Background(), func(tx *Tx) error {
		log, err := tx.Log(0, 10)
		if len(log) != 2 || log[0].Pos != 1 || log[1].Pos != 2 || log[1].Event.Seq != 2 {
			t.Errorf("log: %+v", log)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestClose_AnswersEverybody(t *testing.T) {
	t.Parallel()
	s, err := Open(context.Background(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, 200)
	for range cap(answers) {
		go func() { answers <- s.Write(context.Background(), set("a")) }()
	}
	if err := errors.Join(<-answers, s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	for range cap(answers) - 1 {
		if err := <-answers; err != nil && !chat.IsKind(err, chat.Unavailable) {
			t.Error(err)
		}
	}
	if err := s.Write(context.Background(), set("b")); !chat.IsKind(err, chat.Unavailable) {
		t.Errorf("a write after the end: %v", err)
	}
	if err := s.Read(context.Background(), func(*Tx) error { return nil }); !chat.IsKind(err, chat.Unavailable) {
		t.Errorf("a read after the end: %v", err)
	}
}

func TestWrite_AReadOnlyDatabaseIsUnavailableAndReadable(t *testing.T) {
	t.Parallel()
	s := opened(t)
	if err := s.Write(context.Background(), set("a")); err != nil {
		t.Fatal(err)
	}
	// A connection that is opened anew must find it read-only too. The writer
	// looks at its setup only while a request waits.
	sound := writerOf(s).setup
	if err := s.Write(context.Background(), func(tx *Tx) error {
		_, err := tx.exec("turn", "PRAGMA query_only = 1")
		writerOf(s).setup = append(writeSetup(), "PRAGMA query_only = 1")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	err := s.Write(context.Background(), set("b"))
	var sentence *chat.Error
	if !errors.As(err, &sentence) || sentence.Kind != chat.Unavailable || !strings.Contains(sentence.Message, "read-only") {
		t.Errorf("the answer is %v", err)
	}
	writerOf(s).setup = sound
	if err := s.Write(context.Background(), set("c")); err != nil {
		t.Errorf("when it can be written again: %v", err)
	}
	if got := stored(t, s, "a", "b", "c"); got != "ac" {
		t.Errorf("stored %q", got)
	}
}
