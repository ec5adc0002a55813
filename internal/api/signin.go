package api

import (
	"context"
	"net/http"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// session is how long a cookie is kept by the browser; the server ends it
// earlier where it is told to.
const sessionAge = 30 * 24 * time.Hour

type me struct {
	Me chat.Agent `json:"me"`
}

type signedIn struct {
	Status int
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   me
}

// FromRequest brings the caller's browser into a handler.
type FromRequest struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
}

func (f FromRequest) device(ctx context.Context) desk.Device {
	return desk.Device{UserAgent: deviceText(f.UserAgent), Mobile: mobile(f.UserAgent), Address: visitOf(ctx).address.String()}
}

func enter(ctx context.Context, in desk.SignedIn, status int) *signedIn {
	return &signedIn{Status: status, Cookie: cookie(ctx, in.Secret, sessionAge), Body: me{in.Agent}}
}

func cookie(ctx context.Context, secret string, age time.Duration) http.Cookie {
	return http.Cookie{Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: visitOf(ctx).secure, MaxAge: int(age.Seconds())}
}

type setupNeeded struct {
	Needed bool `json:"needed" doc:"Whether this workspace has no owner yet."`
}

type setupBody struct {
	Token    string   `json:"token" doc:"From the link that the first start prints."`
	Name     string   `json:"name" example:"Ada Lind"`
	Email    string   `json:"email" example:"ada@shop.example"`
	Password string   `json:"password" doc:"At least 12 characters."`
	SiteName string   `json:"site_name" example:"Shop"`
	Origins  []string `json:"origins" nullable:"false" example:"[\"https://shop.example\"]"`
	Language string   `json:"language,omitempty" example:"en"`

	Method desk.Method `json:"method,omitempty" enum:"pull,ring_all,round_robin,least_busy" example:"pull" doc:"How the first group shares out its chats. pull suits up to three who all see the queue; without one, each chat goes to who is least busy."`
}

func (s *Server) setupRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/setup", id: "setup-needed", who: forEverybody,
		summary: "Tell whether the first start is still to do"},
		func(ctx context.Context, _ *nothing) (*answer[setupNeeded], error) {
			needed, err := s.Desk.NeedsSetup(ctx)
			return &answer[setupNeeded]{setupNeeded{needed}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/setup", id: "set-up", who: forEverybody, status: http.StatusCreated,
		summary: "Make the owner and the first site", about: "Works once, with the one-time token of the first start; signs the owner in.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone, chat.Conflict}},
		func(ctx context.Context, in *struct {
			FromRequest
			Body setupBody
		}) (*signedIn, error) {
			b := in.Body
			out, err := s.Desk.SetUp(ctx, desk.Setup{Token: b.Token, Name: b.Name, Email: b.Email, Password: b.Password,
				SiteName: b.SiteName, Origins: b.Origins, Language: b.Language, Method: b.Method}, in.device(ctx))
			return enter(ctx, out, http.StatusCreated), err
		})
}

type passwordBody struct {
	Email    string `json:"email" example:"ada@shop.example"`
	Password string `json:"password"`
}

type tokenBody struct {
	Token string `json:"token" doc:"From the part of the link after #."`
}

func (s *Server) signInRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/sign-in", id: "sign-in", who: forEverybody,
		summary: "Sign in by password", about: "Attempts are limited per account and per address; a wrong address and a wrong password answer alike.",
		errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct {
			FromRequest
			Body passwordBody
		}) (*signedIn, error) {
			out, err := s.Desk.SignIn(ctx, in.Body.Email, in.Body.Password, in.device(ctx))
			return enter(ctx, out, http.StatusOK), err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/sign-in/link", id: "sign-in-by-link", who: forEverybody,
		summary: "Sign in by a one-time link", errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			FromRequest
			Body tokenBody
		}) (*signedIn, error) {
			out, err := s.Desk.SignInByTicket(ctx, in.Body.Token, in.device(ctx))
			return enter(ctx, out, http.StatusOK), err
		})
	s.signOutRoute()
	s.inviteRoutes()
}

type signOutBody struct {
	Chats string       `json:"chats,omitempty" enum:"group,agent,keep" doc:"What becomes of the conversations that I lead."`
	To    chat.AgentID `json:"to,omitempty" doc:"With agent: to whom."`
}

type signedOut struct {
	Cookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) signOutRoute() {
	register(s, operation{method: http.MethodPost, path: "/v1/sign-out", id: "sign-out", who: forTeam, status: http.StatusNoContent,
		summary: "Sign out here", about: "Connections of this sign-in are closed. Who leads open conversations and is connected from nowhere else is asked first: a conflict whose data lists them.",
		errors: []chat.ErrorKind{chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body signOutBody }) (*signedOut, error) {
			c := callerOf(ctx)
			if err := s.Desk.SignOut(ctx, c.agent, c.session.ID, desk.SignOut{Chats: in.Body.Chats, To: in.Body.To}); err != nil {
				return nil, err
			}
			out := cookie(ctx, "", 0)
			out.MaxAge = -1
			return &signedOut{out}, nil
		})
}

type invitation struct {
	Email     string    `json:"email"`
	Role      chat.Role `json:"role"`
	ExpiresAt int64     `json:"expires_at"`
}

type acceptBody struct {
	Token    string `json:"token"`
	Name     string `json:"name" example:"Ben Ode"`
	Password string `json:"password" doc:"At least 12 characters."`
}

func (s *Server) inviteRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/invites/look", id: "look-at-invite", who: forEverybody,
		summary: "Look at an invitation", about: "Does not use it up. A POST, since a token has no place in an address.",
		errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct{ Body tokenBody }) (*answer[invitation], error) {
			t, err := s.Desk.LookAtInvite(ctx, in.Body.Token)
			return &answer[invitation]{invitation{t.Email, t.Role, t.ExpiresAt}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/invites/accept", id: "accept-invite", who: forEverybody, status: http.StatusCreated,
		summary: "Join the team", errors: []chat.ErrorKind{chat.Missing, chat.Gone, chat.Conflict}},
		func(ctx context.Context, in *struct {
			FromRequest
			Body acceptBody
		}) (*signedIn, error) {
			out, err := s.Desk.AcceptInvite(ctx, in.Body.Token, in.Body.Name, in.Body.Password, in.device(ctx))
			return enter(ctx, out, http.StatusCreated), err
		})
}
