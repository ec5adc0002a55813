// Package jobs runs due jobs from the store.
//
// It guarantees that a job whose transaction committed is run at least once
// after it is due, by one node at a time while its lease holds, again with
// growing pauses where it fails, and after [MaxAttempts] no more: then it stays
// in the store with the reason. An attempt counts when it begins, so that a job
// that ends its process is given up too. A handler must bear being run twice. Kinds
// that wait for others' servers have places apart, so that no other job waits for them.
//
// It may import chat and store. The package app calls it and brings the
// handlers, so that jobs does not know what is done.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"earshot/internal/store"
)

// The limits of a runner.
const (
	MaxAttempts = 10
	Lease       = time.Minute     // a node that dies gives its jobs back so late
	Safety      = 5 * time.Second // a lost wake-up costs at most that long
	AtOnce      = 4               // jobs that run side by side, and as many that are apart

	firstPause   = 5 * time.Second
	longestPause = time.Hour
	// timeToSettle is what is left of a lease when its handler has to stop.
	timeToSettle = 10 * time.Second
)

// Handler does one job. An error means that it is to be tried again; one with a
// method RetryAfter, not before that pause.
type Handler func(ctx context.Context, j store.Job) error

// Run runs due jobs, each by the handler of its kind, until ctx ends, and waits
// for those that run. A job of a kind without handler is given up at once. Jobs of the
// kinds that are apart have places of their own.
func Run(ctx context.Context, st *store.Store, handlers map[string]Handler, now func() time.Time, apart ...string) error {
	lanes := []*lane{{kinds: store.JobKinds{Not: apart}}}
	if len(apart) > 0 {
		lanes = append(lanes, &lane{kinds: store.JobKinds{Only: apart}})
	}
	r := &runner{st: st, handlers: handlers, now: now, lanes: lanes, ended: make(chan *lane, AtOnce*len(lanes))}
	for ctx.Err() == nil {
		r.wait(ctx, r.start(ctx))
	}
	for running := r.running(); running > 0; running-- {
		<-r.ended
	}
	return nil
}

// lane is where jobs of some kinds run, AtOnce side by side.
type lane struct {
	kinds   store.JobKinds
	running int
}

type runner struct {
	st       *store.Store
	handlers map[string]Handler
	now      func() time.Time
	lanes    []*lane
	ended    chan *lane // that of each that ran
}

func (r *runner) running() (n int) {
	for _, l := range r.lanes {
		n += l.running
	}
	return n
}

// full reports whether nothing can be started.
func (r *runner) full() bool { return r.running() == AtOnce*len(r.lanes) }

// start claims as many due jobs as there are free places, and returns how long
// nothing more is due that a place is free for.
func (r *runner) start(ctx context.Context) time.Duration {
	if r.full() {
		return Safety
	}
	now := r.now()
	due := map[*lane][]store.Job{}
	next := Safety
	err := r.st.Write(ctx, func(tx *store.Tx) error {
		clear(due)
		next = Safety
		for _, l := range r.lanes {
			if l.running == AtOnce {
				continue // what is due there starts when one of these has ended
			}
			jobs, wait, err := l.claim(tx, now)
			if err != nil {
				return err
			}
			due[l], next = jobs, min(next, wait)
		}
		return nil
	})
	if err != nil {
		// The store says what is wrong to those who wait for it; here only
		// trying again helps.
		return Safety
	}
	for l, jobs := range due {
		l.running += len(jobs)
		for _, j := range jobs {
			go func() {
				r.do(ctx, j)
				r.ended <- l
			}()
		}
	}
	return max(next, 0)
}

// claim leases the due jobs of a lane that there are places for, and answers how long no
// other is due. It looks first: mostly nothing is.
func (l *lane) claim(tx *store.Tx, now time.Time) (jobs []store.Job, wait time.Duration, err error) {
	at, found, err := tx.NextJob(l.kinds)
	if err == nil && found && at <= now.UnixMicro() {
		if jobs, err = tx.ClaimJobsOf(l.kinds, now.UnixMicro(), now.Add(Lease).UnixMicro(), AtOnce-l.running); err == nil {
			at, found, err = tx.NextJob(l.kinds)
		}
	}
	if err != nil || !found {
		return jobs, Safety, err
	}
	return jobs, time.UnixMicro(at).Sub(now), nil
}

// wait returns when there may be something to start.
func (r *runner) wait(ctx context.Context, next time.Duration) {
	timer := time.NewTimer(next)
	defer timer.Stop()
	stored, later := r.st.JobsDue(), timer.C
	if r.full() {
		stored, later = nil, nil
	}
	select {
	case <-ctx.Done():
	case <-stored:
	case <-later:
	case l := <-r.ended:
		l.running--
	}
}

// do runs one job and stores how it went. Where that cannot be stored the lease
// ends by itself and the job is run again.
func (r *runner) do(ctx context.Context, j store.Job) {
	failed := r.handle(ctx, j)
	_, known := r.handlers[j.Kind]
	_ = r.st.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		switch {
		case failed == nil:
			return tx.FinishJob(j.ID)
		case ctx.Err() != nil: // the node stops: that is not the job's fault
			return tx.ReturnJob(j.ID, r.now().UnixMicro())
		case !known || j.Attempts+1 >= MaxAttempts:
			return tx.BuryJob(j.ID, failed.Error(), r.now().UnixMicro())
		default:
			return tx.RetryJob(j.ID, r.now().Add(max(Pause(j.Attempts, rand.Float64()), asked(failed))).UnixMicro())
		}
	})
}

// asked is the pause that an error asks for: whoever was called has said when it may be
// called again.
func asked(err error) time.Duration {
	var later interface{ RetryAfter() time.Duration }
	if !errors.As(err, &later) {
		return 0
	}
	return min(later.RetryAfter(), longestPause)
}

// errNeverEnded is the reason of a job of whose last attempt nothing was heard.
var errNeverEnded = errors.New("jobs: its last attempt never ended: the process did, or what it did could not be stored")

func (r *runner) handle(ctx context.Context, j store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("jobs: panic in %s: %v\n%s", j.Kind, p, debug.Stack())
		}
	}()
	if j.Attempts >= MaxAttempts {
		return errNeverEnded
	}
	h, known := r.handlers[j.Kind]
	if !known {
		return fmt.Errorf("jobs: nobody handles %q", j.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, Lease-timeToSettle)
	defer cancel()
	return h(ctx, j)
}

// Pause is how long a job waits after so many failures before this one: doubled
// each time, with chance (0 to 1) moving it by half, so that what failed together
// does not come back together.
func Pause(failures int, chance float64) time.Duration {
	pause := longestPause
	if failures < 10 {
		pause = min(firstPause<<failures, longestPause)
	}
	return time.Duration(float64(pause) * (0.5 + chance))
}
