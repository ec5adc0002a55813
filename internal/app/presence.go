package app

import (
	"context"
	"log/slog"
	"slices"

	"earshot/internal/store"
)

// renewAgents writes the leases of the agents' devices that are connected, and notes
// whose last connection to this node is gone.
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

// agentsAtOnce devices may come or go before one of them is missed, until the next
// round.
const agentsAtOnce = 256

// greetAgents leases the presence of agents' devices the moment they connect, and
// notes the moment in which the last connection of one is cut, until ctx ends. The
// round of renewals comes only every 4 s: a visitor who opens the chat before it
// would read that nobody is there, and chats would be given to who is gone.
func (a *App) greetAgents(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case device := <-a.agents:
			// What is so now counts, whatever has happened since.
			note := a.desk.CutPresence
			if a.hub.Here(device) {
				note = func(ctx context.Context, p store.Present) error { return a.desk.RenewPresence(ctx, []store.Present{p}) }
			}
			if err := note(ctx, device); err != nil && ctx.Err() == nil {
				a.log.Error("presence", slog.String("error", err.Error()))
			}
		}
	}
}
