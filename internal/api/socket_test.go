package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A frame that asks for nothing is answered by nobody: each ping of the stream
// also asks the client's own machine for a sign of life.
func TestSocket_APingAsksForASignOfLife(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err == nil {
			defer conn.Close()
			k := &socket{conn: conn, quiet: time.Minute}
			for _, frame := range []string{`{"type":"event"}`, `{"type":"ping","cursor":"x"}`, `{"type":"bye"}`} {
				if err == nil {
					err = k.Write([]byte(frame))
				}
			}
		}
		failed <- err
	}))
	defer server.Close()
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	asked := 0
	ws.SetPingHandler(func(string) error { asked++; return nil })
	for range 3 {
		if _, _, err := ws.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
}

// Frames that leave in one write come as those that leave one by one, of any
// length that a header can say.
func TestSocket_FramesThatLeaveTogetherComeOneByOne(t *testing.T) {
	t.Parallel()
	var frames [][]byte
	for _, length := range []int{2, 125, 126, 1<<16 - 1, 1 << 16, 3} {
		frames = append(frames, []byte(`"`+strings.Repeat("x", length-2)+`"`))
	}
	frames = append(frames, []byte(`{"type":"ping"}`))
	failed := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err == nil {
			defer conn.Close()
			k := &socket{conn: conn, quiet: time.Minute, gather: &sync.Pool{}}
			for range 2 { // the second time from a used buffer
				if err == nil {
					err = k.WriteAll(frames)
				}
			}
			if err == nil {
				err = k.Write([]byte(`{"type":"bye"}`))
			}
		}
		failed <- err
	}))
	defer server.Close()
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	asked := 0
	ws.SetPingHandler(func(string) error { asked++; return nil })
	for i, want := range slices.Concat(frames, frames, [][]byte{[]byte(`{"type":"bye"}`)}) {
		kind, got, err := ws.ReadMessage()
		if err != nil || kind != websocket.TextMessage || !bytes.Equal(got, want) {
			t.Fatalf("frame %d is of kind %d with %d bytes (%v), want text of %d", i, kind, len(got), err, len(want))
		}
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if asked != 2 {
		t.Errorf("asked for a sign of life %d times, want twice", asked)
	}
}
