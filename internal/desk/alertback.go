package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// takeBack ends an alert whose newest message is taken back. Where there were others it
// stays for them, and what devices show of it is told anew, without a word.
func takeBack(tx *store.Tx, a chat.Alert, events []chat.Event, at int64) error {
	old := slices.ContainsFunc(events, func(e chat.Event) bool { return e.Kind == chat.KindTalkEmptied })
	if a.Count <= 1 || old { // with its newest the older ones are over
		return endAlert(tx, a, chat.AlertOver, at)
	}
	if err := tx.CountAlertDown(a.ID); err != nil || a.PushedAt == 0 {
		return err // its first job waits still
	}
	return enqueue(tx, JobAlert, fmt.Sprintf("%s without %d", a.ID, a.Seq), at, alertJob{Alert: a.ID})
}

// shortTopic fits a name into the characters that a topic may have; no push service
// reads from it which Conversation it is.
func shortTopic(name string) string {
	sum := sha256.Sum256([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:oneTopic]
}
