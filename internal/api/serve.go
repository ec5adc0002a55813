package api

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	v := s.look(r)
	v.id = requestID()
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	rec := &recorder{ResponseWriter: w}
	defer func() { s.finish(rec, r, recover(), time.Since(began)) }()
	s.mux.ServeHTTP(rec, r)
}

// finish answers after a panic, and writes the one line that a request leaves in
// the log: its route, never its address, which may hold what a person wrote.
func (s *Server) finish(rec *recorder, r *http.Request, panicked any, took time.Duration) {
	if panicked == http.ErrAbortHandler {
		panic(panicked)
	}
	if panicked != nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request", visitOf(r.Context()).id),
			slog.String("panic", fmt.Sprint(panicked)), slog.String("stack", string(debug.Stack())))
		if rec.status == 0 {
			writeProblem(rec, problemOf(fmt.Errorf("api: panic: %v", panicked)))
		}
	}
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	status := max(rec.status, http.StatusSwitchingProtocols)
	if rec.status == 0 && !rec.hijacked {
		status = http.StatusOK
	}
	s.Metrics.request(route, status, took)
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", visitOf(r.Context()).id), slog.String("route", route),
		slog.Int("status", status), slog.Int64("bytes", rec.bytes), slog.Float64("ms", float64(took.Microseconds())/1000))
}

func requestID() string {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // crypto/rand never fails: it ends the process instead
	return hex.EncodeToString(raw[:])
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status   int
	bytes    int64
	hijacked bool
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Hijack implements http.Hijacker for the WebSocket upgrade.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	r.hijacked = err == nil
	return conn, rw, err
}
