package notify

import (
	"context"
	"fmt"
)

// Mail is one message to one person. ID is the same whenever it is sent again; HTML says
// the same as Text, "" = nothing does. References are the IDs of mails that it goes on
// from, oldest first.
type Mail struct {
	ID, To, Subject, Text, HTML string
	References                  []string
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, m Mail) Answer
}

// Mail does the job of an alert's last step. Without a Mailer desk makes no such job.
func (a Alerts) Mail(ctx context.Context, job []byte) error {
	m, due, err := a.Desk.DueMail(ctx, job)
	if err != nil || !due || a.Mailer == nil {
		return err
	}
	answer := a.Mailer.Send(ctx, Mail{ID: string(m.Alert), To: m.To, Subject: subjectOf(m.Kind), Text: a.textOf(m)})
	reason := ""
	if answer.Outcome != Accepted {
		reason = answer.Reason
	}
	if err := a.Desk.NoteMail(ctx, m, reason); err != nil {
		return err
	}
	if answer.Outcome == Later {
		return later{fmt.Sprintf("notify: mail of an alert: %s", answer.Reason), answer.After}
	}
	return nil
}
