package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// playbookBody is a chat.Playbook without what the path names, as it is read by
// whoever writes one.
type playbookBody struct {
	Version   int64                 `json:"version" minimum:"0" example:"3" doc:"The one that was there before this was written; 0 = none."`
	Transfer  chat.TransferChapter  `json:"transfer" doc:"At most 20 reasons and 10 questions; an empty code or id is filled."`
	GroupChat chat.GroupChatChapter `json:"group_chat"`
	JumpIn    chat.JumpInChapter    `json:"jump_in"`
}

type playbookVersions struct {
	Versions []desk.PlaybookVersion `json:"versions" doc:"The newest first."`
	Next     int64                  `json:"next,omitempty" doc:"Give it as before for the next page; absent on the last."`
}

// playbookRoutes show what groups have written for their colleagues, and save it.
func (s *Server) playbookRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/groups/{id}/playbook", id: "playbook", who: forAgents, summary: "Read the playbook of a group",
		about: "Version 0 where nothing is written yet. playbook.changed on the stream carries each new one.", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID chat.GroupID `path:"id"`
		}) (*answer[chat.Playbook], error) {
			p, err := s.Desk.Playbook(ctx, in.ID)
			return &answer[chat.Playbook]{p}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/groups/{id}/playbook/versions", id: "playbook-versions", who: forAgents,
		summary: "Read the versions of a group's playbook", about: "20 at a time, with who saved each; those of a deleted group too.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			ID     chat.GroupID `path:"id"`
			Before int64        `query:"before" minimum:"0" example:"4"`
		}) (*answer[playbookVersions], error) {
			page, next, err := s.Desk.PlaybookVersions(ctx, in.ID, in.Before)
			return &answer[playbookVersions]{playbookVersions{each(page), next}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/groups/{id}/playbook", id: "save-playbook", who: forAgents, strict: true,
		summary: "Save another version of a group's playbook", about: "By whoever oversees the group. Replaced as a whole; what says the same is no new version. A conflict where somebody saved another meanwhile: its data is that one.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body playbookBody
		}) (*answer[chat.Playbook], error) {
			b := in.Body
			p, err := s.Desk.SavePlaybook(ctx, agentOf(ctx), chat.Playbook{Group: in.ID, Version: b.Version, Transfer: b.Transfer, GroupChat: b.GroupChat, JumpIn: b.JumpIn})
			return &answer[chat.Playbook]{p}, err
		})
}
