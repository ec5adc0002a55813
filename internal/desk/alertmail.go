package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobMail mails somebody what he has not noticed.
const JobMail = "alert.mail"

// AlertMail is what somebody is mailed: of a visitor nothing, as in a push.
type AlertMail struct {
	Alert        chat.AlertID
	To           string
	Kind         chat.AlertKind
	By           string
	Conversation chat.ConversationID
	Talk         bool // the Conversation is one
}

// mailStep notes the last step, and has it mailed where there is a mailer and its
// agent may be alarmed.
func (d *Desk) mailStep(tx *store.Tx, j stepJob, whose chat.Alert) error {
	to, err := tx.Agent(whose.Agent)
	if err != nil {
		return err
	}
	hush, err := d.hushOf(tx, to, j.Kind, chat.StepMail)
	if err != nil {
		return err
	}
	taken := store.AlertStep{Ladder: j.Ladder, Step: chat.StepMail, At: chat.Micros(d.now())}
	switch {
	case !d.opt.Mail:
		taken.Reason = noMailer
	case hush != "":
		taken.Reason = string(hush)
	default:
		taken.Called = 1
	}
	first, err := tx.TakeStep(taken)
	if err != nil || !first || taken.Called == 0 {
		return err
	}
	return enqueue(tx, JobMail, string(whose.ID), taken.At, alertJob{Alert: whose.ID})
}

// DueMail judges an alert anew and answers what is to be mailed; false where it was
// seen, is over, or its agent may not see it any more or is not to be alarmed now.
func (d *Desk) DueMail(ctx context.Context, job []byte) (m AlertMail, due bool, err error) {
	var body alertJob
	if err := json.Unmarshal(job, &body); err != nil {
		return m, false, fmt.Errorf("desk: job %s: %w", JobMail, err)
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		a, err := tx.Alert(body.Alert)
		if chat.IsKind(err, chat.Missing) || err == nil && a.EndedAt != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		to, err := tx.Agent(a.Agent)
		if err != nil {
			return err
		}
		hush, err := d.hushOf(tx, to, a.Kind, chat.StepMail)
		if err != nil || hush != "" {
			return err
		}
		var what chat.Event
		what, due, err = alerted(tx, a, to)
		m = AlertMail{Alert: a.ID, To: to.Email, Kind: a.Kind, By: a.By, Conversation: a.Conversation, Talk: ofTalk(what)}
		return err
	})
	return m, due, err
}

// NoteMail keeps what became of a mail: "" = it was sent.
func (d *Desk) NoteMail(ctx context.Context, m AlertMail, reason string) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.Alert(m.Alert)
		if err != nil {
			return err
		}
		return tx.AnswerStep(a.Ladder, chat.StepMail, reason)
	})
}

// Mails reports whether there is a mailer.
func (d *Desk) Mails() bool { return d.opt.Mail }
