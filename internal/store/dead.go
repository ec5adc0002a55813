package store

import "database/sql"

// BuryJob gives a claimed job up: it stays, with the reason and when that was, and is
// not due any more.
func (tx *Tx) BuryJob(id int64, reason string, at int64) error {
	_, err := tx.exec("bury job", `
		UPDATE jobs
		SET dead = 1, error = $1, due = $2
		WHERE id = $3`, reason, at, id)
	return err
}

// DeadJob is a job that was given up, when (its Due), and why.
type DeadJob struct {
	Job
	Reason string
}

// DeadPlace is a place in the list of them: behind the job of an ID that was given up
// at a time. The zero value is the beginning.
type DeadPlace struct{ At, ID int64 }

// DeadJobs loads jobs of some kinds that were given up, the newest first.
func (tx *Tx) DeadJobs(kinds []string, behind DeadPlace, limit int) ([]DeadJob, error) {
	var p params
	query := `
		SELECT ` + jobColumns + `, error
		FROM jobs
		WHERE dead = 1 AND kind IN (` + p.in(kinds) + `)`
	if behind != (DeadPlace{}) {
		query += ` AND (due, id) < (` + p.add(behind.At) + `, ` + p.add(behind.ID) + `)`
	}
	query += `
		ORDER BY due DESC, id DESC
		LIMIT ` + p.add(clamp(limit, maxSpan))
	return list(tx, "load dead jobs", query, p.args, func(rows *sql.Rows) (d DeadJob, err error) {
		return d, rows.Scan(&d.ID, &d.Kind, &d.Key, &d.Due, &d.Attempts, (*rawText)(&d.Body), &d.Reason)
	})
}

// ReviveJob has a job of some kinds that was given up done once more, as if it had
// never been begun; false where there is none.
func (tx *Tx) ReviveJob(id int64, kinds []string, due int64) (bool, error) {
	var p params
	n, err := tx.exec("revive job", `
		UPDATE jobs
		SET dead = 0, attempts = 0, error = '', due = `+p.add(due)+`
		WHERE dead = 1 AND id = `+p.add(id)+` AND kind IN (`+p.in(kinds)+`)`, p.args...)
	if n > 0 {
		tx.batch.jobs = true
	}
	return n > 0, err
}

// DropDeadJob removes a job of some kinds that was given up; false where there is none.
func (tx *Tx) DropDeadJob(id int64, kinds []string) (bool, error) {
	var p params
	n, err := tx.exec("drop dead job", `
		DELETE FROM jobs
		WHERE dead = 1 AND id = `+p.add(id)+` AND kind IN (`+p.in(kinds)+`)`, p.args...)
	return n > 0, err
}

// ForgetDeadJobs removes those of some kinds that were given up before a time.
func (tx *Tx) ForgetDeadJobs(kinds []string, before int64) error {
	var p params
	_, err := tx.exec("forget dead jobs", `
		DELETE FROM jobs
		WHERE dead = 1 AND due < `+p.add(before)+` AND kind IN (`+p.in(kinds)+`)`, p.args...)
	return err
}
