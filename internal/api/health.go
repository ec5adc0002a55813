package api

import (
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func (s *Server) healthRoutes() {
	s.handle(route{method: http.MethodGet, path: "/healthz", who: forEverybody}, func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok\n")
	})
	s.handle(route{method: http.MethodGet, path: "/readyz", who: forEverybody}, func(w http.ResponseWriter, _ *http.Request) {
		if s.closing.Load() || !s.Ready() {
			plain(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
		plain(w, http.StatusOK, strings.Join(append([]string{"ready"}, s.Impairments()...), "\n")+"\n")
	})
	s.handle(route{method: http.MethodGet, path: "/metrics", who: forMachine}, func(w http.ResponseWriter, r *http.Request) {
		s.MetricsHandler().ServeHTTP(w, r)
	})
	s.handle(route{method: http.MethodGet, path: "/v1/openapi.json", who: forEverybody}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(s.spec)
	})
}

// MetricsHandler serves the metrics to whoever can reach it.
func (s *Server) MetricsHandler() http.Handler {
	if s.Metrics == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(s.Metrics.registry, promhttp.HandlerOpts{})
}
