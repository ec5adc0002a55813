package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
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
