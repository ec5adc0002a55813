package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/jobs"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// runner runs jobs in the background of a test, with a clock that the test moves.
type runner struct {
	st    *store.Store
	clock atomic.Int64
	ran   chan store.Job
	fail  atomic.Pointer[error]
}

func run(t *testing.T, handlers map[string]jobs.Handler) *runner {
	t.Helper()
	return runOn(t, storetest.New(t), 1_000_000, handlers)
}

func runOn(t *testing.T, st *store.Store, clock int64, handlers map[string]jobs.Handler) *runner {
	t.Helper()
	r := &runner{st: st, ran: make(chan store.Job, 100)}
	r.clock.Store(clock)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	if handlers == nil {
		handlers = map[string]jobs.Handler{"work": r.work}
	}
	go func() { done <- jobs.Run(ctx, r.st, handlers, r.now) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *runner) now() time.Time { return time.UnixMicro(r.clock.Load()) }

func (r *runner) work(_ context.Context, j store.Job) error {
	err := r.fail.Load()
	r.ran <- j
	if err != nil {
		return *err
	}
	return nil
}

func (r *runner) enqueue(t *testing.T, j store.Job) {
	t.Helper()
	if err := r.st.Write(context.Background(), func(tx *store.Tx) error { return tx.Enqueue(j) }); err != nil {
		t.Fatal(err)
	}
}

// barrier runs a job of its own, so that what was due before it has been claimed.
func (r *runner) barrier(t *testing.T) {
	t.Helper()
	r.enqueue(t, store.Job{Kind: "work", Key: "barrier", Due: r.clock.Load()})
	for j := range r.ran {
		if j.Key == "barrier" {
			return
		}
		t.Errorf("%s ran, which is not due", j.Key)
	}
}

func TestRun_ADueJobRunsAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1, Body: []byte(`{"n":1}`)})
	if got := <-r.ran; got.Key != "a" || string(got.Body) != `{"n":1}` {
		t.Errorf("ran %+v", got)
	}
	r.barrier(t)
}

func TestRun_AJobWaitsUntilItIsDue(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	r.enqueue(t, store.Job{Kind: "work", Key: "later", Due: 2_000_000})
	r.barrier(t)
	r.clock.Store(2_000_000)
	r.enqueue(t, store.Job{Kind: "work", Key: "bell", Due: 9_000_000})
	if got := <-r.ran; got.Key != "later" {
		t.Errorf("ran %q", got.Key)
	}
}

// busy is the error of a service that has said when it may be asked again.
type busy struct{ after time.Duration }

func (busy) Error() string               { return "busy" }
func (b busy) RetryAfter() time.Duration { return b.after }

func TestRun_AnErrorMaySayWhenItIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	var broken error = busy{30 * time.Minute}
	r.fail.Store(&broken)
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1})
	<-r.ran
	r.settled(t, 1)
	r.fail.Store(nil)
	r.clock.Add((29 * time.Minute).Microseconds()) // its own pause is seconds
	r.barrier(t)
	r.clock.Add(time.Minute.Microseconds())
	r.enqueue(t, store.Job{Kind: "work", Key: "bell", Due: 1 << 60})
	if got := <-r.ran; got.Key != "a" {
		t.Errorf("ran %q", got.Key)
	}
}

func TestRun_AFailedJobComesBackAfterAPause(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	broken := errors.New("no route")
	r.fail.Store(&broken)
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1})
	<-r.ran
	r.settled(t, 1)
	r.fail.Store(nil)
	r.barrier(t) // not due in its pause
	r.clock.Add(time.Hour.Microseconds())
	r.enqueue(t, store.Job{Kind: "work", Key: "bell", Due: 1 << 50})
	if got := <-r.ran; got.Key != "a" || got.Attempts != 1 {
		t.Errorf("ran %+v, want the first repetition of a", got)
	}
}

func TestRun_AJobIsGivenUpAfterItsLastAttemptAndKeepsTheReason(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	broken := errors.New("no route")
	r.fail.Store(&broken)
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1})
	for n := range jobs.MaxAttempts {
		if got := <-r.ran; got.Attempts != n {
			t.Fatalf("attempt %d has the number %d", n, got.Attempts)
		}
		r.settled(t, n+1)
		r.clock.Add(2 * time.Hour.Microseconds())
		r.enqueue(t, store.Job{Kind: "work", Key: "bell", Due: 1 << 50})
	}
	r.fail.Store(nil)
	r.barrier(t)
	dead := r.dead(t)
	if len(dead) != 1 || dead[0].Key != "a" || dead[0].Reason != "no route" || dead[0].Attempts != jobs.MaxAttempts {
		t.Errorf("dead jobs: %+v", dead)
	}
}

