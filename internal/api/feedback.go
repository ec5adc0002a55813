package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type feedbackList struct {
	Feedback []desk.QuotedFeedback `json:"feedback"`
	More     bool                  `json:"more" doc:"There is older feedback; ask with before."`
}

type feedbackDone struct {
	Feedback desk.QuotedFeedback `json:"feedback"`
	Again    bool                `json:"again"`
}

type feedbackBody struct {
	Key          string              `json:"key" format:"uuid"`
	Moment       chat.MomentID       `json:"moment,omitempty" doc:"What it is made of; then no lines are named."`
	Conversation chat.ConversationID `json:"conversation,omitempty"`
	From         int64               `json:"from,omitempty" minimum:"1"`
	To           int64               `json:"to,omitempty" minimum:"1"`
	Agent        chat.AgentID        `json:"agent,omitempty" doc:"Whom it is for, where several wrote the lines."`
	Kind         chat.FeedbackKind   `json:"kind,omitempty" enum:"praise,improve,wrong"`
	Text         string              `json:"text,omitempty" doc:"At most 2,000 characters."`
	Suggestion   string              `json:"suggestion,omitempty" doc:"A reply that could be kept and used again."`
}

type feedbackChange struct {
	Kind       *chat.FeedbackKind `json:"kind,omitempty" enum:"praise,improve,wrong"`
	Text       *string            `json:"text,omitempty"`
	Suggestion *string            `json:"suggestion,omitempty"`
}

type feedbackAct struct {
	Key  string           `json:"key" format:"uuid"`
	Act  chat.FeedbackAct `json:"act" enum:"give,see,answer,accept,dispute,reply,settle,withdraw"`
	Text string           `json:"text,omitempty" doc:"Needed to answer, to reply and to dispute."`
}

// InFeedback names feedback.
type InFeedback struct {
	ID chat.FeedbackID `path:"id"`
}

func (s *Server) feedbackRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/feedback", id: "feedback", who: forAgents, summary: "List feedback that I was given, or gave",
		about: "The newest first, 30 at once. It is between its coach and its agent; drafts are the coach's alone."},
		func(ctx context.Context, in *struct {
			Side   string          `query:"side" enum:"received,given" default:"received"`
			Before chat.FeedbackID `query:"before"`
		}) (*answer[feedbackList], error) {
			all, more, err := s.Desk.Feedback(ctx, agentOf(ctx), in.Side, in.Before)
			return &answer[feedbackList]{feedbackList{each(all), more}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/feedback", id: "draft-feedback", who: forAgents, status: http.StatusCreated,
		summary: "Draft feedback about a moment or lines", about: "For the agent who wrote the lines. He hears of it when it is given.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body feedbackBody }) (*withStatus[feedbackDone], error) {
			var out feedbackDone
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out.Feedback, out.Again, err = s.Desk.DraftFeedback(ctx, a, in.Body.draft())
				return err
			})
			return &withStatus[feedbackDone]{created(out.Again), out}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/feedback/{id}", id: "change-feedback", who: forAgents, summary: "Write at a draft of mine",
		about: "Fields that are left out stay.", errors: []chat.ErrorKind{chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct {
			InFeedback
			Body feedbackChange
		}) (*answer[desk.QuotedFeedback], error) {
			var out desk.QuotedFeedback
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out, err = s.Desk.ChangeFeedback(ctx, a, in.ID, chat.FeedbackChange(in.Body))
				return err
			})
			return &answer[desk.QuotedFeedback]{out}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/feedback/{id}/act", id: "act-on-feedback", who: forAgents, status: http.StatusCreated,
		summary: "Give, see, answer, accept, dispute, reply to, settle or withdraw feedback",
		about:   "The coach gives it once the chat is closed, replies and withdraws; the agent sees, answers, accepts and disputes; both settle what was answered. A draft that is withdrawn is gone.",
		errors:  []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct {
			InFeedback
			Body feedbackAct
		}) (*withStatus[feedbackDone], error) {
			var out feedbackDone
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out.Feedback, out.Again, err = s.Desk.ActOnFeedback(ctx, a, in.ID, desk.FeedbackDeed(in.Body))
				return err
			})
			return &withStatus[feedbackDone]{created(out.Again), out}, err
		})
}

func (b feedbackBody) draft() desk.NewFeedback {
	return desk.NewFeedback{Key: b.Key, Moment: b.Moment, Agent: b.Agent, Kind: b.Kind, Text: b.Text, Suggestion: b.Suggestion,
		Stretch: desk.Stretch{Conversation: b.Conversation, From: b.From, To: b.To}}
}
