package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type openedConversation struct {
	Cursor  string        `json:"cursor"`
	Row     chat.Row      `json:"row"`
	Threads []chat.Thread `json:"threads" doc:"Oldest first."`
	Events  []chat.Event  `json:"events" doc:"The newest ones, oldest first."`
	More    bool          `json:"more" doc:"Whether there are older ones."`
}

type events struct {
	Events []chat.Event `json:"events"`
	More   bool         `json:"more"`
}

// InConversation is the input of everything that names a conversation. It is
// exported since huma fills embedded structs only then; so are the other two.
type InConversation struct {
	ID chat.ConversationID `path:"id"`
}

func (s *Server) conversationRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/conversations/{id}", id: "conversation", who: forTeam,
		summary: "Open a conversation", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InConversation) (*answer[openedConversation], error) {
			a := agentOf(ctx)
			c, err := s.Desk.Conversation(ctx, a, in.ID)
			if err != nil {
				return nil, err
			}
			return &answer[openedConversation]{openedConversation{s.Hub.Seal(a.Viewer(), c.Position), c.Row, each(c.Threads), each(c.Events), c.More}}, nil
		})
	register(s, operation{method: http.MethodGet, path: "/v1/conversations/{id}/events", id: "conversation-events", who: forTeam,
		summary: "Load events before or after a seq", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			InConversation
			Before int64 `query:"before" minimum:"0"`
			After  int64 `query:"after" minimum:"0"`
			Limit  int   `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*answer[events], error) {
			list, more, err := s.Desk.Events(ctx, agentOf(ctx), in.ID, desk.Span{After: in.After, Before: in.Before, Limit: in.Limit})
			return &answer[events]{events{each(list), more}}, err
		})
	s.readingRoutes()
}

type readBody struct {
	Seq int64 `json:"seq" minimum:"0" doc:"The last one that stood on the screen."`
}

type draftBody struct {
	Voice chat.Voice `json:"voice" enum:"reply,note,whisper"`
	Text  string     `json:"text"`
}

type draftSaved struct {
	Version int64 `json:"version"`
}

func (s *Server) readingRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/read", id: "mark-read", who: forTeam, status: http.StatusNoContent,
		summary: "Say how far I have read", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			InConversation
			Body readBody
		}) (*struct{}, error) {
			return nil, s.Desk.MarkRead(ctx, agentOf(ctx), in.ID, in.Body.Seq)
		})
	register(s, operation{method: http.MethodPut, path: "/v1/conversations/{id}/draft", id: "save-draft", who: forTeam,
		summary: "Keep an unsent text", about: "An empty text forgets it.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			InConversation
			Body draftBody
		}) (*answer[draftSaved], error) {
			version, err := s.Desk.SaveDraft(ctx, agentOf(ctx), desk.Draft{Conversation: in.ID, Voice: in.Body.Voice, Text: in.Body.Text})
			return &answer[draftSaved]{draftSaved{version}}, err
		})
}
