package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type rehearsalID struct {
	ID string `path:"id"`
}

func (s *Server) rehearsalRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/admin/rehearsals", id: "start-rehearsal", who: forManagers, status: http.StatusAccepted, strict: true,
		summary: "Rehearse changed rules on the last days' visitors",
		about: "The router itself runs over the real arrivals under the rules of now and under the changed ones. Nothing is saved. What is left out stays as it is; rules and members of a group are replaced as a whole. What could not be saved is refused as saving it would be. " +
			"Two run at once, at all nodes together; results are kept for an hour, and any node answers.", errors: []chat.ErrorKind{chat.Denied, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body desk.RehearsalChange }) (*answer[desk.Rehearsal], error) {
			r, err := s.Desk.StartRehearsal(ctx, agentOf(ctx), in.Body)
			return &answer[desk.Rehearsal]{r}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/admin/rehearsals/{id}", id: "rehearsal", who: forManagers,
		summary: "How far a rehearsal is, and what came out", about: "The ids are those of conversations that I may open; spans in diff are nanoseconds.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *rehearsalID) (*answer[desk.Rehearsal], error) {
			r, err := s.Desk.Rehearsal(ctx, agentOf(ctx), in.ID)
			return &answer[desk.Rehearsal]{r}, err
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/admin/rehearsals/{id}", id: "cancel-rehearsal", who: forManagers, status: http.StatusNoContent,
		summary: "Cancel a rehearsal", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *rehearsalID) (*struct{}, error) {
			return nil, s.Desk.CancelRehearsal(ctx, agentOf(ctx), in.ID)
		})
}
