package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type coachesBody struct {
	Coaches []chat.AgentID `json:"coaches" nullable:"false" doc:"Everybody whom I ask; who is left out is asked no more."`
}

type peersBody struct {
	Peers bool `json:"peers"`
}

// coachRoutes are about learning from each other's chats.
func (s *Server) coachRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/coaching", id: "coaching", who: forAgents, summary: "Load what waits for me, who may coach whom, and my own figures",
		about: "Figures are about the one who asks and nobody else; nothing is ranked."},
		func(ctx context.Context, _ *nothing) (*answer[desk.CoachingView], error) {
			v, err := s.Desk.Coaching(ctx, agentOf(ctx))
			return &answer[desk.CoachingView]{v}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/coaching/coaches", id: "set-coaches", who: forAgents, status: http.StatusNoContent,
		summary: "Say whom I ask to coach me", about: "They may then give me feedback. Supervisors may without being asked."},
		func(ctx context.Context, in *struct{ Body coachesBody }) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.SetCoaches(ctx, a, in.Body.Coaches) })
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/groups/{id}/peers", id: "set-peers", who: forManagers, status: http.StatusNoContent, strict: true,
		summary: "Say whether members of a group may coach each other", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body peersBody
		}) (*struct{}, error) {
			return nil, s.Desk.SetPeers(ctx, agentOf(ctx), in.ID, in.Body.Peers)
		})
	s.momentRoutes()
	s.feedbackRoutes()
	s.exampleRoutes()
	s.shadowRoutes()
}

// acting runs an agent's act unless he acts faster than people do.
func (s *Server) acting(ctx context.Context, act func(chat.Agent) error) error {
	a := agentOf(ctx)
	if err := s.limits.acts.take(string(a.ID)); err != nil {
		return err
	}
	return act(a)
}
