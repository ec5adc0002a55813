package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type triageBody struct {
	Key     string            `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time."`
	To      triageTarget      `json:"to"`
	Reason  string            `json:"reason,omitempty" doc:"A code of the group's playbook, or own words where it has none; at most 500 characters." example:"invoice"`
	Answers map[string]string `json:"answers,omitempty" doc:"To the playbook's questions, by their id."`
}

type triageTarget struct {
	Kind  chat.TargetKind `json:"kind" enum:"agent,group"`
	Agent chat.AgentID    `json:"agent,omitempty" doc:"Whom it rings first."`
	Group chat.GroupID    `json:"group,omitempty" doc:"Whose queue it goes to. For an agent it may be left out."`
}

// triageRoutes are a first line sending on what waits there.
func (s *Server) triageRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/triage", id: "triage", who: forAgents, status: http.StatusCreated,
		summary: "Send on what waits in a first line", about: "Without taking it first. It goes to the front of the other group's queue; where a colleague is named it rings him for 30 seconds before others. The visitor is told the group. Where nobody takes chats there now, the conflict's data names the target and when its group opens, and it goes on waiting where it is.",
		errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[triageBody]) (*withStatus[done], error) {
			b := in.Body
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				to := chat.Target{Kind: b.To.Kind, Agent: b.To.Agent, Group: b.To.Group}
				return s.Desk.Triage(ctx, a, in.ID, desk.Triage{Key: b.Key, To: to, Reason: b.Reason, Answers: b.Answers})
			})
		})
}