// TestRun_AJobThatEndsTheProcessIsGivenUp claims as a process does that dies in
// its handler, again and again: nothing is told to the store.
func TestRun_AJobThatEndsTheProcessIsGivenUp(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	at := int64(1_000_000)
	r := &runner{st: st}
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1})
	for n := range jobs.MaxAttempts {
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			claimed, err := tx.ClaimJobs(at, at+jobs.Lease.Microseconds(), 1)
			if len(claimed) != 1 || claimed[0].Attempts != n {
				t.Fatalf("attempt %d claims %+v", n, claimed)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		at += jobs.Lease.Microseconds()
	}
	r = runOn(t, st, at, nil)
	r.enqueue(t, store.Job{Kind: "work", Key: "barrier", Due: 2})
	if got := <-r.ran; got.Key != "barrier" {
		t.Fatalf("%+v ran once more", got)
	}
	for len(r.dead(t)) == 0 {
		r.barrier(t)
	}
	if dead := r.dead(t); dead[0].Key != "a" || !strings.Contains(dead[0].Reason, "never ended") {
		t.Errorf("dead: %+v", dead)
	}
}

func TestRun_AStopIsNoAttempt(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	running := make(chan struct{})
	handlers := map[string]jobs.Handler{"work": func(ctx context.Context, _ store.Job) error {
		close(running)
		<-ctx.Done()
		return ctx.Err()
	}}
	done := make(chan error, 1)
	go func() { done <- jobs.Run(ctx, st, handlers, time.Now) }()
	(&runner{st: st}).enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1})
	<-running
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r := runOn(t, st, time.Now().UnixMicro(), nil)
	if got := <-r.ran; got.Key != "a" || got.Attempts != 0 {
		t.Errorf("after the stop %+v ran, want the first attempt", got)
	}
}

// settled waits until the store knows how an attempt went: the job is dead, or
// due at another time than the end of its lease. Each look is a commit, and so
// comes after what the runner queued before it.
func (r *runner) settled(t *testing.T, attempts int) {
	t.Helper()
	leased := r.now().Add(jobs.Lease).UnixMicro()
	for known := 0; known < attempts; {
		err := r.st.Write(context.Background(), func(tx *store.Tx) error {
			known = 0
			waiting, err := tx.ClaimJobs(1<<49, 1<<49, 100)
			for _, j := range waiting {
				if j.Key == "a" && j.Due != leased {
					known = j.Attempts
				}
			}
			dead, errDead := tx.DeadJobs([]string{"work", "panic", "unknown"}, store.DeadPlace{}, 10)
			if len(dead) > 0 {
				known = dead[0].Attempts
			}
			return errors.Join(err, errDead, errLook)
		})
		if !errors.Is(err, errLook) {
			t.Fatal(err)
		}
	}
}

// errLook takes back what a look at the jobs claimed.
var errLook = errors.New("only looking")

func (r *runner) dead(t *testing.T) (dead []store.DeadJob) {
	t.Helper()
	err := r.st.Read(context.Background(), func(tx *store.Tx) (err error) {
		dead, err = tx.DeadJobs([]string{"work", "panic", "unknown"}, store.DeadPlace{}, 10)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dead
}

func TestRun_APanicIsAFailureOfItsJobAlone(t *testing.T) {
	t.Parallel()
	ran := make(chan string, 10)
	r := run(t, map[string]jobs.Handler{
		"panic": func(context.Context, store.Job) error { ran <- "panic"; panic("boom") },
		"work":  func(context.Context, store.Job) error { ran <- "work"; return nil },
	})
	r.enqueue(t, store.Job{Kind: "panic", Key: "a", Due: 1})
	<-ran
	r.enqueue(t, store.Job{Kind: "work", Key: "b", Due: 1})
	if got := <-ran; got != "work" {
		t.Errorf("ran %s", got)
	}
}

func TestRun_AJobThatNobodyHandlesIsGivenUp(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	r.enqueue(t, store.Job{Kind: "unknown", Key: "a", Due: 1})
	for len(r.dead(t)) == 0 {
		r.barrier(t)
	}
	if dead := r.dead(t); !strings.Contains(dead[0].Reason, "unknown") {
		t.Errorf("reason %q", dead[0].Reason)
	}
}

func TestRun_AReplacedJobIsNotEndedByTheFormerOne(t *testing.T) {
	t.Parallel()
	running, goOn := make(chan string, 2), make(chan struct{})
	r := run(t, map[string]jobs.Handler{"work": func(_ context.Context, j store.Job) error {
		running <- string(j.Body)
		<-goOn
		return nil
	}})
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1, Body: []byte(`1`)})
	<-running
	r.enqueue(t, store.Job{Kind: "work", Key: "a", Due: 1, Body: []byte(`2`)})
	close(goOn)
	if got := <-running; got != "2" {
		t.Errorf("ran body %s, want the replacing one", got)
	}
}

func TestPause_GrowsToAnHourAndIsSpread(t *testing.T) {
	t.Parallel()
	var before time.Duration
	for failures := range 30 {
		low, high := jobs.Pause(failures, 0), jobs.Pause(failures, 1)
		if low < before {
			t.Errorf("pause %d is %v, shorter than %v", failures, low, before)
		}
		if high != 3*low {
			t.Errorf("pause %d is spread from %v to %v", failures, low, high)
		}
		before = low
	}
	if before != 30*time.Minute {
		t.Errorf("the longest pause begins at %v, want half an hour", before)
	}
}
