package api

import (
	"context"
	"net/http"

	"earshot/internal/desk"
)

type restricted struct {
	Stubs []desk.Stub `json:"stubs"`
}

// boardRoutes show how the groups, the agents and the queue stand.
func (s *Server) boardRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/board", id: "board", who: forAgents, summary: "Load how groups and agents stand",
		about: "The same numbers for everybody; a chat outside my rights carries no conversation."},
		func(ctx context.Context, _ *struct{}) (*answer[desk.Board], error) {
			b, err := s.Desk.Board(ctx, agentOf(ctx))
			return &answer[desk.Board]{b}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/queue", id: "queue", who: forAgents, summary: "Load the queue with what the agreements let me take",
		about: "At most 200, in the order in which they are served; only what I may see."},
		func(ctx context.Context, _ *struct{}) (*answer[desk.QueueView], error) {
			q, err := s.Desk.Queue(ctx, agentOf(ctx))
			return &answer[desk.QueueView]{q}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/restricted", id: "restricted", who: forAgents, summary: "Load which chats there are that I may not see",
		about: "Of groups that show a stub: which group, since when, and nothing else. At most 200."},
		func(ctx context.Context, _ *struct{}) (*answer[restricted], error) {
			all, err := s.Desk.Restricted(ctx, agentOf(ctx))
			return &answer[restricted]{restricted{all}}, err
		})
}
