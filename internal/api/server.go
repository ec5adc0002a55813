package api

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/desk"
	"earshot/internal/stream"
)

// Options are the settings of a Server. Desk and Hub are needed to serve, not to
// describe the API.
type Options struct {
	Desk *desk.Desk
	Hub  *stream.Hub
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// LinkKey seals the five-minute links to files; 32 bytes.
	LinkKey []byte
	// PublicURL is where people reach this server; empty = where they called it.
	PublicURL string
	// Proxies are believed about the caller's address and scheme.
	Proxies []netip.Prefix
	// CountryOf is the country of an address as two capital letters, "" where it
	// is not known; nil = there is no database of countries.
	CountryOf func(netip.Addr) string
	// TryHost is HOST:PORT of the other loopback name, which carries the test
	// page; empty = this server listens to more than loopback, so there is none.
	TryHost string
	// InboxURL is the address of the inbox that the test page takes the widget
	// from; used with TryHost alone.
	InboxURL string
	// Unlimited turns the rate limits off, for measuring on one's own machine.
	Unlimited bool
	// Pages are the built front ends; Built is false where there are none.
	Pages fs.FS
	Built bool
	// Version is shown to agents.
	Version string
	// Ready reports whether the log is being followed.
	Ready func() bool
	// CutOff tells that lines are better held by another node; never where nil.
	CutOff func() bool
	// Impairments tells what works less well now, a line each and no secrets; the
	// server is ready nevertheless.
	Impairments func() []string
	Log         *slog.Logger
	// Metrics are counted where given.
	Metrics *Metrics
}

// Server answers HTTP requests.
type Server struct {
	Options
	log    *slog.Logger
	mux    *http.ServeMux
	routes []route
	huma   huma.API
	spec   []byte
	origin *http.CrossOriginProtection
	limits limits
	visits visits
	seal   *sealer
	pages  *pages
	// sockets are the connections that outlive their request.
	sockets sync.WaitGroup
	fields  fields
	gather  sync.Pool // of *[]byte: frames under way to sockets
	closing atomic.Bool
	// Tests make these short.
	authTime, quietTime, lookTime time.Duration
}

// New makes a Server. It starts nothing.
func New(opt Options) (*Server, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Ready == nil {
		opt.Ready = func() bool { return true }
	}
	if opt.CutOff == nil {
		opt.CutOff = func() bool { return false }
	}
	if opt.Impairments == nil {
		opt.Impairments = func() []string { return nil }
	}
	s := &Server{Options: opt, log: opt.Log, mux: http.NewServeMux(), limits: newLimits(opt.Unlimited, opt.Desk.Nodes), authTime: authTime, quietTime: quietTime, lookTime: signInLook}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.seal, err = newSealer(opt.LinkKey); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(opt.Pages, opt.Built); err != nil {
		return nil, err
	}
	s.origin = http.NewCrossOriginProtection()
	if opt.PublicURL != "" {
		if err := s.origin.AddTrustedOrigin(opt.PublicURL); err != nil {
			return nil, fmt.Errorf("api: public url: %w", err)
		}
	}
	s.describe()
	if s.spec, err = s.huma.OpenAPI().MarshalJSON(); err != nil {
		return nil, fmt.Errorf("api: describe: %w", err)
	}
	return s, nil
}

// describe registers every route.
func (s *Server) describe() {
	s.huma = newHuma(s)
	s.setupRoutes()
	s.signInRoutes()
	s.meRoutes()
	s.pushRoutes()
	s.alertRoutes()
	s.reachRoutes()
	s.hookRoutes()
	s.inboxRoutes()
	s.boardRoutes()
	s.conversationRoutes()
	s.actRoutes()
	s.talkRoutes()
	s.coachRoutes()
	s.watchRoutes()
	s.guestRoutes()
	s.personRoutes()
	s.adminRoutes()
	s.installationRoutes()
	s.visitorRoutes()
	s.identityRoutes()
	s.fileRoutes()
	s.streamRoutes()
	s.pageRoutes()
	s.healthRoutes()
	finishSpec(s.huma.OpenAPI())
}

// Drain makes the server refuse new streams and say that it is not ready.
func (s *Server) Drain() { s.closing.Store(true) }

// Wait returns after the last connection of a stream is gone.
func (s *Server) Wait() { s.sockets.Wait() }

// Spec returns the description of the API as YAML.
func (s *Server) Spec() ([]byte, error) { return s.huma.OpenAPI().YAML() }
