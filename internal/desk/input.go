package desk

import (
	"context"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// inputEvery is how exact the last input of an agent, and of a device, is stored.
const inputEvery = 30 * time.Second

// NoteInput notes that the agent has touched the device of a session. Auto-away
// measures from the newest input on any of them, and a warning of it is taken back
// on all.
func (d *Desk) NoteInput(ctx context.Context, a chat.Agent, device store.Session) error {
	now := chat.Micros(d.now())
	err := d.write(ctx, func(tx *store.Tx) error {
		if now-device.InputAt >= inputEvery.Microseconds() {
			if err := tx.NoteInput(device.ID, now); err != nil {
				return err
			}
		}
		return d.noteTouch(tx, a, now)
	})
	d.came.Add(1)
	return err
}

func (d *Desk) noteTouch(tx *store.Tx, a chat.Agent, now int64) error {
	duty, err := tx.Duty(a.ID)
	if err != nil || (duty.AwayAt == 0 && now-duty.InputAt < inputEvery.Microseconds()) {
		return err
	}
	was := duty.AwayAt
	duty.InputAt, duty.AwayAt = now, 0
	if err := tx.SaveDuty(a.ID, duty); err != nil || was == 0 {
		return err
	}
	return tell(tx, chat.AgentConversation(a.ID), d.fact(chat.KindIdling, a.Actor(), chat.IdleWarned{}))
}

// warned is when an agent goes to away of whom it holds that he was warned; 0 = he
// was not.
func warned(tx *store.Tx, id chat.AgentID) (int64, error) {
	a, err := tx.Agent(id)
	if err != nil || a.Status != chat.Accepting {
		return 0, err
	}
	duty, err := tx.Duty(id)
	return duty.AwayAt, err
}
