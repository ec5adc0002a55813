package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type sites struct {
	Sites []chat.Site `json:"sites"`
}

type siteBody struct {
	Name       string          `json:"name" example:"Shop"`
	Origins    []string        `json:"origins" nullable:"false" doc:"Exact origins whose pages may carry the widget; at most 50." example:"[\"https://shop.example\"]"`
	Language   string          `json:"language,omitempty" example:"en"`
	Appearance *appearanceBody `json:"appearance,omitempty"`
	Group      chat.GroupID    `json:"group,omitempty" doc:"Who answers what nothing else decides; left out = the first group."`
	Choose     []chat.GroupID  `json:"choose,omitempty" nullable:"false" doc:"The groups that a visitor may choose from, in order; none = he does not choose."`
	QuietJoins bool            `json:"quiet_joins,omitempty" doc:"Visitors are not told who joins and leaves."`
	Preview    bool            `json:"preview,omitempty" doc:"What visitors type is shown to the team before they send it; the widget tells them so."`
}

type siteChange struct {
	Name       *string         `json:"name,omitempty"`
	Origins    *[]string       `json:"origins,omitempty" nullable:"false"`
	Language   *string         `json:"language,omitempty"`
	Appearance *appearanceBody `json:"appearance,omitempty"`
	Group      *chat.GroupID   `json:"group,omitempty"`
	Choose     *[]chat.GroupID `json:"choose,omitempty" nullable:"false"`
	QuietJoins *bool           `json:"quiet_joins,omitempty"`
	Preview    *bool           `json:"preview,omitempty"`
}

// over lays what was given over what is there.
func (c siteChange) over(site chat.Site) chat.Site {
	set(&site.Name, c.Name)
	set(&site.Origins, c.Origins)
	set(&site.Language, c.Language)
	set(&site.Group, c.Group)
	set(&site.Choose, c.Choose)
	set(&site.QuietJoins, c.QuietJoins)
	set(&site.Preview, c.Preview)
	site.Appearance = c.Appearance.over(site.Appearance)
	return site
}

type appearanceBody struct {
	Accent   *string `json:"accent,omitempty" example:"#0b6e4f"`
	Position *string `json:"position,omitempty" enum:"bottom-right,bottom-left"`
	Greeting *string `json:"greeting,omitempty"`
}

// over lays what was given over what is there.
func (b *appearanceBody) over(a chat.Appearance) chat.Appearance {
	if b == nil {
		return a
	}
	set(&a.Accent, b.Accent)
	set(&a.Position, b.Position)
	set(&a.Greeting, b.Greeting)
	return a
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *Server) adminRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/sites", id: "sites", who: forManagers, summary: "List the sites", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[sites], error) {
			all, err := s.Desk.Sites(ctx)
			return &answer[sites]{sites{each(all)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/sites", id: "add-site", who: forManagers, status: http.StatusCreated, strict: true,
		summary: "Make a site", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct{ Body siteBody }) (*answer[chat.Site], error) {
			b := in.Body
			site, err := s.Desk.SaveSite(ctx, agentOf(ctx), chat.Site{Name: b.Name, Origins: b.Origins, Language: b.Language,
				Appearance: b.Appearance.over(chat.Appearance{}), Group: b.Group, Choose: b.Choose, QuietJoins: b.QuietJoins, Preview: b.Preview})
			return &answer[chat.Site]{site}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/admin/sites/{id}", id: "change-site", who: forManagers, strict: true,
		summary: "Change a site", about: "Fields that are left out stay.", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			ID   chat.SiteID `path:"id"`
			Body siteChange
		}) (*answer[chat.Site], error) {
			site, err := s.Desk.ChangeSite(ctx, agentOf(ctx), in.ID, in.Body.over)
			return &answer[chat.Site]{site}, err
		})
	s.siteSecretRoutes()
	s.teamRoutes()
	s.adminInviteRoutes()
	s.rehearsalRoutes()
	s.reportRoutes()
	s.groupRoutes()
	s.playbookRoutes()
	s.ruleRoutes()
	s.helpRoutes()
}

