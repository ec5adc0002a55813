package app

import (
	"context"
	"log/slog"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
)

// greetAgents leases the presence of agents the moment they connect, until ctx
// ends. The round of renewals comes only every 10 s; a visitor who opens the chat
// before it would read that nobody is there.
func (a *App) greetAgents(ctx context.Context, heard bus.Subscription) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case s := <-heard.Signals:
			if s.Kind != chat.SignalPresence || !s.On || s.Actor.Agent() == "" {
				continue
			}
			if err := a.desk.RenewPresence(ctx, []store.Present{{Agent: s.Actor.Agent()}}); err != nil && ctx.Err() == nil {
				a.log.Error("presence", slog.String("error", err.Error()))
			}
		}
	}
}
