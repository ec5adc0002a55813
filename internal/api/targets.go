package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// targetRoutes show to whom a conversation can be passed on.
func (s *Server) targetRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/conversations/{id}/targets", id: "targets", who: forAgents, summary: "Load to whom a conversation can be passed on",
		about:  "Every group and every colleague as they stand now, with why one is no target; and the likeliest ones, from what this team passed on before, with the figures that speak for each.",
		errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *InConversation) (*answer[desk.Targets], error) {
			t, err := s.Desk.Targets(ctx, agentOf(ctx), in.ID)
			t.Suggestions = each(t.Suggestions)
			return &answer[desk.Targets]{t}, err
		})
}
