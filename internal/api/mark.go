package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
)

type badgeBody struct {
	Emoji string `json:"emoji,omitempty" doc:"One emoji." example:"🥪"`
	Text  string `json:"text,omitempty" doc:"At most 80 characters. Without emoji and text nothing stands at my name." example:"Lunch"`
	Until int64  `json:"until,omitempty" doc:"When it ends by itself, microseconds; 0 = when I take it off."`
}

type undisturbedBody struct {
	Until int64 `json:"until" doc:"Until when nobody disturbs me, microseconds; 0 = I may be disturbed."`
}

// markRoutes are what an agent tells his colleagues of himself beside his status.
func (s *Server) markRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/me/badge", id: "set-badge", who: forTeam,
		summary: "Put something at my name", about: "Colleagues see it wherever my name stands in a list. It says nothing about new chats."},
		func(ctx context.Context, in *struct{ Body badgeBody }) (*answer[me], error) {
			out, err := s.Desk.SetBadge(ctx, agentOf(ctx), chat.Badge{Emoji: in.Body.Emoji, Text: in.Body.Text, Until: in.Body.Until})
			return &answer[me]{me{out}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/me/undisturbed", id: "set-undisturbed", who: forTeam,
		summary: "Ask not to be disturbed until a time",
		about:   "No push, sound or notification reaches me but of chats that I am given since I take chats; being away stops those. It changes nothing about new chats."},
		func(ctx context.Context, in *struct{ Body undisturbedBody }) (*answer[me], error) {
			out, err := s.Desk.SetUndisturbed(ctx, agentOf(ctx), in.Body.Until)
			return &answer[me]{me{out}}, err
		})
}
