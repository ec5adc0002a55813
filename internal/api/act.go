package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type done struct {
	Events []chat.Event `json:"events" doc:"What the act made, as far as the caller may see it. The stream brings it too: an event twice is one event."`
	Again  bool         `json:"again" doc:"The same key did this before; nothing was done a second time."`
}

// answered is 201 for what is new and 200 for what was stored before.
func answered(d desk.Done, err error) (*withStatus[done], error) {
	status := http.StatusCreated
	if d.Again {
		status = http.StatusOK
	}
	return &withStatus[done]{status, done{each(d.Events), d.Again}}, err
}

// key is part of every command. It is a type of its own so that each operation
// says the same of it.
type keyBody struct {
	Key string `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time." example:"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d"`
}

type messageBody struct {
	Key      string           `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time." example:"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d"`
	Text     string           `json:"text" doc:"At most 10,000 characters." example:"Let me look that up for you."`
	Files    []chat.FileID    `json:"files,omitempty" nullable:"false" doc:"Uploaded before; at most 10."`
	TypingMS int64            `json:"typing_ms,omitempty" minimum:"0" doc:"How long the author typed."`
	Replies  []chat.UsedReply `json:"replies,omitempty" nullable:"false" doc:"The saved replies that it was made of; at most 10."`
	Seen     int64            `json:"seen,omitempty" minimum:"0" doc:"The last seq that the author had before him: where a colleague answered after it, the message is held with a conflict."`
}

func (b messageBody) message() desk.Message {
	return desk.Message{Key: b.Key, Text: b.Text, Files: b.Files, TypingMS: b.TypingMS, Seen: b.Seen, Replies: b.Replies}
}

type noteBody struct {
	Key      string           `json:"key" format:"uuid"`
	Text     string           `json:"text" doc:"At most 10,000 characters."`
	Files    []chat.FileID    `json:"files,omitempty" nullable:"false"`
	TypingMS int64            `json:"typing_ms,omitempty" minimum:"0"`
	Mentions []chat.AgentID   `json:"mentions,omitempty" nullable:"false" doc:"Colleagues whom the note calls; at most 10."`
	Replies  []chat.UsedReply `json:"replies,omitempty" nullable:"false" doc:"The saved replies that it was made of; at most 10."`
	Grant    bool             `json:"grant,omitempty" doc:"Let those of them see this conversation who may not, where I may do that."`
}

type editBody struct {
	Key  string `json:"key" format:"uuid"`
	Seq  int64  `json:"seq" minimum:"1" doc:"Which message or note."`
	Text string `json:"text"`
}

type redactBody struct {
	Key string `json:"key" format:"uuid"`
	Seq int64  `json:"seq" minimum:"1" doc:"Which message or note."`
}

type actInput[B any] struct {
	InConversation
	Body B
}

func (s *Server) actRoutes() {
	s.writingRoutes()
	s.queueRoutes()
	s.transferRoutes()
	s.promiseRoutes()
	s.targetRoutes()
	s.triageRoutes()
	s.wrongWayRoutes()
	s.bookUseRoutes()
	s.savedReplyRoutes()
	s.threadRoute("join", "Join a colleague's conversation", "", s.join)
	s.groupChatRoutes()
	s.sideTalkRoutes()
	s.threadRoute("requeue", "Put a conversation that I lead back into the queue", "It waits at its old place for whoever takes it; the visitor is told no names.", s.requeue)
	s.threadRoute("close", "Close a conversation", "It opens again as a new thread when the visitor writes.", s.close)
}

// limited runs an agent's act unless he sends faster than people do.
func (s *Server) limited(ctx context.Context, act func(chat.Agent) (desk.Done, error)) (*withStatus[done], error) {
	a := agentOf(ctx)
	if err := s.limits.acts.take(string(a.ID)); err != nil {
		return nil, err
	}
	return answered(act(a))
}

func (s *Server) writingRoutes() {
	kinds := []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/messages", id: "post-message", who: forAgents, status: http.StatusCreated,
		summary: "Answer the visitor", about: "A conflict whose data holds replies means held: a colleague answered meanwhile; send again with a higher seen to confirm.", errors: kinds},
		func(ctx context.Context, in *actInput[messageBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.PostMessage(ctx, a, in.ID, in.Body.message()) })
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/notes", id: "add-note", who: forTeam, status: http.StatusCreated,
		summary: "Write a note to the team", about: "No visitor ever receives it. A conflict whose data holds agents means held: these colleagues may not see this conversation; send again with grant, or without them. Denied where I may not let them.", errors: kinds},
		func(ctx context.Context, in *actInput[noteBody]) (*withStatus[done], error) {
			m := desk.Message{Key: in.Body.Key, Text: in.Body.Text, Files: in.Body.Files, TypingMS: in.Body.TypingMS, Mentions: in.Body.Mentions, Grant: in.Body.Grant, Replies: in.Body.Replies}
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.AddNote(ctx, a, in.ID, m) })
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/edit", id: "edit-message", who: forAgents, status: http.StatusCreated,
		summary: "Replace the text of my message", errors: kinds},
		func(ctx context.Context, in *actInput[editBody]) (*withStatus[done], error) {
			b := in.Body
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.EditMessage(ctx, a, in.ID, b.Key, b.Seq, b.Text)
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/redact", id: "redact-message", who: forAgents, status: http.StatusCreated,
		summary: "Take my message back", about: "Its number stays, its text and files are emptied.", errors: kinds},
		func(ctx context.Context, in *actInput[redactBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.RedactMessage(ctx, a, in.ID, in.Body.Key, in.Body.Seq)
			})
		})
}

type threadActFunc func(context.Context, chat.Agent, chat.ConversationID, string) (desk.Done, error)

// The desk is looked up when an act is called, so that the API can be described
// without one.
func (s *Server) join(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
	return s.Desk.Join(ctx, a, c, key)
}

func (s *Server) requeue(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
	return s.Desk.Requeue(ctx, a, c, key)
}

func (s *Server) close(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
	return s.Desk.Close(ctx, a, c, key)
}

func (s *Server) threadRoute(verb, summary, about string, act threadActFunc) {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
		summary: summary, about: about, errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[keyBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return act(ctx, a, in.ID, in.Body.Key) })
		})
}
