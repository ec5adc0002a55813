package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type deadAlerts struct {
	Alerts []desk.DeadAlert `json:"alerts"`
	Next   string           `json:"next,omitempty" doc:"There are older ones; ask with behind."`
}

type oneDead struct {
	ID string `path:"id" maxLength:"20"`
}

// deadRoutes are about alerts that were given up.
func (s *Server) deadRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/alerts/dead", id: "dead-alerts", who: forManagers,
		summary: "What of alerts was given up, and why", about: "After ten attempts. The newest first, at most 50 at once, for seven days. Of what was written there is nothing in it; the conversation is named where I may see it.",
		errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct {
			Behind string `query:"behind" maxLength:"50"`
		}) (*answer[deadAlerts], error) {
			all, next, err := s.Desk.DeadAlerts(ctx, agentOf(ctx), in.Behind)
			return &answer[deadAlerts]{deadAlerts{each(all), next}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/alerts/dead/{id}/retry", id: "retry-alert", who: forManagers, status: http.StatusNoContent,
		summary: "Try it again now", about: "It is judged anew: what is over by now does not go out.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *oneDead) (*struct{}, error) {
			return nil, s.Desk.RetryAlert(ctx, agentOf(ctx), in.ID)
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/admin/alerts/dead/{id}", id: "dismiss-alert", who: forManagers, status: http.StatusNoContent,
		summary: "Dismiss it", about: "It is not tried again.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *oneDead) (*struct{}, error) {
			return nil, s.Desk.DismissAlert(ctx, agentOf(ctx), in.ID)
		})
}
