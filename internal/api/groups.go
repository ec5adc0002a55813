package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type managedGroups struct {
	Groups []desk.ManagedGroup `json:"groups"`
}

type groupBody struct {
	Name    string            `json:"name" example:"Sales"`
	Policy  chat.Policy       `json:"policy,omitempty" enum:"open,group,lead" doc:"Who of the team may see its chats; left out = open."`
	Names   map[string]string `json:"names,omitempty" doc:"What visitors read, by language tag." example:"{\"de\":\"Verkauf\"}"`
	Private bool              `json:"private,omitempty" doc:"It is not offered to visitors."`
	Stub    bool              `json:"stub,omitempty" doc:"Who may not see a chat of it is told that there is one."`
	Rules   *desk.Rules       `json:"rules,omitempty"`
	// Etiquette is what the group has agreed about colleagues who watch.
	Etiquette *chat.Etiquette `json:"etiquette,omitempty" doc:"Who may watch its chats, what the lead is told, who takes over, and when a chat asks for help by itself; left out = the defaults."`
}

func (b groupBody) change() desk.GroupChange {
	return desk.GroupChange{Name: &b.Name, Policy: &b.Policy, Names: &b.Names, Private: &b.Private, Stub: &b.Stub, Rules: b.Rules, Etiquette: b.Etiquette}
}

type groupChange struct {
	Name    *string            `json:"name,omitempty"`
	Policy  *chat.Policy       `json:"policy,omitempty" enum:"open,group,lead"`
	Names   *map[string]string `json:"names,omitempty" doc:"Replaced as a whole."`
	Private *bool              `json:"private,omitempty"`
	Stub    *bool              `json:"stub,omitempty"`
	Rules   *desk.Rules        `json:"rules,omitempty" doc:"Replaced as a whole."`

	Etiquette *chat.Etiquette `json:"etiquette,omitempty" doc:"Replaced as a whole."`
}

type groupMembers struct {
	Members []desk.Membership `json:"members" nullable:"false" doc:"Everybody who is to be in it; a class that is left out is normal."`
}

type deleteGroupBody struct {
	Successor chat.GroupID `json:"successor" doc:"Who has its chats from now on."`
}

func (s *Server) groupRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/groups", id: "groups", who: forManagers, summary: "List the groups with their rules and members",
		about: "Deleted ones are left out.", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[managedGroups], error) {
			all, err := s.Desk.Groups(ctx, agentOf(ctx))
			return &answer[managedGroups]{managedGroups{each(all)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/groups", id: "add-group", who: forManagers, status: http.StatusCreated, strict: true,
		summary: "Make a group", about: "Nobody is in it yet.", errors: []chat.ErrorKind{chat.Denied, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body groupBody }) (*answer[desk.ManagedGroup], error) {
			g, err := s.Desk.AddGroup(ctx, agentOf(ctx), in.Body.change())
			return &answer[desk.ManagedGroup]{g}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/admin/groups/{id}", id: "change-group", who: forManagers, strict: true,
		summary: "Change a group", about: "Fields that are left out stay.", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body groupChange
		}) (*answer[desk.ManagedGroup], error) {
			g, err := s.Desk.ChangeGroup(ctx, agentOf(ctx), in.ID, desk.GroupChange(in.Body))
			return &answer[desk.ManagedGroup]{g}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/groups/{id}/members", id: "set-members", who: forManagers, strict: true,
		summary: "Say who is in a group", about: "Who is not named leaves it: he keeps what he leads and is given nothing more. Disabled agents are left out and stay what they were.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body groupMembers
		}) (*answer[desk.ManagedGroup], error) {
			g, err := s.Desk.SetMembers(ctx, agentOf(ctx), in.ID, in.Body.Members)
			return &answer[desk.ManagedGroup]{g}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/groups/{id}/delete", id: "delete-group", who: forManagers, status: http.StatusNoContent, strict: true,
		summary: "Delete a group", about: "The successor has its chats: who waits moves to the other queue, who leads a chat keeps it. Sites and routes name the successor from now on. The last group stays.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct {
			ID   chat.GroupID `path:"id"`
			Body deleteGroupBody
		}) (*struct{}, error) {
			return nil, s.Desk.DeleteGroup(ctx, agentOf(ctx), in.ID, in.Body.Successor)
		})
}
