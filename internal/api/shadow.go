package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type shadows struct {
	Shadows []desk.PairedShadow `json:"shadows"`
	More    bool                `json:"more" doc:"There are older ones; ask with before."`
}

type shadowDone struct {
	Shadow desk.PairedShadow `json:"shadow"`
	Again  bool              `json:"again"`
}

type shadowBody struct {
	Key          string              `json:"key" format:"uuid"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          int64               `json:"seq" minimum:"1" doc:"Which message of the visitor it answers."`
	Text         string              `json:"text" doc:"At most 2,000 characters. It is never sent." example:"I would first ask for the order number."`
	Coach        chat.AgentID        `json:"coach,omitempty" doc:"Who grades it; left out, it stays mine alone."`
}

type askBody struct {
	Coach chat.AgentID `json:"coach" doc:"Somebody who may coach me; empty: nobody."`
}

type gradeBody struct {
	Grade chat.Grade `json:"grade" enum:"good,close,off"`
	Word  string     `json:"word,omitempty" doc:"At most 2,000 characters."`
}

// InShadow names a shadow reply.
type InShadow struct {
	ID chat.ShadowID `path:"id"`
}

func (s *Server) shadowRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/shadows", id: "shadows", who: forAgents, summary: "List my shadow replies, or those that I am to grade",
		about: "The newest first, 30 at once, each beside the real answer once there is one. Only the trainee and the coach whom he has named read it."},
		func(ctx context.Context, in *struct {
			Side   string        `query:"side" enum:"mine,grade" default:"mine"`
			Before chat.ShadowID `query:"before"`
		}) (*answer[shadows], error) {
			all, more, err := s.Desk.Shadows(ctx, agentOf(ctx), in.Side, in.Before)
			return &answer[shadows]{shadows{each(all), more}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/shadows", id: "write-shadow", who: forAgents, status: http.StatusCreated,
		summary: "Write what I would answer to a message of the visitor", about: "It is sent to nobody. One for each message.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body shadowBody }) (*withStatus[shadowDone], error) {
			var out shadowDone
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out.Shadow, out.Again, err = s.Desk.WriteShadow(ctx, a, desk.NewShadow(in.Body))
				return err
			})
			return &withStatus[shadowDone]{created(out.Again), out}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/shadows/{id}", id: "ask-for-grade", who: forAgents, summary: "Name who grades a shadow reply of mine",
		errors: []chat.ErrorKind{chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct {
			InShadow
			Body askBody
		}) (*answer[desk.PairedShadow], error) {
			return s.shadow(ctx, func(a chat.Agent) (desk.PairedShadow, error) { return s.Desk.AskForGrade(ctx, a, in.ID, in.Body.Coach) })
		})
	register(s, operation{method: http.MethodPost, path: "/v1/shadows/{id}/grade", id: "grade-shadow", who: forAgents, summary: "Grade a shadow reply that I was asked about",
		about: "A grade can be given anew.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			InShadow
			Body gradeBody
		}) (*answer[desk.PairedShadow], error) {
			return s.shadow(ctx, func(a chat.Agent) (desk.PairedShadow, error) {
				return s.Desk.GradeShadow(ctx, a, in.ID, in.Body.Grade, in.Body.Word)
			})
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/shadows/{id}", id: "delete-shadow", who: forAgents, status: http.StatusNoContent,
		summary: "Forget a shadow reply of mine", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InShadow) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.DeleteShadow(ctx, a, in.ID) })
		})
}

func (s *Server) shadow(ctx context.Context, act func(chat.Agent) (desk.PairedShadow, error)) (*answer[desk.PairedShadow], error) {
	var out desk.PairedShadow
	err := s.acting(ctx, func(a chat.Agent) (err error) {
		out, err = act(a)
		return err
	})
	return &answer[desk.PairedShadow]{out}, err
}
