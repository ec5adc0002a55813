package api

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

func TestPages_InboxAnswersItsOwnAddressesAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/": {200, "inbox"}, "/setup": {200, "inbox"}, "/invite": {200, "inbox"}, "/link": {200, "inbox"}, "/sign-in": {200, "inbox"},
		"/c/c_123": {200, "inbox"}, "/settings/team": {200, "inbox"}, "/index.html": {404, ""}, "/icon.svg": {200, "<svg/>"},
		"/v1/nothing": {404, ""}, "/v1": {404, ""}, "/assets/none.js": {404, ""}, "/assets/%2e%2e/%2e%2e/go.mod": {404, ""}, "/.git/config": {404, ""},
		"/debug/pprof/": {200, "inbox"}, "/assets/app-123.js.map": {404, ""}, "/widget-assets/f-123.css": {200, "a{}"}, "/widget.js": {200, "loader()"},
	} {
		resp, raw := h.send(h.request(http.MethodGet, path, nil, who{}))
		if resp.StatusCode != want.status || !strings.Contains(string(raw), want.body) {
			t.Errorf("%s: got %d %.80s, want %d with %q", path, resp.StatusCode, raw, want.status, want.body)
		}
	}
}

func TestPages_CompressedAndRevalidated(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.request(http.MethodGet, "/assets/app-123.js", nil, who{})
	r.Header.Set("Accept-Encoding", "gzip")
	resp, _ := h.send(r)
	if resp.Header.Get("Content-Encoding") != "gzip" || resp.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("not compressed: %v", resp.Header)
	}
	r.Header.Set("If-None-Match", resp.Header.Get("Etag"))
	if resp, _ := h.send(r); resp.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: got %d, want 304", resp.StatusCode)
	}
}

func TestPages_NotBuiltSaysHowToBuild(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Pages, o.Built = nil, false })
	for _, path := range []string{"/", "/setup", "/frame?site=" + h.Site.Key} {
		resp, raw := h.send(h.request(http.MethodGet, path, nil, who{}))
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(raw), "make build") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, raw)
		}
	}
}

func TestFrame_KnowsTheSitesOriginsFromTheServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	resp, raw := h.send(h.request(http.MethodGet, "/frame?site="+h.Site.Key, nil, who{}))
	found := regexp.MustCompile(`<meta name="earshot-config" content="([^"<>]*)">`).FindSubmatch(raw)
	if resp.StatusCode != http.StatusOK || found == nil {
		t.Fatalf("%d %s", resp.StatusCode, raw)
	}
	var got frameConfig
	h.must(json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &got))
	want := frameConfig{Site: h.Site.Key, Origins: []string{"https://shop.example", "http://localhost:1"}, Accent: h.Site.Appearance.Accent,
		Language: h.Site.Language, Greeting: h.Site.Appearance.Greeting}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors https://shop.example http://localhost:1;") {
		t.Errorf("policy %s", policy)
	}
	for _, key := range []string{"", "none", `"><script>`} {
		if resp, _ := h.send(h.request(http.MethodGet, "/frame?site="+strings.ReplaceAll(key, `"><`, "%22%3E%3C"), nil, who{})); resp.StatusCode != http.StatusNotFound {
			t.Errorf("site %q: got %d, want 404", key, resp.StatusCode)
		}
	}
}

func TestFrame_ServerWithoutTestPageAdmitsTheSitesOriginsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.TryHost = "" })
	resp, _ := h.send(h.request(http.MethodGet, "/frame?site="+h.Site.Key, nil, who{}))
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors https://shop.example;") {
		t.Errorf("policy %s", policy)
	}
	if resp, _ := h.send(h.request(http.MethodGet, "/try", nil, who{})); resp.StatusCode != http.StatusNotFound {
		t.Errorf("/try: got %d, want 404", resp.StatusCode)
	}
}

