package client

import (
	"context"
	"net/http"
	"net/url"
)

// AskingAside is a question to a colleague, or to a group, about a conversation.
// Confirmed: its author knows that some of them may not see the conversation, and
// read the question alone; Grant lets the colleague see it. A missing Key is made.
type AskingAside struct {
	Key       string `json:"key"`
	Text      string `json:"text"`
	Agent     string `json:"agent,omitempty"`
	Group     string `json:"group,omitempty"`
	Confirmed bool   `json:"confirmed,omitempty"`
	Grant     bool   `json:"grant,omitempty"`
}

// AskAside asks colleagues about a conversation in a talk of theirs.
func (a *Agent) AskAside(ctx context.Context, id string, in AskingAside) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, conversationPath(id, "/ask"), in)
}

// AskFurther asks those who were asked something more, under the same question.
func (a *Agent) AskFurther(ctx context.Context, id string, side int64, text, key string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/ask-further"), map[string]any{"key": keyOr(key), "side": side, "text": text})
}

// TellAside tells the visitor once that an answer takes a moment.
func (a *Agent) TellAside(ctx context.Context, id string, side int64, line, key string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/tell-aside"), map[string]any{"key": keyOr(key), "side": side, "line": line})
}

// EndAside withdraws a question.
func (a *Agent) EndAside(ctx context.Context, id string, side int64, key string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/end-aside"), map[string]any{"key": keyOr(key), "side": side})
}

// TalkLine is what an agent says in a channel or a direct talk. A missing Key is
// made.
type TalkLine struct {
	Key     string `json:"key"`
	Text    string `json:"text"`
	ReplyTo int64  `json:"reply_to,omitempty"`
}

// SayInTalk writes in a channel or a direct talk.
func (a *Agent) SayInTalk(ctx context.Context, id string, in TalkLine) (Done, error) {
	in.Key = keyOr(in.Key)
	return a.act(ctx, talkPath(id, "/messages"), in)
}

// RedactInTalk takes a message in a talk back.
func (a *Agent) RedactInTalk(ctx context.Context, id string, seq int64, key string) (Done, error) {
	return a.act(ctx, talkPath(id, "/redact"), map[string]any{"key": keyOr(key), "seq": seq})
}

// Channels are the channels and direct talks that the agent is in: of each its id,
// and the group whose own it is.
func (a *Agent) Channels(ctx context.Context) (map[string]string, error) {
	var out struct {
		Talks []struct {
			Conversation Conversation `json:"conversation"`
			Talk         struct {
				Group string `json:"group"`
			} `json:"talk"`
		} `json:"talks"`
	}
	_, err := a.call(ctx, http.MethodGet, "/v1/talks", nil, &out)
	channels := map[string]string{}
	for _, t := range out.Talks {
		channels[t.Conversation.ID] = t.Talk.Group
	}
	return channels, err
}

func talkPath(id, rest string) string { return "/v1/talks/" + url.PathEscape(id) + rest }
