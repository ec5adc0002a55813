package desk

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// hushOf is the one question whether an agent may be alarmed now, by a step and about
// something of a kind: "" = he may. It is asked before a push and a mail go out, and
// before a step calls him for somebody else.
func (d *Desk) hushOf(tx *store.Tx, to chat.Agent, k chat.AlertKind, step chat.Step) (chat.Hush, error) {
	wishes, err := tx.AlertWishes(to.ID)
	if err != nil {
		return "", err
	}
	return hush(to, wishes, k, step, d.now()), nil
}

// hush lets who does not want to be disturbed hear of the chats alone that he is given
// since he takes chats: those he stops by being away. A colleague's he is not called to.
func hush(to chat.Agent, wishes chat.AlertWishes, k chat.AlertKind, step chat.Step, now time.Time) chat.Hush {
	own := step != chat.StepColleague && step != chat.StepLead
	given := own && (k == chat.AlertOffer || k == chat.AlertAssigned) || k == chat.AlertTest || k == chat.AlertCheck
	if !given && !to.Disturbable(now) {
		return chat.HushUndisturbed
	}
	return wishes.Hush(k, to, now)
}
