package app

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// place is where the server is reached.
type place struct {
	// url is what people open; inbox the same by the bound address.
	url, inbox string
	loopback   bool
	// try is HOST:PORT of the other loopback name, which carries the test page;
	// empty where others than this machine may come.
	try string
}

func placeOf(cfg Config, bound net.Addr) place {
	at, err := netip.ParseAddrPort(bound.String())
	if err != nil {
		return place{url: "http://" + bound.String(), inbox: "http://" + bound.String()}
	}
	port := strconv.Itoa(int(at.Port()))
	host, _, _ := net.SplitHostPort(cfg.Listen) // Check has read it before
	named := net.JoinHostPort(host, port)
	if at.Addr().IsUnspecified() {
		named = net.JoinHostPort("127.0.0.1", port)
	}
	p := place{inbox: "http://" + named, loopback: at.Addr().IsLoopback()}
	p.url = p.inbox
	if cfg.PublicURL != "" {
		p.url = strings.TrimSuffix(cfg.PublicURL, "/")
		p.behind()
		return p
	}
	if p.loopback {
		p.try = net.JoinHostPort(otherName(host), port)
	}
	return p
}

// behind finds the test page of a server that stands behind something on this machine,
// such as one of the nodes of make cluster.
func (p *place) behind() {
	u, err := url.Parse(p.url)
	if err != nil || !p.loopback || u.Scheme != "http" || u.Port() == "" || !slices.Contains([]string{"localhost", "127.0.0.1"}, u.Hostname()) {
		return
	}
	p.inbox, p.try = p.url, net.JoinHostPort(otherName(u.Hostname()), u.Port())
}

// otherName is the other of the two names that this machine has for itself: a
// browser takes them for two sites.
func otherName(host string) string {
	if strings.EqualFold(host, "localhost") {
		return "127.0.0.1"
	}
	return "localhost"
}
