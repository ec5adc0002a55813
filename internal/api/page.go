package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"path"
	"slices"
	"strings"

	"earshot/internal/chat"
)

const (
	forEver     = "public, max-age=31536000, immutable" // names that hold a hash
	aWhile      = "public, max-age=300"
	askAgain    = "no-cache"
	configPlace = "<!--earshot:config-->"
	workerFile  = "sw.js" // the inbox's service worker; at the root, so that it may show every address
	notBuilt    = "The pages of Earshot are not part of this binary. Build them with:\n\n    make build\n\nand start bin/earshot. The API under /v1 works without them.\n"
)

func (s *Server) pageRoutes() {
	page := func(pattern string, h http.HandlerFunc) {
		method, p, _ := strings.Cut(pattern, " ")
		s.handle(route{method: method, path: p, who: forPages}, h)
	}
	page("GET /widget.js", s.serveLoader)
	page("GET /frame", s.serveFrame)
	page("GET /widget-assets/{file...}", func(w http.ResponseWriter, r *http.Request) {
		s.serveAsset(w, r, "widget/widget-assets/"+r.PathValue("file"), forEver)
	})
	page("GET /assets/{file...}", func(w http.ResponseWriter, r *http.Request) {
		s.serveAsset(w, r, "inbox/assets/"+r.PathValue("file"), forEver)
	})
	page("GET /try", s.serveTry)
	page("GET /{path...}", s.serveInbox)
	// What no other route takes, in any method.
	s.handle(route{path: "/{path...}", who: forPages, foreign: true}, s.notFound)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, chat.Errorf(chat.Missing, "There is nothing at this address."))
}

func (s *Server) serveLoader(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	s.serveAsset(w, r, "widget/widget.js", aWhile)
}

// serveInbox sends the agents' application for every address that is one of its
// own, and its files.
func (s *Server) serveInbox(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case isAPI(r.URL.Path):
		s.notFound(w, r)
	case !s.pages.built:
		plain(w, http.StatusOK, notBuilt)
	case name == workerFile:
		w.Header().Set("Content-Security-Policy", workerPolicy)
		s.serveAsset(w, r, "inbox/"+name, askAgain)
	case s.pages.has("inbox/"+name) && name != "index.html":
		s.serveAsset(w, r, "inbox/"+name, askAgain)
	case looksLikeFile(name):
		s.notFound(w, r)
	default:
		w.Header().Set("Content-Security-Policy", appPolicy(r, nil))
		s.serveAsset(w, r, "inbox/index.html", askAgain)
	}
}

// looksLikeFile tells a file that is not there from an address of the inbox.
func looksLikeFile(name string) bool {
	return strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ".") || strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// frameConfig is what the frame is told by the server and believes nobody else:
// the origins of pages that it may talk to, and how it looks before anything is
// asked for.
type frameConfig struct {
	Site     string   `json:"site"`
	Origins  []string `json:"origins"`
	Accent   string   `json:"accent"`
	Language string   `json:"language"`
	Greeting string   `json:"greeting"`
}

// serveFrame sends the widget's frame to pages of the site's origins.
func (s *Server) serveFrame(w http.ResponseWriter, r *http.Request) {
	site, err := s.Desk.SiteByKey(r.Context(), r.URL.Query().Get("site"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !s.pages.built {
		plain(w, http.StatusOK, notBuilt)
		return
	}
	origins := s.frameOrigins(site)
	body, err := s.frameBody(frameConfig{Site: site.Key, Origins: origins, Accent: site.Appearance.Accent,
		Language: site.Language, Greeting: site.Appearance.Greeting})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", appPolicy(r, origins))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", askAgain)
	_, _ = w.Write(body)
}

// frameOrigins are the site's own, and the test page's on a server that only
// this machine reaches.
func (s *Server) frameOrigins(site chat.Site) []string {
	origins := slices.Clone(site.Origins)
	if s.TryHost != "" && !slices.Contains(origins, "http://"+s.TryHost) {
		origins = append(origins, "http://"+s.TryHost)
	}
	return each(origins)
}

func (s *Server) frameBody(c frameConfig) ([]byte, error) {
	f := s.pages.files["widget/frame.html"]
	if f == nil {
		return nil, errors.New("api: frame: not built")
	}
	l := f.load()
	if l.err != nil {
		return nil, l.err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("api: frame: %w", err)
	}
	meta := `<meta name="earshot-config" content="` + html.EscapeString(string(raw)) + `">`
	return bytes.Replace(l.body, []byte(configPlace), []byte(meta), 1), nil
}
