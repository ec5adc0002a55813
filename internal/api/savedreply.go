package api

import (
	"context"
	"io"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type savedReplies struct {
	Replies   []desk.ReplyView `json:"replies"`
	Variables []string         `json:"variables" doc:"What a text may ask for besides data. and the name of a field."`
}

type savedReplyDone struct {
	Reply desk.ReplyView `json:"reply"`
	Again bool           `json:"again"`
}

// SavedReplyFields are what a saved reply says, and for whom.
type SavedReplyFields struct {
	Scope    chat.Scope    `json:"scope" enum:"own,group,team"`
	Group    chat.GroupID  `json:"group,omitempty" doc:"Where the scope is group."`
	Name     string        `json:"name" doc:"At most 60 characters; in one place two of one name are refused." example:"refund"`
	Text     string        `json:"text" doc:"At most 4,000 characters." example:"Hello {{visitor.first_name|there}}, your money is on its way."`
	Language string        `json:"language,omitempty" doc:"A tag such as de or pt-BR."`
	Files    []chat.FileID `json:"files,omitempty" nullable:"false" doc:"Those that it has and that stay, and others that were uploaded before; at most 5."`
}

func (b SavedReplyFields) input() desk.SavedReplyInput {
	return desk.SavedReplyInput{Scope: b.Scope, Group: b.Group, Name: b.Name, Text: b.Text, Language: b.Language, Files: b.Files}
}

type newSavedReply struct {
	Key string `json:"key" format:"uuid"`
	SavedReplyFields
}

type changedSavedReply struct {
	SavedReplyFields
	Version int64 `json:"version" minimum:"1" doc:"The one that was changed."`
	Publish bool  `json:"publish,omitempty" doc:"Make a draft a reply that can be used."`
}

// InSavedReply names a saved reply.
type InSavedReply struct {
	ID chat.SavedReplyID `path:"id"`
}

func (s *Server) savedReplyRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/saved-replies", id: "saved-replies", who: forAgents, summary: "List saved replies",
		about: "My own, those of my groups and of the team, and drafts that I could publish or have suggested. saved_replies.changed on the stream says when to ask again."},
		func(ctx context.Context, _ *struct{}) (*answer[savedReplies], error) {
			all, err := s.Desk.SavedReplies(ctx, agentOf(ctx))
			return &answer[savedReplies]{savedReplies{each(all), chat.VariableNames()}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/saved-replies", id: "make-saved-reply", who: forAgents, status: http.StatusCreated,
		summary: "Save a reply", about: "My own; a group's, where I oversee it; the team's, where I am an owner or admin.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct{ Body newSavedReply }) (*withStatus[savedReplyDone], error) {
			input := in.Body.input()
			input.Key = in.Body.Key
			return s.replied(ctx, func(a chat.Agent) (desk.ReplyView, bool, error) { return s.Desk.MakeSavedReply(ctx, a, input) })
		})
	register(s, operation{method: http.MethodPut, path: "/v1/saved-replies/{id}", id: "change-saved-reply", who: forAgents,
		summary: "Change a saved reply, or publish a draft", about: "A conflict holds the one that somebody has saved meanwhile.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct {
			InSavedReply
			Body changedSavedReply
		}) (*answer[desk.ReplyView], error) {
			input := in.Body.input()
			input.Version, input.Publish = in.Body.Version, in.Body.Publish
			var out desk.ReplyView
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				out, err = s.Desk.ChangeSavedReply(ctx, a, in.ID, input)
				return err
			})
			return &answer[desk.ReplyView]{out}, err
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/saved-replies/{id}", id: "delete-saved-reply", who: forAgents, status: http.StatusNoContent,
		summary: "Delete a saved reply, or discard a draft", about: "Who has suggested a draft may discard it.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *InSavedReply) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.DeleteSavedReply(ctx, a, in.ID) })
		})
	s.uploadRoute(operation{method: http.MethodPost, path: "/v1/saved-replies/files", id: "add-saved-reply-file", who: forAgents,
		summary: "Upload a file for a saved reply", about: "At most 20 may wait to be saved or sent.", errors: []chat.ErrorKind{chat.Conflict}}, s.uploadForReply)
	s.replyUseRoutes()
	s.replyDraftRoutes()
	s.replyMovingRoutes()
}

func (s *Server) replied(ctx context.Context, act func(chat.Agent) (desk.ReplyView, bool, error)) (*withStatus[savedReplyDone], error) {
	var out savedReplyDone
	err := s.acting(ctx, func(a chat.Agent) (err error) {
		out.Reply, out.Again, err = act(a)
		return err
	})
	return &withStatus[savedReplyDone]{created(out.Again), out}, err
}

func (s *Server) uploadForReply(ctx context.Context, _ *http.Request, name string, content io.Reader) (chat.FileRef, error) {
	a := agentOf(ctx)
	if err := s.admitUpload(ctx, string(a.ID)); err != nil {
		return chat.FileRef{}, err
	}
	return s.Desk.AddReplyFile(ctx, a, name, content)
}

type replyDraftBody struct {
	Key   string       `json:"key" format:"uuid"`
	Scope chat.Scope   `json:"scope" enum:"group,team"`
	Group chat.GroupID `json:"group,omitempty" doc:"Where the scope is group."`
	Name  string       `json:"name,omitempty" doc:"Left out, it is the first words."`
	Text  string       `json:"text"`
}

type answerDraftBody struct {
	Key  string `json:"key" format:"uuid"`
	Note int64  `json:"note" minimum:"1" doc:"The seq of the note that is the answer."`
}

// replyDraftRoutes suggest replies to those who may publish them.
func (s *Server) replyDraftRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/saved-replies/drafts", id: "draft-saved-reply", who: forAgents, status: http.StatusCreated,
		summary: "Suggest a saved reply to a group of mine or the team", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct{ Body replyDraftBody }) (*withStatus[savedReplyDone], error) {
			b := in.Body
			draft := desk.NewReplyDraft{Key: b.Key, Scope: b.Scope, Group: b.Group, Name: b.Name, Text: b.Text}
			return s.replied(ctx, func(a chat.Agent) (desk.ReplyView, bool, error) { return s.Desk.DraftReply(ctx, a, draft) })
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/draft-reply", id: "draft-reply-of-answer", who: forAgents, status: http.StatusCreated,
		summary: "Make a draft of what colleagues answered a question", about: "Named after the question; for the group of the chat, or for the team where I am not of that group; once for each question.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[answerDraftBody]) (*withStatus[savedReplyDone], error) {
			return s.replied(ctx, func(a chat.Agent) (desk.ReplyView, bool, error) {
				return s.Desk.DraftReplyOfAnswer(ctx, a, in.ID, in.Body.Key, in.Body.Note)
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/feedback/{id}/draft-reply", id: "draft-reply-of-feedback", who: forAgents, status: http.StatusCreated,
		summary: "Make a draft of the reply that feedback suggests", about: "For the group of the chat; by its coach and its agent, once.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct {
			InFeedback
			Body keyBody
		}) (*withStatus[savedReplyDone], error) {
			return s.replied(ctx, func(a chat.Agent) (desk.ReplyView, bool, error) {
				return s.Desk.DraftReplyOfFeedback(ctx, a, in.Body.Key, in.ID)
			})
		})
}
