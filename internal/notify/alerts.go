package notify

import (
	"context"
	"fmt"
	"strings"

	"earshot/internal/desk"
)

// Alerts pushes alerts. Without a Pusher it sends nothing.
type Alerts struct {
	Desk   *desk.Desk
	Pusher *Pusher
}

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
	var later []string
	for _, o := range due {
		answer := a.Pusher.Send(ctx, Subscription{Endpoint: o.To.Endpoint, P256DH: o.To.P256DH, Auth: o.To.Auth},
			Message{Body: o.Body, TTL: o.TTL, Topic: o.Topic, Urgent: true})
		if err := a.Desk.NotePush(ctx, o, string(answer.Outcome), answer.Reason); err != nil {
			return err
		}
		if answer.Outcome == Later {
			later = append(later, answer.Reason)
		}
	}
	if len(later) > 0 {
		return fmt.Errorf("notify: push of an alert: %s", strings.Join(later, "; "))
	}
	return nil
}
