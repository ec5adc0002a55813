package api

import (
	"context"
	"net/http"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type workspace struct {
	Version string `json:"version"`
	Try     bool   `json:"try" doc:"Whether the test page /try is served."`
	Now     int64  `json:"now" doc:"The server's clock in microseconds."`
}

type myself struct {
	Me        chat.Agent     `json:"me"`
	Session   chat.SessionID `json:"session"`
	Workspace workspace      `json:"workspace"`
}

type nameBody struct {
	Name       string    `json:"name,omitempty"`
	Topics     *[]string `json:"topics,omitempty" nullable:"false" doc:"What colleagues ask me about; at most 30. Left out = as it is." example:"[\"VAT\"]"`
	OpenDrafts *bool     `json:"open_drafts,omitempty" doc:"Whether colleagues who watch and have the right may read what I type to a visitor before I send it. Left out = as it is."`
}

type statusBody struct {
	Status chat.Status `json:"status" enum:"accepting,finishing,away,offline"`
	Reason string      `json:"reason,omitempty" example:"Lunch"`
	Until  int64       `json:"until,omitempty" doc:"When it ends by itself, microseconds; 0 = open end."`
	LeaseS int64       `json:"lease_s,omitempty" minimum:"0" maximum:"3600" doc:"For programs: it holds so many seconds (30 to 3600) unless it is set again; then the agent is offline."`
}

func (s *Server) meRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/me", id: "me", who: forTeam, summary: "Who am I"},
		func(ctx context.Context, _ *nothing) (*answer[myself], error) {
			c := callerOf(ctx)
			w := workspace{Version: s.Version, Try: s.TryHost != "", Now: chat.Micros(s.Now())}
			return &answer[myself]{myself{c.agent, c.session.ID, w}}, nil
		})
	register(s, operation{method: http.MethodPatch, path: "/v1/me", id: "change-me", who: forTeam, summary: "Change my name, topics and consent"},
		func(ctx context.Context, in *struct{ Body nameBody }) (*answer[me], error) {
			a := agentOf(ctx)
			change := desk.AgentChange{Topics: in.Body.Topics, OpenDrafts: in.Body.OpenDrafts}
			if in.Body.Name != "" {
				change.Name = &in.Body.Name
			}
			out, err := s.Desk.ChangeAgent(ctx, a, a.ID, change)
			return &answer[me]{me{out}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/me/status", id: "set-status", who: forAgents,
		summary: "Say whether I take new chats"},
		func(ctx context.Context, in *struct{ Body statusBody }) (*answer[me], error) {
			b := in.Body
			out, err := s.Desk.SetStatus(ctx, agentOf(ctx), desk.NewStatus{Status: b.Status, Reason: b.Reason, Until: b.Until, Lease: time.Duration(b.LeaseS) * time.Second})
			return &answer[me]{me{out}}, err
		})
	s.markRoutes()
	register(s, operation{method: http.MethodPost, path: "/v1/me/input", id: "note-input", who: forTeam, status: http.StatusNoContent,
		summary: "Say that I have touched this device", about: "At most once a minute is enough, and at once where I was warned. Who has touched none for 10 minutes goes to away; touching one takes the warning back on all."},
		func(ctx context.Context, _ *struct{ Body nothing }) (*struct{}, error) {
			c := callerOf(ctx)
			return nil, s.Desk.NoteInput(ctx, c.agent, c.session)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/me/password", id: "change-password", who: forTeam, status: http.StatusNoContent,
		summary: "Change my password", about: "Ends every other sign-in of mine. Attempts are limited like those to sign in.", errors: []chat.ErrorKind{chat.Denied, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body newPasswordBody }) (*struct{}, error) {
			c := callerOf(ctx)
			return nil, s.Desk.ChangePassword(ctx, c.agent, c.session, desk.NewPassword{Current: in.Body.Current, Password: in.Body.Password,
				Address: visitOf(ctx).address.String()})
		})
	s.sessionRoutes()
	s.handoverRoutes()
}

type newPasswordBody struct {
	Current  string `json:"current" doc:"The password until now."`
	Password string `json:"password" doc:"At least 12 characters."`
}

type session struct {
	ID        chat.SessionID `json:"id"`
	Device    string         `json:"device" doc:"Browser and system, or what a program calls itself." example:"Firefox, Linux"`
	Mobile    bool           `json:"mobile" doc:"A phone or a tablet."`
	Address   string         `json:"address" doc:"Where it signed in from."`
	CreatedAt int64          `json:"created_at"`
	SeenAt    int64          `json:"seen_at" doc:"Its last request or sign of life."`
	InputAt   int64          `json:"input_at,omitempty" doc:"The last key or click there; absent = none was told of."`
	Connected bool           `json:"connected" doc:"It has a live connection now."`
	Current   bool           `json:"current" doc:"It is the one that asks."`
}

func sessionOf(n desk.OpenSession, current chat.SessionID) session {
	return session{ID: n.ID, Device: shownDevice(n.Device), Mobile: n.Mobile, Address: n.Address, CreatedAt: n.CreatedAt, SeenAt: n.SeenAt,
		InputAt: n.InputAt, Connected: n.Connected, Current: n.ID == current}
}

type sessions struct {
	Sessions []session `json:"sessions"`
}

func (s *Server) sessionRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/sessions", id: "sessions", who: forTeam, summary: "List my sign-ins",
		about: "Each is a device: a browser, or a program."},
		func(ctx context.Context, _ *nothing) (*answer[sessions], error) {
			c := callerOf(ctx)
			all, err := s.Desk.Sessions(ctx, c.agent)
			out := sessions{Sessions: make([]session, 0, len(all))}
			for _, n := range all {
				out.Sessions = append(out.Sessions, sessionOf(n, c.session.ID))
			}
			return &answer[sessions]{out}, err
		})
	register(s, operation{method: http.MethodDelete, path: "/v1/sessions/{id}", id: "end-session", who: forTeam, status: http.StatusNoContent,
		summary: "Sign one of my sign-ins out", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			ID chat.SessionID `path:"id"`
		}) (*struct{}, error) {
			return nil, s.Desk.EndSession(ctx, agentOf(ctx), in.ID)
		})
}
