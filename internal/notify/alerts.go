package notify

import (
	"context"
	"strings"
	"time"

	"earshot/internal/desk"
)

// Alerts pushes alerts and mails them. Without a Pusher it pushes nothing, without a
// Mailer it mails nothing. Base is where the inbox is; "" = nobody has said.
type Alerts struct {
	Desk   *desk.Desk
	Pusher *Pusher
	Mailer Mailer
	Base   string
}

// later is the error of what a service wants to be asked again, not before a pause.
type later struct {
	reason string
	after  time.Duration
}

func (l later) Error() string { return l.reason }

// RetryAfter is the pause that was asked for; see package jobs.
func (l later) RetryAfter() time.Duration { return l.after }

// Push does the job of one alert: what is still to be noticed is sent to each device
// that has not taken it over, and what became of it is kept. An error means that a
// push service wants to be asked again.
func (a Alerts) Push(ctx context.Context, job []byte) error {
	if a.Pusher == nil {
		return nil
	}
	due, err := a.Desk.DuePushes(ctx, job)
	if err != nil {
		return err
	}
	var reasons []string
	var pause time.Duration
	for _, o := range due {
		answer := a.Pusher.Send(ctx, Subscription{Endpoint: o.To.Endpoint, P256DH: o.To.P256DH, Auth: o.To.Auth},
			Message{Body: o.Body, TTL: o.TTL, Topic: o.Topic, Urgent: true})
		if err := a.Desk.NotePush(ctx, o, string(answer.Outcome), answer.Reason); err != nil {
			return err
		}
		if answer.Outcome == Later {
			reasons, pause = append(reasons, answer.Reason), max(pause, answer.After)
		}
	}
	if len(reasons) > 0 {
		return later{"notify: push of an alert: " + strings.Join(reasons, "; "), pause}
	}
	return nil
}
