package notify

import (
	"context"
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
	return a.sendAll(ctx, due)
}
