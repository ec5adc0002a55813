package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type siteSecret struct {
	Secret string `json:"secret" doc:"The key of HS256 as it is written here, not decoded. It belongs on the site's own server and into no page."`
	Former bool   `json:"former" doc:"What was signed with the secret before this one still counts."`
}

func (s *Server) siteSecretRoutes() {
	type made = func(context.Context, chat.Agent, chat.SiteID) (desk.SiteSecret, error)
	for _, op := range []struct {
		operation
		do made
	}{
		{operation{method: http.MethodGet, path: "/v1/admin/sites/{id}/secret", id: "site-secret",
			summary: "Show the secret that the site's own server signs with", about: "It is made when it is asked for the first time."}, s.Desk.SiteSecret},
		{operation{method: http.MethodPost, path: "/v1/admin/sites/{id}/secret", id: "new-site-secret",
			summary: "Make a new secret for the site's own server", about: "The one before counts beside it until it is ended; one still older ends at once."}, s.Desk.NewSiteSecret},
		{operation{method: http.MethodDelete, path: "/v1/admin/sites/{id}/secret/former", id: "end-former-site-secret",
			summary: "End the secret before the present one", about: "What was signed with it does not count any more, and visitors who are signed in by it are signed out. Ending none is no error."}, s.Desk.EndFormerSecret},
	} {
		op.who, op.errors = forManagers, []chat.ErrorKind{chat.Denied, chat.Missing}
		register(s, op.operation, func(ctx context.Context, in *struct {
			ID chat.SiteID `path:"id"`
		}) (*answer[siteSecret], error) {
			secret, err := op.do(ctx, agentOf(ctx), in.ID)
			return &answer[siteSecret]{siteSecret(secret)}, err
		})
	}
}
