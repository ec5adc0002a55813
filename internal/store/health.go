package store

import "context"

// Health is how the database does, for who watches over the installation.
type Health struct {
	// Engine is what it is and of which version; Bytes how large.
	Engine string
	Bytes  int64
	// Unnumbered are events that are stored and that no reader sees yet; Oldest is when
	// the oldest of them happened, in microseconds, 0 = there is none.
	Unnumbered int
	Oldest     int64
	Jobs       JobCounts
	Settings   []Setting
}

// Health asks the database how it does; now is microseconds.
func (s *Store) Health(ctx context.Context, now int64) (h Health, err error) {
	err = s.Read(ctx, func(tx *Tx) error {
		if h, err = s.engine.health(tx); err != nil {
			return err
		}
		h.Jobs, err = tx.countJobs(now)
		return err
	})
	if err != nil {
		return Health{}, err
	}
	h.Settings, err = s.Settings(ctx)
	return h, err
}

// JobCounts are how many jobs there are: waiting ones, of them due ones, and such as
// were given up. Oldest is since when the oldest due one is, in microseconds.
type JobCounts struct {
	Waiting, Due, Dead int
	Oldest             int64
}

func (tx *Tx) countJobs(now int64) (c JobCounts, err error) {
	_, err = tx.find("count jobs", `
		SELECT COUNT(CASE WHEN dead = 0 THEN 1 END), COUNT(CASE WHEN dead = 0 AND due <= $1 THEN 1 END), COUNT(CASE WHEN dead = 1 THEN 1 END),
			COALESCE(MIN(CASE WHEN dead = 0 AND due <= $1 THEN due END), 0)
		FROM jobs`, []any{now}, &c.Waiting, &c.Due, &c.Dead, &c.Oldest)
	return c, err
}
