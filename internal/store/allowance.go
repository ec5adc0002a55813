package store

import "time"

// Allowance is how often something may be done: AtOnce times at once, and then once
// more Every so often.
type Allowance struct {
	AtOnce int
	Every  time.Duration
}

// strayClock is how far beyond what it can be a stored time may lie before it counts
// as of a clock that was set back since: so nobody is shut out for longer.
const strayClock = 10 * time.Minute

// Spend takes one from the allowance of a name; now is microseconds. Where nothing is
// left it answers how long until there is again, and changes nothing. The row is locked
// until the commit: who spends several does so in one order.
func (tx *Tx) Spend(name string, a Allowance, now int64) (wait time.Duration, err error) {
	every := a.Every.Microseconds()
	latest := now + int64(a.AtOnce-1)*every
	n, err := tx.exec("spend an allowance", `
		INSERT INTO allowances (name, full_at)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		SET full_at = CASE WHEN allowances.full_at > $3 AND allowances.full_at <= $4 THEN allowances.full_at + $5 ELSE excluded.full_at END
		WHERE allowances.full_at <= $4 OR allowances.full_at > $6`,
		name, now+every, now, latest, every, latest+every+strayClock.Microseconds())
	if err != nil || n > 0 {
		return 0, err
	}
	full := latest
	if _, err := tx.find("read an allowance", `
		SELECT full_at
		FROM allowances
		WHERE name = $1`, []any{name}, &full); err != nil {
		return 0, err
	}
	return time.Duration(max(full-latest, 1)) * time.Microsecond, nil
}

// GiveBack takes back one spending.
func (tx *Tx) GiveBack(name string, a Allowance) error {
	_, err := tx.exec("give an allowance back", `
		UPDATE allowances
		SET full_at = full_at - $1
		WHERE name = $2`, a.Every.Microseconds(), name)
	return err
}

// Refill takes back every spending of a name.
func (tx *Tx) Refill(name string) error {
	_, err := tx.exec("refill an allowance", `
		DELETE FROM allowances
		WHERE name = $1`, name)
	return err
}

// RemoveFullAllowances removes rows of whose spending nothing counts any more; now is
// microseconds.
func (tx *Tx) RemoveFullAllowances(now int64) error {
	_, err := tx.exec("remove full allowances", `
		DELETE FROM allowances
		WHERE full_at <= $1 OR full_at > $2`, now, now+(24*time.Hour).Microseconds())
	return err
}
