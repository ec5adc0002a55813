package api

import (
	"context"
	"net/http"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type holdBody struct {
	transferBody
	Way       chat.HeldWay `json:"way" enum:"wait,mail" doc:"wait: it rings him when he is back; mail: it is answered by e-mail."`
	Due       int64        `json:"due,omitempty" minimum:"0" doc:"When the answer is owed, in microseconds; 0 = as the group has decided, counted in its opening hours."`
	Email     string       `json:"email,omitempty" doc:"Where the answer goes; empty = the address that the visitor has given." example:"mia@home.example"`
	Deviation string       `json:"deviation,omitempty" doc:"Why it is held otherwise than the group has decided (the way, the due time, the sentence for the visitor), or though somebody is there; at most 500 characters. Needed in these cases, else left out." example:"She asked for an e-mail."`
	Sure      bool         `json:"sure,omitempty" doc:"I know that the colleague is away until after it is due."`
}

func (b holdBody) hold() desk.Hold {
	h := desk.Hold{Transfer: b.transfer(), Way: b.Way, Email: b.Email, Deviation: b.Deviation, Sure: b.Sure}
	if b.Due != 0 {
		h.Due = time.UnixMicro(b.Due)
	}
	return h
}

type cancelBody struct {
	Key string `json:"key" format:"uuid"`
	Why string `json:"why" doc:"At most 500 characters." example:"Answered by phone."`
}

type passPromiseBody struct {
	Key string       `json:"key" format:"uuid"`
	To  chat.AgentID `json:"to,omitempty" doc:"Who owes it from now on; empty = whoever of the group answers."`
	Why string       `json:"why,omitempty" doc:"For the team; at most 500 characters." example:"Ben is ill."`
}

type promisesInput struct {
	Owner chat.AgentID `query:"owner" doc:"Whose; empty = everybody's."`
	Group chat.GroupID `query:"group"`
	Ended bool         `query:"ended" doc:"Those that ended in the last days, newest first, instead of the open ones."`
	Days  int          `query:"days" minimum:"0" maximum:"90" doc:"0 = 30."`
}

type promises struct {
	Promises []desk.Owed `json:"promises"`
}

type keptInput struct {
	Days int `query:"days" minimum:"1" maximum:"90" default:"30"`
}

type keptPromises struct {
	Kept []desk.Kept `json:"kept" doc:"A group's sum has no owner; single agents follow, as far as I may know them."`
}

// promiseRoutes are what the team owes to visitors whom nobody could answer.
func (s *Server) promiseRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/hold", id: "hold", who: forAgents, status: http.StatusCreated,
		summary: "Pass a conversation to somebody who is not there", about: "It waits for him, or is answered by e-mail; the visitor has a promise with a time. A conflict whose data holds until and deputy means that he is away until after it is due; one whose data holds there, that somebody of the target takes chats now: transfer it, or say in deviation why it is held all the same.",
		errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[holdBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.Hold(ctx, a, in.ID, in.Body.hold()) })
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/cancel-promise", id: "cancel-promise", who: forAgents, status: http.StatusCreated,
		summary: "Say that nothing is owed any more", errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *actInput[cancelBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.CancelPromise(ctx, a, in.ID, in.Body.Key, in.Body.Why)
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/pass-promise", id: "pass-promise", who: forAgents, status: http.StatusCreated,
		summary: "Let somebody else owe the answer", about: "For its owner, who leads the conversation, and supervisors.",
		errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[passPromiseBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.PassPromise(ctx, a, in.ID, in.Body.Key, in.Body.To, in.Body.Why)
			})
		})
	register(s, operation{method: http.MethodGet, path: "/v1/promises", id: "promises", who: forAgents,
		summary: "What the team owes", about: "At most 200 of the conversations that I may see, the next due first.", errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *promisesInput) (*answer[promises], error) {
			all, err := s.Desk.Promises(ctx, agentOf(ctx), desk.PromiseList{Owner: in.Owner, Group: in.Group, Ended: in.Ended, Days: in.Days})
			return &answer[promises]{promises{each(all)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/promises/kept", id: "kept-promises", who: forAgents,
		summary: "How many promises were kept", about: "Groups of mine and my own figures; who supervises a group sees everybody's in it.", errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *keptInput) (*answer[keptPromises], error) {
			all, err := s.Desk.KeptPromises(ctx, agentOf(ctx), in.Days)
			return &answer[keptPromises]{keptPromises{each(all)}}, err
		})
}
