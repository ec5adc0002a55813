package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// headers that keep a browser in bounds, in the order of the golden file.
func guarded() []string {
	return []string{"Cache-Control", "Content-Disposition", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
		"Permissions-Policy", "Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"}
}

func TestHeaders_EveryRouteKeepsBrowsersInBounds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	byHeaders := map[string][]string{}
	for _, rt := range inOrder(s.server.routes) {
		if rt.method == http.MethodGet && strings.HasSuffix(rt.path, "/stream") {
			continue // answers 101, which has no page
		}
		c := s.callers["owner"]
		if rt.who == forVisitors || rt.who == forSites {
			c = s.callers["visitor"]
		}
		method := rt.method
		if method == "" {
			method = http.MethodDelete
		}
		resp, _ := s.send(s.request(method, s.path(rt), s.bodies[rt.pattern()], c))
		byHeaders[s.shown(resp)] = append(byHeaders[s.shown(resp)], fmt.Sprintf("%s  %d", rt.pattern(), resp.StatusCode))
	}
	var out bytes.Buffer
	blocks := make([]string, 0, len(byHeaders))
	for shown, routes := range byHeaders {
		slices.Sort(routes)
		blocks = append(blocks, strings.Join(routes, "\n")+"\n"+shown)
	}
	slices.Sort(blocks)
	out.WriteString(strings.Join(blocks, "\n"))
	golden(t, "testdata/headers.golden", out.Bytes())
}

func (s *stage) shown(resp *http.Response) string {
	var out strings.Builder
	for _, name := range guarded() {
		value := strings.ReplaceAll(resp.Header.Get(name), strings.TrimPrefix(s.http.URL, "http://"), "HOST")
		fmt.Fprintf(&out, "    %s: %s\n", name, value)
	}
	return out.String()
}

func TestHeaders_HSTSBehindTLSAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, want string }{{"", ""}, {"https://chat.example", "max-age=31536000"}} {
		h := newHouse(t, func(o *Options) { o.PublicURL = tt.url })
		resp, _ := h.send(h.request(http.MethodGet, "/v1/setup", nil, who{}))
		if got := resp.Header.Get("Strict-Transport-Security"); got != tt.want {
			t.Errorf("public url %q: got %q, want %q", tt.url, got, tt.want)
		}
	}
}

func TestHeaders_CookieIsSecureBehindTLSAndNeverReadable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url    string
		secure bool
	}{{"", false}, {"https://chat.example", true}} {
		h := newHouse(t, func(o *Options) { o.PublicURL = tt.url })
		body := []byte(`{"email":"owner@team.example","password":"a quiet bench in the sun"}`)
		resp, raw := h.send(h.request(http.MethodPost, "/v1/sign-in", body, who{}))
		cookies := resp.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d %s: %d cookies", resp.StatusCode, raw, len(cookies))
		}
		c := cookies[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure != tt.secure || c.Domain != "" {
			t.Errorf("public url %q: cookie %+v", tt.url, c)
		}
		if bytes.Contains(raw, []byte(c.Value)) {
			t.Error("the secret of the session stands in the body")
		}
	}
}

// Every route of a signed-in agent that changes something, called by a page of
// another site that has the agent's browser.
func TestOrigin_NoForeignPageChangesAnything(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	before := s.head()
	for _, rt := range s.server.routes {
		if rt.method == http.MethodGet || rt.foreign {
			continue
		}
		for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
			r := s.request(rt.method, s.path(rt), s.bodies[rt.pattern()], s.callers["owner"])
			r.Header.Del("Origin")
			r.Header.Set(header, value)
			if resp, raw := s.send(r); resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s: %s: got %d, want 403 (%s)", rt.pattern(), header, value, resp.StatusCode, raw)
			}
		}
	}
	if after := s.head(); after != before {
		t.Errorf("the log grew from %d to %d", before, after)
	}
}

func TestOrigin_NoGETChangesAnything(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, caller := range []string{"owner", "agent", "visitor"} {
		before := s.head()
		for _, rt := range s.server.routes {
			if rt.method == http.MethodGet && !strings.HasSuffix(rt.path, "/stream") {
				s.send(s.request(rt.method, s.path(rt), nil, s.callers[caller]))
			}
		}
		if after := s.head(); after != before {
			t.Errorf("%s: the log grew from %d to %d", caller, before, after)
		}
	}
}
