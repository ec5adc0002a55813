package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type guestBody struct {
	Key   string       `json:"key" format:"uuid"`
	Agent chat.AgentID `json:"agent" minLength:"1" doc:"The colleague."`
}

type mentions struct {
	Mentions []desk.Mention `json:"mentions"`
	Unread   int            `json:"unread" doc:"Of all, not of this page; at most 1,000. One is read as soon as I have read its conversation so far, on any device."`
	Next     int64          `json:"next,omitempty" doc:"Give it as before for the next page; absent on the last."`
}

// guestRoutes are how a colleague is called into a conversation and let see it.
func (s *Server) guestRoutes() {
	kinds := []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone, chat.Limited}
	act := func(verb, summary, about string) operation {
		return operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
			summary: summary, about: about, errors: kinds}
	}
	register(s, act("grant", "Let a colleague see this conversation", "For its lead and who oversees. A guest reads and writes notes; the next thread begins without him."),
		func(ctx context.Context, in *actInput[guestBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.Grant(ctx, a, in.ID, in.Body.Key, in.Body.Agent)
			})
		})
	register(s, act("revoke", "End a guest's access", "For whoever may grant, and for the guest himself."),
		func(ctx context.Context, in *actInput[guestBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.Revoke(ctx, a, in.ID, in.Body.Key, in.Body.Agent)
			})
		})
	register(s, operation{method: http.MethodGet, path: "/v1/mentions", id: "mentions", who: forTeam,
		summary: "Load the notes that mention me", about: "Newest first; only those that I may see now."},
		func(ctx context.Context, in *struct {
			Before int64 `query:"before" minimum:"0"`
			Limit  int   `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*answer[mentions], error) {
			all, unread, next, err := s.Desk.Mentions(ctx, agentOf(ctx), in.Before, in.Limit)
			return &answer[mentions]{mentions{each(all), unread, next}}, err
		})
}
