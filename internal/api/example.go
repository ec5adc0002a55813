package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type examples struct {
	Examples []desk.QuotedExample `json:"examples"`
	Next     chat.ExampleID       `json:"next,omitempty" doc:"There are older ones; ask with before."`
}

type exampleDone struct {
	Example desk.QuotedExample `json:"example"`
	Again   bool               `json:"again"`
}

type exampleBody struct {
	Key          string              `json:"key" format:"uuid"`
	Conversation chat.ConversationID `json:"conversation"`
	Thread       chat.ThreadID       `json:"thread,omitempty" doc:"With neither from nor to: the whole sitting."`
	From         int64               `json:"from,omitempty" minimum:"1"`
	To           int64               `json:"to,omitempty" minimum:"1"`
	Title        string              `json:"title" doc:"At most 200 characters." example:"A refund without a fuss"`
	Why          string              `json:"why,omitempty" doc:"At most 2,000 characters."`
	Scope        chat.Scope          `json:"scope" enum:"own,group,team"`
	Group        chat.GroupID        `json:"group,omitempty"`
}

type exampleChange struct {
	Title *string       `json:"title,omitempty"`
	Why   *string       `json:"why,omitempty"`
	Scope *chat.Scope   `json:"scope,omitempty" enum:"own,group,team"`
	Group *chat.GroupID `json:"group,omitempty"`
}

type consentBody struct {
	Yes bool `json:"yes" doc:"It can be taken back at any time, and the example is out of everybody's sight at once."`
}

// InExample names an example.
type InExample struct {
	ID chat.ExampleID `path:"id"`
}

func (s *Server) exampleRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/examples", id: "examples", who: forAgents, summary: "List examples",
		about: "My own, those that ask me, and those that are shared with me and whose chat I may see now. The newest first, at most 30 at once."},
		func(ctx context.Context, in *struct {
			Before chat.ExampleID `query:"before"`
		}) (*answer[examples], error) {
			all, next, err := s.Desk.Examples(ctx, agentOf(ctx), in.Before)
			return &answer[examples]{examples{each(all), next}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/examples", id: "make-example", who: forAgents, status: http.StatusCreated,
		summary: "Make lines or a sitting an example", about: "For a group or the team it is shared when everybody of the team who wrote the lines has said yes.",
		errors: []chat.ErrorKind{chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct{ Body exampleBody }) (*withStatus[exampleDone], error) {
			var out exampleDone
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				b := in.Body
				out.Example, out.Again, err = s.Desk.MakeExample(ctx, a, desk.NewExample{Key: b.Key, Title: b.Title, Why: b.Why, Scope: b.Scope, Group: b.Group,
					Stretch: desk.Stretch{Conversation: b.Conversation, Thread: b.Thread, From: b.From, To: b.To}})
				return err
			})
			return &withStatus[exampleDone]{created(out.Again), out}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/examples/{id}", id: "change-example", who: forAgents, summary: "Change an example of mine",
		about: "Fields that are left out stay. Whoever said yes is asked anew.", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			InExample
			Body exampleChange
		}) (*answer[desk.QuotedExample], error) {
			return s.example(ctx, func(a chat.Agent) (desk.QuotedExample, error) {
				return s.Desk.ChangeExample(ctx, a, in.ID, desk.ExampleChange(in.Body))
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/examples/{id}/consent", id: "consent-to-example", who: forAgents,
		summary: "Say whether my lines may be an example", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			InExample
			Body consentBody
		}) (*answer[desk.QuotedExample], error) {
			return s.example(ctx, func(a chat.Agent) (desk.QuotedExample, error) {
				return s.Desk.ConsentToExample(ctx, a, in.ID, in.Body.Yes)
			})
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/examples/{id}", id: "delete-example", who: forAgents, status: http.StatusNoContent,
		summary: "Forget an example of mine", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InExample) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.DeleteExample(ctx, a, in.ID) })
		})
}

func (s *Server) example(ctx context.Context, act func(chat.Agent) (desk.QuotedExample, error)) (*answer[desk.QuotedExample], error) {
	var out desk.QuotedExample
	err := s.acting(ctx, func(a chat.Agent) (err error) {
		out, err = act(a)
		return err
	})
	return &answer[desk.QuotedExample]{out}, err
}
