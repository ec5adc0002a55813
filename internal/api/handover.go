package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type handover struct {
	Lines []desk.HandoverLine `json:"lines"`
}

type handingBody struct {
	Conversation chat.ConversationID `json:"conversation" example:"c_01937b5e2c7a"`
	Way          string              `json:"way" enum:"agent,group,keep,close,leave" doc:"agent: to whom to names; group: its queue, or the group owes the promise; keep: until the visitor writes; close: only where nothing is unanswered; leave: of one that I am a member of."`
	To           chat.AgentID        `json:"to,omitempty"`
	Group        chat.GroupID        `json:"group,omitempty" doc:"Which of his groups has it then; absent = its own where he is in that, else his first."`
	Reason       string              `json:"reason,omitempty" doc:"A code of the playbook of the group that gets it, where that is another one and has codes, else words: needed also from the third time on that it is passed on." example:"invoice"`
	Answers      map[string]string   `json:"answers,omitempty" doc:"To the questions of that group's playbook, by their id."`
	Note         string              `json:"note,omitempty" doc:"For the colleagues, as a note in the conversation." example:"Waits for the courier's answer."`
	Say          string              `json:"say,omitempty" doc:"For the visitor: who goes on. It is no answer: he waits still." example:"My colleague Ben goes on from here."`
}

type handoverBody struct {
	Key   string        `json:"key" format:"uuid"`
	Lines []handingBody `json:"lines" nullable:"false" doc:"One for each that GET names."`
	Brief string        `json:"brief,omitempty" doc:"For the next shift: a note in each conversation." example:"The shop was down from 2 to 3."`
}

func (b handoverBody) handover() desk.Handover {
	in := desk.Handover{Key: b.Key, Brief: b.Brief}
	for _, l := range b.Lines {
		in.Lines = append(in.Lines, desk.Handing(l))
	}
	return in
}

type handedOver struct {
	Again bool `json:"again" doc:"The same key did this before; nothing was done a second time."`
}

// handoverRoutes are the end of a shift.
func (s *Server) handoverRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/me/handover", id: "handover", who: forAgents,
		summary: "Who should go on with what is mine", about: "Every open conversation that I lead, am a member of or owe an answer in, with a proposed new owner and why. Together the proposals keep every limit."},
		func(ctx context.Context, _ *nothing) (*answer[handover], error) {
			all, err := s.Desk.HandoverProposal(ctx, agentOf(ctx))
			return &answer[handover]{handover{each(all)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/me/handover", id: "hand-over", who: forAgents, status: http.StatusCreated,
		summary: "Hand over everything that is mine", about: "In one act: all of it, or nothing, with a conflict whose data names in lines what is in the way of which conversation. What goes to a colleague goes through the gates of every transfer. A conversation that I do not name is in the way, too.",
		errors: []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body handoverBody }) (*withStatus[handedOver], error) {
			a := agentOf(ctx)
			if err := s.limits.acts.take(string(a.ID)); err != nil {
				return nil, err
			}
			again, err := s.Desk.HandOver(ctx, a, in.Body.handover())
			status := http.StatusCreated
			if again {
				status = http.StatusOK
			}
			return &withStatus[handedOver]{status, handedOver{again}}, err
		})
}
