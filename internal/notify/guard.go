package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The limits of one request.
const (
	RequestTimeout = 10 * time.Second
	dialTimeout    = 5 * time.Second
)

// ErrForbidden is what a request to a target outside of [Targets] ends with.
var ErrForbidden = errors.New("not a target that this server may call")

// Targets are where requests may go. The zero value is nowhere.
type Targets struct {
	// Services are host names; "*.example.net" stands for all below example.net, "*" for
	// every one. They are asked over https alone, and only at public addresses.
	Services []string
	// Own are hosts with port, "10.0.0.7:8443", which the operator has named to be
	// asked at any address, over http too.
	Own []string
}

// PushServices are the push services of the browsers.
func PushServices() []string {
	return []string{"fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"}
}

// ParseTargets reads names and patterns of hosts, and hosts with port.
func ParseTargets(all []string) (Targets, error) {
	var t Targets
	for _, one := range all {
		_, err := netip.ParseAddrPort(one)
		host, port, split := net.SplitHostPort(one)
		_, number := strconv.ParseUint(port, 10, 16)
		switch {
		case err == nil, split == nil && number == nil && isName(host):
			t.Own = append(t.Own, one)
		case one == "*" || isName(strings.TrimPrefix(one, "*.")):
			t.Services = append(t.Services, strings.ToLower(one))
		default:
			return Targets{}, fmt.Errorf("%q names no host: write a name (push.example.net), all below one (*.example.net), or host:port", one)
		}
	}
	return t, nil
}

func isName(host string) bool {
	return host != "" && !strings.ContainsAny(host, "*/:@ ?#") && !strings.HasPrefix(host, ".")
}

// Check reports whether a URL may be called, as far as that can be told without
// asking for its addresses. The error says why not.
func (t Targets) Check(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("%w: it is no address of a service", ErrForbidden)
	case u.User != nil:
		return fmt.Errorf("%w: an address must not hold a name or password", ErrForbidden)
	case t.own(u.Host) && (u.Scheme == "https" || u.Scheme == "http"):
		return nil
	case u.Scheme != "https":
		return fmt.Errorf("%w: only https is", ErrForbidden)
	case u.Port() != "" && u.Port() != "443":
		return fmt.Errorf("%w: only port 443 is", ErrForbidden)
	case !t.serves(u.Hostname()):
		return fmt.Errorf("%w: %s is not among those that the operator allows", ErrForbidden, u.Hostname())
	}
	return nil
}

func (t Targets) own(hostport string) bool { return slices.Contains(t.Own, hostport) }

func (t Targets) serves(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.ContainsFunc(t.Services, func(s string) bool {
		below, pattern := strings.CutPrefix(s, "*.")
		return s == "*" || s == host || pattern && strings.HasSuffix(host, "."+below)
	})
}

// Client returns a client that calls the targets and nothing else: whatever a name
// resolves to, at the moment of the connection; no proxy, and no redirect is followed.
func (t Targets) Client() *http.Client {
	transport := &http.Transport{
		DialContext:           t.dial,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: RequestTimeout,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   4,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{
		Transport:     guarded{t, transport},
		Timeout:       RequestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// guarded asks the targets before each request.
type guarded struct {
	targets Targets
	next    http.RoundTripper
}

func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.targets.Check(r.URL.String()); err != nil {
		return nil, err
	}
	return g.next.RoundTrip(r)
}

func (t Targets) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	if !t.own(address) && !t.own(strings.TrimSuffix(address, ":443")) && !t.own(strings.TrimSuffix(address, ":80")) {
		d.ControlContext = func(_ context.Context, _, resolved string, _ syscall.RawConn) error { return public(resolved) }
	}
	return d.DialContext(ctx, network, address)
}

// public refuses an address that is not one of the public internet: what a name
// resolves to is somebody else's choice.
func public(address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s is no address", ErrForbidden, address)
	}
	ip := to.Addr().Unmap()
	inside := slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
	if inside || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return fmt.Errorf("%w: %s is not a public address", ErrForbidden, ip)
	}
	return nil
}

// reserved are blocks that count as global and lead elsewhere: the special-purpose
// registries of IANA (RFC 6890) beside what netip knows, and the ways by which IPv6
// carries IPv4.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"),
}
