package desk

import (
	"errors"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// afterwards is what came while its agent was not to be alarmed, and is still to be
// noticed: it is pushed when he may be alarmed again. There is one job for an alert,
// which judges it anew, so that what still holds it back puts it off once more.

// putOff puts an alert off to a time.
func putOff(tx *store.Tx, a chat.AlertID, due int64) error {
	return enqueue(tx, JobAlert, string(a)+" afterwards", due, alertJob{Alert: a})
}

// pushAfterwards has an agent's alerts that were held back judged anew, after the time
// that is left to the sound of a page: what has changed, he may have changed himself.
func pushAfterwards(tx *store.Tx, a chat.AgentID, now time.Time) error {
	held, err := tx.HushedAlerts(a)
	for _, one := range held {
		if err == nil {
			err = putOff(tx, one.ID, chat.Micros(now.Add(chat.AlertGrace)))
		}
	}
	return err
}

// holdBack notes why an alert is not pushed. Quiet hours end by themselves; the ends of
// the other reasons ask for it.
func (d *Desk) holdBack(tx *store.Tx, a chat.Alert, why chat.Hush) error {
	if err := tx.HushAlert(a.ID, why); err != nil || why != chat.HushQuiet {
		return err
	}
	wishes, err := tx.AlertWishes(a.Agent)
	return errors.Join(err, putOff(tx, a.ID, chat.Micros(wishes.Quiet.Ends(d.now()))))
}
