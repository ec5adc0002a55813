package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/stream"
)

const (
	maxFrame  = 16 << 10
	authTime  = 5 * time.Second
	writeTime = 10 * time.Second
	// quietTime is how long a WebSocket may be without a sign of life: two pings
	// that nobody answered. docs/protocol.md states it.
	quietTime = 45 * time.Second
)

// authFrame is the first frame of a client. Token and Site are a visitor's.
type authFrame struct {
	Type   string `json:"type" enum:"auth"`
	Cursor string `json:"cursor,omitempty" doc:"Where to go on; empty = load a snapshot first."`
	Token  string `json:"token,omitempty" doc:"Visitors: the resume token."`
	Site   string `json:"site,omitempty" doc:"Visitors: the site's key."`
	// Watch is what the upward frame watch would say right after hello.
	Watch []chat.ConversationID `json:"watch,omitempty" maxItems:"30" doc:"Agents: watch these from the beginning."`
}

// reader turns an auth frame into who reads, by the cookie or by the frame.
type readerFunc func(ctx context.Context, cookie string, f authFrame) (entering, error)

func (s *Server) streamRoutes() {
	upgrader := &websocket.Upgrader{
		HandshakeTimeout: authTime, ReadBufferSize: 512, WriteBufferSize: 4096, WriteBufferPool: newBufferPool(),
		// The origin was compared before; see sameOrigin.
		CheckOrigin: func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			writeProblem(w, newProblem(status, chat.Invalid, "This address takes a WebSocket upgrade, or a POST for server-sent events."))
		},
	}
	for _, door := range []struct {
		path string
		who  audience
		read readerFunc
	}{{"/v1/stream", forTeam, s.agentReader}, {"/v1/visitor/stream", forVisitors, s.visitorReader}} {
		s.handle(route{method: http.MethodGet, path: door.path, who: forEverybody}, s.upgrade(upgrader, door.read))
		s.handle(route{method: http.MethodPost, path: door.path, who: forEverybody}, s.serveSSE(door.read))
		s.handle(route{method: http.MethodPost, path: door.path + "/up", who: door.who}, s.serveUp)
		s.describeStream(door.path, door.who)
	}
}

func (s *Server) describeStream(path string, who audience) {
	name := string(who) + "-stream"
	s.describePlain(operation{method: http.MethodPost, path: path, id: name, who: who, summary: "Follow what happens (SSE)",
		about: "The body is the auth frame. The same address answers a WebSocket upgrade, whose first frame is the auth frame. Frames are described in docs/protocol.md."},
		func(o *huma.Operation) {
			o.Responses["200"].Content = map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}
			o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s.schemaOf(authFrame{})}}}
		})
	s.describePlain(operation{method: http.MethodPost, path: path + "/up", id: name + "-up", who: who, summary: "Send a frame upward from an SSE client",
		errors: []chat.ErrorKind{chat.Missing}},
		func(o *huma.Operation) {
			delete(o.Responses, "200")
			o.Responses["204"] = &huma.Response{Description: "Taken"}
			o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s.schemaOf(upFrame{})}}}
		})
}

// admitStream limits how fast streams begin, so that ten thousand at once do not
// stop those that are there.
func (s *Server) admitStream(r *http.Request) error {
	if !s.sameOrigin(r) {
		return chat.Errorf(chat.Denied, "The stream is for pages of this server alone. Behind a proxy, Earshot must know its address: start it with --public-url.")
	}
	if s.closing.Load() || s.CutOff() || !s.limits.accept.Allow() {
		return busy("Too many connections at this moment. Nothing was lost; connect again a little later.")
	}
	return nil
}

// sameOrigin compares the Origin of a handshake exactly with our own. A client
// that is not a browser sends the same one.
func (s *Server) sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) != 1 {
		return false
	}
	v := visitOf(r.Context())
	if origins[0] == v.base {
		return true
	}
	scheme := "http://"
	if v.secure && s.PublicURL == "" {
		scheme = "https://"
	}
	return origins[0] == scheme+r.Host
}

func (s *Server) agentReader(ctx context.Context, cookie string, f authFrame) (entering, error) {
	if len(f.Watch) > chat.MaxWatch {
		return entering{}, chat.Errorf(chat.Invalid, "%d conversations to watch; at most %d are taken.", len(f.Watch), chat.MaxWatch)
	}
	a, session, err := s.Desk.Authenticate(ctx, cookie)
	return entering{Reader: stream.Reader{Viewer: a.Viewer(), Actor: a.Actor(), Session: session.ID, Watch: f.Watch}}, err
}

func (s *Server) visitorReader(ctx context.Context, _ string, f authFrame) (entering, error) {
	if !validToken(f.Token) || f.Site == "" {
		return entering{}, chat.Errorf(chat.Missing, "There is no such visitor.")
	}
	by := desk.Caller{Token: f.Token, Site: f.Site}
	v, until, err := s.Desk.VisitorUntil(ctx, by)
	return entering{stream.Reader{Viewer: v.Viewer(), Actor: v.Actor(), Signed: v.Signed != nil}, by, until}, err
}

// codeOf is the close code for a reader who was not let in.
func codeOf(err error) int {
	switch {
	case chat.IsKind(err, chat.Invalid):
		return stream.CloseBadFrame
	case chat.IsKind(err, chat.Gone):
		return stream.CloseRevoked
	case chat.IsKind(err, chat.Missing), chat.IsKind(err, chat.Denied):
		return stream.CloseSignIn
	}
	return stream.CloseShutdown
}

func parseAuth(raw []byte) (authFrame, error) {
	var f authFrame
	if err := checkFrame(raw); err != nil {
		return f, err
	}
	if err := json.Unmarshal(raw, &f); err != nil || f.Type != "auth" {
		return f, chat.Errorf(chat.Invalid, "The first frame must be auth.")
	}
	return f, nil
}
