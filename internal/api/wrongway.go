package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type wrongWaysInput struct {
	Days int `query:"days" minimum:"1" maximum:"90" default:"30"`
}

type firstLines struct {
	WrongWays []desk.WrongWays `json:"wrong_ways"`
}

// wrongWayRoutes tell how often a first line chose the wrong way.
func (s *Server) wrongWayRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/triage/wrong-ways", id: "wrong-ways", who: forAgents,
		summary: "How often the first line chose the wrong way", about: "Of what my first-line groups passed on to other groups: how many, and how many of those were passed on again before anybody took them or within 15 minutes of that, to yet another group or back. Supervisors read every first line.", errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *wrongWaysInput) (*answer[firstLines], error) {
			all, err := s.Desk.WrongWays(ctx, agentOf(ctx), in.Days)
			return &answer[firstLines]{firstLines{each(all)}}, err
		})
}
