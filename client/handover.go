package client

import (
	"context"
	"net/http"
)

// HandoverLine is a conversation that an agent has something to do with, and what is
// proposed for it when he goes home.
type HandoverLine struct {
	Conversation string `json:"conversation"`
	Group        string `json:"group"`
	Part         string `json:"part"` // lead, promise or member
	MayClose     bool   `json:"may_close"`
	Way          string `json:"way"` // agent, group, keep, close or leave
	To           string `json:"to,omitempty"`
	Why          string `json:"why"`
}

// Handing is what becomes of one conversation.
type Handing struct {
	Conversation string `json:"conversation"`
	Way          string `json:"way"`
	To           string `json:"to,omitempty"`
	// Group is which of the colleague's has it then. Reason is a code of its playbook,
	// or words; Answers are to its questions, by their id.
	Group   string            `json:"group,omitempty"`
	Reason  string            `json:"reason,omitempty"`
	Answers map[string]string `json:"answers,omitempty"`
	Note    string            `json:"note,omitempty"`
	Say     string            `json:"say,omitempty"`
}

// HandingOver is what an agent says when he goes home. A missing Key is made.
type HandingOver struct {
	Key   string    `json:"key"`
	Lines []Handing `json:"lines"`
	Brief string    `json:"brief,omitempty"`
}

// RefusedLine is what is in the way of one line of a hand-over.
type RefusedLine struct {
	Conversation string `json:"conversation"`
	Why          string `json:"why"`
}

// Handover lists what is the agent's, with a proposed new owner.
func (a *Agent) Handover(ctx context.Context) ([]HandoverLine, error) {
	var out struct{ Lines []HandoverLine }
	_, err := a.call(ctx, http.MethodGet, "/v1/me/handover", nil, &out)
	return out.Lines, err
}

// HandOver hands over all of it or nothing; the data of a conflict names in lines
// each [RefusedLine]. again says that the same key did it before.
func (a *Agent) HandOver(ctx context.Context, in HandingOver) (again bool, err error) {
	in.Key = keyOr(in.Key)
	if in.Lines == nil {
		in.Lines = []Handing{}
	}
	var out struct{ Again bool }
	_, err = a.call(ctx, http.MethodPost, "/v1/me/handover", in, &out)
	return out.Again, err
}
