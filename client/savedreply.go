package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// SavingReply is a saved reply as it is wanted: own, of a group, or of the team. A
// missing Key is made. Version and Publish are for one that is changed: the one that
// was, and that a draft becomes a reply.
type SavingReply struct {
	Key      string   `json:"key,omitempty"`
	Scope    string   `json:"scope"`
	Group    string   `json:"group,omitempty"`
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Language string   `json:"language,omitempty"`
	Files    []string `json:"files,omitempty"`
	Version  int64    `json:"version,omitempty"`
	Publish  bool     `json:"publish,omitempty"`
}

// SavedReply is one that its reader may see.
type SavedReply struct {
	ID       string `json:"id"`
	Scope    string `json:"scope"`
	Group    string `json:"group"`
	Name     string `json:"name"`
	Text     string `json:"text"`
	Language string `json:"language"`
	Files    []File `json:"files"`
	Draft    bool   `json:"draft"`
	Version  int64  `json:"version"`
	Usable   bool   `json:"usable"`
	Writable bool   `json:"writable"`
}

// FilledReply is a saved reply as it goes into a message: Blanks have no value there,
// and Left was left out, since a talk has no visitor.
type FilledReply struct {
	Text   string   `json:"text"`
	Files  []File   `json:"files"`
	Blanks []string `json:"blanks"`
	Left   []string `json:"left"`
}

// ReplyImport is what a file of replies would do, or did.
type ReplyImport struct {
	Made    int `json:"made"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Refused int `json:"refused"`
}

// SavedReplies are those that the agent may see.
func (a *Agent) SavedReplies(ctx context.Context) ([]SavedReply, error) {
	var out struct {
		Replies []SavedReply `json:"replies"`
	}
	_, err := a.call(ctx, http.MethodGet, savedReplies, nil, &out)
	return out.Replies, err
}

// SaveReply makes a saved reply.
func (a *Agent) SaveReply(ctx context.Context, in SavingReply) (SavedReply, error) {
	in.Key = keyOr(in.Key)
	return a.savedReply(ctx, http.MethodPost, savedReplies, in)
}

// DraftReply suggests one to a group of the agent's, or to the team.
func (a *Agent) DraftReply(ctx context.Context, in SavingReply) (SavedReply, error) {
	in.Key = keyOr(in.Key)
	return a.savedReply(ctx, http.MethodPost, savedReplies+"/drafts", in)
}

func (a *Agent) savedReply(ctx context.Context, method, path string, in SavingReply) (SavedReply, error) {
	var out struct {
		Reply SavedReply `json:"reply"`
	}
	_, err := a.call(ctx, method, path, in, &out)
	return out.Reply, err
}

// ChangeReply stores a saved reply anew, or publishes a draft. A conflict holds the
// one that somebody has saved meanwhile.
func (a *Agent) ChangeReply(ctx context.Context, id string, in SavingReply) (SavedReply, error) {
	in.Key = ""
	var out SavedReply
	_, err := a.call(ctx, http.MethodPut, replyPath(id, ""), in, &out)
	return out, err
}

// DeleteReply forgets a saved reply, or discards a draft.
func (a *Agent) DeleteReply(ctx context.Context, id string) error {
	_, err := a.call(ctx, http.MethodDelete, replyPath(id, ""), nil, nil)
	return err
}

// AddReplyFile stores a file for a saved reply.
func (a *Agent) AddReplyFile(ctx context.Context, name string, r io.Reader) (File, error) {
	return a.upload(ctx, savedReplies+"/files", name, r)
}

// FillReply fills a saved reply in for a conversation or a talk. Nothing is sent.
func (a *Agent) FillReply(ctx context.Context, id, conversation string) (FilledReply, error) {
	var out FilledReply
	_, err := a.call(ctx, http.MethodPost, replyPath(id, "/fill"), map[string]string{"conversation": conversation}, &out)
	return out, err
}

// ReplyChats are the conversations in which a saved reply was used in the last weeks,
// of those that the agent may open.
func (a *Agent) ReplyChats(ctx context.Context, id string, weeks int) ([]string, error) {
	var out struct {
		Conversations []string `json:"conversations"`
	}
	_, err := a.call(ctx, http.MethodGet, replyPath(id, fmt.Sprintf("/chats?weeks=%d", weeks)), nil, &out)
	return out.Conversations, err
}

// ExportReplies are the replies that the agent may use, as a CSV file.
func (a *Agent) ExportReplies(ctx context.Context) (string, error) {
	var out struct {
		CSV string `json:"csv"`
	}
	_, err := a.call(ctx, http.MethodGet, savedReplies+"/export", nil, &out)
	return out.CSV, err
}

// ImportReplies brings such a file in; dry only says what it would do.
func (a *Agent) ImportReplies(ctx context.Context, csv string, dry bool) (ReplyImport, error) {
	var out ReplyImport
	_, err := a.call(ctx, http.MethodPost, savedReplies+"/import", map[string]any{"csv": csv, "dry": dry}, &out)
	return out, err
}

const savedReplies = "/v1/saved-replies"

func replyPath(id, rest string) string { return savedReplies + "/" + url.PathEscape(id) + rest }
