package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type transferBody struct {
	Key      string            `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time."`
	To       targetBody        `json:"to"`
	Reason   string            `json:"reason,omitempty" doc:"A code of the group's playbook, or own words where it has none." example:"invoice"`
	Summary  string            `json:"summary,omitempty" doc:"One line, at most 1,000 characters." example:"Wants a copy of invoice 4711."`
	Promised string            `json:"promised,omitempty" doc:"What the visitor was promised, at most 1,000 characters."`
	Answers  map[string]string `json:"answers,omitempty" doc:"To the playbook's questions, by their id."`
	Say      string            `json:"say,omitempty" doc:"Posted to the visitor first, in my name."`
	Stay     bool              `json:"stay,omitempty" doc:"I watch afterwards."`
	Drop     []chat.AgentID    `json:"drop,omitempty" nullable:"false" doc:"Members who do not stay."`
}

type targetBody struct {
	Kind  chat.TargetKind `json:"kind" enum:"agent,group,anyone" doc:"anyone: anybody else in the conversation's own group."`
	Agent chat.AgentID    `json:"agent,omitempty"`
	Group chat.GroupID    `json:"group,omitempty" doc:"Which group has it then. For an agent it may be left out."`
}

func (b transferBody) transfer() desk.Transfer {
	return desk.Transfer{Key: b.Key, To: chat.Target{Kind: b.To.Kind, Agent: b.To.Agent, Group: b.To.Group}, Reason: b.Reason, Summary: b.Summary,
		Promised: b.Promised, Answers: b.Answers, Say: b.Say, Stay: b.Stay, Drop: b.Drop}
}

// transferRoutes are a conversation passing to a colleague who is asked first.
func (s *Server) transferRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/transfer", id: "transfer", who: forAgents, status: http.StatusCreated,
		summary: "Ask a colleague or a group to take over", about: "The lead keeps the conversation until somebody accepts; the visitor can always write. The target takes it up with accept, or refuses with decline. Where nobody can be asked now, the conflict's data names the target and when its group opens.",
		errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[transferBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.Transfer(ctx, a, in.ID, in.Body.transfer()) })
		})
	s.threadRoute("withdraw", "Withdraw a transfer that nobody has accepted", "", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.Withdraw(ctx, a, c, key)
	})
	s.threadRoute("let-go", "Leave what I pass to a group in its queue", "It waits there before those who have not talked; the visitor is told.", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.LetGo(ctx, a, c, key)
	})
}
