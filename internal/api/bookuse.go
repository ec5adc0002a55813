package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type bookUseInput struct {
	Days int `query:"days" minimum:"1" maximum:"90" default:"30"`
}

type playbookUses struct {
	Use []desk.BookUse `json:"use" doc:"The most first."`
}

// bookUseRoutes tell what became of chats that were passed on by a playbook.
func (s *Server) bookUseRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/playbook-use", id: "playbook-use", who: forAgents,
		summary: "How often chats were passed on by each version of a playbook and each reason", about: "To the groups that I oversee, whichever way: asked and accepted, held, moved, sent on. With how many were passed back next, and how many on to somebody else.", errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *bookUseInput) (*answer[playbookUses], error) {
			all, err := s.Desk.BookUse(ctx, agentOf(ctx), in.Days)
			return &answer[playbookUses]{playbookUses{each(all)}}, err
		})
}
