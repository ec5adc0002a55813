package app

import (
	"context"
	"log/slog"
	"slices"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
)

// renewAgents writes the leases of the agents who are connected, and notes whose
// last connection to this node is gone.
func (a *App) renewAgents(ctx context.Context) error {
	return a.desk.RenewAgents(ctx, present(a.hub.Present(), func(p store.Present) bool { return p.Agent != "" }))
}

// renewVisitors writes the leases of the visitors who are connected.
func (a *App) renewVisitors(ctx context.Context) error {
	return a.desk.RenewPresence(ctx, present(a.hub.Present(), func(p store.Present) bool { return p.Visitor != "" }))
}

func present(all []store.Present, is func(store.Present) bool) []store.Present {
	return slices.DeleteFunc(all, func(p store.Present) bool { return !is(p) })
}

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
