package client

import "context"

// Offer rings an agent until its deadline (microseconds).
type Offer struct {
	Agent    string `json:"agent"`
	At       int64  `json:"at"`
	Deadline int64  `json:"deadline"`
}

// TakeOver takes a waiting conversation, above the agent's limit where he may.
func (a *Agent) TakeOver(ctx context.Context, id string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/take"), map[string]any{"key": NewKey(), "over": true})
}

// Accept takes up an offer.
func (a *Agent) Accept(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/accept")
}

// Decline refuses an offer.
func (a *Agent) Decline(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/decline")
}

// Move hands a conversation to another group's queue.
func (a *Agent) Move(ctx context.Context, id, group, reason string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/move"), map[string]any{"key": NewKey(), "group": group, "reason": reason})
}
