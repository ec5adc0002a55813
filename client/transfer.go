package client

import (
	"context"
	"net/http"
)

// Target is to whom a conversation is passed on: an agent, a group, or anyone
// else of its own group.
type Target struct {
	Kind  string `json:"kind"`
	Agent string `json:"agent,omitempty"`
	Group string `json:"group,omitempty"`
}

// Passing is what an agent says when he passes a conversation on. A missing Key is
// made.
type Passing struct {
	Key      string `json:"key"`
	To       Target `json:"to"`
	Reason   string `json:"reason,omitempty"`
	Summary  string `json:"summary,omitempty"`
	Promised string `json:"promised,omitempty"`
	Say      string `json:"say,omitempty"`
}

// Holding is a Passing to somebody who is not there.
type Holding struct {
	Passing
	Way   string `json:"way"`           // wait or mail
	Due   int64  `json:"due,omitempty"` // microseconds; 0 = as the group has decided
	Email string `json:"email,omitempty"`
	// Deviation is why it is held otherwise than the group has decided, or though
	// somebody is there.
	Deviation string `json:"deviation,omitempty"`
	Sure      bool   `json:"sure,omitempty"`
}

// OpenTransfer is what is being passed on and nobody has accepted yet.
type OpenTransfer struct {
	Seq      int64    `json:"seq"`
	By       string   `json:"by"`
	To       Target   `json:"to"`
	Deadline int64    `json:"deadline"` // microseconds
	Asked    []string `json:"asked,omitempty"`
}

// Transfer asks a colleague or a group to take over.
func (a *Agent) Transfer(ctx context.Context, id string, p Passing) (Done, error) {
	p.Key = keyOr(p.Key)
	return a.act(ctx, conversationPath(id, "/transfer"), p)
}

// Hold passes a conversation to somebody who is not there.
func (a *Agent) Hold(ctx context.Context, id string, h Holding) (Done, error) {
	h.Key = keyOr(h.Key)
	return a.act(ctx, conversationPath(id, "/hold"), h)
}

// Triage sends on what waits in a first line, to a group or a colleague, without
// taking it first. Of the Passing, Key, To and Reason count.
func (a *Agent) Triage(ctx context.Context, id string, p Passing) (Done, error) {
	p.Key = keyOr(p.Key)
	return a.act(ctx, conversationPath(id, "/triage"), p)
}

// Withdraw ends a transfer that nobody has accepted.
func (a *Agent) Withdraw(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/withdraw")
}

// LetGo leaves what is being passed to a group in that group's queue.
func (a *Agent) LetGo(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/let-go")
}

// AskBack asks for a conversation that was handed on while the connection was lost.
func (a *Agent) AskBack(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/ask-back")
}

// Waive leaves such a conversation to whoever has it.
func (a *Agent) Waive(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/waive")
}

// Give gives a conversation back to the colleague who has asked for it.
func (a *Agent) Give(ctx context.Context, id, to string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/give"), map[string]any{"key": NewKey(), "to": to})
}

// Again does an act that needs a key alone, such as accept or withdraw, under a key
// that was used before, or may have been.
func (a *Agent) Again(ctx context.Context, id, verb, key string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/"+verb), map[string]any{"key": key})
}

// SignOutTo ends the session and gives all that the agent leads to a colleague.
func (a *Agent) SignOutTo(ctx context.Context, colleague string) error {
	_, err := a.call(ctx, http.MethodPost, "/v1/sign-out", map[string]string{"chats": "agent", "to": colleague}, nil)
	return err
}
