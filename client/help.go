package client

import "context"

// AskForHelp raises the help flag of a conversation that the agent takes part in.
func (a *Agent) AskForHelp(ctx context.Context, id, reason string) (Done, error) {
	in := map[string]any{"key": NewKey()}
	if reason != "" {
		in["reason"] = reason
	}
	return a.act(ctx, conversationPath(id, "/help"), in)
}

// TakeHelp says that the agent comes where help is wanted: the first one has the flag.
func (a *Agent) TakeHelp(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/take-help")
}

// ReturnHelp gives the help flag back that the agent has taken.
func (a *Agent) ReturnHelp(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/return-help")
}

// SettleHelp lowers the help flag.
func (a *Agent) SettleHelp(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/help-settled")
}
