package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type takeBody struct {
	Key  string `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time."`
	Over bool   `json:"over,omitempty" doc:"Take it above my limit, where I may."`
}

type declineBody struct {
	Key    string `json:"key" format:"uuid"`
	Reason string `json:"reason,omitempty" doc:"At most 500 characters." example:"I am about to leave."`
}

type moveBody struct {
	Key     string            `json:"key" format:"uuid"`
	Group   chat.GroupID      `json:"group" doc:"Whose queue it goes to."`
	Reason  string            `json:"reason,omitempty" doc:"A code of the group's playbook, or own words where it has none: at most 500 characters. Needed where the playbook has codes, out of a group that owns its chats, and from the third time that it is passed on." example:"invoice"`
	Answers map[string]string `json:"answers,omitempty" doc:"To the playbook's questions, by their id."`
}

type giveBody struct {
	Key string       `json:"key" format:"uuid"`
	To  chat.AgentID `json:"to" doc:"The colleague who has asked for it."`
}

type ownerBody struct {
	Key   string       `json:"key" format:"uuid"`
	Agent chat.AgentID `json:"agent,omitempty" doc:"Whom this visitor is always given to where he can be; empty = nobody."`
}

// queueRoutes are the ways in which a conversation passes from one to another.
func (s *Server) queueRoutes() {
	kinds := []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}
	act := func(verb, summary, about string) operation {
		return operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
			summary: summary, about: about, errors: kinds}
	}
	register(s, act("take", "Take a waiting conversation", "Exactly one agent wins; the others get a conflict whose data names the holder. Where I have no room, its data holds load and limit in hundredths of a chat, and may_over; denied where the group's agreement forbids it."),
		func(ctx context.Context, in *actInput[takeBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.Take(ctx, a, in.ID, desk.Taking{Key: in.Body.Key, Over: in.Body.Over})
			})
		})
	s.threadRoute("accept", "Take up an offer", "Gone where the offer is over.", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.Accept(ctx, a, c, key)
	})
	register(s, act("decline", "Refuse an offer", "It is counted and needs no reason. Of what a colleague passes on, the reason is for him."),
		func(ctx context.Context, in *actInput[declineBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.Decline(ctx, a, in.ID, in.Body.Key, in.Body.Reason)
			})
		})
	s.threadRoute("ask-back", "Ask for a conversation that was handed on while my connection was lost", "Also where I may not see it any more; the answer then holds no event.", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.AskBack(ctx, a, c, key)
	})
	s.threadRoute("waive", "Leave a conversation that was handed on to whoever has it", "I am told nothing of it any more; what I asked is taken back.", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.Waive(ctx, a, c, key)
	})
	moves := act("move", "Hand a conversation to another group's queue", "It waits there before those who have not talked; I do not get it back by myself. Whatever asking that group needs, moving needs, too: its playbook's reason and questions, and a reason from the third time on.")
	moves.errors = append([]chat.ErrorKind{chat.Invalid}, kinds...)
	register(s, moves, func(ctx context.Context, in *actInput[moveBody]) (*withStatus[done], error) {
		b := in.Body
		return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
			return s.Desk.Move(ctx, a, in.ID, desk.Moving{Key: b.Key, Group: b.Group, Reason: b.Reason, Answers: b.Answers})
		})
	})
	register(s, act("give", "Give a conversation back to the colleague who asked for it", ""),
		func(ctx context.Context, in *actInput[giveBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.Give(ctx, a, in.ID, in.Body.Key, in.Body.To) })
		})
	register(s, act("owner", "Name the agent whom this visitor is always given to", ""),
		func(ctx context.Context, in *actInput[ownerBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.SetOwner(ctx, a, in.ID, in.Body.Key, in.Body.Agent)
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/take-next", id: "take-next", who: forAgents, status: http.StatusCreated,
		summary: "Take the first conversation in the queues of my groups", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body keyBody }) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.TakeNext(ctx, a, in.Body.Key) })
		})
}
