package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type onePage struct {
	Page string `path:"page" maxLength:"40"`
}

type oneAgent struct {
	ID chat.AgentID `path:"id"`
}

// reachRoutes are about whether alerts arrive.
func (s *Server) reachRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/alerts/devices", id: "my-reach", who: forTeam, summary: "Whether alerts arrive on my devices",
		about: "A device is judged by what its open pages say of themselves and by the pushes that it has shown; where none arrives there are sentences that say what to do."},
		func(ctx context.Context, _ *nothing) (*answer[desk.MyReach], error) {
			mine, err := s.Desk.MyReach(ctx, agentOf(ctx))
			return &answer[desk.MyReach]{mine}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/alerts/page", id: "page-word", who: forTeam, status: http.StatusNoContent,
		summary: "Say whether this open page is heard", about: "A page says so when it opens, when something of it changes, every hour, and when a signal of the kind check asks for it. A word holds for 70 minutes.",
		errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct{ Body chat.PageWord }) (*struct{}, error) {
			return nil, s.Desk.NotePage(ctx, callerOf(ctx).session.ID, in.Body)
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/alerts/page/{page}", id: "page-left", who: forTeam, status: http.StatusNoContent,
		summary: "Say that a page of this device is closed"},
		func(ctx context.Context, in *onePage) (*struct{}, error) {
			return nil, s.Desk.LeavePage(ctx, callerOf(ctx).session.ID, in.Page)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/agents/{id}/check", id: "check-devices", who: forTeam, summary: "Test the devices of an agent",
		about:  "His open pages are asked for their word, and each device that is pushed to is sent a silent test, which it answers. For himself, and for who oversees one of his groups, once a minute.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *oneAgent) (*answer[alertMade], error) {
			var id chat.AlertID
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				id, err = s.Desk.CheckColleague(ctx, a, in.ID)
				return err
			})
			return &answer[alertMade]{alertMade{id}}, err
		})
}
