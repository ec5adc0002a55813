package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type moments struct {
	Moments []desk.QuotedMoment `json:"moments"`
	More    bool                `json:"more" doc:"There are older ones; ask with before."`
}

type momentDone struct {
	Moment desk.QuotedMoment `json:"moment"`
	Again  bool              `json:"again"`
}

type momentBody struct {
	Key          string              `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time."`
	Conversation chat.ConversationID `json:"conversation"`
	From         int64               `json:"from" minimum:"1" doc:"The seq of the first line."`
	To           int64               `json:"to" minimum:"1" doc:"The seq of the last line, of the same thread; at most 500 numbers."`
	Kind         chat.FeedbackKind   `json:"kind,omitempty" enum:"praise,improve,wrong"`
	Word         string              `json:"word,omitempty" doc:"At most 200 characters, for the one who marks it." example:"lovely how she asks back"`
}

type momentChange struct {
	Kind *chat.FeedbackKind `json:"kind,omitempty" enum:",praise,improve,wrong" doc:"Empty: none yet."`
	Word *string            `json:"word,omitempty"`
	From *int64             `json:"from,omitempty" minimum:"1"`
	To   *int64             `json:"to,omitempty" minimum:"1"`
}

// InMoment names a moment.
type InMoment struct {
	ID chat.MomentID `path:"id"`
}

func (s *Server) momentRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/moments", id: "moments", who: forAgents, summary: "List my moments",
		about: "The newest first, 30 at once. Nobody but the one who marked them reads them."},
		func(ctx context.Context, in *struct {
			Before chat.MomentID `query:"before"`
		}) (*answer[moments], error) {
			all, more, err := s.Desk.Moments(ctx, agentOf(ctx), in.Before)
			return &answer[moments]{moments{each(all), more}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/moments", id: "mark-moment", who: forAgents, status: http.StatusCreated,
		summary: "Bookmark lines of a colleague's chat", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body momentBody }) (*withStatus[momentDone], error) {
			var out momentDone
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				b := in.Body
				out.Moment, out.Again, err = s.Desk.MarkMoment(ctx, a, desk.NewMoment{Key: b.Key, Kind: b.Kind, Word: b.Word,
					Stretch: desk.Stretch{Conversation: b.Conversation, From: b.From, To: b.To}})
				return err
			})
			return &withStatus[momentDone]{created(out.Again), out}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/moments/{id}", id: "change-moment", who: forAgents, summary: "Change a moment of mine",
		about: "Fields that are left out stay.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			InMoment
			Body momentChange
		}) (*answer[desk.QuotedMoment], error) {
			var out desk.QuotedMoment
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out, err = s.Desk.ChangeMoment(ctx, a, in.ID, desk.MomentChange(in.Body))
				return err
			})
			return &answer[desk.QuotedMoment]{out}, err
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/moments/{id}", id: "delete-moment", who: forAgents, status: http.StatusNoContent,
		summary: "Forget a moment of mine", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InMoment) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.DeleteMoment(ctx, a, in.ID) })
		})
}

// created is 201 for what is new and 200 for what was done before.
func created(again bool) int {
	if again {
		return http.StatusOK
	}
	return http.StatusCreated
}
