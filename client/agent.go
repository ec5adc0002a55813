package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
)

// Agent is a signed-in person of the team.
type Agent struct {
	session
	// Me is the agent at the time of the sign-in.
	Me Person
}

// SetUp is what the owner enters at the first start.
type SetUp struct {
	Token    string   `json:"token"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Password string   `json:"password"`
	SiteName string   `json:"site_name"`
	Origins  []string `json:"origins"`
	Language string   `json:"language"`
	// Method is how the first group shares out its chats, as a group's rules name
	// it; the empty one is the server's default.
	Method string `json:"method,omitempty"`
}

// SetUp makes the owner and the first site with the one-time token.
func (c *Client) SetUp(ctx context.Context, in SetUp) (*Agent, error) {
	return c.enter(ctx, "/v1/setup", in)
}

// SignIn signs an agent in by password.
func (c *Client) SignIn(ctx context.Context, email, password string) (*Agent, error) {
	return c.enter(ctx, "/v1/sign-in", map[string]string{"email": email, "password": password})
}

// SignInByLink signs an agent in by the token of a one-time link.
func (c *Client) SignInByLink(ctx context.Context, token string) (*Agent, error) {
	return c.enter(ctx, "/v1/sign-in/link", map[string]string{"token": token})
}

// AcceptInvite makes the invited agent.
func (c *Client) AcceptInvite(ctx context.Context, token, name, password string) (*Agent, error) {
	return c.enter(ctx, "/v1/invites/accept", map[string]string{"token": token, "name": name, "password": password})
}

// enter makes a session. A one-time token is spent by its first use, so that a
// lost answer is not repeated.
func (c *Client) enter(ctx context.Context, path string, in any) (*Agent, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("client: cookie jar: %w", err)
	}
	single := *c
	single.once = true
	var out struct{ Me Person }
	if _, err := (session{Client: &single, jar: jar}).call(ctx, http.MethodPost, path, in, &out); err != nil {
		return nil, err
	}
	return &Agent{session: session{Client: c, jar: jar}, Me: out.Me}, nil
}

// SignOut ends the session. chats says what becomes of the conversations that the
// agent leads: "group" or "keep"; with "" an agent who leads some, and is signed in
// nowhere else, is answered with a conflict that lists them.
func (a *Agent) SignOut(ctx context.Context, chats string) error {
	_, err := a.call(ctx, http.MethodPost, "/v1/sign-out", map[string]string{"chats": chats}, nil)
	return err
}

// ChangePassword changes the agent's password and ends his other sessions.
func (a *Agent) ChangePassword(ctx context.Context, current, password string) error {
	_, err := a.call(ctx, http.MethodPost, "/v1/me/password", map[string]string{"current": current, "password": password}, nil)
	return err
}

// SetStatus changes the agent's own status: accepting, finishing, away, offline.
func (a *Agent) SetStatus(ctx context.Context, status, reason string) error {
	_, err := a.call(ctx, http.MethodPost, "/v1/me/status", map[string]string{"status": status, "reason": reason}, nil)
	return err
}

// SignIns lists the agent's sessions.
func (a *Agent) SignIns(ctx context.Context) ([]SignIn, error) {
	var out struct{ Sessions []SignIn }
	_, err := a.call(ctx, http.MethodGet, "/v1/sessions", nil, &out)
	return out.Sessions, err
}

// EndSignIn signs one of the agent's sessions out.
func (a *Agent) EndSignIn(ctx context.Context, id string) error {
	_, err := a.call(ctx, http.MethodDelete, "/v1/sessions/"+url.PathEscape(id), nil, nil)
	return err
}

// Inbox loads the snapshot with the first page of a list: my, queue or all.
func (a *Agent) Inbox(ctx context.Context, list string) (Inbox, error) {
	var out Inbox
	_, err := a.call(ctx, http.MethodGet, "/v1/inbox?list="+url.QueryEscape(list), nil, &out)
	return out, err
}

// List loads a page of a list; after is Next of the page before.
func (a *Agent) List(ctx context.Context, list, after string, limit int) (List, error) {
	q := url.Values{"list": {list}, "after": {after}, "limit": {strconv.Itoa(limit)}}
	var out List
	_, err := a.call(ctx, http.MethodGet, "/v1/conversations?"+q.Encode(), nil, &out)
	return out, err
}

// Conversation opens a conversation with its newest events.
func (a *Agent) Conversation(ctx context.Context, id string) (Opened, error) {
	var out Opened
	_, err := a.call(ctx, http.MethodGet, conversationPath(id, ""), nil, &out)
	return out, err
}

// EventsAfter loads events after a seq, oldest first.
func (a *Agent) EventsAfter(ctx context.Context, id string, seq int64, limit int) (Events, error) {
	return a.events(ctx, id, url.Values{"after": {strconv.FormatInt(seq, 10)}, "limit": {strconv.Itoa(limit)}})
}

// EventsBefore loads the last events before a seq, oldest first.
func (a *Agent) EventsBefore(ctx context.Context, id string, seq int64, limit int) (Events, error) {
	return a.events(ctx, id, url.Values{"before": {strconv.FormatInt(seq, 10)}, "limit": {strconv.Itoa(limit)}})
}

func (a *Agent) events(ctx context.Context, id string, q url.Values) (Events, error) {
	var out Events
	_, err := a.call(ctx, http.MethodGet, conversationPath(id, "/events?"+q.Encode()), nil, &out)
	return out, err
}

// Post answers the visitor.
func (a *Agent) Post(ctx context.Context, id string, m Message) (Done, error) {
	return a.act(ctx, conversationPath(id, "/messages"), withKey(m))
}

// Note writes to the team alone.
func (a *Agent) Note(ctx context.Context, id string, m Message) (Done, error) {
	return a.act(ctx, conversationPath(id, "/notes"), withKey(m))
}

func withKey(m Message) Message {
	m.Key = keyOr(m.Key)
	return m
}

// Edit replaces the text of the agent's own message.
func (a *Agent) Edit(ctx context.Context, id string, seq int64, text string) (Done, error) {
	return a.act(ctx, conversationPath(id, "/edit"), map[string]any{"key": NewKey(), "seq": seq, "text": text})
}

// Redact takes the agent's own message back.
func (a *Agent) Redact(ctx context.Context, id string, seq int64) (Done, error) {
	return a.act(ctx, conversationPath(id, "/redact"), map[string]any{"key": NewKey(), "seq": seq})
}

// Take takes a queued conversation.
func (a *Agent) Take(ctx context.Context, id string) (Done, error) { return a.keyed(ctx, id, "/take") }

// Join makes the agent a member of the open thread.
func (a *Agent) Join(ctx context.Context, id string) (Done, error) { return a.keyed(ctx, id, "/join") }

// Leave ends the membership.
func (a *Agent) Leave(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/leave")
}

// Requeue puts a conversation that the agent leads back into the queue.
func (a *Agent) Requeue(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/requeue")
}

// Close ends the open thread.
func (a *Agent) Close(ctx context.Context, id string) (Done, error) {
	return a.keyed(ctx, id, "/close")
}

// TakeNext takes the conversation that has waited longest.
func (a *Agent) TakeNext(ctx context.Context) (Done, error) {
	return a.act(ctx, "/v1/take-next", map[string]any{"key": NewKey()})
}

func (a *Agent) keyed(ctx context.Context, id, verb string) (Done, error) {
	return a.act(ctx, conversationPath(id, verb), map[string]any{"key": NewKey()})
}

func (a *Agent) act(ctx context.Context, path string, in any) (Done, error) {
	var out Done
	_, err := a.call(ctx, http.MethodPost, path, in, &out)
	return out, err
}

func conversationPath(id, rest string) string {
	return "/v1/conversations/" + url.PathEscape(id) + rest
}

// Read raises the agent's read mark to a seq.
func (a *Agent) Read(ctx context.Context, id string, seq int64) error {
	_, err := a.call(ctx, http.MethodPost, conversationPath(id, "/read"), map[string]any{"seq": seq}, nil)
	return err
}

// SaveDraft keeps an unsent text; voice is reply or note.
func (a *Agent) SaveDraft(ctx context.Context, id, voice, text string) error {
	_, err := a.call(ctx, http.MethodPut, conversationPath(id, "/draft"), map[string]any{"voice": voice, "text": text}, nil)
	return err
}

// Search finds messages and notes; before is Next of the page before, 0 = newest.
func (a *Agent) Search(ctx context.Context, words string, before int64) (Hits, error) {
	q := url.Values{"q": {words}}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	var out Hits
	_, err := a.call(ctx, http.MethodGet, "/v1/search?"+q.Encode(), nil, &out)
	return out, err
}

// Upload stores a file that the agent will send in a conversation.
func (a *Agent) Upload(ctx context.Context, id, name string, r io.Reader) (File, error) {
	return a.upload(ctx, conversationPath(id, "/files"), name, r)
}

// Download opens a file. The caller closes the body.
func (a *Agent) Download(ctx context.Context, file string) (*http.Response, error) {
	return a.download(ctx, "/v1/files/"+url.PathEscape(file))
}

// Sites lists the sites.
func (a *Agent) Sites(ctx context.Context) ([]Site, error) {
	var out struct{ Sites []Site }
	_, err := a.call(ctx, http.MethodGet, "/v1/admin/sites", nil, &out)
	return out.Sites, err
}

// AddSite makes a site.
func (a *Agent) AddSite(ctx context.Context, s Site) (Site, error) {
	in := map[string]any{"name": s.Name, "origins": s.Origins, "language": s.Language, "appearance": s.Appearance}
	var out Site
	_, err := a.call(ctx, http.MethodPost, "/v1/admin/sites", in, &out)
	return out, err
}

// Team lists every agent.
func (a *Agent) Team(ctx context.Context) ([]Person, error) {
	var out struct{ Agents []Person }
	_, err := a.call(ctx, http.MethodGet, "/v1/admin/agents", nil, &out)
	return out.Agents, err
}

// ChangeAgent changes an agent: name, role, disabled, limit.
func (a *Agent) ChangeAgent(ctx context.Context, id string, change map[string]any) (Person, error) {
	var out Person
	_, err := a.call(ctx, http.MethodPatch, "/v1/admin/agents/"+url.PathEscape(id), change, &out)
	return out, err
}

// Invite is InviteInto every group.
func (a *Agent) Invite(ctx context.Context, email, role string) (string, error) {
	return a.InviteInto(ctx, email, role)
}