type agents struct {
	Agents []chat.Agent `json:"agents"`
}

type agentChange struct {
	Name     *string    `json:"name,omitempty"`
	Role     *chat.Role `json:"role,omitempty" enum:"owner,admin,supervisor,agent,colleague"`
	Disabled *bool      `json:"disabled,omitempty" doc:"Ends every session of the agent and puts what he leads back into the queue."`
	Limit    *int       `json:"limit,omitempty" minimum:"0" maximum:"50" doc:"How many chats at once; 0 = the workspace's limit."`
	Skills   *[]string  `json:"skills,omitempty" nullable:"false" doc:"What routes may ask for; at most 30." example:"[\"french\"]"`
	Topics   *[]string  `json:"topics,omitempty" nullable:"false" doc:"What he is asked about; at most 30." example:"[\"VAT\"]"`
}

func (s *Server) teamRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/agents", id: "agents", who: forManagers, summary: "List the team", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[agents], error) {
			all, err := s.Desk.Team(ctx)
			return &answer[agents]{agents{each(all)}}, err
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/admin/agents/{id}", id: "change-agent", who: forManagers, strict: true,
		summary: "Change a colleague", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct {
			ID   chat.AgentID `path:"id"`
			Body agentChange
		}) (*answer[chat.Agent], error) {
			b := in.Body
			a, err := s.Desk.ChangeAgent(ctx, agentOf(ctx), in.ID, desk.AgentChange{Name: b.Name, Role: b.Role, Disabled: b.Disabled, Limit: b.Limit, Skills: b.Skills, Topics: b.Topics})
			return &answer[chat.Agent]{a}, err
		})
}

type openInvite struct {
	ID        string         `json:"id"`
	Email     string         `json:"email"`
	Role      chat.Role      `json:"role"`
	CreatedAt int64          `json:"created_at"`
	ExpiresAt int64          `json:"expires_at"`
	By        chat.AgentID   `json:"by"`
	Groups    []chat.GroupID `json:"groups" doc:"Empty = every group that there is when it is accepted."`
}

func openInviteOf(t desk.Ticket) openInvite {
	return openInvite{t.ID, t.Email, t.Role, t.CreatedAt, t.ExpiresAt, t.By, each(t.Groups)}
}

type invites struct {
	Invites []openInvite `json:"invites"`
}

type inviteBody struct {
	Email  string         `json:"email" example:"ben@shop.example"`
	Role   chat.Role      `json:"role" enum:"admin,supervisor,agent,colleague"`
	Groups []chat.GroupID `json:"groups,omitempty" nullable:"false" doc:"The groups that he will be in; left out = every one that there is then."`
}

type invited struct {
	Invite openInvite `json:"invite"`
	URL    string     `json:"url" doc:"The link to hand over. It is shown once."`
}

func (s *Server) adminInviteRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/invites", id: "invites", who: forManagers, summary: "List open invitations", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[invites], error) {
			all, err := s.Desk.Invitations(ctx, agentOf(ctx))
			out := invites{Invites: make([]openInvite, 0, len(all))}
			for _, t := range all {
				out.Invites = append(out.Invites, openInviteOf(t))
			}
			return &answer[invites]{out}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/invites", id: "invite", who: forManagers, status: http.StatusCreated, strict: true,
		summary: "Invite a colleague by a link", errors: []chat.ErrorKind{chat.Denied, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body inviteBody }) (*answer[invited], error) {
			t, token, err := s.Desk.Invite(ctx, agentOf(ctx), desk.Invitation{Email: in.Body.Email, Role: in.Body.Role, Groups: in.Body.Groups})
			return &answer[invited]{invited{openInviteOf(t), visitOf(ctx).base + "/invite#" + token}}, err
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/admin/invites/{id}", id: "withdraw-invite", who: forManagers, status: http.StatusNoContent,
		summary: "Withdraw an invitation", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct {
			ID string `path:"id"`
		}) (*struct{}, error) {
			return nil, s.Desk.Uninvite(ctx, agentOf(ctx), in.ID)
		})
}
