package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type linkBody struct {
	Key   string              `json:"key" format:"uuid"`
	Other chat.ConversationID `json:"other" minLength:"1" doc:"The conversation of the other visitor."`
}

type unlinkBody struct {
	Key  string      `json:"key" format:"uuid"`
	Link chat.LinkID `json:"link" minLength:"1"`
}

type contextBody struct {
	Key  string `json:"key" format:"uuid"`
	Text string `json:"text" doc:"At most 10,000 characters."`
}

type cards struct {
	Cards []desk.KnownCustomer `json:"cards"`
}

type cardBody struct {
	How string `json:"how" enum:"dismissed,opened"`
}

// personRoutes are who a visitor is also known as, and who has helped him before.
func (s *Server) personRoutes() {
	kinds := []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone, chat.Limited}
	act := func(verb, summary, about string) operation {
		return operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
			summary: summary, about: about, errors: kinds}
	}
	register(s, operation{method: http.MethodGet, path: "/v1/conversations/{id}/person", id: "person", who: forAgents,
		summary: "Load who this visitor is also known as", about: "Only what I may see. A typed address is no proof: whom it alone speaks for is under maybe.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InConversation) (*answer[desk.Person], error) {
			p, err := s.Desk.Person(ctx, agentOf(ctx), in.ID)
			return &answer[desk.Person]{p}, err
		})
	register(s, act("link", "Say that two visitors are the same person", "Nothing is moved; undone with unlink."),
		func(ctx context.Context, in *actInput[linkBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.LinkPerson(ctx, a, in.ID, in.Body.Key, in.Body.Other)
			})
		})
	register(s, act("unlink", "Take back that two visitors are the same person", "Within 30 days; who oversees at any time."),
		func(ctx context.Context, in *actInput[unlinkBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.UnlinkPerson(ctx, a, in.ID, in.Body.Key, in.Body.Link)
			})
		})
	s.cardRoutes(act)
}

func (s *Server) cardRoutes(act func(verb, summary, about string) operation) {
	register(s, act("context", "Add what I know of this visitor", "Whispered to the lead alone, a note while nobody leads; it uses up my card."),
		func(ctx context.Context, in *actInput[contextBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.OfferContext(ctx, a, in.ID, in.Body.Key, in.Body.Text)
			})
		})
	register(s, operation{method: http.MethodGet, path: "/v1/cards", id: "cards", who: forAgents,
		summary: "Load the open chats of visitors whom I have helped before", about: "One card for each chat at most; it ends with its thread."},
		func(ctx context.Context, _ *struct{}) (*answer[cards], error) {
			all, err := s.Desk.KnownCustomers(ctx, agentOf(ctx))
			return &answer[cards]{cards{each(all)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/cards/{id}/end", id: "end-card", who: forAgents, status: http.StatusNoContent,
		summary: "Put a card away", about: "On all my devices; id is the thread. One that is over ends without a word.", errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *struct {
			ID   chat.ThreadID `path:"id"`
			Body cardBody
		}) (*struct{}, error) {
			return nil, s.Desk.EndCard(ctx, agentOf(ctx), in.ID, in.Body.How)
		})
}
