package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// problem is an error as every client reads it (RFC 9457).
type problem struct {
	Type   string         `json:"type" doc:"Always about:blank: kind says more." example:"about:blank"`
	Title  string         `json:"title" doc:"The words of the status." example:"Conflict"`
	Status int            `json:"status" example:"409"`
	Detail string         `json:"detail" doc:"A sentence for the person: what happened, what is safe, what to do." example:"A colleague has taken this conversation already. You can join it or watch."`
	Kind   chat.ErrorKind `json:"kind" enum:"invalid,denied,missing,conflict,gone,limited,unavailable" doc:"What the caller can do about it."`
	Data   any            `json:"data,omitempty" doc:"More for the client: who holds a conversation, which replies came first."`

	retryAfter int
}

// Error implements error.
func (p *problem) Error() string { return string(p.Kind) + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

// statusOf is the one place that knows which status a kind has.
func statusOf(kind chat.ErrorKind) int {
	switch kind {
	case chat.Invalid:
		return http.StatusUnprocessableEntity
	case chat.Denied:
		return http.StatusForbidden
	case chat.Missing:
		return http.StatusNotFound
	case chat.Conflict:
		return http.StatusConflict
	case chat.Gone:
		return http.StatusGone
	case chat.Limited:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

func newProblem(status int, kind chat.ErrorKind, detail string) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Kind: kind, Detail: detail}
}

// problemOf turns any error into what the caller may read. An error that was
// not written for a person says nothing of the inside.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var e *chat.Error
	if !errors.As(err, &e) {
		p = newProblem(http.StatusInternalServerError, chat.Unavailable, "Something went wrong on the server. Nothing was lost; try again.")
		p.retryAfter = 1
		return p
	}
	p = newProblem(statusOf(e.Kind), e.Kind, e.Message)
	p.Data = e.Detail
	if e.Kind == chat.Limited || e.Kind == chat.Unavailable {
		p.retryAfter = 1
	}
	if wait, ok := e.Detail.(desk.Wait); ok {
		p.retryAfter = max(1, wait.Seconds)
	}
	return p
}

// notSignedIn answers who is nobody, or nobody any more.
func notSignedIn(detail string) *problem {
	return newProblem(http.StatusUnauthorized, chat.Denied, detail)
}

// busy asks the caller to come back at a random moment, so that a crowd spreads.
func busy(detail string) *problem {
	p := newProblem(http.StatusServiceUnavailable, chat.Unavailable, detail)
	p.retryAfter = 1 + rand.N(20)
	return p
}

// fail logs an internal error once and writes the problem.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, s.problem(r.Context(), err))
}

// problem is problemOf, and logs what only an operator can mend. A caller who
// went away is nothing to mend.
func (s *Server) problem(ctx context.Context, err error) *problem {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError && ctx.Err() == nil {
		s.log.LogAttrs(ctx, slog.LevelError, "internal error", slog.String("request", visitOf(ctx).id), slog.String("error", err.Error()))
	}
	return p
}

func writeProblem(w http.ResponseWriter, p *problem) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// asProblem replaces huma's own error body by ours.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	kind := chat.Invalid
	if m.Status >= 500 {
		kind = chat.Unavailable
	}
	return newProblem(m.Status, kind, sentence(m)), nil
}

// sentence names each field that is wrong, without repeating what was sent.
func sentence(m *huma.ErrorModel) string {
	if m.Status >= 500 {
		return "Something went wrong on the server. Nothing was lost; try again."
	}
	parts := make([]string, 0, len(m.Errors))
	for _, d := range m.Errors {
		part := d.Message
		if strings.HasPrefix(part, "json: ") {
			part = "a value does not fit, such as a number that is too large" // not the names of our own structs
		}
		if d.Location != "" {
			part = d.Location + ": " + part
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		parts = append(parts, m.Detail)
	}
	return "The request cannot be used: " + strings.Join(parts, "; ") + ". Nothing was stored."
}
