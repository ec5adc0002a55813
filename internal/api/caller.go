package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// visit is what is known of a request before anybody looks at who calls.
type visit struct {
	id      string
	address netip.Addr
	secure  bool
	// country is two letters that a trusted proxy has found out; else empty.
	country string
	// base is the address under which the caller reached us.
	base string
}

// caller is who calls. At most one of agent and visitor is set.
type caller struct {
	agent   chat.Agent
	session desk.Session
	visitor desk.Caller
}

type (
	visitKey  struct{}
	callerKey struct{}
)

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

func agentOf(ctx context.Context) chat.Agent { return callerOf(ctx).agent }

// sessionCookie is the name of the agents' cookie.
const sessionCookie = "earshot_session"

// minToken is how long a visitor's resume token is at least: 32 random bytes in
// base64url.
const minToken, maxToken = 43, 128

// identify finds out who calls and whether the route is for him.
func (s *Server) identify(r *http.Request, who audience) (*http.Request, error) {
	var c caller
	var err error
	switch who {
	case forTeam, forAgents, forManagers:
		c, err = s.agentCaller(r)
	case forVisitors:
		c.visitor, err = visitorCaller(r)
	case forSites:
		c.visitor.Site = r.Header.Get("Earshot-Site")
	case forMachine:
		if !fromThisMachine(r) {
			err = chat.Errorf(chat.Missing, "There is nothing here.")
		}
	}
	if err == nil && who == forAgents && !c.agent.Role.Answers() {
		err = chat.Errorf(chat.Denied, "This is for those who answer visitors.")
	}
	if err == nil && who == forManagers && !c.agent.Role.Manages() {
		err = chat.Errorf(chat.Denied, "Only owners and admins change settings and the team.")
	}
	if err != nil {
		return r, err
	}
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, c)), nil
}

func (s *Server) agentCaller(r *http.Request) (caller, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return caller{}, notSignedIn("You are not signed in.")
	}
	a, session, err := s.Desk.Authenticate(r.Context(), cookie.Value)
	if chat.IsKind(err, chat.Missing) || chat.IsKind(err, chat.Gone) || chat.IsKind(err, chat.Denied) {
		return caller{}, notSignedIn("Your session has ended. Sign in again; what you wrote is kept in this browser.")
	}
	return caller{agent: a, session: session}, err
}

func visitorCaller(r *http.Request) (desk.Caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	by := desk.Caller{Token: token, Site: r.Header.Get("Earshot-Site")}
	if !ok || by.Site == "" || !validToken(token) {
		return by, notSignedIn("This needs a visitor's token and a site: Authorization: Bearer … and Earshot-Site: ….")
	}
	return by, nil
}

func validToken(token string) bool {
	if len(token) < minToken || len(token) > maxToken {
		return false
	}
	return strings.IndexFunc(token, func(r rune) bool {
		return !(r == '-' || r == '_' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z'))
	}) < 0
}

// fromThisMachine reports whether the caller is on this machine and not a proxy
// that carries somebody else's request.
func fromThisMachine(r *http.Request) bool {
	for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	return remoteAddr(r).IsLoopback()
}

func remoteAddr(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}

// look reads the caller's address, scheme and the base address; what a proxy
// says counts only where the proxy is trusted.
func (s *Server) look(r *http.Request) visit {
	v := visit{address: remoteAddr(r), secure: r.TLS != nil}
	if s.trusted(v.address) {
		v.address = s.forwardedFor(r, v.address)
		v.country = proxyCountry(r)
		v.secure = v.secure || lastOf(r.Header.Values("X-Forwarded-Proto")) == "https"
	}
	scheme := "http"
	if v.secure {
		scheme = "https"
	}
	v.base = scheme + "://" + strings.ToLower(r.Host)
	if s.PublicURL != "" {
		v.base = s.PublicURL
		v.secure = v.secure || strings.HasPrefix(s.PublicURL, "https://")
	}
	return v
}

// countryOf is where the caller of a request is. The operator's database wins
// where it knows the address; else the word of a trusted proxy counts.
func (s *Server) countryOf(ctx context.Context) string {
	v := visitOf(ctx)
	if s.CountryOf != nil {
		if c := s.CountryOf(v.address); c != "" {
			return c
		}
	}
	return v.country
}

// proxyCountry is what a proxy says of where its caller is. "XX" and "T1" are its
// words for not knowing.
func proxyCountry(r *http.Request) string {
	for _, header := range []string{"Cf-Ipcountry", "X-Country-Code"} {
		c := strings.ToUpper(r.Header.Get(header))
		if len(c) == 2 && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && c != "XX" {
			return c
		}
	}
	return ""
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// forwardedFor walks X-Forwarded-For from our side outwards and stops at the
// first address that is not a trusted proxy: what stands further left was
// written by strangers.
func (s *Server) forwardedFor(r *http.Request, direct netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	found := direct
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return found
		}
		found = a.Unmap()
		if !s.trusted(found) {
			return found
		}
	}
	return found
}

func lastOf(values []string) string {
	all := strings.Split(strings.Join(values, ","), ",")
	return strings.ToLower(strings.TrimSpace(all[len(all)-1]))
}
