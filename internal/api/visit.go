package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

const (
	maxVisit   = 4 << 10 // bytes of a beacon
	maxWaiting = 10_000  // views between two flushes; more are not counted
	maxPath    = 300
)

// visits are page views that wait for being counted in one go.
type visits struct {
	mu      sync.Mutex // guards waiting
	waiting []desk.PageView
}

type visitBody struct {
	Site     string `json:"site"`
	Path     string `json:"path"`
	Referrer string `json:"referrer"`
	Language string `json:"language"`
}

// visitRoute takes the beacons of pages that carry the widget. They come from
// any origin, name nobody, and are answered alike whatever becomes of them.
func (s *Server) visitRoute() {
	s.handle(route{method: http.MethodPost, path: "/v1/visits", who: forEverybody, foreign: true}, func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxVisit))
		var in visitBody
		if err == nil && checkJSON(raw) == nil && json.Unmarshal(raw, &in) == nil && s.limits.visits.takeFor(visitOf(r.Context()).address) == nil {
			s.keepVisit(r.Context(), in)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	op := operation{method: http.MethodPost, path: "/v1/visits", id: "count-visit", who: forEverybody, summary: "Count a page view",
		about: "For navigator.sendBeacon: text/plain holding JSON {site, path, referrer, language}. The path has no query, the referrer is a host. Nothing identifies the visitor."}
	s.describePlain(op, func(o *huma.Operation) {
		delete(o.Responses, "200")
		o.Responses["204"] = &huma.Response{Description: "Always"}
		o.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	})
}

func (s *Server) keepVisit(ctx context.Context, in visitBody) {
	site, err := s.Desk.SiteByKey(ctx, in.Site)
	if err != nil {
		return
	}
	path, _, _ := strings.Cut(in.Path, "?")
	path, _, _ = strings.Cut(path, "#")
	referrer := in.Referrer
	if u, err := url.Parse(in.Referrer); err == nil && u.Host != "" {
		referrer = u.Hostname()
	}
	view := desk.PageView{Site: site.ID, Path: clip(path, maxPath), Referrer: clip(referrer, 100), Language: clip(in.Language, 20), At: chat.Micros(s.Now())}
	s.visits.mu.Lock()
	defer s.visits.mu.Unlock()
	if len(s.visits.waiting) < maxWaiting {
		s.visits.waiting = append(s.visits.waiting, view)
	}
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// CountVisits hands the page views since the last call to desk.
func (s *Server) CountVisits(ctx context.Context) error {
	s.visits.mu.Lock()
	views := s.visits.waiting
	s.visits.waiting = nil
	s.visits.mu.Unlock()
	if len(views) == 0 {
		return nil
	}
	return s.Desk.CountPageViews(ctx, views)
}
