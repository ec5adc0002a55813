package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestPost_LostAnswerIsAskedForAgainUnderTheSameKey(t *testing.T) {
	t.Parallel()
	var keys []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in VisitorMessage
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		keys = append(keys, in.Key)
		if len(keys) < 3 {
			panic(http.ErrAbortHandler) // done, and the line breaks
		}
		_ = json.NewEncoder(w).Encode(VisitorDone{Again: true})
	}))
	defer server.Close()
	c := New(server.URL)
	done, err := c.Visitor(NewToken(), "site").Post(t.Context(), VisitorMessage{Text: "hello"})
	if err != nil || !done.Again {
		t.Fatalf("%+v, %v", done, err)
	}
	if len(keys) != 3 || keys[0] == "" || keys[0] != keys[1] || keys[1] != keys[2] || c.Retries() != 2 {
		t.Errorf("keys %q, %d retries", keys, c.Retries())
	}
}

func TestPost_ARefusalIsNotRepeated(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(`{"kind":"conflict","detail":"A colleague was first.","data":{"agent":"a_1"}}`))
	}))
	defer server.Close()
	_, err := New(server.URL).Visitor(NewToken(), "site").Post(t.Context(), VisitorMessage{Text: "hello"})
	var e *Error
	if !errors.As(err, &e) || e.Kind != "conflict" || e.Status != 409 || string(e.Data) != `{"agent":"a_1"}` || calls.Load() != 1 || Unknown(err) {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestPost_WithoutRetriesTheLineIsTheCallersToDealWith(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	c := New(server.URL, WithoutRetries())
	if _, err := c.Visitor(NewToken(), "site").Post(t.Context(), VisitorMessage{Text: "hello"}); !Unknown(err) || c.Requests() != 1 {
		t.Errorf("%v after %d requests", err, c.Requests())
	}
}

func TestCall_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := New(server.URL).Visitor(NewToken(), "site").Site(ctx); !IsKind(err, "unavailable") || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestToken_IsLongEnoughAndNeverTheSame(t *testing.T) {
	t.Parallel()
	a, b := NewToken(), NewToken()
	if len(a) != 43 || a == b {
		t.Errorf("%q, %q", a, b)
	}
}
