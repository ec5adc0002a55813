package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type inbox struct {
	Me      chat.Agent     `json:"me"`
	Cursor  string         `json:"cursor" doc:"Follow the stream from here; see docs/protocol.md."`
	Counts  desk.Counts    `json:"counts"`
	Rows    []chat.Row     `json:"rows"`
	Next    string         `json:"next,omitempty"`
	Team    []chat.Agent   `json:"team"`
	Present []chat.AgentID `json:"present" doc:"Agents with a live connection."`
	Groups  []chat.Group   `json:"groups"`
	Sites   []chat.Site    `json:"sites"`
	Drafts  []desk.Draft   `json:"drafts"`
	Talks   []chat.TalkRow `json:"talks" doc:"The channels and direct talks that I am in. In a channel of more than 50 members they are left out."`
	Losses  []chat.Loss    `json:"losses" doc:"What was handed on while my connection was lost, whether or not I may see it still."`
	Signals []chat.Signal  `json:"signals"`
	AwayAt  int64          `json:"away_at,omitempty" doc:"When I go to away unless I touch a device; absent = I am not warned."`
	// Invitations ring me now.
	Invitations []chat.ChatInvitation `json:"invitations" doc:"What rings me now. I may accept one whose conversation I cannot see yet."`

	Observing desk.Observing `json:"observing" doc:"What I watch, who watches what I lead as far as I may know, and what I am asked to watch."`
}

// ListInput names a list.
type ListInput struct {
	List string `query:"list" enum:"my,queue,all" default:"my" doc:"my: open, I take part. queue: nobody leads, longest wait first. all: all that I may see, newest first."`
}

type rows struct {
	Rows   []chat.Row  `json:"rows"`
	Next   string      `json:"next,omitempty" doc:"Give it as after for the next page; absent on the last."`
	Counts desk.Counts `json:"counts"`
}

type hits struct {
	Hits []desk.Hit `json:"hits" doc:"In a snippet, found words stand between U+0002 and U+0003."`
	Next int64      `json:"next,omitempty" doc:"Give it as before for the next page; absent on the last."`
}

func (s *Server) inboxRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/inbox", id: "inbox", who: forTeam, summary: "Load the inbox",
		about: "Everything in the answer is of one moment; the cursor follows from there, so that nothing is missed and nothing comes twice."},
		func(ctx context.Context, in *ListInput) (*answer[inbox], error) {
			return s.inbox(ctx, desk.List(in.List))
		})
	register(s, operation{method: http.MethodGet, path: "/v1/conversations", id: "list-conversations", who: forTeam, summary: "Load a page of a list", about: "A colleague finds in it what he was let into."},
		func(ctx context.Context, in *struct {
			ListInput
			After string `query:"after"`
			Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*answer[rows], error) {
			page, counts, err := s.Desk.List(ctx, agentOf(ctx), desk.List(in.List), in.After, in.Limit)
			return &answer[rows]{rows{each(page.Rows), page.Next, counts}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/search", id: "search", who: forTeam, summary: "Search messages and notes", about: "Newest first; only what I may see. Words are found in texts and in names of files."},
		func(ctx context.Context, in *struct {
			Q      string              `query:"q" required:"true" minLength:"1" maxLength:"200" example:"invoice"`
			In     chat.ConversationID `query:"in" doc:"The one conversation or talk that is searched."`
			By     string              `query:"by" doc:"Who said it: an agent, or a visitor."`
			From   int64               `query:"from" minimum:"0" doc:"Said then or later."`
			Until  int64               `query:"until" minimum:"0" doc:"Said before then."`
			Before int64               `query:"before" minimum:"0"`
		}) (*answer[hits], error) {
			found, next, err := s.Desk.Search(ctx, agentOf(ctx), desk.Sought{Words: in.Q, In: in.In, By: in.By, From: in.From, Until: in.Until, Before: in.Before})
			return &answer[hits]{hits{each(found), next}}, err
		})
}

func (s *Server) inbox(ctx context.Context, list desk.List) (*answer[inbox], error) {
	a := agentOf(ctx)
	box, err := s.Desk.Inbox(ctx, a, list)
	if err != nil {
		return nil, err
	}
	return &answer[inbox]{inbox{Me: a, Cursor: s.Hub.Seal(a.Viewer(), box.Position), Counts: box.Counts, Rows: each(box.Page.Rows), Next: box.Page.Next,
		Team: each(box.Team), Present: each(box.Present), Groups: each(box.Groups), Sites: each(box.Sites), Drafts: each(box.Drafts), Talks: each(box.Talks), Losses: each(box.Losses),
		Signals: each(s.Hub.Signals(a.Viewer())), AwayAt: box.AwayAt, Invitations: each(box.Invitations), Observing: box.Observing}}, nil
}
