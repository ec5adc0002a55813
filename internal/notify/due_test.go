package notify_test

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk/desktest"
	"earshot/internal/jobs"
	"earshot/internal/store"
)

// runDue runs the jobs that are due, as package jobs does, and answers how many there
// were and how many failed: those are tried again after a pause.
func runDue(w *desktest.World, pause time.Duration, do func(store.Job) error) (ran, failed int) {
	var due []store.Job
	w.Write(func(tx *store.Tx) (err error) {
		due, err = tx.ClaimJobs(chat.Micros(w.Clock.Now()), chat.Micros(w.Clock.Now().Add(jobs.Lease)), 50)
		return err
	})
	for _, j := range due {
		err := do(j)
		w.Write(func(tx *store.Tx) error {
			if err != nil {
				return tx.RetryJob(j.ID, chat.Micros(w.Clock.Now().Add(pause)))
			}
			return tx.FinishJob(j.ID)
		})
		if err != nil {
			failed++
		}
	}
	return len(due), failed
}
