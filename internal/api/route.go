package api

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
)

// audience is whom a route is for.
type audience string

const (
	forEverybody audience = "everybody"
	forSites     audience = "site"    // names a site, nobody in particular
	forVisitors  audience = "visitor" // resume token and site
	forTeam      audience = "team"    // a session of anybody in the team, a colleague too
	forAgents    audience = "agent"   // a session of who answers visitors
	forManagers  audience = "manager" // a session of an owner or admin
	forMachine   audience = "machine" // callers of this machine alone
	forPages     audience = "page"    // a page or an asset
)

// route is one way in. Every one is registered through Server.handle, so that
// the list of routes is the truth about what is open to whom.
type route struct {
	method, path string
	who          audience
	// body is the type of the JSON body; nil = none, or not JSON.
	body reflect.Type
	// strict refuses unknown fields.
	strict bool
	// foreign admits pages of other origins.
	foreign bool
	// slow gives more time than JSON needs: files.
	slow bool
}

func (rt route) pattern() string { return strings.TrimSpace(rt.method + " " + rt.path) }

const (
	maxBody    = 256 << 10
	bodyTime   = 10 * time.Second // to send a body
	answerTime = time.Minute      // to take the answer
	slowTime   = 5 * time.Minute  // either, of a file
)

// handle registers a route that is not described by huma's types.
func (s *Server) handle(rt route, h http.HandlerFunc) {
	s.routes = append(s.routes, rt)
	s.mux.HandleFunc(rt.pattern(), s.guard(rt, h))
}

// guard is what every request passes before its handler: headers, origin, who
// is calling, and a body that can be read.
func (s *Server) guard(rt route, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.setHeaders(w, r, rt)
		r, err := s.admit(w, r, rt)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next(w, r)
	}
}

func (s *Server) admit(w http.ResponseWriter, r *http.Request, rt route) (*http.Request, error) {
	if !rt.foreign {
		if err := s.origin.Check(r); err != nil {
			return r, chat.Errorf(chat.Denied, "This request came from a page of another site and was refused.")
		}
	}
	if rt.who == forEverybody && rt.body != nil {
		// Passwords and one-time tokens are tried here.
		if err := s.limits.looks.takeFor(visitOf(r.Context()).address); err != nil {
			return r, err
		}
	}
	out, err := s.identify(r, rt.who)
	if err != nil {
		return r, err
	}
	setTimes(w, rt)
	if rt.body == nil {
		return out, nil
	}
	return out, s.readBody(w, out, rt)
}

// setTimes bounds how long a caller may take to send and to receive. A stream
// sets its own.
func setTimes(w http.ResponseWriter, rt route) {
	send, receive := bodyTime, answerTime
	if rt.slow {
		send, receive = slowTime, slowTime
	}
	now, c := time.Now(), http.NewResponseController(w)
	// Where the connection knows no deadlines (a test recorder) none is needed.
	_ = c.SetWriteDeadline(now.Add(receive))
	if rt.method != http.MethodGet {
		_ = c.SetReadDeadline(now.Add(send))
	}
}

// humaMux lets huma register through Server.handle.
type humaMux struct{ s *Server }

// HandleFunc implements humago.Mux.
func (m humaMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	i := slices.IndexFunc(m.s.routes, func(rt route) bool { return rt.pattern() == pattern })
	if i < 0 {
		panic("api: operation without a route: " + pattern)
	}
	m.s.mux.HandleFunc(pattern, m.s.guard(m.s.routes[i], h))
}

// ServeHTTP implements humago.Mux.
func (m humaMux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.s.mux.ServeHTTP(w, r) }

func isAPI(path string) bool { return path == "/v1" || strings.HasPrefix(path, "/v1/") }
