package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
)

type siteSecret struct {
	Secret string `json:"secret" doc:"The key of HS256 as it is written here, not decoded. It belongs on the site's own server and into no page."`
}

func (s *Server) siteSecretRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/sites/{id}/secret", id: "site-secret", who: forManagers,
		summary: "Show the secret that the site's own server signs with", about: "It is made when it is asked for the first time.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			ID chat.SiteID `path:"id"`
		}) (*answer[siteSecret], error) {
			secret, err := s.Desk.SiteSecret(ctx, agentOf(ctx), in.ID)
			return &answer[siteSecret]{siteSecret{secret}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/sites/{id}/secret", id: "new-site-secret", who: forManagers,
		summary: "Make a new secret for the site's own server", about: "What was signed with the one before does not count any more.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			ID chat.SiteID `path:"id"`
		}) (*answer[siteSecret], error) {
			secret, err := s.Desk.NewSiteSecret(ctx, agentOf(ctx), in.ID)
			return &answer[siteSecret]{siteSecret{secret}}, err
		})
}
