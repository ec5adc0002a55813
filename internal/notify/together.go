package notify

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"earshot/internal/desk"
)

// sendAll sends to all devices at the same time, at most ten, and notes each answer when
// it comes: one service that hangs keeps no other device waiting. The error of services
// that want to be asked again says why, and after which pause at the soonest.
func (a Alerts) sendAll(ctx context.Context, due []desk.Outgoing) error {
	answers, failed := make([]Answer, len(due)), make([]error, len(due))
	var all sync.WaitGroup
	for i, o := range due {
		all.Go(func() {
			answer := a.Pusher.Send(ctx, Subscription{Endpoint: o.To.Endpoint, P256DH: o.To.P256DH, Auth: o.To.Auth},
				Message{Body: o.Body, TTL: o.TTL, Topic: o.Topic, Urgent: !o.Silent})
			answers[i] = answer
			failed[i] = a.Desk.NotePush(ctx, o, string(answer.Outcome), answer.Reason)
		})
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	var reasons []string
	var pause time.Duration
	for _, answer := range answers {
		if answer.Outcome == Later {
			reasons, pause = append(reasons, answer.Reason), max(pause, answer.After)
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	return later{"notify: push of an alert: " + strings.Join(reasons, "; "), pause}
}
