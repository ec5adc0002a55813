package desk

import (
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// pushUnderWay is for how long an answer to a push is waited for: longer than any sender
// waits, and shorter than the job of a sender that has died is kept from others.
const pushUnderWay = 30 * time.Second

// underWay reports whether a device is being sent an alert as it counts now.
func underWay(had []store.Delivery, a chat.Alert, to chat.SessionID, at int64) bool {
	return slices.ContainsFunc(had, func(h store.Delivery) bool {
		return h.Session == to && h.Count == a.Count && h.Outcome == "" && at-h.SentAt < pushUnderWay.Microseconds()
	})
}

// lookAgain lets a push that is under way be looked at once more: who sends it may die
// before he has noted an answer.
func lookAgain(tx *store.Tx, a chat.Alert, at int64) error {
	return enqueue(tx, JobAlert, fmt.Sprintf("%s %d again", a.ID, a.Count), at+pushUnderWay.Microseconds(), alertJob{Alert: a.ID})
}
