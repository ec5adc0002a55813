// Package client is a small Go client of Earshot's public API: for bots, tests
// and load. It imports nothing of the server. Every change carries a key that
// the client makes, so that a retry after a lost answer never does it twice;
// retries happen by themselves until the context ends.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"time"
)

// Client talks to one Earshot server. It belongs to nobody; [Client.SignIn] and
// [Client.Visitor] make callers who do.
type Client struct {
	base  string
	http  *http.Client
	once  bool
	count *Counters
}

// Option changes how a Client works.
type Option func(*Client)

// WithoutRetries makes every call one request: an error of the line is the
// caller's to deal with.
func WithoutRetries() Option { return func(c *Client) { c.once = true } }

// WithTransport sets the transport of HTTP requests.
func WithTransport(t http.RoundTripper) Option {
	return func(c *Client) { c.http.Transport = t }
}

// New makes a Client of the server at a base URL such as "http://127.0.0.1:8080".
func New(baseURL string, options ...Option) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 256
	c := &Client{base: strings.TrimSuffix(baseURL, "/"), http: &http.Client{Transport: transport, Timeout: 30 * time.Second}, count: &Counters{}}
	for _, o := range options {
		o(c)
	}
	return c
}

// BaseURL is the address that the client talks to.
func (c *Client) BaseURL() string { return c.base }

// CloseIdle closes connections that nobody uses at the moment.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Error is an answer that says no.
type Error struct {
	Status int `json:"status"`
	// Kind is one of invalid, denied, missing, conflict, gone, limited, unavailable.
	Kind   string          `json:"kind"`
	Title  string          `json:"title"`
	Detail string          `json:"detail"`
	Data   json.RawMessage `json:"data,omitempty"`
	// RetryAfter is how long the server asks to wait; 0 = it does not.
	RetryAfter time.Duration `json:"-"`
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("client: %d %s: %s", e.Status, e.Kind, e.Detail)
}

// IsKind reports whether err is an [Error] of a kind.
func IsKind(err error, kind string) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// session is how a caller proves who he is.
type session struct {
	*Client
	jar    *cookiejar.Jar
	header http.Header
}

// call sends one JSON request, repeats it while the fate of it is unknown, and
// decodes the answer into out (nil = ignore it). It returns the status.
func (s session) call(ctx context.Context, method, path string, in, out any) (int, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return 0, fmt.Errorf("client: encode %s: %w", path, err)
		}
	}
	for attempt := 0; ; attempt++ {
		status, err := s.try(ctx, method, path, body, out)
		if err == nil || s.once || !retryable(err) || ctx.Err() != nil {
			return status, err
		}
		s.count.retries.Add(1)
		if wait(ctx, pause(attempt, err)) != nil {
			return status, err
		}
	}
}

func (s session) try(ctx context.Context, method, path string, body []byte, out any) (int, error) {
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, r)
	if err != nil {
		return 0, fmt.Errorf("client: %s: %w", path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return s.send(req, out)
}

// send sends a request with the caller's credentials and decodes the answer.
func (s session) send(req *http.Request, out any) (int, error) {
	resp, err := s.open(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return resp.StatusCode, &lineError{err}
	}
	if resp.StatusCode >= 400 {
		return resp.StatusCode, asError(resp, raw)
	}
	if out == nil || len(raw) == 0 {
		return resp.StatusCode, nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return resp.StatusCode, fmt.Errorf("client: decode %s: %w", req.URL.Path, err)
	}
	return resp.StatusCode, nil
}

func (s session) open(req *http.Request) (*http.Response, error) {
	for k, v := range s.header {
		req.Header[k] = v
	}
	h := *s.http
	if s.jar != nil {
		h.Jar = s.jar
	}
	s.count.requests.Add(1)
	resp, err := h.Do(req)
	if err != nil {
		return nil, &lineError{err}
	}
	return resp, nil
}

// lineError is a failure of the line: whether the server did it is unknown.
type lineError struct{ err error }

func (e *lineError) Error() string { return "client: " + e.err.Error() }
func (e *lineError) Unwrap() error { return e.err }

// Unknown reports whether err leaves open whether the server did what was
// asked: repeat it with the same key.
func Unknown(err error) bool {
	var line *lineError
	return errors.As(err, &line)
}

func retryable(err error) bool {
	return Unknown(err) || IsKind(err, "unavailable") || IsKind(err, "limited")
}

func asError(resp *http.Response, raw []byte) *Error {
	e := &Error{}
	if json.Unmarshal(raw, e) != nil || e.Kind == "" {
		e.Detail = strings.TrimSpace(string(raw))
		if resp.StatusCode >= 500 {
			e.Kind = "unavailable"
		}
	}
	e.Status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	return e
}

// pause is a full-jitter back-off from 50 ms to 5 s, or what the server asked.
func pause(attempt int, err error) time.Duration {
	var e *Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		return e.RetryAfter
	}
	top := min(5*time.Second, 50*time.Millisecond<<min(attempt, 10))
	return top/10 + rand.N(top)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
