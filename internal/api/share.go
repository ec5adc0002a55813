package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type share struct {
	Weeks []desk.DriftWeek `json:"weeks" doc:"The newest first; the present one is not over."`
}

func (s *Server) reportRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/share", id: "share", who: forAgents, summary: "Who had what part of the chats, by weeks",
		about: "share is a part of all chats of the groups that the agent answers for; mean is what it would have been, had each group's chats been spread evenly over the hours in which its members took chats."},
		func(ctx context.Context, in *struct {
			Weeks int `query:"weeks" default:"4" minimum:"1" maximum:"12"`
		}) (*answer[share], error) {
			weeks, err := s.Desk.Drift(ctx, agentOf(ctx), in.Weeks)
			return &answer[share]{share{each(weeks)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/admin/paths", id: "paths", who: forManagers, summary: "How visitors reached their groups, and where they went from there",
		about: "Behind each number stand the newest 200 conversations that I may open.", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct {
			Days int `query:"days" default:"7" minimum:"1" maximum:"90"`
		}) (*answer[desk.Paths], error) {
			p, err := s.Desk.Paths(ctx, agentOf(ctx), in.Days)
			return &answer[desk.Paths]{p}, err
		})
}
