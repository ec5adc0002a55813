package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type pushState struct {
	Key string `json:"key" doc:"The server's public key, to subscribe with: base64url. Empty = the operator has switched push off."`
	On  bool   `json:"on" doc:"This device is subscribed."`
}

type pushKeys struct {
	P256DH string `json:"p256dh" doc:"The browser's public key: base64url." maxLength:"200"`
	Auth   string `json:"auth" doc:"The browser's secret: base64url." maxLength:"100"`
}

type pushBody struct {
	Endpoint string   `json:"endpoint" doc:"Where the push service takes messages for this browser." example:"https://updates.push.services.mozilla.com/wpush/v2/gAAA"`
	Keys     pushKeys `json:"keys"`
}

func (s *Server) pushRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/push", id: "push-key", who: forTeam, summary: "Whether and with which key this device is pushed to"},
		func(ctx context.Context, _ *nothing) (*answer[pushState], error) {
			c := callerOf(ctx)
			key, on, err := s.Desk.PushKey(ctx, c.agent, c.session.ID)
			return &answer[pushState]{pushState{key, on}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/push", id: "subscribe", who: forTeam, status: http.StatusNoContent,
		summary: "Let this device be pushed to", about: "The body is what a browser's PushSubscription is as JSON. It holds until it is taken back or the sign-in ends; a second one of the same sign-in replaces it.",
		errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct{ Body pushBody }) (*struct{}, error) {
			c, b := callerOf(ctx), in.Body
			return nil, s.Desk.Subscribe(ctx, c.agent, c.session.ID, desk.NewSubscription{Endpoint: b.Endpoint, P256DH: b.Keys.P256DH, Auth: b.Keys.Auth})
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/push", id: "unsubscribe", who: forTeam, status: http.StatusNoContent,
		summary: "Let this device not be pushed to any more"},
		func(ctx context.Context, _ *nothing) (*struct{}, error) {
			return nil, s.Desk.Unsubscribe(ctx, callerOf(ctx).session.ID)
		})
}