func TestTry_IsServedUnderTheOtherLoopbackNameAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	resp, _ := h.send(h.request(http.MethodGet, "/try?site="+h.Site.Key, nil, who{}))
	if got, want := resp.Header.Get("Location"), "http://localhost:1/try?site="+h.Site.Key; got != want {
		t.Errorf("redirected to %q, want %q", got, want)
	}
	r := h.request(http.MethodGet, "/try", nil, who{})
	r.Host = "localhost:1"
	resp, raw := h.send(r)
	if want := `<script async src="http://127.0.0.1:1/widget.js" data-site="` + h.Site.Key + `">`; !strings.Contains(string(raw), want) {
		t.Errorf("%d: no %s in %s", resp.StatusCode, want, raw)
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src http://127.0.0.1:1;") {
		t.Errorf("policy %s", policy)
	}
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	if resp, _ := h.send(r); resp.StatusCode != http.StatusNotFound {
		t.Errorf("through a proxy: got %d, want 404", resp.StatusCode)
	}
}

func TestMetrics_AreForThisMachineAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	resp, raw := h.send(h.request(http.MethodGet, "/metrics", nil, who{}))
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(raw), "go_goroutines") {
		t.Errorf("%d %.100s", resp.StatusCode, raw)
	}
	for name, change := range map[string]func(*http.Request){
		"through a proxy":  func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"another machine":  func(r *http.Request) { r.RemoteAddr = "192.0.2.1:5" },
		"without address":  func(r *http.Request) { r.RemoteAddr = "@" },
		"an IPv6 stranger": func(r *http.Request) { r.RemoteAddr = "[2001:db8::1]:5" },
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = "127.0.0.1:5"
		change(r)
		w := httptest.NewRecorder()
		h.server.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", name, w.Code)
		}
	}
}

func TestCaller_ForwardedAddressCountsFromTrustedProxiesAlone(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		remote, forwarded, proto string
		want, base               string
	}{
		{"192.0.2.9:1", "", "", "192.0.2.9", "http://chat.example"},
		{"192.0.2.9:1", "203.0.113.5", "https", "192.0.2.9", "http://chat.example"},
		{"10.0.0.1:1", "203.0.113.5", "https", "203.0.113.5", "https://chat.example"},
		{"10.0.0.1:1", "198.51.100.7, 203.0.113.5", "https", "203.0.113.5", "https://chat.example"},
		{"10.0.0.1:1", "198.51.100.7, 203.0.113.5, 10.2.2.2", "", "203.0.113.5", "http://chat.example"},
		{"10.0.0.1:1", "junk", "", "10.0.0.1", "http://chat.example"},
		{"10.0.0.1:1", "", "http", "10.0.0.1", "http://chat.example"},
		{"[::ffff:10.0.0.1]:1", "203.0.113.5", "", "203.0.113.5", "http://chat.example"},
		{"[2001:db8::1]:1", "203.0.113.5", "", "2001:db8::1", "http://chat.example"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://chat.example/", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if tt.proto != "" {
			r.Header.Set("X-Forwarded-Proto", tt.proto)
		}
		r.Header.Set("X-Forwarded-Host", "evil.example")
		v := s.look(r)
		if v.address.String() != tt.want || v.base != tt.base {
			t.Errorf("%+v: got %s, %s", tt, v.address, v.base)
		}
	}
}

func TestProblem_InternalErrorsTellNothingOfTheInside(t *testing.T) {
	t.Parallel()
	p := problemOf(http.ErrBodyNotAllowed)
	if p.Status != 500 || p.Kind != chat.Unavailable || strings.Contains(p.Detail, "http") {
		t.Errorf("%+v", p)
	}
}

func TestServer_PanicIsAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.mux.HandleFunc("GET /v1/panic", func(http.ResponseWriter, *http.Request) { panic("a broken invariant") })
	resp, raw := h.send(h.request(http.MethodGet, "/v1/panic", nil, who{}))
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(string(raw), "invariant") {
		t.Errorf("%d %s", resp.StatusCode, raw)
	}
	if !strings.Contains(h.log.String(), "a broken invariant") {
		t.Error("the panic was not logged")
	}
}

func TestCaller_ACountryCountsFromTrustedProxiesAlone(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"DE": "DE", "fr": "FR", "XX": "", "T1": "", "Germany": "", "": ""} {
		for _, trusted := range []bool{true, false} {
			s := &Server{}
			if trusted {
				s.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			} else {
				want = ""
			}
			r := httptest.NewRequest(http.MethodPost, "/v1/visitor/messages", nil)
			r.RemoteAddr = "192.0.2.1:1234"
			r.Header.Set("CF-IPCountry", said)
			if got := s.look(r).country; got != want {
				t.Errorf("%q, trusted %v: %q, want %q", said, trusted, got, want)
			}
		}
	}
}
