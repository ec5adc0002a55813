package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const alertPage = 50

// Alerted is an alert and what became of it on each device.
type Alerted struct {
	Alert   chat.Alert       `json:"alert"`
	Devices []store.Delivery `json:"devices" doc:"None where no device of mine is pushed to, or it was not to be pushed."`
	Steps   []StepTaken      `json:"steps" doc:"What was done beyond the push, since nobody had noticed."`
}

// StepTaken is a step that was taken, and the names of whom it called.
type StepTaken struct {
	store.AlertStep
	Names []string `json:"names,omitempty"`
}

// Alerts are an agent's newest alerts with what became of each.
func (d *Desk) Alerts(ctx context.Context, a chat.Agent) ([]Alerted, error) {
	var all []Alerted
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		alerts, err := tx.AlertsOf(a.ID, alertPage)
		if err != nil {
			return err
		}
		all = make([]Alerted, len(alerts))
		for i, one := range alerts {
			if all[i].Alert = one; err == nil {
				all[i].Devices, err = tx.Deliveries(one.ID)
			}
			if err == nil {
				all[i].Steps, err = stepsOf(tx, one)
			}
		}
		return err
	})
	return all, err
}

// stepsOf are the steps that were taken for an alert. Whoever was called himself by one
// of them is not told what else was done for his colleague.
func stepsOf(tx *store.Tx, a chat.Alert) ([]StepTaken, error) {
	if a.Ladder == "" || a.Step != "" {
		return nil, nil
	}
	taken, err := tx.AlertSteps(a.Ladder)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	called, err := tx.AlertsOfLadder(a.Ladder)
	if err != nil {
		return nil, err
	}
	all := make([]StepTaken, len(taken))
	for i, s := range taken {
		all[i].AlertStep = s
		for _, c := range called {
			if c.Step != s.Step {
				continue
			}
			who, err := tx.Agent(c.Agent)
			if err != nil {
				return nil, err
			}
			all[i].Names = append(all[i].Names, who.Name)
		}
	}
	return all, nil
}

// TestAlert alerts the agent on all his devices at once, so that he sees what becomes
// of it.
func (d *Desk) TestAlert(ctx context.Context, a chat.Agent) (chat.AlertID, error) {
	id := chat.AlertID(newID("al"))
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		now := chat.Micros(d.now())
		if err := endTests(tx, a.ID, now); err != nil {
			return err
		}
		one, _, err := tx.RaiseAlert(chat.Alert{ID: id, Agent: a.ID, Kind: chat.AlertTest, At: now})
		if err != nil {
			return err
		}
		return enqueue(tx, JobAlert, string(one.ID), now, alertJob{Alert: one.ID})
	})
	return id, err
}

// endTests ends the agent's former test, so that the way of the next one is told from
// its begin.
func endTests(tx *store.Tx, a chat.AgentID, at int64) error {
	open, err := tx.OpenAlerts("")
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.Agent == a && one.Kind == chat.AlertTest {
			if err := endAlert(tx, one, chat.AlertOver, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// SeeAlert ends an alert of the agent's on all his devices.
func (d *Desk) SeeAlert(ctx context.Context, a chat.Agent, id chat.AlertID) error {
	return d.write(ctx, func(tx *store.Tx) error {
		one, err := alertOf(tx, a, id)
		if err != nil {
			return err
		}
		return endAlert(tx, one, chat.AlertSeen, chat.Micros(d.now()))
	})
}

// NoteShown keeps that the device of a session shows an alert.
func (d *Desk) NoteShown(ctx context.Context, a chat.Agent, on chat.SessionID, id chat.AlertID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := alertOf(tx, a, id); err != nil {
			return err
		}
		return tx.ShowDelivery(id, on, chat.Micros(d.now()))
	})
}

// alertOf loads an alert of the agent's own; another's is as if it were not there.
func alertOf(tx *store.Tx, a chat.Agent, id chat.AlertID) (chat.Alert, error) {
	one, err := tx.Alert(id)
	if chat.IsKind(err, chat.Missing) || err == nil && one.Agent != a.ID {
		err = chat.Errorf(chat.Missing, "There is no such alert of yours.")
	}
	return one, err
}

// AlertWishes are when the agent wants pushes.
func (d *Desk) AlertWishes(ctx context.Context, a chat.Agent) (w chat.AlertWishes, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		w, err = tx.AlertWishes(a.ID)
		return err
	})
	return w, err
}

// SetAlertWishes keeps when the agent wants pushes.
func (d *Desk) SetAlertWishes(ctx context.Context, a chat.Agent, w chat.AlertWishes) error {
	if err := w.Check(); err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAgents(a.ID); err != nil {
			return err
		}
		was, err := tx.AlertWishes(a.ID)
		if err == nil {
			err = tx.SetAlertWishes(a.ID, w)
		}
		if err != nil || was.Away == w.Away && was.Quiet == w.Quiet {
			return err
		}
		return pushAfterwards(tx, a.ID, d.now())
	})
}

// PushText reports whether pushes hold the beginning of what was written.
func (d *Desk) PushText(ctx context.Context) (on bool, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		text, err := tx.Setting(showTextSetting)
		on = text == "true"
		return err
	})
	return on, err
}

// SetPushText says whether they do.
func (d *Desk) SetPushText(ctx context.Context, by chat.Agent, on bool) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		text := "false"
		if on {
			text = "true"
		}
		return tx.SetSetting(showTextSetting, text)
	})
}
