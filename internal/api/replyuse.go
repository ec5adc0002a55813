package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type fillBody struct {
	Conversation chat.ConversationID `json:"conversation"`
}

type previewBody struct {
	Text   string            `json:"text"`
	Values map[string]string `json:"values,omitempty" doc:"What the variables stand for, as the writer makes them up."`
}

// WeeksInput is over how many weeks is counted.
type WeeksInput struct {
	Weeks int `query:"weeks" minimum:"1" maximum:"52" default:"13"`
}

type replyUses struct {
	Use []desk.ReplyUse `json:"use" doc:"The most first."`
}

type replyChats struct {
	Conversations []chat.ConversationID `json:"conversations" doc:"The newest first, at most 200."`
}

// replyUseRoutes put replies into messages, and tell how that was done.
func (s *Server) replyUseRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/saved-replies/{id}/fill", id: "fill-saved-reply", who: forAgents,
		summary: "Fill a saved reply in for a conversation", about: "Its files become files of mine that wait to be sent there. Nothing is sent.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct {
			InSavedReply
			Body fillBody
		}) (*answer[desk.FilledReply], error) {
			var out desk.FilledReply
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out, err = s.Desk.FillReply(ctx, a, in.Body.Conversation, in.ID)
				return err
			})
			out.Files, out.Blanks = each(out.Files), each(out.Blanks)
			return &answer[desk.FilledReply]{out}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/saved-replies/preview", id: "preview-saved-reply", who: forAgents,
		summary: "See how a text would be filled in", about: "What could not be saved is refused with the same words."},
		func(_ context.Context, in *struct{ Body previewBody }) (*answer[desk.FilledReply], error) {
			out, err := s.Desk.PreviewReply(in.Body.Text, in.Body.Values)
			out.Blanks = each(out.Blanks)
			return &answer[desk.FilledReply]{out}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/saved-replies/use", id: "saved-reply-use", who: forAgents,
		summary: "How often each saved reply was used", about: "Of those that I may use, over whole weeks, this one among them."},
		func(ctx context.Context, in *WeeksInput) (*answer[replyUses], error) {
			all, err := s.Desk.ReplyUse(ctx, agentOf(ctx), in.Weeks)
			return &answer[replyUses]{replyUses{each(all)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/saved-replies/{id}/chats", id: "saved-reply-chats", who: forAgents,
		summary: "In which conversations a saved reply was used", about: "Those that I may open.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			InSavedReply
			WeeksInput
		}) (*answer[replyChats], error) {
			all, err := s.Desk.ReplyChats(ctx, agentOf(ctx), in.ID, in.Weeks)
			return &answer[replyChats]{replyChats{each(all)}}, err
		})
}

type replyFile struct {
	CSV string `json:"csv" doc:"The file: scope, group, name, language, text."`
}

type replyImportBody struct {
	CSV string `json:"csv"`
	Dry bool   `json:"dry,omitempty" doc:"Only say what would be done."`
}

// replyMovingRoutes take replies out and in as a file for a spreadsheet.
func (s *Server) replyMovingRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/saved-replies/export", id: "export-saved-replies", who: forAgents,
		summary: "Take out the saved replies that I may use", about: "As CSV in which no cell is a formula; without files and drafts."},
		func(ctx context.Context, _ *struct{}) (*answer[replyFile], error) {
			file, err := s.Desk.ExportReplies(ctx, agentOf(ctx))
			return &answer[replyFile]{replyFile{string(file)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/saved-replies/import", id: "import-saved-replies", who: forAgents,
		summary: "Bring in saved replies from a file", about: "A row with the place and name of a reply changes it, another one makes one. Where one row is refused nothing is stored, and the error's data holds every row."},
		func(ctx context.Context, in *struct{ Body replyImportBody }) (*answer[desk.ReplyImport], error) {
			var out desk.ReplyImport
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out, err = s.Desk.ImportReplies(ctx, a, []byte(in.Body.CSV), in.Body.Dry)
				return err
			})
			return &answer[desk.ReplyImport]{out}, err
		})
}
