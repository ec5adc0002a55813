package store

import (
	"database/sql"
	"math/rand/v2"
)

// Job is work that is due at a time. Key makes it unique within its kind.
type Job struct {
	ID       int64
	Kind     string
	Key      string
	Due      int64
	Attempts int
	Body     []byte // JSON
}

// Enqueue stores a job; a job of the same kind and key is replaced. The new one
// has another id, so that whoever finishes the former one does not end it.
func (tx *Tx) Enqueue(j Job) error {
	err := tx.put("enqueue job", `
		INSERT INTO jobs (id, kind, key, due, attempts, dead, error, body)
		VALUES ($1, $2, $3, $4, 0, 0, '', $5)
		ON CONFLICT (kind, key) DO UPDATE
		SET id = excluded.id, due = excluded.due, attempts = 0, dead = 0, error = '', body = excluded.body`,
		rand.Int64(), j.Kind, j.Key, j.Due, string(j.Body))
	if err == nil {
		tx.batch.jobs = true
	}
	return err
}

// EnqueueMissing stores a job where none of its kind and key waits: one that does, or is
// being tried, stays as it is.
func (tx *Tx) EnqueueMissing(j Job) error {
	err := tx.put("enqueue missing job", `
		INSERT INTO jobs (id, kind, key, due, attempts, dead, error, body)
		VALUES ($1, $2, $3, $4, 0, 0, '', $5)
		ON CONFLICT (kind, key) DO UPDATE
		SET id = excluded.id, due = excluded.due, attempts = 0, dead = 0, error = '', body = excluded.body
		WHERE jobs.dead = 1`,
		rand.Int64(), j.Kind, j.Key, j.Due, string(j.Body))
	if err == nil {
		tx.batch.jobs = true
	}
	return err
}

const jobColumns = `id, kind, key, due, attempts, body`

func scanJob(rows *sql.Rows) (j Job, err error) {
	return j, rows.Scan(&j.ID, &j.Kind, &j.Key, &j.Due, &j.Attempts, (*rawText)(&j.Body))
}

// JobKinds are some kinds of jobs: only those that are named, or all but those. The zero
// value is all.
type JobKinds struct{ Only, Not []string }

func (k JobKinds) where(p *params) (text string) {
	if len(k.Only) > 0 {
		text += ` AND kind IN (` + p.in(k.Only) + `)`
	}
	if len(k.Not) > 0 {
		text += ` AND kind NOT IN (` + p.in(k.Not) + `)`
	}
	return text
}

// ClaimJobs is ClaimJobsOf all kinds.
func (tx *Tx) ClaimJobs(now, until int64, limit int) ([]Job, error) {
	return tx.ClaimJobsOf(JobKinds{}, now, until, limit)
}

// ClaimJobsOf leases due jobs of some kinds until a time, counts the attempt, and returns them
// as they were before it, oldest first. A job that is neither finished nor retried
// until then is due again: so an attempt that ends the whole process is counted. Of
// two nodes that look at the same moment one gets each job.
func (tx *Tx) ClaimJobsOf(kinds JobKinds, now, until int64, limit int) ([]Job, error) {
	var p params
	query := `
		SELECT ` + jobColumns + `
		FROM jobs
		WHERE dead = 0 AND due <= ` + p.add(now) + kinds.where(&p) + `
		ORDER BY due, id
		LIMIT ` + p.add(clamp(limit, maxSpan))
	jobs, err := list(tx, "load due jobs", query, p.args, scanJob)
	mine := jobs[:0]
	for _, j := range jobs {
		var n int64
		if err == nil {
			n, err = tx.exec("claim job", `
				UPDATE jobs
				SET due = $1, attempts = attempts + 1
				WHERE id = $2 AND dead = 0 AND due = $3`, until, j.ID, j.Due)
		}
		if err == nil && n > 0 {
			mine = append(mine, j)
		}
	}
	return mine, err
}

func (tx *Tx) setDue(id, due, attempts int64) error {
	_, err := tx.exec("set job's time", `
		UPDATE jobs
		SET due = $1, attempts = attempts + $2
		WHERE id = $3 AND dead = 0`, due, attempts, id)
	return err
}

// FinishJob removes a job.
func (tx *Tx) FinishJob(id int64) error {
	_, err := tx.exec("finish job", `
		DELETE FROM jobs
		WHERE id = $1`, id)
	return err
}

// RetryJob sets when a claimed job is due again.
func (tx *Tx) RetryJob(id int64, due int64) error { return tx.setDue(id, due, 0) }

// ReturnJob gives a claimed job back as if it had not been begun.
func (tx *Tx) ReturnJob(id int64, due int64) error { return tx.setDue(id, due, -1) }

// NextJob returns when the next job of some kinds is due; false where there is none.
func (tx *Tx) NextJob(kinds JobKinds) (due int64, found bool, err error) {
	var p params
	query := `
		SELECT due
		FROM jobs
		WHERE dead = 0` + kinds.where(&p) + `
		ORDER BY due
		LIMIT 1`
	found, err = tx.find("time of next job", query, p.args, &due)
	return due, found, err
}
