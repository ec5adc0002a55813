package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type hookBody struct {
	URL      *string         `json:"url,omitempty" doc:"The address of an incoming webhook. Without it the one that is there stays; an empty one takes the webhook away. It is a secret and never answered." maxLength:"1500"`
	Kinds    []chat.HookKind `json:"kinds" doc:"What it is told of: queue, help, promise, unnoticed."`
	Language string          `json:"language" enum:"en,de"`
	Text     bool            `json:"text" doc:"A notice that a visitor waits holds the beginning of what he wrote."`
}

type hookOf struct {
	ID chat.GroupID `path:"id"`
}

func (s *Server) hookRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/groups/{id}/hook", id: "hook", who: forManagers, summary: "Where a group's notices go, and what became of the last ones",
		errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *hookOf) (*answer[desk.HookView], error) {
			v, err := s.Desk.Hook(ctx, agentOf(ctx), in.ID)
			v.Kinds, v.Log = each(v.Kinds), each(v.Log)
			return &answer[desk.HookView]{v}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/groups/{id}/hook", id: "set-hook", who: forManagers, status: http.StatusNoContent, strict: true,
		summary: "Say where a group's notices go", about: "An incoming webhook of Slack, Mattermost, Rocket.Chat or another tool that takes the same. It is told what happened, with a link; nothing that a visitor wrote, unless text says so.",
		errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body hookBody
		}) (*struct{}, error) {
			b := in.Body
			return nil, s.Desk.SetHook(ctx, agentOf(ctx), in.ID, desk.NewHook{URL: b.URL, Kinds: b.Kinds, Language: b.Language, Text: b.Text})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/groups/{id}/hook/test", id: "test-hook", who: forManagers, status: http.StatusNoContent,
		summary: "Send a notice now, to see that it arrives", about: "What becomes of it is in the log of the webhook.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *hookOf) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.TestHook(ctx, a, in.ID) })
		})
}
