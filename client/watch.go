package client

import "context"

// TakingOver is from whom an agent takes a conversation over, and why. A missing
// Key is made.
type TakingOver struct {
	Key    string `json:"key"`
	From   string `json:"from"`
	Reason string `json:"reason"`
}

// Watch makes the agent watch a conversation silently.
func (a *Agent) Watch(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/watch")
}

// WatchMe asks a colleague to watch, who then is known by name.
func (a *Agent) WatchMe(ctx context.Context, id, colleague string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/watch-me"), map[string]any{"key": NewKey(), "agent": colleague})
}

// Whisper says something to the lead and to those who watch openly.
func (a *Agent) Whisper(ctx context.Context, id string, m Message) (Done, error) {
	return a.act(ctx, conversationPath(id, "/whispers"), withKey(m))
}

// JumpIn makes who watches a member, with a first line to the visitor where text is
// not empty. A missing key is made.
func (a *Agent) JumpIn(ctx context.Context, id, text, key string) (Done, error) {
	in := map[string]any{"key": keyOr(key)}
	if text != "" {
		in["text"] = text
	}
	return a.act(ctx, conversationPath(id, "/jump-in"), in)
}

// TakeOverFrom makes the agent the lead in place of another, who watches from then
// on.
func (a *Agent) TakeOverFrom(ctx context.Context, id string, in TakingOver) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/take-over"), in)
}
